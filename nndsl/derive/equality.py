"""Whether two formulas are equal: by proof, or at many points at 50 digits."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any, Literal

import mpmath
import sympy as sp

from nndsl.derive.definitions import spelled_out
from nndsl.derive.precise import DIGITS, value
from nndsl.derive.scalar import entries
from nndsl.ir.expression import Apply, Draw, Expr, Index, Number, Read, Scalar, walk

POINTS = 40
SCALES = (0.5, 3, 30)
CLOSE = mpmath.mpf(10) ** -(DIGITS - 20)
LARGEST = 120  # SymPy's simplification of more operations than this may run for minutes

Verdict = Literal["proved", "sampled"]


def equal(a: Expr, b: Expr) -> Verdict | dict[Read, float]:
    """Whether two formulas agree wherever the first is a real number.

    Gives:
        `proved` if SymPy decides it, `sampled` if it does not but they agree at 50 digits at many random points, else the
        point at which they differ: the value of each entry.
    """
    found = _difference(a, b)
    if found is not None:
        return found
    return "proved" if _proved(a, b) else "sampled"


# ---------------------------------------------------------------------------------------------------- at points


def _difference(a: Expr, b: Expr) -> dict[Read, float] | None:
    with mpmath.workdps(DIGITS):
        for point in _points(a, b):
            one, two = _real(a, point), _real(b, point)
            if one is not None and (two is None or abs(one - two) > CLOSE * max(1, abs(one))):
                return {entry: float(number) for entry, number in point.items() if isinstance(entry, Read)}
    return None


def _points(a: Expr, b: Expr) -> Iterator[dict[Expr, Any]]:
    generator = random.Random(7)
    free: list[Expr] = list(dict.fromkeys(
        [*entries(a), *entries(b), *(node for x in (a, b) for node in walk(x) if isinstance(node, (Index, Scalar, Draw)))]))
    for number in range(POINTS):
        scale = SCALES[number % len(SCALES)]
        yield {entry: mpmath.mpf(generator.uniform(-1, 1)) * scale for entry in free}
    yield from ({entry: mpmath.mpf(same) for entry in free} for same in (0, 1, -1))


def _real(expr: Expr, point: dict[Expr, Any]) -> Any:
    """The value at a point, or None where there is no finite real one."""
    try:
        found = mpmath.mpmathify(value(expr, point) + 0)
    except (ZeroDivisionError, ValueError):
        return None
    return found if isinstance(found, mpmath.mpf) and mpmath.isfinite(found) else None


# ---------------------------------------------------------------------------------------------------- by proof


def _proved(a: Expr, b: Expr) -> bool:
    positive = {node.operands[0] for x in (a, b) for node in walk(x) if isinstance(node, Apply) and node.operation == "log"}
    symbols: dict[Expr, sp.Symbol] = {}
    try:
        difference = _to_sympy(spelled_out(a), symbols, positive) - _to_sympy(spelled_out(b), symbols, positive)
    except KeyError:
        return False
    if sp.count_ops(difference) > LARGEST:
        return False
    return any(attempt(difference) == 0 for attempt in ATTEMPTS)


def _exponentials(expr: sp.Expr) -> sp.Expr:
    return sp.simplify(sp.expand(expr.rewrite(sp.exp)))


ATTEMPTS: tuple[Callable[[sp.Expr], sp.Expr], ...] = (
    lambda expr: expr,
    sp.expand,
    sp.simplify,
    _exponentials,
    lambda expr: sp.simplify(sp.expand_log(expr)),
    lambda expr: sp.simplify(sp.piecewise_fold(expr.rewrite(sp.Piecewise))),
    lambda expr: sp.simplify(sp.expand(sp.powsimp(sp.exp(expr).rewrite(sp.exp)))) - 1,  # e^d = 1 says d = 0 for real d
)
"""Ways to see that a difference is 0, the cheap ones first."""

SYMPY: dict[str, Callable[..., Any]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "neg": lambda a: -a,
    "pow": sp.Pow,
    "exp": sp.exp,
    "log": sp.log,
    "sqrt": sp.sqrt,
    "abs": sp.Abs,
    "sign": sp.sign,
    "sin": sp.sin,
    "cos": sp.cos,
    "tan": sp.tan,
    "sinh": sp.sinh,
    "cosh": sp.cosh,
    "tanh": sp.tanh,
    "asin": sp.asin,
    "acos": sp.acos,
    "atan": sp.atan,
    "erf": sp.erf,
    "floor": sp.floor,
    "ceil": sp.ceiling,
    "min": sp.Min,
    "max": sp.Max,
    "clip": lambda x, low, high: sp.Min(sp.Max(x, low), high),
    "mod": sp.Mod,
    "lt": sp.StrictLessThan,
    "le": sp.LessThan,
    "gt": sp.StrictGreaterThan,
    "ge": sp.GreaterThan,
    "and": sp.And,
    "or": sp.Or,
    "not": sp.Not,
    "where": lambda condition, a, b: sp.Piecewise((a, condition), (b, True)),
}
"""SymPy's own meaning of each operation, pieces and conditions included; what is not here is not proved, only sampled."""


def _to_sympy(expr: Expr, symbols: dict[Expr, sp.Symbol], positive: set[Expr]) -> Any:
    match expr:
        case Number(number):
            return sp.Integer(number) if isinstance(number, int) else sp.Rational(*float(number).as_integer_ratio())
        case Apply(operation, operands):
            return SYMPY[operation](*(_to_sympy(x, symbols, positive) for x in operands))
        case _:
            # an entry whose logarithm is taken is positive wherever the formula is a real number
            new = sp.Symbol(f"v{len(symbols):04d}", real=True, positive=True if expr in positive else None)
            return symbols.setdefault(expr, new)
