"""Register tiles over scattered entries: tables say where the rows and the inner indices of a product stand; and the copy
that packs the columns of B for them."""

from __future__ import annotations

from llvmlite import ir

from nndsl.kernels.tile import started
from nndsl.kernels.vectors import I64, Vectors, counted, function, integer


def write_table_tile(module: ir.Module, real: ir.Type, rows: int, vectors: int, lanes: int) -> ir.Function:
    """tile(depth, a, a_inner, a_row, b, c, c_row, height, width, add): C = A B, or C += A B where `add` is not 0.

    a_inner, a_row, c_row: tables of positions in A of the inner indices and rows, and in C of the rows. B lies packed, its
    rows as long as the tile's. Of the tile's rows the first `height` count: the others repeat the last of them. Of its
    columns the first `width` count.
    """
    place, table = real.as_pointer(), I64.as_pointer()
    name, takes = f"table_tile_{real}_{rows}x{vectors}x{lanes}", [I64, place, table, table, place, place, table, I64, I64, I64]
    f, new = function(module, name, takes)
    if not new:
        return f
    depth, a, a_inner, a_row, b, c, c_row, height, width, add = f.args
    builder = ir.IRBuilder(f.append_basic_block("entry"))
    v = Vectors(builder, real, lanes)
    masks = [None] * (vectors - 1) + [v.mask(builder.sub(width, integer((vectors - 1) * lanes)))]
    bottom = builder.sub(height, integer(1))
    row = [v.smaller(integer(i), bottom) for i in range(rows)]
    a_rows, c_rows = ([builder.gep(x, [builder.load(builder.gep(starts, [i]))]) for i in row]
                      for x, starts in ((a, a_row), (c, c_row)))

    def step(at: list[ir.Value]) -> list[ir.Value]:
        inner_at, b_at, *sums = at
        inner = builder.load(inner_at)
        columns = [v.load(b_at, j * lanes) for j in range(vectors)]
        spread = [v.spread(builder.load(builder.gep(start, [inner]))) for start in a_rows]
        sums = [v.fma(spread[i // vectors], columns[i % vectors], total) for i, total in enumerate(sums)]
        return [builder.gep(inner_at, [integer(1)]), builder.gep(b_at, [integer(vectors * lanes)]), *sums]

    _, _, *sums = counted(builder, depth, [a_inner, b, *started(v, c_rows, masks, add)], step)
    for i, total in enumerate(sums):
        v.store(total, c_rows[i // vectors], i % vectors * lanes, masks[i % vectors])
    builder.ret_void()
    return f


def write_table_copy(module: ir.Module, real: ir.Type, lanes: int) -> ir.Function:
    """copy(depth, source, positions, width, out, out_step): rows of `width` entries, filled with zeros."""
    place, table = real.as_pointer(), I64.as_pointer()
    f, new = function(module, f"table_copy_{real}_{lanes}", [I64, place, table, I64, place, I64])
    if not new:
        return f
    depth, source, positions, width, out, out_step = f.args
    builder = ir.IRBuilder(f.append_basic_block("entry"))
    v = Vectors(builder, real, lanes)
    mask = v.mask(width)

    def line(at: list[ir.Value]) -> list[ir.Value]:
        v.store(v.load(builder.gep(source, [builder.load(at[0])]), 0, mask), at[1], 0)
        return [builder.gep(at[0], [integer(1)]), builder.gep(at[1], [out_step])]

    counted(builder, depth, [positions, out], line)
    builder.ret_void()
    return f
