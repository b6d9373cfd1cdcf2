"""Prints what docs/kernels.md reports: errors in units in the last place, and time an entry.

    python tests/kernels/measure.py [points]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import mpmath
import numpy as np
from numba.core.caching import NullCache

from nndsl import kernels
from nndsl.kernels import entry

mpmath.mp.prec = 140
Reference = Callable[[mpmath.mpf], mpmath.mpf]


@dataclass(frozen=True)
class Case:
    """A function, what it should give, and where it is measured.

    Args:
        exact: at 140 bits.
        spans: intervals; one whose ends are both positive powers of ten is covered in powers.
        bound: the error allowed, in units in the last place.
        more: further operands, the same everywhere.
    """

    exact: Reference
    spans: tuple[tuple[float, float], ...]
    bound: float
    more: tuple[float, ...] = ()


def around(middle: float, width: float) -> tuple[float, float]:
    """An interval about a point."""
    return (middle - width, middle + width)


NEAR_ZERO = ((-1e-3, 1e-3), (1e-30, 1e-3))
CASES = {
    "exp": Case(mpmath.exp, (*NEAR_ZERO, (-1, 1), (-87.4, 88.73), (-708.4, 709.79), around(88.72, 1e-2)), 1.0),
    "expm1": Case(mpmath.expm1, (*NEAR_ZERO, (-1, 1), (-40, 88.7), (-40, 709)), 2.0),
    "log": Case(mpmath.log, ((0.5, 2), around(1, 1e-3), (1e-37, 1e38), (1e-300, 1e300)), 1.0),
    "log1p": Case(mpmath.log1p, (*NEAR_ZERO, (-0.999, 1), (1e-37, 1e38), (1e-300, 1e300)), 1.5),
    "tanh": Case(mpmath.tanh, (*NEAR_ZERO, (-1, 1), (-10, 10), (-30, 30), around(0.625, 1e-3)), 1.5),
    "sigmoid": Case(lambda x: 1 / (1 + mpmath.exp(-x)), (*NEAR_ZERO, (-1, 1), (-87, 30), (-700, 40)), 1.5),
    "softplus": Case(lambda x: mpmath.log1p(mpmath.exp(x)), (*NEAR_ZERO, (-1, 1), (-87, 90), (-700, 700)), 1.6),
    "erf": Case(mpmath.erf, (*NEAR_ZERO, (-1, 1), (-4, 4), (-6, 6), around(0.921875, 1e-3)), 1.2),
    "sin": Case(mpmath.sin, (*NEAR_ZERO, (-4, 4), (-1e3, 1e3), (-1e14, 1e14), around(np.pi, 1e-3)), 1.6),
    "cos": Case(mpmath.cos, ((-4, 4), (-1e3, 1e3), (-1e14, 1e14), around(np.pi / 2, 1e-3)), 1.6),
}


def powers(exponent: float) -> Case:
    """x to a power that both precisions hold, over all of its range."""
    reach = min(37 / abs(exponent), 37)
    spans = ((0.5, 2.0), around(1, 1e-3), (10.0**-reach, 10.0**reach))
    return Case(lambda x: x ** mpmath.mpf(exponent), spans, 1.0, (exponent,))


LIBRARY_CASES = {
    "sqrt": Case(mpmath.sqrt, ((0.5, 2), (1e-37, 1e38), (1e-300, 1e300)), 0.5),
    "tan": Case(mpmath.tan, (*NEAR_ZERO, (-1.5, 1.5), (-1e3, 1e3), around(np.pi / 2, 1e-3)), 1.3),
    "sinh": Case(mpmath.sinh, (*NEAR_ZERO, (-1, 1), (-88, 88), (-700, 700)), 2.0),
    "cosh": Case(mpmath.cosh, (*NEAR_ZERO, (-1, 1), (-88, 88), (-700, 700)), 2.0),
    "asin": Case(mpmath.asin, (*NEAR_ZERO, (-1, 1), (0.999, 1)), 1.0),
    "acos": Case(mpmath.acos, ((-1, 1), (0.999, 1), (-1, -0.999)), 1.0),
    "atan": Case(mpmath.atan, (*NEAR_ZERO, (-1, 1), (-100, 100), (1e-30, 1e30)), 1.0),
    **{f"power {exponent:g}": powers(exponent) for exponent in (-0.75, 0.25, 1.625, 5.0)},
}
"""Functions that the processor or the system's library computes."""

EVERY = {**CASES, **LIBRARY_CASES}


def called(name: str) -> Callable[..., Any]:
    """The function of the kernels that a case is about."""
    function: Callable[..., Any] = getattr(kernels, name.split()[0])
    return function


def jitted(name: str) -> Callable[[Any, Any], None]:
    """A loop that applies a function of the kernels to a flat array."""
    function, more = called(name), EVERY[name].more
    if more:
        exponent = more[0]

        @entry
        def loop(x, y, times=1):  # type: ignore[no-untyped-def]
            for _ in range(times):
                for i in range(x.size):
                    y[i] = function(x[i], x.dtype.type(exponent))
    else:
        @entry
        def loop(x, y, times=1):  # type: ignore[no-untyped-def]
            for _ in range(times):
                for i in range(x.size):
                    y[i] = function(x[i])

    loop._cache = NullCache()  # kept code would name this module, which goes by two names
    return loop


def grid(span: tuple[float, float], points: int, dtype: Any) -> Any:
    """Points evenly spread over an interval, or over its powers; those the precision cannot hold are left out."""
    low, high = span
    powers = low > 0 and high / low > 1e6
    x = np.geomspace(low, high, points) if powers else np.linspace(low, high, points)
    info = np.finfo(dtype)
    return np.unique(x[(np.abs(x) < info.max) & ((np.abs(x) > info.tiny) | (x == 0))].astype(dtype))


def errors(x: Any, y: Any, exact: Reference) -> Any:
    """|y - exact(x)| in units in the last place of the exact value; 0 where that is no normal number, or nearly none."""
    info = np.finfo(x.dtype)
    found = np.zeros(x.size)
    for i in range(x.size):
        value = exact(mpmath.mpf(float(x[i])))
        if 1.01 * info.tiny <= abs(value) <= info.max:
            place = mpmath.frexp(value)[1] - 1 - info.nmant
            found[i] = float(mpmath.ldexp(abs(mpmath.mpf(float(y[i])) - value), -place))
    return found


def worst(name: str, dtype: Any, points: int, loop: Callable[[Any, Any], None]) -> tuple[float, float]:
    """The largest error of a function in jitted code, and where."""
    case, found = EVERY[name], (0.0, 0.0)
    for span in case.spans:
        x = grid(span, points, dtype)
        y = np.empty_like(x)
        loop(x, y)
        error = errors(x, y, case.exact)
        k = int(error.argmax())
        found = max(found, (float(error[k]), float(x[k])))
    return found


def nanoseconds(run: Callable[[Any, Any], object], dtype: Any, times: int) -> float:
    """The shortest time of many, an entry, of `times` runs over an array that stays in the nearest cache."""
    x = np.random.default_rng(0).uniform(0.1, 3, 2048).astype(dtype)
    y = np.empty_like(x)
    best = np.inf
    for _ in range(300):
        start = time.perf_counter()
        run(x, y)
        best = min(best, time.perf_counter() - start)
    return best / x.size / times * 1e9


def main(points: int) -> None:
    """Print the table."""
    print("| function | float32: ULP | at | ns | float64: ULP | at | ns | NumPy float32, float64: ns |")
    print("|---|---|---|---|---|---|---|---|")
    for name in EVERY:
        loop, cells = jitted(name), []
        for dtype in (np.float32, np.float64):
            error, at = worst(name, dtype, points, loop)
            cells.append(f"{error:.2f} | {at:.6g} | {nanoseconds(lambda x, y, loop=loop: loop(x, y, 20), dtype, 20):.2f}")
        times = [f"{nanoseconds(getattr(np, name), t, 1):.2f}" for t in (np.float32, np.float64)] if hasattr(np, name) else []
        print(f"| {name} | {' | '.join(cells)} | {', '.join(times)} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20000)
