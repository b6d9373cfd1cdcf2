"""exp, expm1, log, log1p and the functions made of them."""

from __future__ import annotations

from dataclasses import dataclass

from nndsl.kernels.machine import Machine, Number
from nndsl.kernels.scalar import real_function

INFINITY = float("inf")
NAN = float("nan")
LOG2_E = 1.4426950408889634
SQRT_2 = 1.4142135623730951


@dataclass(frozen=True)
class Constants:
    """The numbers of one precision.

    Args:
        mantissa: stored bits of the significand.
        bias: of the exponent.
        shift: added to a small real, it leaves the nearest whole number in the low bits.
        shift_bits: its representation.
        sqrt_half_bits: that of sqrt(1/2).
        lowest, highest: below, exp is no normal number and 0 is given; above, it is infinite.
        smallest: the least normal number.
        huge: makes infinity of what lies above `highest`.
        ln2: log(2) in two parts; the first has trailing zeros, so that its product with an exponent is exact.
        exp: 1/2, and minimax coefficients of (exp(r) - 1 - r - r^2/2) / r^3, for |r| <= log(2)/2.
        log: minimax coefficients of (log((1+s)/(1-s)) - 2s) / s^3 in s^2 for |s| <= 3 - sqrt(8).
        tanh: minimax coefficients of (tanh(x) - x) / x^3 in x^2 for |x| <= 0.625.
    """

    mantissa: int
    bias: int
    shift: float
    shift_bits: int
    sqrt_half_bits: int
    lowest: float
    highest: float
    smallest: float
    huge: float
    ln2: tuple[float, float]
    exp: tuple[float, ...]
    log: tuple[float, ...]
    tanh: tuple[float, ...]


CONSTANTS = {
    4: Constants(
        mantissa=23, bias=127, shift=1.5 * 2.0**23, shift_bits=0x4B400000, sqrt_half_bits=0x3F3504F3,
        lowest=-87.33, highest=88.72283172607422, smallest=2.0**-126, huge=3e38,
        ln2=(0.693145751953125, 1.428606765330187e-06),
        exp=(0.5, 0.1666666716337204, 0.04166655242443085, 0.008333301171660423, 0.0013926256215199828, 0.00019899391918443143),
        log=(0.6666666865348816, 0.4000012278556824, 0.2855069935321808, 0.23333418369293213),
        tanh=(-0.333333283662796, 0.13332794606685638, -0.053854066878557205, 0.021010080352425575, -0.006113193929195404),
    ),
    8: Constants(
        mantissa=52, bias=1023, shift=1.5 * 2.0**52, shift_bits=0x4338000000000000, sqrt_half_bits=0x3FE6A09E667F3BCD,
        lowest=-708.39, highest=709.782712893384, smallest=2.0**-1022, huge=1e308,
        ln2=(0.6931471803691238, 1.9082149292705877e-10),
        exp=(0.5, 0.16666666666666669, 0.04166666666666667, 0.008333333333330037, 0.0013888888888880886,
             0.00019841269863174067, 2.480158733412832e-05, 2.7557268273567713e-06, 2.755726411628982e-07,
             2.510047389245446e-08, 2.0918212752506956e-09),
        log=(0.666666666666667, 0.3999999999989789, 0.2857142862665141, 0.22222211031749325, 0.18182896207631685,
             0.15331497764506818, 0.1461909699201228),
        tanh=(-0.3333333333333333, 0.13333333333333058, -0.05396825396791434, 0.021869488519699172, -0.008863235117360948,
              0.0035921219195632122, -0.0014557766644826612, 0.0005896666402625125, -0.00023760900853636634,
              9.260614753529415e-05, -3.1238781574267316e-05, 6.502688730306145e-06),
    ),
}


def horner(m: Machine, x: Number, coefficients: tuple[float, ...]) -> Number:
    """A polynomial, lowest power first."""
    value: Number = coefficients[-1]
    for coefficient in coefficients[-2::-1]:
        value = m.fma(value, x, coefficient)
    return value


def power_of_two(m: Machine, n: Number) -> Number:
    """2^n for an integer n within the range of normal exponents."""
    c = CONSTANTS[m.size(n)]
    return m.real((n + c.bias) << c.mantissa)


def reduced_exp(m: Machine, x: Number) -> tuple[Number, Number]:
    """exp(x) = 2^n (1 + q): the integer n, and q = exp(r) - 1 for the rest |r| <= log(2)/2."""
    c = CONSTANTS[m.size(x)]
    shifted = m.fma(x, LOG2_E, c.shift)
    whole = shifted - c.shift
    n = m.bits(shifted) - c.shift_bits
    r = m.fma(whole, -c.ln2[1], m.fma(whole, -c.ln2[0], x))
    return n, m.fma(r * r, horner(m, r, c.exp), r)


def compensated_exp(m: Machine, x: Number) -> tuple[Number, Number]:
    """As `reduced_exp`, with what rounding took from the rest r put back into q."""
    c = CONSTANTS[m.size(x)]
    n, q = reduced_exp(m, x)
    whole = m.fma(x, LOG2_E, c.shift) - c.shift
    high, low = m.fma(whole, -c.ln2[0], x), whole * c.ln2[1]
    r = high - low
    return n, m.fma((high - r) - low, q + 1.0, q)


def scaled(m: Machine, x: Number, n: Number) -> Number:
    """2^n x, where both are normal numbers: the integer n is added to the exponent."""
    return m.real(m.bits(x) + (n << CONSTANTS[m.size(x)].mantissa))


def exp_formula(m: Machine, x: Number) -> Number:
    """e^x; 0 where that is no normal number."""
    c = CONSTANTS[m.size(x)]
    n, q = reduced_exp(m, x)
    value = m.select(x < c.lowest, 0.0, scaled(m, q + 1.0, n))
    return m.select(x <= c.highest, value, x * c.huge)


def expm1_formula(m: Machine, x: Number) -> Number:
    """e^x - 1, exact to the last bits near 0."""
    c = CONSTANTS[m.size(x)]
    n, q = compensated_exp(m, m.select(x < c.lowest, c.lowest, x))
    scale = power_of_two(m, n)
    value = m.select(n > c.mantissa + 2, scaled(m, q + 1.0, n), m.fma(scale, q, scale - 1.0))
    value = m.select(x <= c.highest, value, x * c.huge)
    return m.select(x == 0.0, x, value)


def _log_core(m: Machine, f: Number, k: Number) -> Number:
    """k log(2) + log(1 + f) for 1 + f within [sqrt(1/2), sqrt(2)]; after Ng's log in fdlibm."""
    c = CONSTANTS[m.size(f)]
    s = f / (f + 2.0)
    z = s * s
    rest = z * horner(m, z, c.log)
    half = 0.5 * f * f
    return m.fma(k, c.ln2[0], f - (half - m.fma(s, half + rest, k * c.ln2[1])))


def _split(m: Machine, x: Number) -> tuple[Number, Number]:
    """Integer k and real in [sqrt(1/2), sqrt(2)) with x = 2^k real; x positive and normal."""
    c = CONSTANTS[m.size(x)]
    bits = m.bits(x)
    k = (bits - c.sqrt_half_bits) >> c.mantissa
    return k, m.real(bits - (k << c.mantissa))


def _log_edges(m: Machine, x: Number, value: Number, zero_at: float) -> Number:
    value = m.select(x == INFINITY, x, value)
    value = m.select(x == zero_at, -INFINITY, value)
    value = m.select(x < zero_at, NAN, value)
    return m.select(x != x, x, value)


def log_formula(m: Machine, x: Number) -> Number:
    """The natural logarithm: -inf at 0, NaN below."""
    c = CONSTANTS[m.size(x)]
    small = x < c.smallest
    k, fraction = _split(m, m.select(small, x * 2.0 ** (c.mantissa + 2), x))
    k = m.select(small, k - (c.mantissa + 2), k)
    return _log_edges(m, x, _log_core(m, fraction - 1.0, m.convert(k, f"f{m.size(x)}")), 0.0)


def log1p_formula(m: Machine, x: Number) -> Number:
    """log(1 + x), exact to the last bits near 0."""
    u = x + 1.0
    k, fraction = _split(m, u)
    lost = m.select(x > 1.0, 1.0 - (u - x), x - (u - 1.0)) * power_of_two(m, m.select(k > 64, 0 * k, -k))
    lost = m.select(k > 64, lost * 0.0, lost)
    f = m.select(k == 0, x, (fraction - 1.0) + lost)
    value = _log_core(m, f, m.convert(k, f"f{m.size(x)}"))
    return m.select(x == 0.0, x, _log_edges(m, x, value, -1.0))


def tanh_formula(m: Machine, x: Number) -> Number:
    """The hyperbolic tangent."""
    c = CONSTANTS[m.size(x)]
    size = m.magnitude(x)
    z = size * size
    small = m.fma(z * size, horner(m, z, c.tanh), size)
    n, q = reduced_exp(m, m.select(size > 20.0, 40.0, size + size))
    large = 1.0 - 2.0 / m.fma(power_of_two(m, n), q + 1.0, 1.0)
    return m.select(x != x, x, m.sign_of(m.select(size < 0.625, small, large), x))


def sigmoid_formula(m: Machine, x: Number) -> Number:
    """1 / (1 + e^-x)."""
    power = exp_formula(m, -m.magnitude(x))
    above = m.select(x < 0.0, power, 1.0)
    below = 1.0 + power
    inverse = 1.0 / below
    value = above * inverse
    # what the roundings of sum, inverse and product took, put back by a step of Newton's
    return m.fma(m.fma(-value, below, above) - value * ((1.0 - below) + power), inverse, value)


def softplus_formula(m: Machine, x: Number) -> Number:
    """log(1 + e^x), without overflow."""
    power = exp_formula(m, -m.magnitude(x))
    total = 1.0 + power
    far = total > SQRT_2
    f = m.select(far, (0.5 * total - 1.0) + 0.5 * (power - (total - 1.0)), power)
    return m.select(x > 0.0, x, 0.0) + _log_core(m, f, m.select(far, 1.0, 0.0 * power))


exp = real_function(exp_formula)
expm1 = real_function(expm1_formula)
log = real_function(log_formula)
log1p = real_function(log1p_formula)
tanh = real_function(tanh_formula)
sigmoid = real_function(sigmoid_formula)
softplus = real_function(softplus_formula)
