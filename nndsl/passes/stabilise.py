"""Formulas in forms that stay finite and exact where the written ones overflow or cancel.

It runs before derivation, so that gradients come out of the safe forms as well: a cross-entropy after softmax or sigmoid
becomes the form in terms of what went into them, and no switch says so. The rules stand in safe_forms.py. Two things are not a
matter of single formulas: a sum of exponentials is taken relative to the largest (logsumexp.py), and what has no finite slope
does not leave the branch that guards it (branches.py).
"""

from __future__ import annotations

from dataclasses import replace

from nndsl.ir.equation import Equation, Program
from nndsl.passes.branches import kept_in_branches
from nndsl.passes.definitions import Definitions
from nndsl.passes.logsumexp import relative_sums
from nndsl.passes.matching import rewritten
from nndsl.passes.rewriting import each_equation, each_formula
from nndsl.passes.safe_forms import SAFE_FORMS, SLOPES
from nndsl.passes.simplify import simplified


def stabilise(program: Program) -> Program:
    """The program with safe forms in place of unsafe ones, equal wherever those are real numbers."""
    program = relative_sums(each_formula(program, simplified))
    definitions = Definitions(program)

    def change(equation: Equation) -> Equation:
        branches = kept_in_branches(equation.expr, definitions)
        new = replace(equation, expr=simplified(rewritten(branches, SAFE_FORMS, definitions)))
        definitions.update(new)  # later equations look into the safe form
        return new

    return each_equation(program, change)


def stabilise_slopes(program: Program) -> Program:
    """The program with safe forms for what derivation brings about; the slopes that sharing has a better form for stay."""
    return each_formula(program, lambda expr: simplified(rewritten(expr, SLOPES)))
