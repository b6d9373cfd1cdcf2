"""The slope of a function of one number: where its pieces meet, and between what it lies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

import mpmath
import sympy as sp

from nndsl.derive.definitions import PIECES
from nndsl.derive.formula import SYMBOL, in_decimals
from nndsl.derive.precise import DIGITS, value
from nndsl.inspect.doc.work import within
from nndsl.ir.expression import Apply, Expr, Number, Read, apply, rebuild, walk
from nndsl.passes.simplify import simplified

Real = Any  # mpmath's, which has no types

NEAR = mpmath.mpf(10) ** -25
SAME = mpmath.mpf(10) ** -15
WIDTH, FINENESS = 8, 16
FAR = (10, 20, 50, 100, 1000, 10**6, 10**30)
COMPARISONS = ("lt", "le", "gt", "ge", "eq", "ne")
UNBOUNDED = 10**5
LEVEL = (sp.Integer(0), sp.Integer(-1), sp.Integer(1), -sp.pi, sp.pi, -sp.pi / 2, sp.pi / 2)
"""Where the slope may be level at a round number."""


@dataclass(frozen=True)
class Curve:
    """A function of one number, and its slope.

    Args:
        formula, slope: in terms of `entry`.
        entry: the number.
    """

    formula: Expr
    slope: Expr
    entry: Read

    def value_at(self, x: Real) -> Real | None:
        """The function's value; None where it is no finite real number."""
        return _finite(self.formula, self.entry, x)

    def slope_at(self, x: Real) -> Real | None:
        """The slope; None where it, or the function, is no finite real number."""
        return None if self.value_at(x) is None else _finite(self.slope, self.entry, x)


def _finite(expr: Expr, entry: Read, x: Real) -> Real | None:
    with mpmath.workdps(DIGITS):
        try:
            found = mpmath.mpmathify(value(expr, {entry: mpmath.mpf(x)}) + 0)
        except (ZeroDivisionError, ValueError, OverflowError):
            return None
        return found if isinstance(found, mpmath.mpf) and mpmath.isfinite(found) else None


# ---------------------------------------------------------------------------------------------------------- pieces


@dataclass(frozen=True)
class Meeting:
    """A point where pieces of a function meet.

    Args:
        at: the point, exact where SymPy finds it.
        left, at_point, right: the slopes; None where there is none.
        jump: whether the function itself jumps.
    """

    at: sp.Expr
    left: Real | None
    at_point: Real | None
    right: Real | None
    jump: bool

    @property
    def kink(self) -> bool:
        """Whether the slope, or the function, jumps."""
        known = [s for s in (self.left, self.right) if s is not None]
        return self.jump or (len(known) == 2 and abs(known[0] - known[1]) > SAME)


def meetings(curve: Curve) -> tuple[Meeting, ...] | None:
    """The points where pieces meet, from left to right; None where SymPy cannot tell them."""
    found: set[sp.Expr] = set()
    for boundary in dict.fromkeys(boundaries(curve.formula)):
        points = within(partial(_zeros, boundary))
        if points is None:
            return None
        found |= points
    with mpmath.workdps(DIGITS):
        ordered = sorted(found, key=lambda p: float(p.evalf(30)))
        return tuple(_meeting(curve, point) for point in ordered if _differs(curve, point))


def _differs(curve: Curve, point: sp.Expr) -> bool:
    """Whether the formula has another form to the right of a point than to its left."""
    x = mpmath.mpf(str(point.evalf(DIGITS)))
    left, right = (taken(curve.formula, curve.entry, x + side * NEAR) for side in (-1, 1))
    return simplified(left) != simplified(right)


def boundaries(expr: Expr) -> Iterator[Expr]:
    """What is 0 where one piece of a formula gives way to another: the differences that its conditions compare."""
    for node in walk(expr):
        if isinstance(node, Apply) and node.operation in PIECES:
            yield from boundaries(PIECES[node.operation](*node.operands))
        elif isinstance(node, Apply) and node.operation in COMPARISONS:
            yield apply("sub", *node.operands)
        elif isinstance(node, Apply) and node.operation == "sign":
            yield node.operands[0]


def _zeros(boundary: Expr) -> set[sp.Expr] | None:
    """The numbers at which a formula is 0; None where SymPy cannot list them."""
    found = sp.solveset(in_decimals(boundary), SYMBOL, sp.S.Reals)
    if found is sp.S.EmptySet:
        return set()
    return set(found) if isinstance(found, sp.FiniteSet) else None


def _meeting(curve: Curve, point: sp.Expr) -> Meeting:
    x = mpmath.mpf(str(point.evalf(DIGITS)))
    left, right = curve.value_at(x - NEAR), curve.value_at(x + NEAR)
    jump = left is not None and right is not None and abs(left - right) > SAME
    return Meeting(point, curve.slope_at(x - NEAR), curve.slope_at(x), curve.slope_at(x + NEAR), jump)


# ----------------------------------------------------------------------------------------------------------- range


@dataclass(frozen=True)
class Bound:
    """The least or the greatest slope.

    Args:
        value: SymPy's where `exact`, else a number; infinite where there is no bound.
        exact: whether SymPy found it; else it was searched for at many points.
        attained: whether the slope is that anywhere.
    """

    value: sp.Expr
    exact: bool
    attained: bool


@dataclass(frozen=True)
class Range:
    """Between what the slope lies."""

    least: Bound
    greatest: Bound


def slope_range(curve: Curve, points: tuple[Meeting, ...] | None) -> Range | None:
    """Between what the slope lies; None where it is nowhere a number."""
    with mpmath.workdps(DIGITS):
        samples = _samples(curve, points or ())
        if not samples:
            return None
        known = [k for k in _known_slopes(curve, points or ()) if k.slope.is_extended_real]
        return Range(_bound(curve, samples, known, -1), _bound(curve, samples, known, 1))


def _samples(curve: Curve, points: tuple[Meeting, ...]) -> list[tuple[Real, Real]]:
    """Points and slopes: an even grid, far points, and both sides of where pieces meet."""
    grid = [mpmath.mpf(k) / FINENESS for k in range(-WIDTH * FINENESS, WIDTH * FINENESS + 1)]
    far = [mpmath.mpf(sign * x) for x in FAR for sign in (-1, 1)]
    near = [mpmath.mpf(str(m.at.evalf(DIGITS))) + side * NEAR for m in points for side in (-1, 0, 1)]
    slopes = ((x, curve.slope_at(x)) for x in sorted({*grid, *far, *near}))
    return [(x, slope) for x, slope in slopes if slope is not None]


@dataclass(frozen=True)
class _Known:
    """A slope that SymPy knows exactly, and whether it is that of a point or only approached."""

    slope: sp.Expr
    of_point: bool


def _known_slopes(curve: Curve, points: tuple[Meeting, ...]) -> list[_Known]:
    """Slopes at the ends of every piece, and at round numbers, where it may be level."""
    edges = {e for inner in dict.fromkeys(singular(curve.formula)) for e in within(partial(_zeros, inner)) or ()}
    inner = sorted({*(m.at for m in points), *edges}, key=lambda p: float(p.evalf(30)))
    found = [known for low, high in pairwise([-sp.oo, *inner, sp.oo]) for known in _of_piece(curve, low, high)]
    return [known for known in found if known.slope is not None and known.slope.is_number]


def singular(expr: Expr) -> Iterator[Expr]:
    """What is 0 where a formula may stop being a number, or its slope grow without bound."""
    for node in walk(expr):
        if isinstance(node, Apply) and node.operation in EDGES:
            yield EDGES[node.operation](*node.operands)


EDGES: dict[str, Callable[..., Expr]] = {
    "log": lambda x: x, "sqrt": lambda x: x, "log1p": lambda x: apply("add", 1, x), "div": lambda a, b: b,
    "pow": lambda a, b: a, "asin": lambda x: apply("sub", apply("mul", x, x), 1),
    "acos": lambda x: apply("sub", apply("mul", x, x), 1),
}
"""Of each operation that is not a number everywhere: what is 0 at the edge."""


def _of_piece(curve: Curve, low: sp.Expr, high: sp.Expr) -> list[_Known]:
    inside = between(low, high)
    piece = within(lambda: in_decimals(taken(curve.slope, curve.entry, inside)))
    if piece is None or curve.slope_at(inside) is None:
        return []
    ends = [within(lambda: sp.limit(piece, SYMBOL, low, "+")), within(lambda: sp.limit(piece, SYMBOL, high, "-"))]
    level = [within(partial(piece.subs, SYMBOL, at)) for at in LEVEL if low < at < high]
    return [*(_Known(end, False) for end in ends), *(_Known(slope, True) for slope in level)]


def between(low: sp.Expr, high: sp.Expr) -> Real:
    """A point inside an interval."""
    if low.is_finite and high.is_finite:
        return mpmath.mpf(str(((low + high) / 2).evalf(DIGITS)))
    return mpmath.mpf(str((low + 1 if low.is_finite else high - 1 if high.is_finite else sp.Integer(0)).evalf(DIGITS)))


def taken(expr: Expr, entry: Read, x: Real) -> Expr:
    """The formula with only those branches of its choices that are taken at a point."""
    def change(node: Expr) -> Expr | None:
        match node:
            case Apply("where", (condition, yes, no)):
                return taken(yes if value(condition, {entry: x}) else no, entry, x)
            case Apply(operation, operands) if operation in PIECES:
                return taken(PIECES[operation](*operands), entry, x)
            case Apply("sign", (inner,)):
                return Number(int(mpmath.sign(value(inner, {entry: x}))))
        return None

    return rebuild(expr, change)


def _bound(curve: Curve, samples: list[tuple[Real, Real]], known: list[_Known], sign: int) -> Bound:
    best = max(range(len(samples)), key=lambda k: sign * samples[k][1])
    x, slope = samples[best]
    if any(k.slope == sign * sp.oo for k in known):
        return Bound(sign * sp.oo, True, False)
    if abs(x) == FAR[-1] and abs(slope) > UNBOUNDED:
        return Bound(sign * sp.oo, False, False)
    if 0 < best < len(samples) - 1 and abs(x) < FAR[-1]:
        slope = _refined(curve, samples[best - 1][0], samples[best + 1][0], slope, sign)
    if abs(slope) > UNBOUNDED**3:
        return Bound(sign * sp.oo, False, False)
    exact = [k for k in known if k.slope.is_finite and sign * (_value(k.slope) - slope) > -SAME * 10**4]
    if exact:
        chosen = max(exact, key=lambda k: sign * _value(k.slope))
        same = [k for k in exact if k.slope == chosen.slope]
        reached = any(abs(s - _value(chosen.slope)) <= NEAR**2 for at, s in samples if abs(at) <= WIDTH)
        return Bound(chosen.slope, True, reached or any(k.of_point for k in same))
    return Bound(sp.Float(str(slope), 20), False, abs(x) <= WIDTH)


def _value(expr: sp.Expr) -> Real:
    return mpmath.mpf(str(expr.evalf(DIGITS)))


def _refined(curve: Curve, low: Real, high: Real, best: Real, sign: int) -> Real:
    """The extreme slope between two points, by ternary search."""
    for _ in range(90):
        one, two = low + (high - low) / 3, high - (high - low) / 3
        slopes = curve.slope_at(one), curve.slope_at(two)
        if slopes[0] is None or slopes[1] is None:
            return best
        best = max(best, *slopes, key=lambda s: sign * s)
        if sign * slopes[0] < sign * slopes[1]:
            low = one
        else:
            high = two
    return best
