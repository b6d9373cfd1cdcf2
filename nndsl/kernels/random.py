"""Random numbers that are functions of where they are drawn: (seed, step, stream, position), with no state between.

The generator is Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3;
2011). The seed's block at (step, stream) is the key of the draws made there; their position is the counter. It uses
only operations that every processor rounds alike and that vectorise, so that a jitted loop, plain Python and NumPy give
the same bits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import types

from nndsl.kernels.exponential import horner, log_formula
from nndsl.kernels.jit import kernel
from nndsl.kernels.llvm_machine import ExactLlvmMachine, LlvmNumber
from nndsl.kernels.machine import ExactNumpyMachine, Machine, Number
from nndsl.kernels.scalar import KINDS, jitted

_ROTATIONS = (13, 15, 26, 6, 17, 29, 16, 24)
_PARITY = 0x1BD11BDA


def threefry(key: tuple[Number, Number], counter: tuple[Number, Number]) -> tuple[Number, Number]:
    """A block of two 32-bit words, from a key and a counter of two 32-bit words each."""
    keys = (key[0], key[1], key[0] ^ key[1] ^ _PARITY)
    x, y = counter[0] + keys[0], counter[1] + keys[1]
    for r in range(20):
        x = x + y
        turn = _ROTATIONS[r % 8]
        y = ((y << turn) | (y >> (32 - turn))) ^ x
        if r % 4 == 3:
            i = r // 4 + 1
            x, y = x + keys[i % 3], y + keys[(i + 1) % 3] + i
    return x, y


def _words(m: Machine, seed: Number, step: Number, stream: Number, position: Number) -> tuple[Number, Number]:
    low, high = m.convert(seed, "u4"), m.convert(seed >> 32, "u4")
    key = threefry((low, high), (m.convert(step, "u4"), m.convert(stream, "u4")))
    return threefry(key, (m.convert(position, "u4"), m.convert(position >> 32, "u4")))


def _real(m: Machine, words: tuple[Number, Number], bits: int, size: int) -> Number:
    """The first bits of a block as a real: up to 31 for float32, up to 62 for float64."""
    if size == 4:
        return m.convert(m.convert(words[0] >> (32 - bits), "i4"), "f4")
    low = bits // 2
    return (m.convert(m.convert(words[0] >> (32 - bits + low), "i4"), "f8") * 2.0**low
            + m.convert(m.convert(words[1] >> (32 - low), "i4"), "f8"))


def _uniform(m: Machine, words: tuple[Number, Number], size: int) -> Number:
    """In (0, 1): the middle of one of 2^23 or 2^52 equal parts."""
    bits = 23 if size == 4 else 52
    return (_real(m, words, bits, size) + 0.5) * 2.0**-bits


# Wichura: Algorithm AS 241, the percentage points of the normal distribution; Applied Statistics 37, 1988.
_CENTRE = (
    (3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
     4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3),
    (1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3, 2.1213794301586595867e4,
     3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3),
)
_SHOULDER = (
    (1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
     1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4),
    (1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1, 1.48103976427480074590e-1,
     1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9),
)
_TAIL = (
    (6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
     2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7),
    (1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2, 7.86869131145613259100e-4,
     1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15),
)


def _ratio(m: Machine, x: Number, table: tuple[tuple[float, ...], tuple[float, ...]]) -> tuple[Number, Number]:
    return horner(m, x, table[0]), horner(m, x, table[1])


def _quantile(m: Machine, t: Number) -> Number:
    """How many deviations from the mean a normal number lies that is exceeded with probability t <= 1/2."""
    q = 0.5 - t
    r = m.sqrt(-log_formula(m, t))
    centre, shoulder, tail = _ratio(m, 0.180625 - q * q, _CENTRE), _ratio(m, r - 1.6, _SHOULDER), _ratio(m, r - 5.0, _TAIL)
    outer = [m.select(r <= 5.0, s, t) for s, t in zip(shoulder, tail, strict=True)]
    inside = q <= 0.425
    return m.select(inside, q * centre[0], outer[0]) / m.select(inside, centre[1], outer[1])


def _tail(m: Machine, words: tuple[Number, Number], size: int) -> Number:
    """In (0, 1/2], from all bits of a block but the first."""
    bits = 31 if size == 4 else 62
    rest = (words[0] & 0x7FFFFFFF, words[1])
    whole = _real(m, (rest[0] << 1, rest[1]), bits, size)
    return (whole + 0.5) * 2.0 ** -(bits + 1)


def _signed(m: Machine, words: tuple[Number, Number], value: Number) -> Number:
    return m.select(words[0] >= 0x80000000, -value, value)


def _normal(m: Machine, words: tuple[Number, Number], size: int) -> Number:
    return _signed(m, words, _quantile(m, _tail(m, words, size)))


_BEYOND_TWO = 0.022750131948179208
"""The probability of more than two deviations to one side."""


def _truncated_normal(m: Machine, words: tuple[Number, Number], size: int) -> Number:
    t = _tail(m, words, size) * (1.0 - 2.0 * _BEYOND_TWO) + _BEYOND_TWO
    value = _quantile(m, t)
    return _signed(m, words, m.select(value > 2.0, 2.0, value))


_FORMULAS: dict[str, Callable[..., Number]] = {
    "uniform": _uniform, "normal": _normal, "truncated_normal": _truncated_normal,
}


def draw(kind: str, seed: Any, step: Any, stream: Any, position: Any, dtype: Any = np.float64) -> Any:
    """The same numbers, bit for bit, that jitted code draws, for arrays of positions.

    Args:
        kind: uniform, normal or truncated_normal.
        seed, step, stream, position: whole numbers; 64, 32, 32 and 64 bits of them count.
        dtype: float32 or float64.
    """
    m = ExactNumpyMachine()
    with np.errstate(all="ignore"):
        words = _words(m, *[np.asarray(x, np.int64) for x in (seed, step, stream, position)])
        return _FORMULAS[kind](m, words, np.dtype(dtype).itemsize)[()]


def _drawing(kind: str, description: str) -> Callable[..., Any]:
    def function(seed: Any, step: Any, stream: Any, position: Any, dtype: Any = np.float64) -> Any:
        return draw(kind, seed, step, stream, position, dtype)

    function.__name__ = function.__qualname__ = f"draw_{kind}"
    function.__doc__ = f"""{description}

    Args:
        seed, step, stream, position: whole numbers that say which draw it is.
        dtype: f4 or f8; float64 if it is not said.
    """

    def write(context: Any, builder: ir.IRBuilder, signature: Any, operands: Any) -> ir.Value:
        m = ExactLlvmMachine()
        places = [LlvmNumber(builder, context.cast(builder, v, t, types.int64), "i8")
                  for v, t in zip(operands[:4], signature.args[:4], strict=True)]
        return _FORMULAS[kind](m, _words(m, *places), int(KINDS[signature.return_type][1])).value

    jitted(function, (4, 5), lambda *operands: operands[4].instance_type if len(operands) == 5 else types.float64, write)
    return function


draw_uniform = _drawing("uniform", "A number uniform in the open interval (0, 1).")
draw_normal = _drawing("normal", "A normal number of mean 0 and deviation 1.")
draw_truncated_normal = _drawing("truncated_normal", "A normal number of mean 0 and deviation 1, cut at two deviations.")


def _below(m: Machine, seed: Number, epoch: Number, position: Number, bound: Number) -> Number:
    """A whole number in [0, bound), bound below 2^31."""
    words = _words(m, seed, epoch, bound * 0 + 0x7FFFFFFF, position)
    wide = [m.convert(m.convert(w, "u8"), "i8") for w in words]
    return (wide[0] * bound + ((wide[1] * bound) >> 32)) >> 32


def draw_below(seed: Any, epoch: Any, position: Any, bound: Any) -> Any:
    """A whole number in [0, bound), for shuffling."""
    m = ExactNumpyMachine()
    with np.errstate(all="ignore"):
        return _below(m, *[np.asarray(x, np.int64) for x in (seed, epoch, position, bound)])[()]


def _write_below(context: Any, builder: ir.IRBuilder, signature: Any, operands: Any) -> ir.Value:
    places = [LlvmNumber(builder, context.cast(builder, v, t, types.int64), "i8")
              for v, t in zip(operands, signature.args, strict=True)]
    return _below(ExactLlvmMachine(), *places).value


jitted(draw_below, (4,), lambda *_: types.int64, _write_below)


@kernel
def shuffle(order, seed, epoch):  # type: ignore[no-untyped-def]
    """Fills a flat array of whole numbers with 0, 1, ..., in the order of an epoch (Fisher and Yates)."""
    for i in range(order.size):
        j = draw_below(seed, epoch, i, i + 1)
        order[i] = order[j]
        order[j] = i


def permutation(seed: int, epoch: int, n: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """The order that `shuffle` gives, in plain Python."""
    order = list(range(n))
    position = np.arange(n)
    for i, j in enumerate(draw_below(seed, epoch, position, position + 1).tolist()):
        order[i] = order[j]
        order[j] = i
    return np.array(order, np.int64)
