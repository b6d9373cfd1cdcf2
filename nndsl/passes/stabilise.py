"""Formulas in forms that stay finite and exact where the written ones overflow or cancel.

It runs before derivation, so that gradients come out of the safe forms as well: a cross-entropy after softmax or sigmoid
becomes the form in terms of what went into them, and no switch says so. The rules stand in safe_forms.py. One thing is not a
matter of single formulas: a sum of exponentials is taken relative to the largest (logsumexp).
"""

from __future__ import annotations

from nndsl.ir.equation import Program
from nndsl.passes.definitions import Definitions
from nndsl.passes.matching import rewritten
from nndsl.passes.rewriting import each_formula
from nndsl.passes.safe_forms import SAFE_FORMS
from nndsl.passes.simplify import simplified


def stabilise(program: Program) -> Program:
    """The program with safe forms in place of unsafe ones, equal wherever those are real numbers."""
    definitions = Definitions(program)
    return each_formula(program, lambda expr: simplified(rewritten(simplified(expr), SAFE_FORMS, definitions)))
