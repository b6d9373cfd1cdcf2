"""The error function."""

from __future__ import annotations

from dataclasses import dataclass

from nndsl.kernels.exponential import horner, power_of_two, reduced_exp
from nndsl.kernels.machine import Machine, Number
from nndsl.kernels.scalar import real_function


@dataclass(frozen=True)
class Constants:
    """The numbers of one precision.

    Args:
        one_from: erf is 1 from here on.
        near: minimax coefficients of erf(x)/x - 1 in x^2 for |x| < 0.921875.
        far: minimax coefficients of -log(erfc(x))/x in x from there on, in units of the error they leave in erf.
    """

    one_from: float
    near: tuple[float, ...]
    far: tuple[float, ...]


CONSTANTS = {
    4: Constants(
        3.93,
        (0.12837916612625122, -0.37612634897232056, 0.11283701658248901, -0.026859702542424202, 0.0052017164416611195,
         -0.0008149808854795992, 8.39780259411782e-05),
        (1.1285101175308228, 0.6357329487800598, 0.10524202883243561, -0.022876935079693794, 0.0032107990700751543,
         -0.00021347045549191535),
    ),
    8: Constants(
        5.93,
        (0.1283791670955126, -0.37612638903183754, 0.11283791670955083, -0.026866170645120042, 0.005223977625290679,
         -0.0008548327011256735, 0.0001205533235133762, -1.4925628489508273e-05, 1.6461594070726107e-06,
         -1.6357315660948736e-07, 1.4712167199781087e-08, -1.1598058873426108e-09, 6.380871045663937e-11),
        (1.1283792032089281, 0.636619344329751, 0.10277499053199, -0.019136778243876853, -0.00018878765883595969,
         0.0016589160692953818, -0.0005374030252305336, -3.3111297166849276e-05, 0.00011740536041330581,
         -6.794658019803953e-05, 2.5516298167214834e-05, -7.169401812150219e-06, 1.5653145170697181e-06,
         -2.667562966413089e-07, 3.49744075089109e-08, -3.4150595275143563e-09, 2.3410537188069463e-10,
         -1.0053572163661973e-11, 2.0344895137537897e-13),
    ),
}


@real_function
def erf(m: Machine, x: Number) -> Number:
    """The error function: the probability that a normal number of deviation sqrt(1/2) lies within (-x, x)."""
    c = CONSTANTS[m.size(x)]
    size = m.magnitude(x)
    near = m.fma(size, horner(m, size * size, c.near), size)
    far = m.select(size > c.one_from, c.one_from, size)
    n, q = reduced_exp(m, -far * horner(m, far, c.far))
    scale = power_of_two(m, n)
    value = m.select(size < 0.921875, near, m.fma(-scale, q, 1.0 - scale))
    return m.select(x != x, x, m.sign_of(value, x))
