"""Operations of one or two numbers besides exp and its kin: choices, signs, roundings, and what libm computes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from llvmlite import ir
from numba.core import types

from nndsl.kernels.machine import Machine, Number
from nndsl.kernels.scalar import LLVM, jitted, kind_of, number_function, real_function, wrap

Value = TypeVar("Value")

f4 = np.float32
f8 = np.float64
inf = float("inf")
nan = float("nan")


def let(value: Value) -> Value:
    """The value itself: marks where a proof may cut a formula."""
    return value


jitted(let, (1,), lambda t: types.unliteral(t), lambda context, builder, signature, operands: operands[0])


def where(condition: Any, a: Any, b: Any) -> Any:
    """a where the condition holds (or is not 0), else b. Both are computed; what is not taken leaves no trace."""
    return np.where(condition, a, b)[()]


def _write_where(context: Any, builder: ir.IRBuilder, signature: Any, operands: Any) -> ir.Value:
    kind = signature.return_type
    condition = wrap(context, builder, operands[0], signature.args[0])
    if condition.kind != "b":
        condition = condition != 0
    a, b = (context.cast(builder, v, t, kind) for v, t in zip(operands[1:], signature.args[1:], strict=True))
    return builder.select(condition.value, a, b)


jitted(where, (3,), lambda c, a, b: kind_of((a, b), types.int64), _write_where)


@number_function
def minimum(m: Machine, a: Number, b: Number) -> Number:
    """The smaller; NaN if either is."""
    return m.select(a < b, a, m.select(a != a, a, b))


@number_function
def maximum(m: Machine, a: Number, b: Number) -> Number:
    """The larger; NaN if either is."""
    return m.select(a > b, a, m.select(a != a, a, b))


@number_function
def clip(m: Machine, x: Number, low: Number, high: Number) -> Number:
    """x within [low, high]; NaN if x is."""
    x = m.select(x < low, low, x)
    return m.select(x > high, high, x)


@number_function
def sign(m: Machine, x: Number) -> Number:
    """-1, 0 or 1; NaN stays NaN."""
    return m.select(x > 0, 1, m.select(x < 0, -1, x))


@number_function
def absolute(m: Machine, x: Number) -> Number:
    """|x|."""
    return m.select(x < 0, -x, x) if m.whole(x) else m.magnitude(x)


@number_function
def floor(m: Machine, x: Number) -> Number:
    """The whole number at or below."""
    return x if m.whole(x) else m.floor(x)


@number_function
def ceil(m: Machine, x: Number) -> Number:
    """The whole number at or above."""
    return x if m.whole(x) else -m.floor(-x)


@number_function
def nearest(m: Machine, x: Number) -> Number:
    """The nearest whole number, ties to even."""
    return x if m.whole(x) else m.round(x)


@number_function
def floordiv(m: Machine, a: Number, b: Number) -> Number:
    """Python's a // b: rounded down. For whole numbers b must not be 0."""
    if not m.whole(a):
        return m.floor(a / b)
    quotient = m.quotient(a, b)
    return m.select(((a ^ b) < 0) & (quotient * b != a), quotient - 1, quotient)


@number_function
def mod(m: Machine, a: Number, b: Number) -> Number:
    """Python's a % b: it has the sign of b. For whole numbers b must not be 0."""
    rest = m.remainder(a, b)
    return m.select((rest != 0) & ((rest < 0) != (b < 0)), rest + b, rest)


def isfinite(x: Any) -> Any:
    """Whether a number is neither infinite nor NaN."""
    return np.isfinite(x)


def _write_isfinite(context: Any, builder: ir.IRBuilder, signature: Any, operands: Any) -> ir.Value:
    x = wrap(context, builder, operands[0], signature.args[0])
    return (LLVM.magnitude(x) < inf).value if x.kind[0] == "f" else ir.Constant(ir.IntType(1), True)


jitted(isfinite, (1,), lambda _: types.boolean, _write_isfinite)


@real_function
def sqrt(m: Machine, x: Number) -> Number:
    """The square root; NaN below 0."""
    return m.sqrt(x)


@real_function
def fma(m: Machine, a: Number, b: Number, c: Number) -> Number:
    """a * b + c, rounded once where the processor can."""
    return m.fma(a, b, c)


def _library(name: str, numpy: str) -> Callable[..., Any]:
    """A function that the system's library computes: exact to the last bit or two, but one number at a time."""

    def formula(m: Machine, x: Number) -> Number:
        return m.library(name, numpy, x)

    formula.__name__ = formula.__qualname__ = name
    formula.__doc__ = f"{name}, by the system's library of mathematical functions."
    return real_function(formula)


tan = _library("tan", "tan")
sinh = _library("sinh", "sinh")
cosh = _library("cosh", "cosh")
asin = _library("asin", "arcsin")
acos = _library("acos", "arccos")
atan = _library("atan", "arctan")


@real_function
def power(m: Machine, x: Number, exponent: Number) -> Number:
    """x to a power, by the system's library; NaN for a negative x to one that is not whole."""
    return m.library("pow", "power", x, exponent)
