"""Moving numbers: views, copies, zeros, rows gathered into a batch."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types

from nndsl.kernels.jit import kernel
from nndsl.kernels.scalar import jitted


def view(x: Any, start: Any) -> Any:
    """What a flat array holds from an entry on: `x[start:]`, for 0 <= start < x.size.

    In jitted code it is borrowed: it neither counts references nor looks at its bounds, and must not outlive x. That makes
    it a few instructions, where a slice takes a hundred.
    """
    return x[start:]


def _write_view(context: Any, builder: ir.IRBuilder, signature: Any, operands: Any) -> ir.Value:
    kind = signature.return_type
    whole = context.make_array(kind)(context, builder, operands[0])
    start = context.cast(builder, operands[1], signature.args[1], types.intp)
    part = context.make_array(kind)(context, builder)
    part.data = builder.gep(whole.data, [start])
    part.nitems = builder.sub(whole.nitems, start)
    part.itemsize, part.strides = whole.itemsize, whole.strides
    part.shape = cgutils.pack_array(builder, [part.nitems])
    part.meminfo = cgutils.get_null_value(part.meminfo.type)
    part.parent = cgutils.get_null_value(part.parent.type)
    return part._getvalue()


jitted(view, (2,), lambda x, start: x, _write_view)


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
