"""sin and cos."""

from __future__ import annotations

from dataclasses import dataclass

from nndsl.kernels.exponential import horner
from nndsl.kernels.machine import Machine, Number
from nndsl.kernels.scalar import real_function

_SHIFT, _SHIFT_BITS = 1.5 * 2.0**52, 0x4338000000000000
_HALF_PI = (1.5707963267948966, 6.123233995736766e-17, -1.4973849048591833e-33)
_LIMIT = 2.0**48
"""Beyond it a float64's neighbours lie further apart than is worth an angle; the result is NaN."""


@dataclass(frozen=True)
class Constants:
    """The numbers of one precision: minimax coefficients for |x| <= pi/4, in x^2.

    Args:
        sin: of (sin(x) - x) / x^3.
        cos: of (cos(x) - 1 + x^2/2) / x^4.
    """

    sin: tuple[float, ...]
    cos: tuple[float, ...]


CONSTANTS = {
    4: Constants((-0.166666641831398, 0.008332747034728527, -0.00019587505084928125),
                 (0.0416666641831398, -0.0013888301327824593, 2.454753666825127e-05)),
    8: Constants(
        (-0.16666666666666666, 0.008333333333330927, -0.00019841269836724877, 2.7557316084930363e-06, -2.50511281499847e-08,
         1.5917861853805866e-10),
        (0.041666666666666664, -0.0013888888888887382, 2.4801587298744435e-05, -2.755731726062817e-07, 2.0876143942503467e-09,
         -1.1382464188417552e-11)),
}


def _reduced(m: Machine, x: Number) -> tuple[Number, Number]:
    """x - n pi/2 within [-pi/4, pi/4], and the integer n: in float64, where a float32 and its reduction are exact."""
    wide = m.convert(x, "f8")
    wide = m.select(m.magnitude(wide) <= _LIMIT, wide, float("nan"))
    shifted = m.fma(wide, 0.6366197723675814, _SHIFT)
    whole = shifted - _SHIFT
    r = m.exact_fma(whole, -_HALF_PI[1], m.exact_fma(whole, -_HALF_PI[0], wide))
    if m.size(x) == 8:
        r = m.exact_fma(whole, -_HALF_PI[2], r)
    return m.convert(r, f"f{m.size(x)}"), m.bits(shifted) - _SHIFT_BITS


def _turned(m: Machine, r: Number, quarter: Number) -> Number:
    """The sine of r + quarter pi/2."""
    c = CONSTANTS[m.size(r)]
    z = r * r
    sin = m.fma(z * r, horner(m, z, c.sin), r)
    half = 0.5 * z
    near = 1.0 - half
    cos = near + m.fma(z * z, horner(m, z, c.cos), (1.0 - near) - half)
    value = m.select((quarter & 1) != 0, cos, sin)
    return m.select((quarter & 2) != 0, -value, value)


@real_function
def sin(m: Machine, x: Number) -> Number:
    """The sine; NaN for what is not finite, and beyond 2^48."""
    r, quarter = _reduced(m, x)
    return m.select(x == 0.0, x, _turned(m, r, quarter))


@real_function
def cos(m: Machine, x: Number) -> Number:
    """The cosine; NaN for what is not finite, and beyond 2^48."""
    r, quarter = _reduced(m, x)
    return _turned(m, r, quarter + 1)
