"""Sums of products over entries that lie anywhere: windows, batches of matrices, and their gradients.

As in a matrix product, each entry of the result is one chain of fused multiply-adds in the order of the inner indices.
Where the rows and the inner indices stand is put down in tables first, a block at a time; the columns of B are copied
beside each other. So a window is read where it lies, and no image is ever unrolled.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import llvmlite.binding as llvm
import numba
import numpy as np
from llvmlite import ir
from numba.core import types

from nndsl.kernels.jit import EXTERNAL, digest, kernel
from nndsl.kernels.product import BYTES, DEPTH, DEPTH_DOWN, ROWS, VECTORS, instruction, room, transpose
from nndsl.kernels.scalar import jitted
from nndsl.kernels.table_tile import write_table_copy, write_table_tile
from nndsl.kernels.tile import shape
from nndsl.kernels.vectors import I64, cgutils

CHUNK = 2048
"""Rows whose positions are put down at a time."""
LEAST_TRANSPOSED = 4
"""Runs of inner indices at least so long are copied by transposing squares."""

_cfunc: Any = numba.cfunc


def _tile(rows: int, vectors: int, part: int = 1) -> Callable[..., None]:
    return instruction(16, lambda module, real, lanes: write_table_tile(module, real, rows, vectors, lanes // part))


tile_1, tile_2, tile_3 = (_tile(ROWS, n) for n in (1, 2, 3))
half_1, half_2, half_3 = (_tile(ROWS // 2, n) for n in (1, 2, 3))
narrow = _tile(ROWS, 1, 2)
"""For columns that fill at most half a vector: half a vector takes many processors half the time."""
table_copy = instruction(9, write_table_copy)


def table(numbers: Any) -> Any:
    """Room on the stack for positions; of the kind that its argument points to."""
    raise TypeError("only jitted code can call this")


def _write_table(context: Any, builder: ir.IRBuilder, signature: Any, operands: Any) -> ir.Value:
    kind = context.get_value_type(signature.return_type.dtype)
    with builder.goto_entry_block():
        place = builder.alloca(ir.ArrayType(kind, max(CHUNK, DEPTH)))
    return builder.bitcast(place, kind.as_pointer())


jitted(table, (1,), lambda numbers: numbers, _write_table)


@kernel
def position(numbers, dims, count, which, at):  # type: ignore[no-untyped-def]
    """The position of an entry, the last of the `count` dimensions running fastest.

    Args:
        numbers: from `dims` on, four for each dimension: its extent, and its steps in A, B and C.
        which: 1, 2 or 3, for A, B or C.
    """
    found = 0
    for d in range(dims + 4 * (count - 1), dims - 1, -4):
        found += at % numbers[d] * numbers[d + which]
        at //= numbers[d]
    return found


@kernel
def positions(numbers, dims, count, which, start, length, out):  # type: ignore[no-untyped-def]
    """The positions of `length` entries from `start` on, as `position` gives them."""
    last = dims + 4 * (count - 1)
    extent, step = (numbers[last], numbers[last + which]) if count else (1, 0)
    done = 0
    while done < length:
        digit = (start + done) % extent
        first = position(numbers, dims, count, which, start + done)
        run = min(extent - digit, length - done)
        for j in range(run):
            out[done + j] = first + j * step
        done += run


@kernel
def size(numbers, dims, count):  # type: ignore[no-untyped-def]
    """How many entries dimensions have together."""
    found = 1
    for d in range(count):
        found *= numbers[dims + 4 * d]
    return found


@kernel
def pack(b, b0, inner, run, phase, step, depth, width, lanes, stride, out):  # type: ignore[no-untyped-def]
    """Copies a tile's columns of B so that those for one inner index lie beside each other.

    Args:
        inner: the positions of the inner indices.
        stride: entries from row to row of the copy; where that is less than a vector, the next row overwrites the rest.
        run, phase: so many inner indices at a time are neighbours in memory; where in such a run the first one is.
        step: entries from column to column.
    """
    for j in range(0, width, lanes):
        columns = min(lanes, width - j)
        if step == 1:
            table_copy(depth, b, b0 + j, inner, 0, columns, out, j, stride)
        elif run >= LEAST_TRANSPOSED:
            k = 0
            while k < depth:
                length = min(run - (phase + k) % run, depth - k)
                transpose(b, b0 + inner[k] + j * step, step, length, columns, out, k * stride + j, stride)
                k += length
        else:
            for k in range(depth):
                for column in range(lanes):
                    there = min(column, columns - 1)
                    out[k * stride + j + column] = b[b0 + inner[k] + (j + there) * step]


@kernel
def multiply(depth, m, a, a0, a_inner, a_row, b, c, c0, c_row, vectors, width, add):  # type: ignore[no-untyped-def]
    """All rows of the tables by the columns of one tile; of no whole vector for half a vector."""
    for i in range(0, m, ROWS):
        height = min(ROWS, m - i)
        short = 2 * height <= ROWS
        if vectors == 0:
            narrow(depth, a, a0, a_inner, 0, a_row, i, b, 0, c, c0, c_row, i, height, width, add)
        elif vectors == 1 and short:
            half_1(depth, a, a0, a_inner, 0, a_row, i, b, 0, c, c0, c_row, i, height, width, add)
        elif vectors == 1:
            tile_1(depth, a, a0, a_inner, 0, a_row, i, b, 0, c, c0, c_row, i, height, width, add)
        elif vectors == 2 and short:
            half_2(depth, a, a0, a_inner, 0, a_row, i, b, 0, c, c0, c_row, i, height, width, add)
        elif vectors == 2:
            tile_2(depth, a, a0, a_inner, 0, a_row, i, b, 0, c, c0, c_row, i, height, width, add)
        elif short:
            half_3(depth, a, a0, a_inner, 0, a_row, i, b, 0, c, c0, c_row, i, height, width, add)
        else:
            tile_3(depth, a, a0, a_inner, 0, a_row, i, b, 0, c, c0, c_row, i, height, width, add)


@kernel
def contraction(numbers, a, b, c, lanes):  # type: ignore[no-untyped-def]
    """C = sum of A B, or C += sum of A B; see `contract`."""
    added, n, step, turn_dims, row_dims, inner_dims = numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]
    turn_at = 6
    row_at = turn_at + 4 * turn_dims
    inner_at = row_at + 4 * row_dims
    turns, m, k = size(numbers, turn_at, turn_dims), size(numbers, row_at, row_dims), size(numbers, inner_at, inner_dims)
    last = inner_at + 4 * (inner_dims - 1)
    run = numbers[last] if numbers[last + 2] == 1 else 1
    reach = DEPTH if numbers[last + 1] == 1 else DEPTH_DOWN
    blocks = (k + reach - 1) // reach
    reach = (k + blocks - 1) // blocks
    vectors = (n + lanes - 1) // lanes
    panels = (vectors + VECTORS - 1) // VECTORS
    a_inner, b_inner, a_row, c_row = table(numbers), table(numbers), table(numbers), table(numbers)
    columns = room(b)
    packed = -1
    for turn in range(turns):
        a0, b0, c0 = (position(numbers, turn_at, turn_dims, 1, turn), position(numbers, turn_at, turn_dims, 2, turn),
                      position(numbers, turn_at, turn_dims, 3, turn))
        add = added
        for k0 in range(0, k, reach):
            depth = min(reach, k - k0)
            if turn == 0 or blocks > 1:
                positions(numbers, inner_at, inner_dims, 1, k0, depth, a_inner)
                positions(numbers, inner_at, inner_dims, 2, k0, depth, b_inner)
            for p in range(panels):
                first = vectors * p // panels
                wide = vectors * (p + 1) // panels - first
                j = first * lanes
                width = min(wide * lanes, n - j)
                if 2 * width <= lanes:
                    wide = 0
                if blocks > 1 or panels > 1 or packed != b0:
                    length = wide * lanes or lanes // 2
                    pack(b, b0 + j * step, b_inner, run, k0, step, depth, width, lanes, length, columns)
                    packed = b0
                for i in range(0, m, CHUNK):
                    rows = min(CHUNK, m - i)
                    if m > CHUNK or (turn == 0 and k0 == 0 and p == 0):
                        positions(numbers, row_at, row_dims, 1, i, rows, a_row)
                        positions(numbers, row_at, row_dims, 3, i, rows, c_row)
                    multiply(depth, rows, a, a0, a_inner, a_row, columns, c, c0 + j, c_row, wide, width, add)
            add = 1


def _compiled(kind: Any) -> Any:
    """The contraction of entries of one precision, as C would call it; from Numba's cache if it is there."""
    lanes = shape().bytes // BYTES[kind]

    def contract_entries(numbers, a, b, c):  # type: ignore[no-untyped-def]
        contraction(numbers, a, b, c, lanes)

    pointer = types.CPointer(kind)
    contract_entries.__qualname__ = f"contract_entries_{digest()}"  # it names the file in the cache: an old one is not taken
    signature = types.void(types.CPointer(types.intp), pointer, pointer, pointer)
    return _cfunc(signature, cache=True, error_model="numpy")(contract_entries)


_kept: list[Any] = []
"""Numba frees what it compiled with the object that stands for it."""


def symbol(kind: Any) -> str:
    """The name under which LLVM knows the contraction of entries of a precision."""
    return f"nndsl_contraction_{kind}_{digest()}"


@cache
def provide(kind: Any) -> None:
    """Makes the contraction of entries of a precision known to LLVM: compiles it, or finds it compiled."""
    _kept.append(_compiled(kind))
    llvm.add_symbol(symbol(kind), _kept[-1].address)


EXTERNAL.update({symbol(kind): partial(provide, kind) for kind in BYTES})


def contract(numbers: Any, at: int, a: Any, b: Any, c: Any) -> None:
    """C[turn, row, column] = sum over inner of A[turn, row, inner] B[turn, inner, column], or +=.

    Args:
        numbers: flat, whole numbers; from `at` on: 1 if it adds to what stands in C, else 0; how many columns, and the step
            from one to the next in B (in C it is 1); how many dimensions the turns have, the rows, and the inner sum, of
            which there is at least one; and four numbers for each of these dimensions, slowest first: its extent, its
            steps in A, in B and in C.
        a, b, c: flat arrays of one precision. C overlaps neither. Within a turn no entry of C is met twice.
    """
    added, n, step, *counts = (int(x) for x in numbers[at : at + 6])
    dims = np.asarray(numbers[at + 6 : at + 6 + 4 * sum(counts)]).reshape(-1, 4)
    turns, rows, inner = (_positions(part) for part in np.split(dims, np.cumsum(counts)[:2]))
    column = np.arange(n)
    for turn in turns:
        left = a[turn[0] + rows[:, None, 0] + inner[None, :, 0]]
        right = b[turn[1] + inner[:, None, 1] + column[None, :] * step]
        place = turn[2] + rows[:, None, 2] + column[None, :]
        c[place] = left @ right + (c[place] if added else 0)


def _positions(dims: Any) -> Any:
    """Positions in A, B and C of all entries of some dimensions."""
    found = np.zeros((1, 3), np.int64)
    for extent, *steps in dims:
        found = (found[:, None, :] + np.arange(extent)[None, :, None] * np.array(steps)).reshape(-1, 3)
    return found


def _write(context: Any, builder: ir.IRBuilder, signature: Any, operands: Any) -> ir.Value:
    kind = signature.args[2].dtype
    provide(kind)
    numbers, a, b, c = (context.make_array(signature.args[i])(context, builder, operands[i]).data for i in (0, 2, 3, 4))
    first = builder.gep(numbers, [context.cast(builder, operands[1], signature.args[1], types.intp)])
    pointer = context.get_value_type(kind).as_pointer()
    takes = ir.FunctionType(ir.VoidType(), [I64.as_pointer(), pointer, pointer, pointer])
    builder.call(cgutils.get_or_insert_function(builder.module, takes, symbol(kind)), [first, a, b, c])
    return context.get_dummy_value()


jitted(contract, (5,), lambda *_: types.void, _write)
