"""Between what a formula lies, given between what its entries lie: interval arithmetic in floating point.

Both ends belong to an interval: where a function only comes near a value, as exp(x) near 0, rounding takes it there.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nndsl.ir.elementwise import ELEMENTWISE

INF = math.inf


@dataclass(frozen=True)
class Interval:
    """All numbers from `low` to `high`, both included."""

    low: float
    high: float

    def __str__(self) -> str:
        ends = "(" if self.low == -INF else "[", ")" if self.high == INF else "]"
        return f"{ends[0]}{_shown(self.low)}, {_shown(self.high)}{ends[1]}"

    def __contains__(self, number: float) -> bool:
        return self.low <= number <= self.high

    def hull(self, other: Interval) -> Interval:
        """The least interval that holds both."""
        return Interval(min(self.low, other.low), max(self.high, other.high))

    def cut(self, other: Interval) -> Interval:
        """What lies in both; where that is nothing, this one."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        return Interval(low, high) if low <= high else self


def _shown(number: float) -> str:
    return {INF: "∞", -INF: "-∞"}.get(number, f"{number:.4g}")


EVERYTHING = Interval(-INF, INF)
UNIT = Interval(0.0, 1.0)
TURN = Interval(-1.0, 1.0)


def point(number: float) -> Interval:
    """A single number."""
    return Interval(float(number), float(number))


def scaled(interval: Interval, count: float) -> Interval:
    """The sum of `count` numbers of an interval."""
    return Interval(_product(interval.low, count), _product(interval.high, count))


def _product(a: float, b: float) -> float:
    return 0.0 if a == 0 or b == 0 else a * b  # an infinite end stands for numbers as large as one likes


def _hull(values: list[float]) -> Interval:
    return Interval(min(values), max(values)) if not any(math.isnan(v) for v in values) else EVERYTHING


def add(a: Interval, b: Interval) -> Interval:
    """a + b"""
    low, high = a.low + b.low, a.high + b.high
    return EVERYTHING if math.isnan(low) or math.isnan(high) else Interval(low, high)


def negative(a: Interval) -> Interval:
    """-a"""
    return Interval(-a.high, -a.low)


def multiply(a: Interval, b: Interval) -> Interval:
    """a · b"""
    return _hull([_product(x, y) for x in (a.low, a.high) for y in (b.low, b.high)])


def divide(a: Interval, b: Interval) -> Interval:
    """a / b; where b may be 0, as near to it as one likes."""
    if b.low > 0 or b.high < 0:
        return multiply(a, Interval(_inverse(b.high), _inverse(b.low)))
    if b.low == 0 and b.high > 0:
        return multiply(a, Interval(_inverse(b.high), INF))
    if b.high == 0 and b.low < 0:
        return multiply(a, Interval(-INF, _inverse(b.low)))
    return EVERYTHING


def _inverse(number: float) -> float:
    return 0.0 if math.isinf(number) else 1 / number


def square(a: Interval) -> Interval:
    """a²"""
    ends = [_product(a.low, a.low), _product(a.high, a.high)]
    return Interval(0.0 if 0 in a else min(ends), max(ends))


def power(a: Interval, b: Interval) -> Interval:
    """a^b"""
    if b.low != b.high:
        return _powers(a, b)
    exponent = b.low
    if exponent == 0:
        return point(1)
    if exponent < 0:
        return divide(point(1), power(a, point(-exponent)))
    if exponent.is_integer():
        ends = [_raised(a.low, exponent), _raised(a.high, exponent)]
        return Interval(0.0 if exponent % 2 == 0 and 0 in a else min(ends), max(ends))
    return Interval(_raised(max(a.low, 0.0), exponent), _raised(max(a.high, 0.0), exponent))


def _powers(a: Interval, b: Interval) -> Interval:
    if a.low < 0:
        return EVERYTHING
    return _hull([_raised(x, y) for x in (a.low, a.high) for y in (b.low, b.high)])


def _raised(base: float, exponent: float) -> float:
    try:
        return float(base**exponent)
    except OverflowError:
        return INF if base > 0 or exponent % 2 == 0 else -INF
    except ZeroDivisionError:
        return INF


def magnitude(a: Interval) -> Interval:
    """|a|"""
    ends = [abs(a.low), abs(a.high)]
    return Interval(0.0 if 0 in a else min(ends), max(ends))


def clipped(x: Interval, low: Interval, high: Interval) -> Interval:
    """clip(x, low, high)"""
    return lesser(greater(x, low), high)


def lesser(a: Interval, b: Interval) -> Interval:
    """min(a, b)"""
    return Interval(min(a.low, b.low), min(a.high, b.high))


def greater(a: Interval, b: Interval) -> Interval:
    """max(a, b)"""
    return Interval(max(a.low, b.low), max(a.high, b.high))


def remainder(a: Interval, b: Interval) -> Interval:
    """mod(a, b), for b > 0"""
    if b.low <= 0:
        return EVERYTHING
    return a if a.low >= 0 and a.high < b.low else Interval(0.0, b.high)


def rising(operation: str, domain: Interval = EVERYTHING) -> Callable[[Interval], Interval]:
    """A function that never falls, on the part of its argument's interval where it is a number."""
    def applied(a: Interval) -> Interval:
        ends = np.clip(np.array([a.low, a.high]), domain.low, domain.high)
        with np.errstate(all="ignore"):
            low, high = (float(v) for v in ELEMENTWISE[operation](ends))
        return EVERYTHING if math.isnan(low) or math.isnan(high) else Interval(low, high)

    return applied


def _reversed(a: Interval) -> Interval:
    return Interval(a.high, a.low)


def compared(operation: str) -> Callable[[Interval, Interval], Interval]:
    """A truth value, as 0 or 1; known where all of one interval lies beyond the other."""
    def applied(a: Interval, b: Interval) -> Interval:
        less, more = a.high < b.low, a.low > b.high
        certain = {"lt": less, "le": a.high <= b.low, "gt": more, "ge": a.low >= b.high, "eq": False, "ne": less or more}
        never = {"lt": a.low >= b.high, "le": more, "gt": a.high <= b.low, "ge": less, "eq": less or more, "ne": False}
        return point(1) if certain[operation] else point(0) if never[operation] else UNIT

    return applied


def chosen(condition: Interval, yes: Interval, no: Interval) -> Interval:
    """where(condition, yes, no)"""
    if 0 not in condition:
        return yes
    return no if condition == point(0) else yes.hull(no)


OPERATIONS: dict[str, Callable[..., Interval]] = {
    "add": add, "sub": lambda a, b: add(a, negative(b)), "neg": negative, "mul": multiply, "div": divide, "pow": power,
    "mod": remainder, "floordiv": lambda a, b: rising("floor")(divide(a, b)), "min": lesser, "max": greater, "clip": clipped,
    "abs": magnitude, "where": chosen, "sin": lambda a: TURN, "cos": lambda a: TURN,
    "cosh": lambda a: rising("cosh")(magnitude(a)), "acos": lambda a: _reversed(rising("acos", TURN)(a)),
    **{name: rising(name) for name in ("exp", "expm1", "sign", "sinh", "tanh", "atan", "erf", "floor", "ceil", "round",
                                       "sigmoid", "softplus")},
    "asin": rising("asin", TURN), "log": rising("log", Interval(0, INF)), "sqrt": rising("sqrt", Interval(0, INF)),
    "log1p": rising("log1p", Interval(-1, INF)),
    **{name: compared(name) for name in ("lt", "le", "gt", "ge", "eq", "ne")},
    **{name: lambda *_: UNIT for name in ("and", "or", "not")},
}
"""The range of each elementwise operation; of those that are not here nothing is known."""
