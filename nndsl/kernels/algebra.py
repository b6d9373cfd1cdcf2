"""Matrix products as generated code calls them."""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import types

from nndsl.kernels.product import provide, symbol
from nndsl.kernels.scalar import jitted
from nndsl.kernels.vectors import I64, cgutils


def _matrix(x: Any, rows: int, columns: int, stride: int) -> Any:
    """A view of a flat array as a matrix."""
    return np.lib.stride_tricks.as_strided(x, (rows, columns), (stride * x.itemsize, x.itemsize))


def gemm(ta: int, tb: int, m: int, n: int, k: int, a: Any, lda: int, b: Any, ldb: int, beta: float, c: Any, ldc: int) -> None:
    """C = op(A) op(B) + beta C, row-major, each matrix starting with the first entry of its array.

    Args:
        ta, tb: whether A, B are transposed: 0 or 1.
        m, n, k: op(A) is m x k, op(B) is k x n, C is m x n.
        a, lda, b, ldb, c, ldc: flat arrays of one precision, and the entries from one row to the next. C overlaps neither.
        beta: 0 overwrites C, 1 adds to it.
    """
    left = _matrix(a, k, m, lda).T if ta else _matrix(a, m, k, lda)
    right = _matrix(b, n, k, ldb).T if tb else _matrix(b, k, n, ldb)
    out = _matrix(c, m, n, ldc)
    out[...] = left @ right + (out * out.dtype.type(beta) if beta else 0)


def gemm_batch(count: int, ta: int, tb: int, m: int, n: int, k: int, a: Any, sa: int, lda: int, b: Any, sb: int, ldb: int,
               beta: float, c: Any, sc: int, ldc: int) -> None:
    """`count` products as `gemm` does them; sa, sb, sc are the entries from one matrix to the next (0: the same again)."""
    for i in range(count):
        gemm(ta, tb, m, n, k, a[i * sa:], lda, b[i * sb:], ldb, beta, c[i * sc:], ldc)


def _values(context: Any, builder: ir.IRBuilder, signature: Any, operands: Any) -> list[ir.Value]:
    """The operands as C passes them: arrays as pointers, beta in their precision, all else as 64-bit integers."""
    kind = next(t for t in signature.args if isinstance(t, types.Array)).dtype
    beta = 9 if len(signature.args) == 12 else 12
    values = []
    for position, (value, t) in enumerate(zip(operands, signature.args, strict=True)):
        if isinstance(t, types.Array):
            values.append(context.make_array(t)(context, builder, value).data)
        else:
            values.append(context.cast(builder, value, t, kind if position == beta else types.intp))
    return values


def _call(context: Any, builder: ir.IRBuilder, kind: Any, values: list[ir.Value]) -> None:
    provide(kind)
    real = context.get_value_type(kind)
    pointer = real.as_pointer()
    takes = [I64] * 5 + [pointer, I64, pointer, I64, real, pointer, I64]
    product = cgutils.get_or_insert_function(builder.module, ir.FunctionType(ir.VoidType(), takes), symbol(kind))
    builder.call(product, values)


def _write_gemm(context: Any, builder: ir.IRBuilder, signature: Any, operands: Any) -> ir.Value:
    _call(context, builder, signature.args[5].dtype, _values(context, builder, signature, operands))
    return context.get_dummy_value()


def _write_batch(context: Any, builder: ir.IRBuilder, signature: Any, operands: Any) -> ir.Value:
    count, ta, tb, m, n, k, a, sa, lda, b, sb, ldb, beta, c, sc, ldc = _values(context, builder, signature, operands)
    with cgutils.for_range(builder, count) as loop:
        a_now, b_now, c_now = (builder.gep(x, [builder.mul(loop.index, step)]) for x, step in ((a, sa), (b, sb), (c, sc)))
        _call(context, builder, signature.args[6].dtype, [ta, tb, m, n, k, a_now, lda, b_now, ldb, beta, c_now, ldc])
    return context.get_dummy_value()


jitted(gemm, (12,), lambda *_: types.void, _write_gemm)
jitted(gemm_batch, (16,), lambda *_: types.void, _write_batch)
