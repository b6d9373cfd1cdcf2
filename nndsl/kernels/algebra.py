"""Matrix products."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from nndsl.kernels.jit import kernel


@intrinsic  # type: ignore[untyped-decorator]
def _blas(typing: Any, ta: Any, tb: Any, m: Any, n: Any, k: Any, a: Any, ao: Any, lda: Any, b: Any, bo: Any, ldb: Any,
          beta: Any, c: Any, co: Any, ldc: Any) -> Any:
    """Numba's own entry to BLAS, on row-major matrices; unlike a pointer to a library, the call can be cached on disk."""
    size, real = types.intp, a.dtype
    signature = types.void(size, size, size, size, size, a, size, size, b, size, size, real, c, size, size)

    def write(context: Any, builder: ir.IRBuilder, sig: Any, operands: Any) -> ir.Value:
        ta, tb, m, n, k, a, ao, lda, b, bo, ldb, beta, c, co, ldc = operands
        i8, i64 = ir.IntType(8), ir.IntType(64)
        pointer = i8.as_pointer()
        kind = ir.FunctionType(ir.IntType(32), [i8, i8, i8, i64, i64, i64, pointer, pointer, i64, pointer, i64, pointer,
                                                pointer, i64])
        gemm = cgutils.get_or_insert_function(builder.module, kind, "numba_xxgemm")

        def data(position: int, value: ir.Value, offset: ir.Value) -> ir.Value:
            array = context.make_array(sig.args[position])(context, builder, value)
            return builder.bitcast(builder.gep(array.data, [offset]), pointer)

        def letter(flag: ir.Value) -> ir.Value:
            return builder.select(builder.icmp_signed("!=", flag, ir.Constant(i64, 0)),
                                  ir.Constant(i8, ord("T")), ir.Constant(i8, ord("N")))

        def place(value: ir.Value) -> ir.Value:
            return builder.bitcast(cgutils.alloca_once_value(builder, value), pointer)

        one = ir.Constant(context.get_value_type(real), 1.0)
        # BLAS is column-major: C^T = op(B)^T op(A)^T
        builder.call(gemm, [ir.Constant(i8, ord("s" if real == types.float32 else "d")), letter(tb), letter(ta), n, m, k,
                            place(one), data(8, b, bo), ldb, data(5, a, ao), lda, place(beta), data(12, c, co), ldc])
        return context.get_dummy_value()

    return signature, write


@kernel
def gemm(ta, tb, m, n, k, a, lda, b, ldb, beta, c, ldc):  # type: ignore[no-untyped-def]
    """C = op(A) op(B) + beta C, row-major, each matrix starting with the first element of its array.

    Args:
        ta, tb: whether A, B are transposed: 0 or 1.
        m, n, k: op(A) is m x k, op(B) is k x n, C is m x n.
        a, lda, b, ldb, c, ldc: flat arrays of one precision, and the elements from one row to the next.
        beta: 0 overwrites C, 1 adds to it.
    """
    _blas(ta, tb, m, n, k, a, 0, lda, b, 0, ldb, beta, c, 0, ldc)


@kernel
def gemm_batch(count, ta, tb, m, n, k, a, sa, lda, b, sb, ldb, beta, c, sc, ldc):  # type: ignore[no-untyped-def]
    """`count` products as `gemm` does them; sa, sb, sc are the elements from one matrix to the next (0: the same again)."""
    for i in range(count):
        _blas(ta, tb, m, n, k, a, i * sa, lda, b, i * sb, ldb, beta, c, i * sc, ldc)
