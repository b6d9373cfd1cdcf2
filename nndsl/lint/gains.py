"""What a function of one number does to normally distributed values, and to the gradients that come back through it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nndsl.derive.definitions import FORMULAS
from nndsl.derive.scalar import partial
from nndsl.ir.elementwise import ELEMENTWISE, unified
from nndsl.ir.expression import Apply, Expr, Number, Read

Array = NDArray[Any]
ENTRY = Read("x")
"""What a function of one number is a function of."""

REAL = np.dtype(np.float64)
GRID = np.linspace(-9, 9, 36001)
WEIGHTS = np.exp(-GRID**2 / 2) / np.exp(-GRID**2 / 2).sum()
"""The trapezoidal rule for a mean over a standard normal number. Its error falls faster than any power of the step where the
function is smooth, and with the square of the step at a kink, where Gauss and Hermite's rule would need as many points."""


@dataclass(frozen=True)
class Gain:
    """What f does to z, which is normally distributed with mean 0.

    Args:
        square: the mean of f(z)^2.
        slope: the mean of f'(z)^2.
        deviation: of z.
    """

    square: float
    slope: float
    deviation: float = 1.0

    @property
    def ideal(self) -> float:
        """The gain of the weights that keeps the mean square: sums have that of z again, for z of deviation 1."""
        return 1 / math.sqrt(self.square)


@lru_cache(maxsize=256)
def gain(function: Expr, deviation: float = 1.0) -> Gain | None:
    """What a function does to z ~ N(0, deviation^2); None where it is no number, or 0 nearly everywhere.

    Args:
        function: a formula in ENTRY.
    """
    at: dict[Expr, Array] = {ENTRY: GRID * deviation}
    values, slopes = (np.broadcast_to(numbers(formula, at), GRID.shape) for formula in (function, partial(function, ENTRY)))
    square, slope = (float((WEIGHTS * v**2).sum()) for v in (values, slopes))
    return Gain(square, slope, deviation) if math.isfinite(square + slope) and square > 0 else None


def numbers(expr: Expr, known: Mapping[Expr, Array]) -> Array:
    """The values of a formula at many points.

    Args:
        expr: without reductions.
        known: the values of its entries, and of what else is no number.

    Raises:
        KeyError: something that is not known stands in it.
    """
    if expr in known:
        return known[expr]
    match expr:
        case Number(value):
            return np.asarray(value)
        case Apply(operation, operands) if operation in ELEMENTWISE:
            with np.errstate(all="ignore"):
                return np.asarray(ELEMENTWISE[operation](*unified([numbers(x, known) for x in operands], REAL)))
        case Apply(operation, operands):
            return numbers(FORMULAS[operation](*operands), known)
        case _:
            raise KeyError(expr)
