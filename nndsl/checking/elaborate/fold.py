"""Arithmetic on values known when the model is built, in floating point and within limits."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

LARGEST = 2**53
"""Whole numbers up to here are exact; beyond, a result becomes a floating-point number."""

Numeric = bool | int | float


def _plain(value: Numeric) -> int | float:
    return int(value) if isinstance(value, bool) else value


def _whole(value: int | float) -> int | float:
    """An int beyond the limit as a float, so that no result grows without end."""
    return float(value) if isinstance(value, int) and abs(value) > LARGEST else value


def _power(a: int | float, b: int | float) -> int | float:
    result = math.pow(a, b)
    exact = isinstance(a, int) and isinstance(b, int) and b >= 0 and abs(result) <= LARGEST
    return int(result) if exact else result


def _round(x: int | float) -> int | float:
    return x if isinstance(x, int) else float(round(x))


def _sign(x: int | float) -> int | float:
    return (x > 0) - (x < 0)


def _clip(x: int | float, low: int | float, high: int | float) -> int | float:
    return low if x < low else high if x > high else x


OPERATIONS: dict[str, Callable[..., Any]] = {
    "or": lambda a, b: bool(a) or bool(b),
    "and": lambda a, b: bool(a) and bool(b),
    "not": lambda a: not a,
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "floordiv": lambda a, b: a // b,
    "neg": lambda a: -a,
    "pow": _power,
    "mod": lambda a, b: a % b,
    "exp": math.exp,
    "log": math.log,
    "log1p": math.log1p,
    "expm1": math.expm1,
    "sqrt": math.sqrt,
    "abs": abs,
    "sign": _sign,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "sinh": math.sinh,
    "cosh": math.cosh,
    "tanh": math.tanh,
    "asin": math.asin,
    "acos": math.acos,
    "atan": math.atan,
    "erf": math.erf,
    "floor": lambda x: math.floor(x) if math.isfinite(x) else x,
    "ceil": lambda x: math.ceil(x) if math.isfinite(x) else x,
    "round": _round,
    "min": min,
    "max": max,
    "clip": _clip,
    "where": lambda condition, a, b: a if condition else b,
}
"""What each operation of the language gives for known numbers."""


def fold(operation: str, operands: tuple[Numeric, ...]) -> Numeric:
    """The result of an operation on known numbers.

    Raises:
        ArithmeticError, ValueError: it has none: a division by zero, a logarithm of -1, or a number beyond all limits.
    """
    result: Numeric = OPERATIONS[operation](*(_plain(x) for x in operands))
    return result if isinstance(result, bool) else _whole(result)
