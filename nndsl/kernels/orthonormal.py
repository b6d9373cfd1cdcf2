"""Matrices with orthonormal rows."""

from __future__ import annotations

from nndsl.kernels.elementary import sqrt
from nndsl.kernels.jit import rare


@rare
def orthonormalize(x, rows, columns):  # type: ignore[no-untyped-def]
    """Makes the rows of a matrix orthonormal, each by what those above it leave of it (Gram and Schmidt).

    Each row is gone through twice, since once leaves as much as the rows were nearly dependent (Giraud, Langou, Rozloznik,
    van den Eshof: Rounding error analysis of the classical Gram-Schmidt orthogonalization process; 2005). Of rows of normal
    draws become rows that are uniform among all such matrices (Mezzadri: How to generate random matrices; 2007).

    Args:
        x: a flat array that holds the matrix row by row.
        rows, columns: its extents; at most as many rows as columns.
    """
    for row in range(rows):
        for above in range(2 * row):
            other = above if above < row else above - row
            a = x[0] * 0
            b = a
            c = a
            d = a
            whole = columns // 4 * 4
            for i in range(0, whole, 4):
                a += x[row * columns + i] * x[other * columns + i]
                b += x[row * columns + i + 1] * x[other * columns + i + 1]
                c += x[row * columns + i + 2] * x[other * columns + i + 2]
                d += x[row * columns + i + 3] * x[other * columns + i + 3]
            for i in range(whole, columns):
                a += x[row * columns + i] * x[other * columns + i]
            common = (a + b) + (c + d)
            for i in range(columns):
                x[row * columns + i] -= common * x[other * columns + i]
        square = x[0] * 0
        for i in range(columns):
            square += x[row * columns + i] * x[row * columns + i]
        size = sqrt(square)
        for i in range(columns):
            x[row * columns + i] /= size
