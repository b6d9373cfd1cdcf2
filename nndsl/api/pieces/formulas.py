"""What a definition says, as SymPy."""

from __future__ import annotations

from typing import Any

from nndsl.checking.lower import lower
from nndsl.checking.pieces import Piece, activation
from nndsl.derive.formula import as_sympy


def formula(piece: Piece) -> Any:
    """An activation's formula in the symbol `x`.

    Raises:
        ValueError: it is not elementwise, so that no one formula in one symbol says it.
    """
    return as_sympy(lower(activation(piece, (1,)).checked).forward)[0]


def derivative(piece: Piece) -> Any:
    """Its derivative in the symbol `x`; at a kink that of the piece whose condition holds there."""
    return as_sympy(lower(activation(piece, (1,)).checked).forward)[1]
