"""Prints the minimax coefficients that stand in nndsl/kernels, by Remez's exchange in 60 digits.

    python tests/kernels/minimax.py

Each line gives a name, the error before and after rounding to working precision, and the coefficients, lowest power first.
"""

from __future__ import annotations

from collections.abc import Callable

import mpmath as mp
import numpy as np

mp.mp.dps = 60
Function = Callable[[mp.mpf], mp.mpf]


def alternating(points: list[mp.mpf], values: list[mp.mpf], count: int) -> list[mp.mpf]:
    """Where the values reach their extremes, signs in turn; the `count` that matter most."""
    found: list[tuple[mp.mpf, mp.mpf]] = []
    for i, value in enumerate(values):
        left = i == 0 or abs(value) >= abs(values[i - 1]) or value * values[i - 1] < 0
        right = i == len(values) - 1 or abs(value) >= abs(values[i + 1]) or value * values[i + 1] < 0
        if not (left and right):
            continue
        if found and found[-1][1] * value > 0:
            if abs(value) > abs(found[-1][1]):
                found[-1] = (points[i], value)
        else:
            found.append((points[i], value))
    while len(found) > count:
        found.pop(0 if abs(found[0][1]) < abs(found[-1][1]) else -1)
    return [x for x, _ in found]


def minimax(f: Function, weight: Function, degree: int, low: mp.mpf, high: mp.mpf) -> tuple[list[mp.mpf], mp.mpf]:
    """The polynomial whose largest weighted distance from f is least, and that distance."""
    size = degree + 1
    points = [(low + high) / 2 - (high - low) / 2 * mp.cos(mp.pi * i / size) for i in range(size + 1)]
    grid = [low + (high - low) * (1 - mp.cos(mp.pi * i / (40 * size))) / 2 for i in range(40 * size + 1)]
    for _ in range(12):
        system, right = mp.matrix(size + 1, size + 1), mp.matrix(size + 1, 1)
        for i, x in enumerate(points):
            for j in range(size):
                system[i, j] = weight(x) * x**j
            system[i, size], right[i] = (-1) ** i, weight(x) * f(x)
        solution = mp.lu_solve(system, right)
        coefficients = [solution[j] for j in range(size)]
        values = [weight(x) * (mp.polyval(coefficients[::-1], x) - f(x)) for x in grid]
        new = alternating(grid, values, size + 1)
        if len(new) <= size or max(abs(a - b) for a, b in zip(new, points, strict=True)) < mp.mpf(10) ** -12:
            break
        points = new
    return coefficients, max(map(abs, values))


def even(f: Function, near_zero: mp.mpf) -> Function:
    """A function of x as one of x^2, with its value at 0."""
    return lambda z: near_zero if z < mp.mpf(10) ** -20 else f(mp.sqrt(z))


def one(_: mp.mpf) -> mp.mpf:
    """No weight."""
    return mp.mpf(1)


def far_from_one(x: mp.mpf) -> mp.mpf:
    """How much erf = 1 - exp(-x g(x)) changes with g."""
    return x * mp.erfc(x)


WIDER = mp.mpf("1.001")
HALF_LN2 = mp.log(2) / 2 * WIDER
LOG_END = ((mp.sqrt(2) - 1) / (mp.sqrt(2) + 1)) ** 2 * WIDER
QUARTER = (mp.pi / 4 * WIDER) ** 2
SPLIT = mp.mpf("0.921875")
TABLE: dict[str, tuple[Function, Function, mp.mpf, mp.mpf, int, int, mp.mpf | None]] = {
    "exp": (lambda r: mp.mpf(1) / 6 if abs(r) < mp.mpf(10) ** -12 else (mp.expm1(r) - r - r * r / 2) / r**3, one,
            -HALF_LN2, HALF_LN2, 4, 9, None),
    "log": (even(lambda s: (mp.log1p(2 * s / (1 - s)) - 2 * s) / s**3, mp.mpf(2) / 3), one, mp.mpf(0), LOG_END, 3, 6, None),
    "tanh": (even(lambda x: (mp.tanh(x) - x) / x**3, -mp.mpf(1) / 3), one, mp.mpf(0), mp.mpf("0.625") ** 2, 4, 11, None),
    "sin": (even(lambda x: (mp.sin(x) - x) / x**3, -mp.mpf(1) / 6), one, mp.mpf(0), QUARTER, 2, 5, None),
    "cos": (even(lambda x: (mp.cos(x) - 1 + x * x / 2) / x**4, mp.mpf(1) / 24), one, mp.mpf(0), QUARTER, 2, 5, None),
    "erf near": (even(lambda x: mp.erf(x) / x - 1, 2 / mp.sqrt(mp.pi) - 1), one, mp.mpf(0), SPLIT**2, 6, 12, None),
    "erf far": (lambda x: -mp.log(mp.erfc(x)) / x, far_from_one, SPLIT, mp.mpf("5.93"), 5, 18, mp.mpf("3.93")),
}
"""f, weight, ends of the interval, degrees in float32 and float64, and the end in float32 where it is another."""


def main() -> None:
    """Print every polynomial."""
    for name, (f, weight, low, high, single, double, short) in TABLE.items():
        for dtype, degree, end in ((np.float32, single, short or high), (np.float64, double, high)):
            exact, error = minimax(f, weight, degree, low, end)
            rounded = [mp.mpf(float(dtype(mp.nstr(c, 25)))) for c in exact]
            grid = [low + (end - low) * i / 1000 for i in range(1001)]
            after = max(abs(weight(x) * (mp.polyval(rounded[::-1], x) - f(x))) for x in grid)
            print(f"{name} {dtype.__name__}: 2^{float(mp.log(error, 2)):.1f}, rounded 2^{float(mp.log(after, 2)):.1f}")
            print("   ", ", ".join(repr(float(c)) for c in rounded), flush=True)


if __name__ == "__main__":
    main()
