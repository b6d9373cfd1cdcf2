"""Equations over tensors: all that a model, a loss, a metric or an optimizer does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from nndsl.ir.expression import BATCH, Expr, Extent, Index, Ranges, Read, Reduce, rebuild, walk

Role = Literal["input", "target", "parameter", "state", "temporary", "gradient", "total", "result"]
"""input, target: given from outside. parameter, state: kept from step to step, saved. temporary: lives within a step.
gradient: of a parameter or input. total: summed over an epoch, in float64. result: computed from totals, in float64."""


@dataclass(frozen=True)
class Tensor:
    """An array.

    Args:
        name: the user's dotted name, as `dense_1.kernel`; derived tensors carry a sign no user can write.
        shape: its extents; only the first may be BATCH (a signature that names the batch may give two).
        dtype: `real` (the model's precision), or `int` (64 bits).
        role: who writes it and how long it lives.
        order: the axes from slowest to fastest in memory; () means as in `shape`.
    """

    name: str
    shape: tuple[Extent, ...]
    dtype: Literal["real", "int"] = "real"
    role: Role = "temporary"
    order: tuple[int, ...] = ()

    @property
    def batched(self) -> bool:
        """Whether it has one entry, or more, a sample."""
        return bool(self.shape) and self.shape[0] == BATCH


@dataclass(frozen=True)
class Origin:
    """What a user wrote that led to an equation.

    Args:
        place: `file:line`.
        note: how the equation came about, as `adjoint of dense_1.z`; "" for the user's own.
    """

    place: str = ""
    note: str = ""


@dataclass(frozen=True)
class Equation:
    """`out[index] = reduce over the other ranges of expr`, at every point of `ranges`.

    Args:
        out: the tensor written.
        index: one integer formula an axis of `out`; affine, or gathered (then the equation accumulates).
        ranges: every index and how far it runs, slowest first. Those that `index` lacks are reduced over.
        expr: the formula at one point.
        reduce: one of `operations.REDUCTIONS`, or "" where nothing is reduced.
        accumulate: whether the result is added to what stands in `out`.
        guard: pairs (formula, extent): the point counts only where 0 <= formula < extent for each.
        winner: for `max` and `min`, the int tensor that keeps the flat position of the entry that won; "" if nobody asks.
        origin: where it comes from.
    """

    out: str
    index: tuple[Expr, ...]
    ranges: Ranges
    expr: Expr
    reduce: str = ""
    accumulate: bool = False
    guard: tuple[tuple[Expr, Extent], ...] = ()
    winner: str = ""
    origin: Origin = field(default=Origin(), compare=False)

    @property
    def formulas(self) -> tuple[Expr, ...]:
        """All its formulas: where it writes, where it counts, and what."""
        return (*self.index, *(formula for formula, _ in self.guard), self.expr)

    @property
    def written(self) -> tuple[str, ...]:
        """The tensors that it writes."""
        return (self.out, self.winner) if self.winner else (self.out,)

    def reads(self) -> Iterator[Read]:
        """Every entry that it reads, as often as it stands there."""
        return (node for formula in self.formulas for node in walk(formula) if isinstance(node, Read))


@dataclass(frozen=True)
class Scan:
    """Equations run for one index value after the other: recurrence.

    Args:
        index: the index that runs; it stands free in the body.
        extent: how far.
        body: what is done at each value, in order.
        reverse: whether from the last value to the first.
    """

    index: str
    extent: int
    body: tuple[Equation, ...]
    reverse: bool = False


Step = Equation | Scan


@dataclass(frozen=True)
class Program:
    """Tensors and what is computed, in order.

    Args:
        tensors: every tensor named in `steps`, by name.
        steps: what is done.
    """

    tensors: Mapping[str, Tensor]
    steps: tuple[Step, ...]

    def equations(self) -> Iterator[Equation]:
        """Every equation, those inside scans included."""
        for step in self.steps:
            if isinstance(step, Scan):
                yield from step.body
            else:
                yield step


def renamed(equation: Equation, names: Mapping[str, str]) -> Equation:
    """An equation with its indices called otherwise, those that reductions bind too."""
    def ranges(old: Ranges) -> Ranges:
        return tuple((names.get(name, name), extent) for name, extent in old)

    def change(node: Expr) -> Expr | None:
        if isinstance(node, Index):
            return Index(names.get(node.name, node.name))
        if isinstance(node, Reduce):
            return Reduce(node.kind, ranges(node.ranges), rebuild(node.body, change))
        return None

    return replace(equation, index=tuple(rebuild(i, change) for i in equation.index), ranges=ranges(equation.ranges),
                   expr=rebuild(equation.expr, change), guard=tuple((rebuild(f, change), e) for f, e in equation.guard))


def adjoint_name(tensor: str) -> str:
    """The name of the gradient with respect to `tensor`. No user can write it."""
    return "∂" + tensor


SAMPLE_WEIGHT = "sample weight"
"""The tensor of the sample weights, one a sample; its blank keeps it apart from all a user can write."""


def target_name(port: str) -> str:
    """The tensor that holds the target of the port `port`."""
    return "target." + port
