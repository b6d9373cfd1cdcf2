"""Derivatives in formulas: `d(u, x[i])`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from nndsl.checking.elaborate.arrays import shape_text
from nndsl.checking.elaborate.builder import SAMPLE, Builder, free
from nndsl.checking.elaborate.evaluate import array
from nndsl.checking.elaborate.frame import Place
from nndsl.checking.elaborate.mistakes import mistake
from nndsl.checking.elaborate.tensors import side, tensor_of
from nndsl.checking.elaborate.values import Array, Value
from nndsl.diagnostics import Span
from nndsl.ir.expression import Apply, Derivative, Expr, Read, Reduce, walk
from nndsl.ir.operations import CONSTANT, POSITIONS
from nndsl.syntax.tree import Call, Expression


def derivative(node: Call, place: Place) -> Value:
    """`d(u, x, y)`: of a number of each sample, or of a tensor of shape [1], which keeps its axis.

    Raises:
        Mistake: of what is no such number, or is part of a recurrence around it; by what is no entry of an input, or by one
            that the number does not depend on.
    """
    first, *others = (argument.value for argument in node.arguments)
    found = array(first, place.inner())
    kept = found.axes if found.shape == (1,) else ()
    value = _entry(Array(found.axes if not kept else (), found.expr), first.span, place)
    needed, smooth = (_needed(value.tensor, place.builder, found) for found in (walk, _sloped))
    own = next((name for name in place.builder.awaited if name in needed), None)
    if own is not None:
        raise mistake("NN0261", first.span, name=own.rpartition(".")[2])
    by = []
    for other in others:
        entry = _input(other, place)
        if entry.tensor not in needed:
            raise mistake("NN0260", other.span)
        if entry.tensor not in smooth:
            raise mistake("NN0260", other.span, "changes the number in jumps at most")
        by.append(entry)
    return Array(kept, Derivative(value, tuple(by)))


def _entry(value: Array, span: Span, place: Place) -> Read:
    """What is differentiated as an entry of a tensor."""
    if value.axes:
        raise mistake("NN0226", span, f"is {shape_text(value.shape)}")
    if SAMPLE not in free(value.expr):
        raise mistake("NN0226", span, "is the same for all samples")
    if not _is_plain(value.expr):
        value = tensor_of(place.frame, place.frame.called("differentiated"), side(()), value.expr, span)
    assert isinstance(value.expr, Read)
    return value.expr


def _is_plain(expr: Expr) -> bool:
    return isinstance(expr, Read) and expr.other is None and not expr.stop


def _input(node: Expression, place: Place) -> Read:
    """By what is differentiated."""
    entry = array(node, place.inner())
    if entry.axes:
        raise mistake("NN0227", node.span, f"is {shape_text(entry.shape)}")
    if not isinstance(entry.expr, Read) or not _is_plain(entry.expr):
        raise mistake("NN0227", node.span)
    tensor = place.builder.tensors[entry.expr.tensor]
    if tensor.role != "input":
        raise mistake("NN0227", node.span)
    if tensor.dtype != "real":
        raise mistake("NN0227", node.span, "is a whole number")
    return entry.expr


def _needed(result: str, builder: Builder, parts: Callable[[Expr], Iterator[Expr]]) -> set[str]:
    """The tensors that a tensor is computed from, itself included; `parts` are those of a formula that count."""
    needed, size = {result}, 0
    while size < len(needed):  # once is enough but for recurrences
        size = len(needed)
        for equation in reversed(builder.steps):
            if equation.out in needed:
                needed.update(entry.tensor for entry in parts(equation.expr) if isinstance(entry, Read))
    return needed


def _sloped(expr: Expr) -> Iterator[Expr]:
    """The parts of a formula by which it changes other than in jumps."""
    yield expr
    match expr:
        case Apply("where", (_, *values)):
            inner: tuple[Expr, ...] = tuple(values)
        case Apply(operation, operands):
            inner = () if operation in CONSTANT else operands
        case Reduce(kind, _, body):
            inner = () if kind in POSITIONS else (body,)
        case Derivative(value, by):
            inner = (value, *by)
        case Read(other=other):
            inner = () if other is None else (other,)
        case _:
            inner = ()
    for part in inner:
        yield from _sloped(part)
