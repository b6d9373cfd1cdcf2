"""Matrix products from register tiles.

Each entry of a product is one chain of fused multiply-adds in the order of the inner index, started from 0 or from what
stands there. Its bits depend neither on the sizes around it, nor on where the work is cut, nor on the processor's vectors.

Rows of A are read where they lie. Columns of B are too, or are first copied beside each other, where they lie transposed or
far apart or are read again and again. The whole is compiled once for a processor, kept in Numba's cache, and made known to
LLVM by name, so that generated code calls it as it would call a library.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import llvmlite.binding as llvm
import numba
from llvmlite import ir
from numba.core import types

from nndsl.kernels.jit import EXTERNAL, digest, kernel
from nndsl.kernels.scalar import jitted
from nndsl.kernels.tile import shape, write_copy, write_tile, write_transpose

DEPTH, DEPTH_DOWN = 384, 128
"""Inner indices at a time where B is copied, so that the copy stays near; and where besides A is read down its columns."""
FAR, MANY = 256, 256
"""B is copied if its rows are so many entries long, or if A has so many rows to read it for."""

ROWS, VECTORS = shape().rows, shape().vectors
BYTES = {types.float32: 4, types.float64: 8}
_cfunc: Any = numba.cfunc


def instruction(arity: int, write: Callable[..., ir.Function]) -> Callable[..., None]:
    """A function for the code below that calls one written in LLVM; each of its pointers is followed by an offset.

    Args:
        arity: how many operands it takes, offsets counted.
        write: (module, kind of an entry, entries of a vector) -> the LLVM function.
    """

    def emit(context: Any, builder: ir.IRBuilder, signature: Any, operands: Any) -> ir.Value:
        kind = next(t for t in signature.args if isinstance(t, types.CPointer)).dtype
        given, values = zip(operands, signature.args, strict=True), []
        for value, t in given:
            if isinstance(t, types.CPointer):
                values.append(builder.gep(value, [next(given)[0]]))
            else:
                values.append(context.cast(builder, value, t, types.intp))
        builder.call(write(builder.module, context.get_value_type(kind), shape().bytes // BYTES[kind]), values)
        return context.get_dummy_value()

    def instruction(*operands: Any) -> None:
        raise TypeError("only jitted code can call this")

    jitted(instruction, (arity,), lambda *_: types.void, emit)
    return instruction


def _tile(rows: int, vectors: int) -> Callable[..., None]:
    return instruction(14, lambda module, real, lanes: write_tile(module, real, rows, vectors, lanes))


tile_1, tile_2, tile_3 = (_tile(ROWS, n) for n in (1, 2, 3))
half_1, half_2, half_3 = (_tile(ROWS // 2, n) for n in (1, 2, 3))
copy = instruction(8, write_copy)
transpose = instruction(8, write_transpose)


def room(pointer: Any) -> Any:
    """Room on the stack for a copy of a tile's columns, of the kind that a pointer points to."""
    raise TypeError("only jitted code can call this")


def _write_room(context: Any, builder: ir.IRBuilder, signature: Any, operands: Any) -> ir.Value:
    kind = context.get_value_type(signature.return_type.dtype)
    lanes = shape().bytes // BYTES[signature.return_type.dtype]
    with builder.goto_entry_block():
        place = builder.alloca(ir.ArrayType(kind, (DEPTH + lanes) * VECTORS * lanes))
    place.align = shape().bytes
    return builder.bitcast(place, kind.as_pointer())


jitted(room, (1,), lambda pointer: pointer, _write_room)


@kernel
def scale(m, n, beta, c, ldc):  # type: ignore[no-untyped-def]
    """C = beta C."""
    for i in range(m):
        for j in range(n):
            c[i * ldc + j] = c[i * ldc + j] * beta if beta else 0


@kernel
def copy_columns(b, b0, ldb, tb, depth, width, lanes, stride, out):  # type: ignore[no-untyped-def]
    """Copies a tile's columns of B so that those for one inner index lie beside each other."""
    for j in range(0, width, lanes):
        columns = min(lanes, width - j)
        if tb:
            transpose(b, b0 + j * ldb, ldb, depth, columns, out, j, stride)
        else:
            copy(b, b0 + j, ldb, depth, columns, out, j, stride)


@kernel
def multiply(depth, m, a, a0, a_row, a_step, b, b0, b_step, c, c0, ldc, vectors, width, add):  # type: ignore[no-untyped-def]
    """All rows of A by the columns of one tile."""
    for i in range(0, m, ROWS):
        height, a_at, c_at = min(ROWS, m - i), a0 + i * a_row, c0 + i * ldc
        short = 2 * height <= ROWS
        if vectors == 1 and short:
            half_1(depth, a, a_at, a_row, a_step, b, b0, b_step, c, c_at, ldc, height, width, add)
        elif vectors == 1:
            tile_1(depth, a, a_at, a_row, a_step, b, b0, b_step, c, c_at, ldc, height, width, add)
        elif vectors == 2 and short:
            half_2(depth, a, a_at, a_row, a_step, b, b0, b_step, c, c_at, ldc, height, width, add)
        elif vectors == 2:
            tile_2(depth, a, a_at, a_row, a_step, b, b0, b_step, c, c_at, ldc, height, width, add)
        elif short:
            half_3(depth, a, a_at, a_row, a_step, b, b0, b_step, c, c_at, ldc, height, width, add)
        else:
            tile_3(depth, a, a_at, a_row, a_step, b, b0, b_step, c, c_at, ldc, height, width, add)


@kernel
def product(ta, tb, m, n, k, a, lda, b, ldb, add, c, ldc, lanes):  # type: ignore[no-untyped-def]
    """C = op(A) op(B), or C += op(A) op(B) where `add` is not 0; m, n and k at least 1."""
    a_row, a_step = (1, lda) if ta else (lda, 1)
    b_column, b_step = (ldb, 1) if tb else (1, ldb)
    copies = tb or ldb >= FAR or m >= MANY
    columns = room(b)
    vectors = (n + lanes - 1) // lanes
    panels = (vectors + VECTORS - 1) // VECTORS
    reach = k if not copies else DEPTH_DOWN if ta else DEPTH
    for k0 in range(0, k, reach):
        depth = min(reach, k - k0)
        for p in range(panels):
            first = vectors * p // panels
            wide = vectors * (p + 1) // panels - first
            j = first * lanes
            width, b0 = min(wide * lanes, n - j), j * b_column + k0 * b_step
            near, near0, near_step = b, b0, b_step
            if copies:
                copy_columns(b, b0, ldb, tb, depth, width, lanes, wide * lanes, columns)
                near, near0, near_step = columns, 0, wide * lanes
            multiply(depth, m, a, k0 * a_step, a_row, a_step, near, near0, near_step, c, j, ldc, wide, width, add)
        add = 1


def _compiled(kind: Any) -> Any:
    """The product of matrices of one precision, as C would call it; from Numba's cache if it is there."""
    lanes = shape().bytes // BYTES[kind]

    def matrix_product(ta, tb, m, n, k, a, lda, b, ldb, beta, c, ldc):  # type: ignore[no-untyped-def]
        if m < 1 or n < 1:
            return
        if k < 1 or (beta != 0 and beta != 1):
            scale(m, n, beta, c, ldc)
            beta = 1
        if n == 1 and ldc == 1 and ta:  # a column: its transpose, a row, lies as well in vectors
            ta, tb, m, n, a, lda, b, ldb, ldc = 1 - tb, 0, 1, m, b, ldb, a, lda, m
        if k > 0:
            product(ta, tb, m, n, k, a, lda, b, ldb, int(beta), c, ldc, lanes)

    size, pointer = types.intp, types.CPointer(kind)
    matrix_product.__qualname__ = f"matrix_product_{digest()}"  # it names the file in the cache: an old one is not taken
    signature = types.void(size, size, size, size, size, pointer, size, pointer, size, kind, pointer, size)
    return _cfunc(signature, cache=True, error_model="numpy")(matrix_product)


_kept: list[Any] = []
"""Numba frees what it compiled with the object that stands for it."""


def symbol(kind: Any) -> str:
    """The name under which LLVM knows the product of matrices of a precision."""
    return f"nndsl_product_{kind}_{digest()}"


@cache
def provide(kind: Any) -> None:
    """Makes the product of matrices of a precision known to LLVM: compiles it, or finds it compiled."""
    _kept.append(_compiled(kind))
    llvm.add_symbol(symbol(kind), _kept[-1].address)


EXTERNAL.update({symbol(kind): partial(provide, kind) for kind in BYTES})
