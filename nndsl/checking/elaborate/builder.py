"""A program under construction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from nndsl.checking.elaborate.mistakes import mistake
from nndsl.checking.elaborate.recurrence import Backward, Written, ordered
from nndsl.checking.elaborate.values import Array
from nndsl.diagnostics import Span
from nndsl.ir.equation import Equation, Origin, Program, Tensor, renamed
from nndsl.ir.expression import BATCH, Expr, Extent, Index, Ranges, Read, Reduce, walk
from nndsl.ir.kinds import kind
from nndsl.ir.operations import Kind

SAMPLE = "n°"
"""The index of the batch: in every formula about an input it stands free until the equation is written."""

MARK = "°"
"""What sets the names of indices apart while formulas are put together; `i°7` was called `i` by the user."""

LETTERS = "ijklmabcdefghopqrsuvwxyz"
MOST_EQUATIONS = 200_000
MOST_ENTRIES = 2**33


def free(expr: Expr) -> tuple[str, ...]:
    """The indices that stand free in a formula, in order of appearance. Each index has a name of its own, so bound ones too."""
    bound = {name for node in walk(expr) if isinstance(node, Reduce) and node.kind != "softmax" for name, _ in node.ranges}
    return tuple(dict.fromkeys(node.name for node in walk(expr) if isinstance(node, Index) and node.name not in bound))


@dataclass
class Indices:
    """The indices met so far, shared by all programs of a model.

    Args:
        extents: how far each runs, by its own name.
        listed: those that choose an entry of a list; reductions over them are written out.
        count: how many were named.
    """

    extents: dict[str, Extent] = field(default_factory=lambda: {SAMPLE: BATCH})
    listed: set[str] = field(default_factory=set)
    count: int = 0

    def new(self, name: str, extent: Extent) -> str:
        """A name that no other index has, for one the user called `name`."""
        self.count += 1
        unique = f"{name.split(MARK)[0]}{MARK}{self.count}"
        self.extents[unique] = extent
        return unique

    def open(self, shape: tuple[Extent, ...]) -> Ranges:
        """Fresh indices for the axes of a shape."""
        return tuple((self.new(LETTERS[min(axis, len(LETTERS) - 1)], extent), extent) for axis, extent in enumerate(shape))

    def order(self, name: str) -> int:
        """Where an index stands among all: the batch first, then as they were named."""
        return 0 if name == SAMPLE else int(name.split(MARK)[1])

    def sorted(self, names: Iterable[str]) -> tuple[str, ...]:
        """Indices in this order."""
        return tuple(sorted(names, key=self.order))


@dataclass
class Builder:
    """A program under construction.

    Args:
        indices: the indices of all formulas.
        tensors: by name.
        steps: the equations so far.
        produced: where in the text each tensor was made, for messages.
        limits: for int tensors, the least and greatest value.
        asked: for ports without a bound, what their values must stay below since they choose an entry of an axis.
        awaited: tensors declared before their equations, since these refer to them.
        recurrent: those that are or were.
        backward: where they are referred to.
        streams: how many places draw random numbers.
    """

    indices: Indices = field(default_factory=Indices)
    tensors: dict[str, Tensor] = field(default_factory=dict)
    steps: list[Equation] = field(default_factory=list)
    produced: dict[str, Span] = field(default_factory=dict)
    limits: dict[str, tuple[float, float]] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    awaited: set[str] = field(default_factory=set)
    recurrent: dict[str, Written] = field(default_factory=dict)
    backward: list[Backward] = field(default_factory=list)
    streams: int = 0

    def branch(self) -> Builder:
        """A program that goes on from here, leaving this one as it is."""
        return Builder(self.indices, dict(self.tensors), list(self.steps), dict(self.produced), self.limits, self.asked,
                       set(self.awaited), dict(self.recurrent), list(self.backward), self.streams)

    def stream(self) -> int:
        """The number of a new place that draws."""
        self.streams += 1
        return self.streams

    def note(self, value: Array, span: Span) -> None:
        """Remember where in the text a tensor was made."""
        if isinstance(value.expr, Read):
            self.produced[value.expr.tensor] = span

    def free_name(self, wanted: str) -> str:
        """`wanted`, with a number behind it if it is taken."""
        name, number = wanted, 2
        while name in self.tensors:
            name, number = f"{wanted}_{number}", number + 1
        return name

    def declare(self, tensor: Tensor, span: Span | None = None) -> Tensor:
        """Make a tensor known."""
        entries = 1
        for extent in tensor.shape:
            entries *= 1 if extent == BATCH else int(extent)
        if entries > MOST_ENTRIES:
            raise mistake("NN0229", span, name=tensor.name, entries=f"{entries:,}", limit=f"{MOST_ENTRIES:,}")
        self.tensors[tensor.name] = tensor
        return tensor

    def kind(self, expr: Expr) -> Kind:
        """`real`, `int` or `bool`."""
        return kind(expr, self.tensors)

    def add(self, equation: Equation, span: Span | None = None) -> None:
        """Append an equation, its indices called as a reader would call them."""
        if len(self.steps) >= MOST_EQUATIONS:
            raise mistake("NN0230", span, limit=f"{MOST_EQUATIONS:,}")
        self.steps.append(readable(equation))

    def whole(self, name: str, shape: tuple[Extent, ...], batched: bool) -> Array:
        """A tensor as a value: its entry at fresh indices, after that of the batch."""
        axes = self.indices.open(shape)
        first = (Index(SAMPLE),) if batched else ()
        return Array(axes, Read(name, (*first, *(Index(i) for i, _ in axes))))

    def program(self, roots: tuple[str, ...]) -> Program:
        """The equations that the tensors `roots` need, in order, and the tensors they name.

        Raises:
            Mistake: a recurrence that has no direction.
        """
        needed, before = set(roots), -1
        while before < len(needed):  # once is enough but for recurrence, where what is needed may be written further down
            before = len(needed)
            for step in reversed(self.steps):
                if step.out in needed:
                    needed.update(_reads(step))
        kept = [step for step in self.steps if step.out in needed]
        steps = ordered(kept, self.tensors, self.recurrent, self.backward)
        names = dict.fromkeys(name for step in kept for name in (step.out, *_reads(step)))
        return Program({name: self.tensors[name] for name in names}, steps)


@dataclass(eq=False)
class Sums:
    """The totals of one metric.

    Args:
        name: the metric's.
        finish: the program that makes results of totals.
        tensors: the totals, by their full names.
    """

    name: str
    finish: Builder
    tensors: list[str] = field(default_factory=list)


def _reads(equation: Equation) -> tuple[str, ...]:
    return tuple(dict.fromkeys(read.tensor for read in equation.reads()))


def origin(span: Span | None, note: str = "") -> Origin:
    """Where an equation comes from, as generated code cites it."""
    return Origin("" if span is None else span.place, note)


def readable(equation: Equation) -> Equation:
    """The equation with the names of its indices cut back to the user's; a second index of the same name keeps a mark."""
    names: dict[str, str] = {SAMPLE: SAMPLE}
    inner = (name for f in equation.formulas for node in walk(f) if isinstance(node, Reduce) for name, _ in node.ranges)
    for unique in dict.fromkeys((*(name for name, _ in equation.ranges), *inner)):
        if unique not in names:
            base = unique.split(MARK)[0]
            name, number = base, 2
            while name in names.values() or name + MARK in names.values():
                name, number = f"{base}{MARK}{number}", number + 1
            names[unique] = name
    return renamed(equation, names)
