"""Formulas at 50 digits, by mpmath."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import mpmath

from nndsl.derive.definitions import FORMULAS, PIECES
from nndsl.ir.expression import Apply, Expr, Number

DIGITS = 50

FUNCTIONS: dict[str, Callable[..., Any]] = {
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
    "neg": lambda a: -a,
    "floordiv": lambda a, b: mpmath.floor(a / b),
    "pow": lambda a, b: a ** b,
    "exp": mpmath.exp,
    "log": mpmath.log,
    "sqrt": mpmath.sqrt,
    "sign": mpmath.sign,
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "tan": mpmath.tan,
    "sinh": mpmath.sinh,
    "cosh": mpmath.cosh,
    "tanh": mpmath.tanh,
    "asin": mpmath.asin,
    "acos": mpmath.acos,
    "atan": mpmath.atan,
    "erf": mpmath.erf,
    "floor": mpmath.floor,
    "ceil": mpmath.ceil,
    "round": mpmath.nint,
}
"""The operations that are not spelled out in definitions.py."""


def value(expr: Expr, known: Mapping[Expr, Any]) -> Any:
    """The value of a formula, with whatever digits mpmath works in.

    Args:
        expr: without reductions.
        known: the values of its entries, indices and draws.

    Raises:
        ZeroDivisionError: a division by zero.
    """
    if expr in known:
        return known[expr]
    match expr:
        case Number(number):
            return mpmath.mpf(number)
        case Apply("where", (condition, yes, no)):
            return value(yes if value(condition, known) else no, known)
        case Apply(operation, operands) if operation in FUNCTIONS:
            return FUNCTIONS[operation](*(value(x, known) + 0 for x in operands))
        case Apply(operation, operands):
            return value({**FORMULAS, **PIECES}[operation](*operands), known)
        case _:
            raise ValueError(f"the value of {expr} is not given")
