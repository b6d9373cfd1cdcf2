"""Prints the table of products in docs/kernels.md: `gemm` beside Numba's `np.dot`, which calls a BLAS library.

    OPENBLAS_NUM_THREADS=1 python tests/kernels/measure_products.py [f4|f8]

Both are called from a jitted loop, in turns, and the shortest of many times counts.
"""

from __future__ import annotations

import sys
import time
from typing import Any

import numba
import numpy as np

from nndsl.kernels import entry, gemm

SHAPES = [(0, 0, 32, 64, 64), (0, 0, 32, 32, 64), (0, 0, 32, 100, 100), (1, 0, 100, 100, 32), (0, 1, 32, 100, 100),
          (0, 0, 32, 100, 784), (1, 0, 784, 100, 32), (0, 0, 32, 30, 8), (0, 0, 32, 1, 30), (1, 0, 30, 1, 32),
          (0, 1, 32, 30, 1), (0, 0, 256, 256, 256), (0, 0, 128, 1024, 1024), (0, 1, 128, 1024, 1024),
          (1, 0, 1024, 1024, 128), (0, 0, 1024, 1024, 1024)]
"""Whether A and B are transposed; rows, columns, inner extent."""


@entry
def ours(times, ta, tb, m, n, k, a, lda, b, ldb, c, ldc):  # type: ignore[no-untyped-def]
    for _ in range(times):
        gemm(ta, tb, m, n, k, a, lda, b, ldb, 0, c, ldc)


@numba.njit
def theirs(times, a, b, c):  # type: ignore[no-untyped-def]
    for _ in range(times):
        np.dot(a, b, c)


def measure(ta: int, tb: int, m: int, n: int, k: int, dtype: Any) -> tuple[float, float]:
    """Seconds of a product, ours and BLAS's."""
    rng = np.random.default_rng(0)
    a = rng.standard_normal((k, m) if ta else (m, k)).astype(dtype)
    b = rng.standard_normal((n, k) if tb else (k, n)).astype(dtype)
    c = np.empty((m, n), dtype)
    flat = (ta, tb, m, n, k, a.ravel(), a.shape[1], b.ravel(), b.shape[1], c.reshape(-1), n)
    views = (a.T if ta else a, b.T if tb else b, c)
    ours(1, *flat), theirs(1, *views)
    times = max(1, int(3e7 / (2 * m * n * k)))
    best = [np.inf, np.inf]
    for _ in range(60 if m * n * k < 1e7 else 12):
        for i, (run, given) in enumerate(((ours, flat), (theirs, views))):
            start = time.perf_counter()
            run(times, *given)
            best[i] = min(best[i], (time.perf_counter() - start) / times)
    return best[0], best[1]


def main(dtype: str) -> None:
    """Print the table."""
    print("| A | B | rows x columns x inner | `gemm`: us | GFLOP/s | BLAS: us | GFLOP/s |")
    print("|---|---|---|---|---|---|---|")
    for ta, tb, m, n, k in SHAPES:
        cells = [f"{s * 1e6:.2f} | {2 * m * n * k / s / 1e9:.0f}" for s in measure(ta, tb, m, n, k, dtype)]
        sides = " | ".join("transposed" if t else "" for t in (ta, tb))
        print(f"| {sides} | {m} x {n} x {k} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "f4")
