"""Derivatives: the adjoint rule over equations, with SymPy's derivatives of scalar formulas."""

from nndsl.derive.adjoint import adjoints
from nndsl.derive.differentiate import differentiate
from nndsl.derive.model import derive
from nndsl.derive.scalar import partial

__all__ = ["adjoints", "derive", "differentiate", "partial"]
