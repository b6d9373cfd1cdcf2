"""Tensors made of formulas: how a formula becomes an equation, and when it need not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nndsl.checking.elaborate.bounds import EVERYTHING, interval
from nndsl.checking.elaborate.builder import SAMPLE, Builder, free, origin
from nndsl.checking.elaborate.frame import Frame
from nndsl.checking.elaborate.values import Array
from nndsl.diagnostics import Span
from nndsl.ir.equation import Equation, Role, Tensor
from nndsl.ir.expression import Apply, Draw, Expr, Extent, Index, Ranges, Read, Reduce, reads, walk

LARGE = 120
"""Nodes beyond which a formula that is put into others becomes a tensor of its own."""


@dataclass(frozen=True)
class Side:
    """The left side of an equation.

    Args:
        index: the position on each axis.
        shape: the extent of each axis.
        ranges: the indices it names.
    """

    index: tuple[Expr, ...]
    shape: tuple[Extent, ...]
    ranges: Ranges

    @property
    def plain(self) -> bool:
        """Whether it names one index an axis."""
        return self.index == tuple(Index(name) for name, _ in self.ranges)


def side(axes: Ranges) -> Side:
    """The left side that names these indices, one an axis."""
    return Side(tuple(Index(name) for name, _ in axes), tuple(extent for _, extent in axes), axes)


def outer(expr: Expr, named: Ranges, frame: Frame) -> tuple[str, ...]:
    """The indices that a formula depends on without naming them, the batch first. A draw depends on all outside."""
    found = set(free(expr)) - {name for name, _ in named}
    if any(isinstance(node, Draw) for node in walk(expr)) and frame.kind != "initializer":
        found |= frame.outside()
    return tuple(sorted(found, key=frame.builder.indices.order))


def tensor_of(frame: Frame, wanted: str, left: Side, expr: Expr, span: Span | None, note: str = "",
              role: Role = "temporary", real: bool = False, awaited: str = "") -> Array:
    """A new tensor and its equation; gives the tensor as a value over its named axes.

    Args:
        frame: where it is made.
        wanted: its full name, numbered if taken.
        left: its named axes.
        expr: the formula; what else it depends on becomes leading axes, the batch first.
        span: the user's formula.
        note: how it came about, if it is not the user's own.
        role: of the tensor.
        real: whether whole numbers are to be kept as real ones.
        awaited: the tensor, where it was declared beforehand since it refers to its own entries.
    """
    builder, role = written_into(frame, expr, role)
    before = outer(expr, left.ranges, frame) if not awaited else builder.indices.sorted(frame.outside())
    ranges = tuple((name, builder.indices.extents[name]) for name in before)
    name = awaited or builder.free_name(wanted)
    builder.awaited.discard(name)
    shape = (*(extent for _, extent in ranges), *left.shape)
    dtype: Literal["real", "int"] = "int" if counts(expr, builder) and not real else "real"
    made = builder.declare(Tensor(name, shape, dtype, role), span)
    frame.builder.tensors.setdefault(name, made)
    builder.add(Equation(name, (*(Index(i) for i in before), *left.index), (*ranges, *left.ranges), expr,
                         origin=origin(span, note)), span)
    if dtype == "int" and (found := interval(expr, builder)) != EVERYTHING:
        builder.limits[name] = found
    axes = builder.indices.open(left.shape)
    return Array(axes, Read(name, (*(Index(i) for i in before), *(Index(i) for i, _ in axes))))


def written_into(frame: Frame, expr: Expr, role: Role) -> tuple[Builder, Role]:
    """The program that a formula belongs to: what is made of a metric's totals is done at the end of an epoch."""
    found = reads(expr)
    finish = frame.sums.finish if frame.sums is not None else None
    if finish is not None and found and all(read.tensor in finish.tensors for read in found):
        return finish, "result"
    return frame.builder, role


def counts(expr: Expr, builder: Builder) -> bool:
    """Whether a formula gives positions, so that whole numbers are kept: it is made of indices and whole numbers."""
    return builder.kind(expr) == "int" and _positions(expr, builder)


def _positions(expr: Expr, builder: Builder) -> bool:
    match expr:
        case Index():
            return True
        case Read(tensor):
            return builder.tensors[tensor].dtype == "int"
        case Reduce(kind, _, body):
            return kind in ("argmax", "argmin") or _positions(body, builder)
        case Apply(_, operands):
            return builder.kind(expr) == "int" and any(_positions(x, builder) for x in operands)
        case _:
            return False


def alias(value: Array) -> bool:
    """Whether a value is just a whole tensor, so that a second name for it needs no second tensor."""
    if not isinstance(value.expr, Read) or value.expr.other is not None or value.expr.stop:
        return False
    index = value.expr.index
    last = tuple(Index(name) for name, _ in value.axes)
    return index[len(index) - len(last):] == last and len(set(index)) == len(index) and all(isinstance(i, Index) for i in index)


def kept(frame: Frame, wanted: str, value: Array, span: Span | None, note: str = "") -> Array:
    """A value as a tensor: itself where it is one."""
    return value if alias(value) else tensor_of(frame, wanted, side(value.axes), value.expr, span, note)


def heavy(value: Array, frame: Frame) -> bool:
    """Whether a formula is better computed once than put into each that uses it: it reduces, draws or is long."""
    if frame.kind == "initializer":
        return False
    nodes = 0
    for node in walk(value.expr):
        nodes += 1
        if isinstance(node, (Reduce, Draw)) or nodes > LARGE:
            return True
    return False


def batched(expr: Expr) -> bool:
    """Whether a formula has a value for every sample."""
    return SAMPLE in free(expr)
