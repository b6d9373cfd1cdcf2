"""What operations compute on whatever kind of number they are given: doubles, numbers of 50 digits, or values with a form.

One table serves the formulas of equations and, under the kernels' names, the generated code.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

import mpmath

from nndsl.verify.algebra import Value
from nndsl.verify.rules import FLOATS, applied

HIGH = (mpmath.mpf, mpmath.mpc)


def _elementary(name: str) -> Callable[[Any], Any]:
    high, double = getattr(mpmath, name), FLOATS[name]

    def function(x: Any) -> Any:
        if isinstance(x, Value):
            return applied(x.algebra, name, x)
        if isinstance(x, HIGH):
            return high(x)
        try:
            return double(x)
        except OverflowError:
            return math.inf
        except ValueError:
            return math.nan if name != "log" or x else -math.inf

    return function


ELEMENTARY = {name: _elementary(name) for name in FLOATS if name != "pow"}
exp, log = ELEMENTARY["exp"], ELEMENTARY["log"]


def divide(a: Any, b: Any) -> Any:
    """a / b; a division by 0 gives what IEEE arithmetic gives."""
    try:
        return a / b
    except ZeroDivisionError:
        return math.nan if not a or a != a else math.copysign(math.inf, a)


def power(a: Any, b: Any) -> Any:
    """a to the power b."""
    if isinstance(b, float) and b == int(b):
        b = int(b)
    try:
        result = a ** b
    except ZeroDivisionError:
        return math.inf
    except OverflowError:
        return math.inf
    return math.nan if isinstance(result, (complex, mpmath.mpc)) else result


def sqrt(x: Any) -> Any:
    """The square root."""
    if isinstance(x, Value):
        return x.power(0.5)
    if isinstance(x, HIGH):
        return mpmath.sqrt(x) if x >= 0 else math.nan
    return math.sqrt(x) if x >= 0 else math.nan


def where(condition: Any, a: Any, b: Any) -> Any:
    """a where the condition holds, else b: the piece at hand."""
    return a if condition else b


def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(-x))"""
    if isinstance(x, float) and x < 0:
        return exp(x) / (1 + exp(x))
    return divide(1, 1 + exp(-x))


def softplus(x: Any) -> Any:
    """log(1 + exp(x))"""
    return x + log1p(exp(-x)) if isinstance(x, float) and x > 0 else log1p(exp(x))


def log1p(x: Any) -> Any:
    """log(1 + x)"""
    if isinstance(x, float):
        return math.log1p(x) if x > -1 else math.nan
    return log(1 + x)


def expm1(x: Any) -> Any:
    """exp(x) - 1"""
    if isinstance(x, float):
        return math.expm1(x) if x < 700 else math.inf
    return exp(x) - 1


def _step(function: Callable[[float], float]) -> Callable[[Any], Any]:
    """A function that is constant on each piece."""
    return lambda x: x if isinstance(x, int) else function(float(x)) if math.isfinite(float(x)) else float(x)


def sign(x: Any) -> Any:
    """-1, 0 or 1"""
    return (x > 0) - (x < 0)


floor, ceil, nearest = (_step(f) for f in (math.floor, math.ceil, round))


def floordiv(a: Any, b: Any) -> Any:
    """a / b, rounded down."""
    return a // b if isinstance(a, int) and isinstance(b, int) else floor(divide(a, b))


def mod(a: Any, b: Any) -> Any:
    """What a division leaves."""
    return a % b if isinstance(a, int) and isinstance(b, int) else a - floor(divide(a, b)) * b


def minimum(a: Any, b: Any) -> Any:
    """The smaller."""
    return a if a < b else b


def maximum(a: Any, b: Any) -> Any:
    """The larger."""
    return a if a > b else b


def clip(x: Any, low: Any, high: Any) -> Any:
    """x within [low, high]"""
    return low if x < low else high if x > high else x


OPERATIONS: Mapping[str, Callable[..., Any]] = {
    **ELEMENTARY, "add": operator.add, "sub": operator.sub, "mul": operator.mul, "div": divide, "neg": operator.neg,
    "pow": power, "sqrt": sqrt, "sigmoid": sigmoid, "softplus": softplus, "log1p": log1p, "expm1": expm1, "abs": abs,
    "sign": sign, "floor": floor, "ceil": ceil, "round": nearest, "floordiv": floordiv, "mod": mod, "min": minimum,
    "max": maximum, "clip": clip, "where": where, "eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "le": operator.le,
    "gt": operator.gt, "ge": operator.ge, "not": operator.not_, "and": lambda a, b: bool(a) and bool(b),
    "or": lambda a, b: bool(a) or bool(b),
}
"""The operations of formulas."""
