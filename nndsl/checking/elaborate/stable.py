"""`stable` forms: used in place of a formula, after both were compared where numbers are harmless."""

from __future__ import annotations

import math

from nndsl.checking.elaborate.arrays import shape_text
from nndsl.checking.elaborate.evaluate import as_array, evaluate_alone
from nndsl.checking.elaborate.fold import fold
from nndsl.checking.elaborate.frame import Frame
from nndsl.checking.elaborate.mistakes import mistake
from nndsl.checking.elaborate.values import Value
from nndsl.ir.expression import Apply, Expr, Number, Read, reads
from nndsl.syntax.tree import Stable

POINTS = (-2.75, -1.5, -0.625, -0.25, 0.125, 0.5, 0.875, 1.25, 2.5, 3.375)
TOLERANCE = 1e-9


def stable_value(statement: Stable, value: Value, frame: Frame) -> Value:
    """What a function gives: its stable form, if that agrees with its formula.

    Raises:
        Mistake: the two differ somewhere.
    """
    span, place = statement.value.span, frame.place()
    form = evaluate_alone(statement.value, place)
    one, two = as_array(value, span, place), as_array(form, span, place)
    if one.shape != two.shape:
        raise mistake("NN0202", span, first=shape_text(one.shape), second=shape_text(two.shape))
    point = disagreement(one.expr, two.renamed(tuple(name for name, _ in one.axes)).expr)
    if point is not None:
        raise mistake("NN0341", span, point=f"{point:g}")
    return form


def disagreement(one: Expr, two: Expr) -> float | None:
    """A number at which two formulas differ if every entry they read is that number; None if they agree as far as looked."""
    for point in POINTS:
        entries = {read: point + 0.0625 * k for k, read in enumerate(reads(Apply("add", (one, two))))}
        first, second = value_at(one, entries), value_at(two, entries)
        if first is not None and second is not None and abs(first - second) > TOLERANCE * max(1.0, abs(first)):
            return point
    return None


def value_at(expr: Expr, entries: dict[Read, float]) -> float | None:
    """The value of an elementwise formula; None where it has none, or holds more than arithmetic."""
    if isinstance(expr, Read):
        return entries.get(expr)
    if isinstance(expr, Number):
        return float(expr.value)
    if not isinstance(expr, Apply):
        return None
    operands = [value_at(operand, entries) for operand in expr.operands]
    known = tuple(x for x in operands if x is not None)
    try:
        result = float(fold(expr.operation, known)) if len(known) == len(operands) else math.nan
    except (ArithmeticError, ValueError):
        return None
    return result if math.isfinite(result) else None
