"""One step's work shared between threads: which rows are cut, and where all must have come before any goes on.

Each entry of a result is computed by the same operations in the same order, whoever does it. So the bits of a run do not depend
on how many threads there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Rows: TypeAlias = npt.NDArray[np.int64]
"""Operations, one a row: which, and its arguments."""

IDLE = -1
"""The operation of a row in which a thread has nothing to do."""

WORTH = 400_000
"""Work below this, in multiply-adds, is left to one thread: in the ten microseconds it takes little is won by meeting twice."""

ROWS, COLUMNS = 8, 48
"""Of a tile of a matrix product: threads share whole ones."""

POINT_WEIGHT = 8
"""What a point of a loop costs, in multiply-adds of a matrix product."""


@dataclass(frozen=True)
class Piece:
    """How a row can be cut.

    Args:
        size: into how many pieces at the most.
        work: what it costs, in multiply-adds.
        cut: the row for the pieces from the first number to the second.
        grain: pieces come in groups of so many.
    """

    size: int
    work: int
    cut: Callable[[int, int], list[int]]
    grain: int = 1


Cutter: TypeAlias = Callable[[Sequence[int]], Piece]
"""How the rows of an operation are cut."""


def nest(extent: int, work: Sequence[int], steps: Sequence[tuple[int, Sequence[int]]]) -> Cutter:
    """How the rows of a loop nest are cut: along its outermost loop.

    Args:
        extent: the cell that says how far it runs.
        work: the cells whose product is the number of points.
        steps: for each array that the loop runs through, the cell that says where it starts, and the cells whose product is
            how far it goes from one turn of the loop to the next.
    """
    def piece(row: Sequence[int]) -> Piece:
        def cut(first: int, last: int) -> list[int]:
            cells = list(row)
            cells[extent] = last - first
            for start, factors in steps:
                cells[start] += first * prod(row[cell] for cell in factors)
            return cells

        return Piece(row[extent], prod(row[cell] for cell in work) * POINT_WEIGHT, cut)

    return piece


def gemm(row: Sequence[int]) -> Piece:
    """How a matrix product is cut: by rows, or by columns where there are few rows."""
    _, transposed_a, transposed_b, m, n, k, _, lda, _, ldb, *_ = row
    by_rows = m >= 2 * ROWS or m >= n

    def cut(first: int, last: int) -> list[int]:
        cells = list(row)
        down, along = (3, 6, 1 if transposed_a else lda, row[12]), (4, 8, ldb if transposed_b else 1, 1)
        size, start, step, out = down if by_rows else along
        cells[size] = last - first
        cells[start] += first * step
        cells[11] += first * out
        return cells

    return Piece(m if by_rows else n, m * n * k, cut, ROWS if by_rows else COLUMNS)


def contract(row: Sequence[int]) -> Piece:
    """How a sum of products over entries anywhere is cut: along a dimension whose turns write nothing in common."""
    turns, rows, inner = row[7:10]
    dims = [tuple(row[at:at + 4]) for at in range(10, 10 + 4 * (turns + rows + inner), 4)]
    writing = [(at, size, step) for at, (size, _, _, step) in enumerate(dims[:turns + rows]) if size > 1]
    reach = row[5] + sum((size - 1) * abs(step) for _, size, step in writing)
    apart = [(size, at) for at, size, step in writing if abs(step) >= reach - (size - 1) * abs(step)]
    size, at = max(apart, default=(1, 0), key=lambda found: (found[0], -found[1]))

    def cut(first: int, last: int) -> list[int]:
        cells, base = list(row), 10 + 4 * at
        cells[base] = last - first
        for start, step in zip((1, 2, 3), cells[base + 1:base + 4], strict=True):
            cells[start] += first * step
        return cells

    return Piece(size, row[5] * prod(dim[0] for dim in dims), cut)


def shared(rows: Rows, split: int, cutters: Mapping[int, Cutter], threads: int, meet: int) -> tuple[list[Rows], int]:
    """The rows of each thread.

    Args:
        rows: those of one step.
        split: how many of them come before the loss is looked at.
        cutters: by operation, for those that can be cut.
        threads: how many share the work.
        meet: the operation that waits for all threads.

    Returns:
        The rows of each, of one length, and how many of them come before the loss is looked at.
    """
    tables: list[list[list[int]]] = [[] for _ in range(threads)]
    together, at = True, split
    for number, row in enumerate(rows.tolist()):
        pieces = list(_pieces(row, cutters, threads))
        if len(pieces) > 1 or together or number == split:
            for table in tables:
                table.append([meet])
        if number == split:
            at = len(tables[0])
        together = len(pieces) > 1
        for table, piece in zip(tables, pieces + [[IDLE]] * (threads - len(pieces)), strict=True):
            table.append(piece)
    for table in tables:
        table.append([meet])
    return [_filled(table, rows.shape[1]) for table in tables], at


def _pieces(row: list[int], cutters: Mapping[int, Cutter], threads: int) -> Iterator[list[int]]:
    """What each thread does of a row; one piece where it is not worth sharing."""
    cutter = cutters.get(row[0])
    piece = cutter(row) if cutter is not None else None
    if piece is None or piece.size < 2 or piece.work < WORTH:
        yield row
        return
    for first, last in spans(piece.size, threads, piece.grain):
        yield piece.cut(first, last)


def spans(size: int, threads: int, grain: int = 1) -> list[tuple[int, int]]:
    """Nearly equal parts of `size` things that come in groups of `grain`; fewer than `threads` where there are too few."""
    groups = -(-size // grain)
    ends = [min(groups * k // threads * grain, size) for k in range(threads + 1)]
    return [(first, last) for first, last in zip(ends, ends[1:], strict=False) if first < last]


def work(rows: Rows, cutters: Mapping[int, Cutter]) -> int:
    """The work of the rows that are worth sharing."""
    found = (cutters[row[0]](row).work for row in rows.tolist() if row[0] in cutters)
    return sum(w for w in found if w >= WORTH)


def _filled(table: list[list[int]], width: int) -> Rows:
    filled = np.zeros((len(table), width), np.int64)
    for at, row in enumerate(table):
        filled[at, : len(row)] = row
    return filled
