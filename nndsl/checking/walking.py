"""The parts of an expression."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

from nndsl.checking.primitives import REDUCTIONS
from nndsl.syntax.tree import (
    Axis,
    Binary,
    Call,
    Comparison,
    Constant,
    Dots,
    Expression,
    Group,
    Indexed,
    ListOf,
    Member,
    Name,
    Number,
    Otherwise,
    Pipe,
    String,
    Unary,
)


def _none(_: Any) -> tuple[Expression, ...]:
    return ()


def _axes(axes: tuple[Axis, ...]) -> tuple[Expression, ...]:
    return tuple(part for axis in axes for part in (axis.value, axis.extent, axis.place) if part is not None)


CHILDREN: dict[type[Any], Callable[[Any], tuple[Expression, ...]]] = {
    Name: _none,
    Number: _none,
    String: _none,
    Constant: _none,
    Dots: _none,
    ListOf: lambda node: node.items,
    Group: lambda node: node.items,
    Unary: lambda node: (node.operand,),
    Binary: lambda node: (node.left, node.right),
    Comparison: lambda node: node.operands,
    Otherwise: lambda node: (node.value, node.other),
    Pipe: lambda node: (node.value, node.function),
    Call: lambda node: (node.function, *(argument.value for argument in node.arguments)),
    Indexed: lambda node: (node.value, *_axes(node.axes)),
    Member: lambda node: (node.value,),
}
"""The expressions directly inside one, in the order of the text."""


def walk(expression: Expression) -> Iterator[Expression]:
    """An expression and all inside it, outermost first, in the order of the text."""
    stack = [expression]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(CHILDREN[type(node)](node)))


def values(expression: Expression) -> Iterator[Name]:
    """The names that stand for values in an expression: all but those that are called, or that stand after `->`."""
    match expression:
        case Name():
            yield expression
        case Call(function=Name(), arguments=arguments):
            for argument in arguments:
                yield from values(argument.value)
        case Pipe(value=value, function=Name()):
            yield from values(value)
        case _:
            for child in CHILDREN[type(expression)](expression):
                yield from values(child)


def is_reduction(expression: Expression) -> bool:
    """Whether it is the `sum[i]` of `sum[i](...)`."""
    return isinstance(expression, Indexed) and isinstance(expression.value, Name) and expression.value.name in REDUCTIONS


def introduced(axes: tuple[Axis, ...]) -> Iterator[tuple[Name | None, Expression]]:
    """What stands on each axis of a left side or a reduction, groups opened: the index, or None for what is no name."""
    for axis in axes:
        parts = axis.value.items if isinstance(axis.value, Group) else (axis.value,)
        for part in parts:
            first = part.operands[0] if isinstance(part, Comparison) else part
            yield (first if isinstance(first, Name) else None), part


def extents(axes: tuple[Axis, ...]) -> Iterator[Expression]:
    """How far the indices of a left side or a reduction run, where it is said, and which axes they stand on."""
    for axis in axes:
        parts = axis.value.items if isinstance(axis.value, Group) else ()
        yield from (operand for part in parts if isinstance(part, Comparison) for operand in part.operands[1:])
        yield from (part for part in (axis.extent, axis.place) if part is not None)


def open_indices(expression: Expression, taken: Collection[str]) -> frozenset[str]:
    """The indices that a formula leaves open: names between its brackets that are not taken, and that no reduction binds."""
    if isinstance(expression, Call) and isinstance(expression.function, Indexed):
        bound = {name.name for name, _ in introduced(expression.function.axes) if name}
        return frozenset().union(*(open_indices(a.value, {*taken, *bound}) for a in expression.arguments))
    inner: set[str] = set()
    if isinstance(expression, Indexed):
        inner = {name for axis in expression.axes for name in _index_names(axis.value) if name not in taken}
    return frozenset(inner).union(*(open_indices(child, taken) for child in CHILDREN[type(expression)](expression)))


def _index_names(expression: Expression) -> Iterator[str]:
    """The names in an index, but for those of the functions it calls."""
    if isinstance(expression, Name):
        yield expression.name
    elif isinstance(expression, Call):
        for argument in expression.arguments:
            yield from _index_names(argument.value)
    else:
        for child in CHILDREN[type(expression)](expression):
            yield from _index_names(child)


def head(expression: Expression) -> Expression:
    """What stands first in a pipeline."""
    while isinstance(expression, Pipe):
        expression = expression.value
    return expression


def mentions(expression: Expression, names: Collection[str]) -> bool:
    """Whether one of some names, or `...`, stands in an expression."""
    own = (isinstance(expression, Name) and expression.name in names) or isinstance(expression, Dots)
    return own or any(mentions(child, names) for child in CHILDREN[type(expression)](expression))
