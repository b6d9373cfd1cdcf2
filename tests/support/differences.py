"""Gradients by differences, to hold derived ones against."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from nndsl.ir.equation import Program
from nndsl.ir.interpreter import run


def complex_step(program: Program, arrays: Mapping[str, Any], objective: str, name: str, direction: Any, **sizes: Any) -> float:
    """The slope of a scalar along a direction of one tensor: exact to rounding, as nothing is subtracted."""
    step = 1e-30
    moved = {**arrays, name: arrays[name] + 1j * step * direction}
    return float(run(program, moved, dtype=np.complex128, **sizes)[objective].imag / step)


def richardson(program: Program, arrays: Mapping[str, Any], objective: str, name: str, direction: Any,
               **sizes: Any) -> tuple[float, float]:
    """The same by real differences at three steps, extrapolated, and how far the last two estimates are apart.

    A kink within a step shows in the second number.
    """
    def slope(step: float) -> float:
        ahead, behind = (run(program, {**arrays, name: arrays[name] + sign * step * direction}, **sizes)[objective]
                         for sign in (1, -1))
        return float(ahead - behind) / (2 * step)

    slopes = [slope(2e-3 / 2**k) for k in range(3)]
    first = [(4 * slopes[k + 1] - slopes[k]) / 3 for k in range(2)]
    return (16 * first[1] - first[0]) / 15, abs(first[1] - first[0])


def assert_gradients(derived: Program, arrays: Mapping[str, Any], objective: str, wanted: list[str], *, mark: str = "∂",
                     tolerance: float = 1e-7, **sizes: Any) -> None:
    """Every wanted gradient agrees with complex-step differences along random directions."""
    random = np.random.default_rng(1)
    found = run(derived, arrays, **sizes)
    for name in wanted:
        for _ in range(2):
            direction = random.normal(size=np.shape(arrays[name]))
            want = complex_step(derived, arrays, objective, name, direction, **sizes)
            terms = found[mark + name] * direction
            assert np.isfinite(terms).all(), name
            scale = max(abs(want), np.abs(terms).max(initial=0.0), 1e-6)
            assert abs(terms.sum() - want) <= tolerance * scale, (name, terms.sum(), want)
