"""Operations of one or two numbers besides exp and its kin: choices, signs, roundings, and what libm computes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from llvmlite import ir
from numba.core import types

from nndsl.kernels.machine import LlvmNumber, Machine, Number
from nndsl.kernels.scalar import KINDS, LLVM, NUMPY, jitted, real_function, real_kind, wrap

Value = TypeVar("Value")

f4 = np.float32
f8 = np.float64
inf = float("inf")
nan = float("nan")


def let(value: Value) -> Value:
    """The value itself: marks where a proof may cut a formula."""
    return value


jitted(let, (1,), lambda t: types.unliteral(t), lambda context, builder, signature, operands: operands[0])


def _same_kind(arguments: tuple[Any, ...]) -> Any:
    """Real if an operand is, in its precision; else a 64-bit integer."""
    if any(isinstance(t, types.Float) for t in arguments):
        return real_kind(arguments)
    return types.int64


def number_function(formula: Callable[..., Any]) -> Callable[..., Any]:
    """A function of reals or integers: whole numbers stay whole, and follow where an operand is real."""
    arity = formula.__code__.co_argcount - 1

    def function(*operands: Any) -> Any:
        with np.errstate(all="ignore"):
            kind = np.result_type(*operands)
            return formula(NUMPY, *[np.asarray(x, kind) for x in operands])[()]

    function.__name__, function.__doc__, function.__qualname__ = formula.__name__, formula.__doc__, formula.__name__

    def write(context: Any, builder: ir.IRBuilder, signature: Any, operands: Any) -> ir.Value:
        kind = signature.return_type
        numbers = [LlvmNumber(builder, context.cast(builder, v, t, kind), KINDS[kind])
                   for v, t in zip(operands, signature.args, strict=True)]
        return formula(LLVM, *numbers).value

    jitted(function, (arity,), lambda *a: _same_kind(a), write)
    return function


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


jitted(where, (3,), lambda c, a, b: _same_kind((a, b)), _write_where)


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
    return m.select(x > 0, x * 0 + 1, m.select(x < 0, x * 0 - 1, x))


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


def _library(name: str, arity: int = 1, numpy: str = "") -> Callable[..., Any]:
    """A function that libm computes: correct to the last bit or two, but one number at a time."""

    def formula(m: Machine, *operands: Number) -> Number:
        return m.library(name, numpy or name, *operands)

    def function(*operands: Any) -> Any:
        kind = np.result_type(*operands, np.float32)
        with np.errstate(all="ignore"):
            return formula(NUMPY, *[np.asarray(x, kind) for x in operands])[()]

    def write(context: Any, builder: ir.IRBuilder, signature: Any, operands: Any) -> ir.Value:
        kind = signature.return_type
        numbers = [LlvmNumber(builder, context.cast(builder, v, t, kind), KINDS[kind])
                   for v, t in zip(operands, signature.args, strict=True)]
        return formula(LLVM, *numbers).value

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"{name}, by the system's library of mathematical functions."
    jitted(function, (arity,), lambda *a: real_kind(a), write)
    return function


tan = _library("tan")
sinh = _library("sinh")
cosh = _library("cosh")
asin = _library("asin", numpy="arcsin")
acos = _library("acos", numpy="arccos")
atan = _library("atan", numpy="arctan")
power = _library("pow", 2, numpy="power")
