"""Slopes in terms of a value that the forward pass has stored anyway: one line each."""

from __future__ import annotations

from dataclasses import dataclass

from nndsl.ir.expression import Expr, Number, Read
from nndsl.passes.matching import fits
from nndsl.passes.patterns import Bound, Term, c, c2, exp, expm1, function, instantiate, sigmoid, variable, x
from nndsl.passes.simplify import simplified

h = variable("h")
where, maximum = function("where"), function("max")


@dataclass(frozen=True)
class Saved:
    """What a formula is, said with the value of another one.

    Args:
        definition: what was stored, called h.
        formula: a formula over the same variables.
        replacement: the formula in terms of h: equal, given that all numbers of the definition are positive.
    """

    definition: Term
    formula: Term
    replacement: Term


SAVED = (
    Saved(where(x > 0, x, 0), x > 0, h > 0),
    Saved(maximum(x, 0), x > 0, h > 0),
    Saved(where(x > 0, x, c * x), x > 0, h > 0),
    Saved(sigmoid(x), sigmoid(-x), 1 - h),
    Saved(expm1(x), exp(x), h + 1),
    Saved(where(x > 0, x, expm1(x)), where(x > 0, 1, exp(x)), where(h > 0, 1, h + 1)),
    Saved(where(x > 0, x, c * expm1(x)), where(x > 0, 1, c * exp(x)), where(h > 0, 1, h + c)),
    Saved(c * where(x > 0, x, expm1(x)), c * where(x > 0, 1, exp(x)), where(h > 0, c, h + c)),
    Saved(c * where(x > 0, x, c2 * expm1(x)), c * where(x > 0, 1, c2 * exp(x)), where(h > 0, c, h + c * c2)),
)


def in_terms_of(stored: Read, definition: Expr) -> list[tuple[Expr, Expr]]:
    """Formulas, each with what it is in terms of a stored entry, given the formula that the entry was computed from."""
    found = []
    for row in SAVED:
        bound = fits(row.definition, definition, _positive)
        if bound is not None:
            known = {**bound, "?h": stored}
            found.append((instantiate(row.formula.expr, known), simplified(instantiate(row.replacement.expr, known))))
    return found


def _positive(bound: Bound) -> bool:
    return all(found.value > 0 for found in bound.values() if isinstance(found, Number))
