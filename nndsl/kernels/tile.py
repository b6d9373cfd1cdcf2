"""Register tiles: a few rows by a few vectors of a matrix product, held in registers over the inner sum; and the copies
that bring matrices into the order in which a tile reads them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import llvmlite.binding as llvm
from llvmlite import ir

from nndsl.kernels.vectors import I64, Vectors, counted, function, integer


@dataclass(frozen=True)
class Shape:
    """What the registers of a processor hold.

    Args:
        bytes: of a vector.
        rows: of a tile.
        vectors: in a tile's row, at most.
    """

    bytes: int
    rows: int
    vectors: int


@cache
def shape() -> Shape:
    """The tile for this processor: with a number of A and the vectors of a row of B it fills the registers."""
    features = llvm.get_host_cpu_features()
    if features.get("avx512f"):
        return Shape(64, 8, 3)
    if features.get("avx"):
        return Shape(32, 6, 2)
    return Shape(16, 8, 2) if features.get("neon") else Shape(16, 4, 2)


def write_tile(module: ir.Module, real: ir.Type, rows: int, vectors: int, lanes: int) -> ir.Function:
    """tile(depth, a, a_row, a_step, b, b_step, c, c_row, height, width, add): C = A B, or C += A B where `add` is not 0.

    a_row, c_row: entries from row to row; a_step, b_step: from one inner index to the next. Of the tile's rows the first
    `height` count: the others repeat the last of them. Of its columns the first `width` count: the last vector is cut.
    """
    place = real.as_pointer()
    name, takes = f"tile_{real}_{rows}x{vectors}x{lanes}", [I64, place, I64, I64, place, I64, place, I64, I64, I64, I64]
    f, new = function(module, name, takes)
    if not new:
        return f
    depth, a, a_row, a_step, b, b_step, c, c_row, height, width, add = f.args
    builder = ir.IRBuilder(f.append_basic_block("entry"))
    v = Vectors(builder, real, lanes)
    masks = [None] * (vectors - 1) + [v.mask(builder.sub(width, integer((vectors - 1) * lanes)))]
    bottom = builder.sub(height, integer(1))
    row = [v.smaller(integer(i), bottom) for i in range(rows)]
    a_rows = [builder.mul(i, a_row) for i in row]
    c_rows = [builder.gep(c, [builder.mul(i, c_row)]) for i in row]
    def step(at: list[ir.Value]) -> list[ir.Value]:
        a_at, b_at, *sums = at
        columns = [v.load(b_at, j * lanes, mask) for j, mask in enumerate(masks)]
        spread = [v.spread(builder.load(builder.gep(a_at, [start]))) for start in a_rows]
        sums = [v.fma(spread[i // vectors], columns[i % vectors], total) for i, total in enumerate(sums)]
        return [builder.gep(a_at, [a_step]), builder.gep(b_at, [b_step]), *sums]

    _, _, *sums = counted(builder, depth, [a, b, *started(v, c_rows, masks, add)], step)
    for i, total in enumerate(sums):
        v.store(total, c_rows[i // vectors], i % vectors * lanes, masks[i % vectors])
    builder.ret_void()
    return f


def started(v: Vectors, c_rows: list[ir.Value], masks: list[ir.Value | None], add: ir.Value) -> list[ir.Value]:
    """What a tile's sums start from: what stands in C where `add` is not 0, else 0."""
    before = v.builder.block
    held, started = (v.builder.append_basic_block(name) for name in ("held", "started"))
    v.builder.cbranch(v.builder.icmp_signed("!=", add, integer(0)), held, started)
    v.builder.position_at_end(held)
    old = [v.load(at, j * v.lanes, mask) for at in c_rows for j, mask in enumerate(masks)]
    v.builder.branch(started)
    v.builder.position_at_end(started)
    sums = [v.builder.phi(v.kind) for _ in old]
    for total, value in zip(sums, old, strict=True):
        total.add_incoming(v.zero, before)
        total.add_incoming(value, held)
    return sums


def write_copy(module: ir.Module, real: ir.Type, lanes: int) -> ir.Function:
    """copy(source, step, depth, width, out, out_step): rows of `width` entries, filled up to `lanes` with zeros."""
    place = real.as_pointer()
    f, new = function(module, f"copy_{real}_{lanes}", [place, I64, I64, I64, place, I64])
    if not new:
        return f
    source, step, depth, width, out, out_step = f.args
    builder = ir.IRBuilder(f.append_basic_block("entry"))
    v = Vectors(builder, real, lanes)
    mask = v.mask(width)

    def line(at: list[ir.Value]) -> list[ir.Value]:
        v.store(v.load(at[0], 0, mask), at[1], 0)
        return [builder.gep(at[0], [step]), builder.gep(at[1], [out_step])]

    counted(builder, depth, [source, out], line)
    builder.ret_void()
    return f


def write_transpose(module: ir.Module, real: ir.Type, lanes: int) -> ir.Function:
    """transpose(source, step, depth, width, out, out_step): as copy, but the rows lie as `width` columns `step` apart.

    It writes up to lanes - 1 rows too many.
    """
    place = real.as_pointer()
    f, new = function(module, f"transpose_{real}_{lanes}", [place, I64, I64, I64, place, I64])
    if not new:
        return f
    source, step, depth, width, out, out_step = f.args
    builder = ir.IRBuilder(f.append_basic_block("entry"))
    v = Vectors(builder, real, lanes)
    bottom = builder.sub(width, integer(1))
    columns = [builder.mul(v.smaller(integer(i), bottom), step) for i in range(lanes)]
    rows = [builder.mul(integer(i), out_step) for i in range(lanes)]

    def block(at: list[ir.Value]) -> list[ir.Value]:
        source, out, left = at
        mask = v.mask(left)
        square = v.transposed([v.load(builder.gep(source, [start]), 0, mask) for start in columns])
        for start, line in zip(rows, square, strict=True):
            v.store(line, builder.gep(out, [start]), 0)
        return [builder.gep(source, [integer(lanes)]), builder.gep(out, [builder.mul(integer(lanes), out_step)]),
                builder.sub(left, integer(lanes))]

    blocks = builder.sdiv(builder.add(depth, integer(lanes - 1)), integer(lanes))
    counted(builder, blocks, [source, out, depth], block)
    builder.ret_void()
    return f
