"""Scalar formulas: what an equation computes at one point of its indices.

A formula is a small tree of frozen nodes. It is kept exactly as the user wrote it; nothing is simplified on the way, so
that floating point does what the file says. SymPy sees formulas only in derive/.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

BATCH: Final = "batch"
Extent = int | Literal["batch"]
"""How far an index runs: a number known when the model is built, or the number of samples at hand."""

Ranges = tuple[tuple[str, Extent], ...]
"""Indices and how far each runs."""


@dataclass(frozen=True)
class Number:
    """A literal; an int stays an int."""

    value: float | int


@dataclass(frozen=True)
class Index:
    """A loop index, as an integer."""

    name: str


@dataclass(frozen=True)
class Scalar:
    """A number known only at run time, one of `operations.SCALARS`."""

    name: str


@dataclass(frozen=True)
class Read:
    """An entry of a tensor.

    Args:
        tensor: its name.
        index: one integer formula an axis, the batch axis first where the tensor has one.
        other: what stands there when an index leaves its axis; None promises that none does.
        stop: whether no gradient passes.
    """

    tensor: str
    index: tuple[Expr, ...] = ()
    other: Expr | None = None
    stop: bool = False


@dataclass(frozen=True)
class Apply:
    """An operation of `operations.OPERATIONS` on formulas."""

    operation: str
    operands: tuple[Expr, ...]


@dataclass(frozen=True)
class Draw:
    """A random number of its own at every point of the equation's ranges, the same whenever (seed, step, stream) are.

    Args:
        kind: one of `operations.DRAWS`, or `operations.MATRIX_DRAW`.
        stream: which place in the model draws.
    """

    kind: str
    stream: int


@dataclass(frozen=True)
class Reduce:
    """A reduction inside a formula; only before lowering.

    Args:
        kind: one of `operations.NESTED_REDUCTIONS`.
        ranges: the indices it runs over. `softmax` keeps them: its value is that of the entry at hand.
        body: what is reduced.
    """

    kind: str
    ranges: Ranges
    body: Expr


@dataclass(frozen=True)
class Derivative:
    """`d(u, x, y)`: how an entry changes with entries of inputs, sample by sample; only before derivation.

    Args:
        value: the entry differentiated.
        by: the entries, one a differentiation, the first done first.
        stop: whether no gradient passes.
    """

    value: Read
    by: tuple[Read, ...]
    stop: bool = False


Expr = Number | Index | Scalar | Read | Apply | Draw | Reduce | Derivative


def apply(operation: str, *operands: Expr | float | int) -> Apply:
    """An operation on formulas and plain numbers."""
    return Apply(operation, tuple(Number(x) if isinstance(x, (int, float)) else x for x in operands))


def children(expr: Expr) -> tuple[Expr, ...]:
    """The formulas directly inside `expr`, those in indices included."""
    match expr:
        case Read(_, index, other):
            return index if other is None else (*index, other)
        case Apply(_, operands):
            return operands
        case Reduce(_, _, body):
            return (body,)
        case Derivative(value, by):
            return (value, *by)
        case _:
            return ()


def walk(expr: Expr) -> Iterator[Expr]:
    """`expr` and every formula inside it, outermost first, left to right."""
    stack: list[Expr] = [expr]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(children(node)))


def reads(expr: Expr) -> tuple[Read, ...]:
    """The distinct entries that `expr` reads, in order of appearance."""
    return tuple(dict.fromkeys(node for node in walk(expr) if isinstance(node, Read)))


def indices(expr: Expr) -> tuple[str, ...]:
    """The distinct index names in `expr`, in order of appearance; those bound by a reduction inside it included."""
    return tuple(dict.fromkeys(node.name for node in walk(expr) if isinstance(node, Index)))


def rebuild(expr: Expr, change: Callable[[Expr], Expr | None]) -> Expr:
    """`expr` with nodes replaced, outermost first: where `change` gives None the node is kept and its children looked at."""
    new = change(expr)
    if new is not None:
        return new
    match expr:
        case Read(_, index, other):
            return replace(expr, index=tuple(rebuild(i, change) for i in index),
                           other=None if other is None else rebuild(other, change))
        case Apply(operation, operands):
            return Apply(operation, tuple(rebuild(x, change) for x in operands))
        case Reduce(kind, ranges, body):
            return Reduce(kind, ranges, rebuild(body, change))
        case Derivative(value, by):  # these entries stand for themselves, not for their values
            first, *others = (replace(read, index=tuple(rebuild(i, change) for i in read.index)) for read in (value, *by))
            return replace(expr, value=first, by=tuple(others))
        case _:
            return expr


def substitute(expr: Expr, new: Mapping[str, Expr]) -> Expr:
    """`expr` with indices replaced by formulas, everywhere, in the indices of its reads too."""
    if not new:
        return expr
    return rebuild(expr, lambda node: new.get(node.name) if isinstance(node, Index) else None)
