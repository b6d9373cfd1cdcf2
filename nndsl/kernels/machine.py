"""What a formula of numbers can be written over: NumPy arrays, or values in LLVM code.

A function such as `exp` is written once, in terms of a `Machine`, as straight-line arithmetic. With the LLVM machine
it is put down where jitted code calls it, ready to be vectorised with the loop around it; Numba neither analyses nor
compiles it as a function of its own. With the NumPy machine the same text runs on arrays.
"""

from __future__ import annotations

import math
from typing import Any, Protocol, TypeAlias

import numpy as np

Number: TypeAlias = Any
"""A NumPy array or scalar, or an `LlvmNumber`; both take Python's operators, and Python numbers as other operand."""


class Machine(Protocol):
    """What a formula may use besides operators. Sizes of numbers are in bytes: 4 or 8."""

    def size(self, x: Number) -> int:
        """Bytes of a number."""

    def fma(self, a: Number, b: Number, c: Number) -> Number:
        """a * b + c, rounded once where the machine can."""

    def exact_fma(self, a: Number, b: Number, c: Number) -> Number:
        """a * b + c, rounded once on every machine, however long that takes."""

    def select(self, condition: Number, a: Number, b: Number) -> Number:
        """a where the condition holds, else b; both are computed."""

    def bits(self, x: Number) -> Number:
        """The representation of a real, as a signed integer of its size."""

    def real(self, bits: Number) -> Number:
        """The real of a representation."""

    def round(self, x: Number) -> Number:
        """The nearest whole number, ties to even, as a real."""

    def sqrt(self, x: Number) -> Number:
        """The square root."""

    def convert(self, x: Number, kind: str) -> Number:
        """A number as f4, f8, i4, i8, u4 or u8."""

    def magnitude(self, x: Number) -> Number:
        """|x|."""

    def sign_of(self, x: Number, sign: Number) -> Number:
        """|x| with the sign bit of another real."""

    def whole(self, x: Number) -> bool:
        """Whether a number is an integer."""

    def floor(self, x: Number) -> Number:
        """The whole number at or below, as a real."""

    def quotient(self, a: Number, b: Number) -> Number:
        """a / b of integers, rounded towards 0."""

    def remainder(self, a: Number, b: Number) -> Number:
        """What is left of a after division towards 0: it has a's sign."""

    def library(self, name: str, numpy: str, *operands: Number) -> Number:
        """A function of C's library, by its name there and in NumPy."""


class NumpyMachine:
    """Formulas over NumPy arrays; `fma` seldom misses the nearest number by one bit."""

    def size(self, x: Number) -> int:
        return int(np.asarray(x).dtype.itemsize)

    def fma(self, a: Number, b: Number, c: Number) -> Number:
        kind = np.result_type(a, b, c)
        if kind != np.float32:
            return _fma(*np.broadcast_arrays(a, b, c))
        return (np.asarray(a, np.float64) * np.asarray(b, np.float64) + np.asarray(c, np.float64)).astype(np.float32)

    def exact_fma(self, a: Number, b: Number, c: Number) -> Number:
        return self.fma(a, b, c)

    def select(self, condition: Number, a: Number, b: Number) -> Number:
        a, b = (np.asarray(x, getattr(y, "dtype", None)) if isinstance(x, (int, float)) else x for x, y in ((a, b), (b, a)))
        return np.where(condition, a, b)

    def bits(self, x: Number) -> Number:
        x = np.asarray(x)
        return x.view(np.int32 if x.dtype.itemsize == 4 else np.int64)

    def real(self, bits: Number) -> Number:
        bits = np.asarray(bits)
        return bits.view(np.float32 if bits.dtype.itemsize == 4 else np.float64)

    def round(self, x: Number) -> Number:
        return np.rint(x)

    def sqrt(self, x: Number) -> Number:
        return np.sqrt(x)

    def convert(self, x: Number, kind: str) -> Number:
        return np.asarray(x).astype(kind)

    def magnitude(self, x: Number) -> Number:
        return np.abs(x)

    def sign_of(self, x: Number, sign: Number) -> Number:
        return np.copysign(x, sign)

    def whole(self, x: Number) -> bool:
        return np.asarray(x).dtype.kind in "iu"

    def floor(self, x: Number) -> Number:
        return np.floor(x)

    def quotient(self, a: Number, b: Number) -> Number:
        return (a - np.fmod(a, b)) // b

    def remainder(self, a: Number, b: Number) -> Number:
        return np.fmod(a, b)

    def library(self, name: str, numpy: str, *operands: Number) -> Number:
        if hasattr(np, numpy):
            return getattr(np, numpy)(*operands)
        return np.vectorize(getattr(math, numpy))(*operands).astype(np.asarray(operands[0]).dtype)


def _split(x: Number) -> tuple[Number, Number]:
    """A float64 as the sum of two of 26 bits (Dekker 1971)."""
    scaled = x * 134217729.0
    high = scaled - (scaled - x)
    return high, x - high


def _fma(a: Number, b: Number, c: Number) -> Number:
    """a * b + c in float64, with the bits that the product loses added to those that the sum loses."""
    product = a * b
    (a1, a2), (b1, b2) = _split(a), _split(b)
    lost = a2 * b2 - (((product - a1 * b1) - a2 * b1) - a1 * b2)
    total = product + c
    kept = total - product
    value = total + (lost + ((product - (total - kept)) + (c - kept)))
    return np.where(np.isfinite(value), value, total)


class ExactNumpyMachine(NumpyMachine):
    """Formulas over NumPy arrays, product and sum rounded each."""

    def fma(self, a: Number, b: Number, c: Number) -> Number:
        return a * b + c
