"""Moving numbers: copies, zeros, rows gathered into a batch."""

from __future__ import annotations

from nndsl.kernels.jit import kernel


@kernel
def zero(x):  # type: ignore[no-untyped-def]
    """Sets a flat array to 0."""
    for i in range(x.size):
        x[i] = 0


@kernel
def copy(source, out):  # type: ignore[no-untyped-def]
    """Copies a flat array to one of at least its size."""
    for i in range(source.size):
        out[i] = source[i]


@kernel
def gather_rows(source, order, start, count, out):  # type: ignore[no-untyped-def]
    """out[r, :] = source[order[start + r], :] for r < count.

    Args:
        source: samples x width.
        order: whole numbers; those from `start` on say which samples.
        out: flat, at least count * width.
    """
    width = source.shape[1]
    for r in range(count):
        row = order[start + r]
        for j in range(width):
            out[r * width + j] = source[row, j]
