"""What a layer keeps, in the order in which `weights` lists it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nndsl.inspect.doc.notation import unicode_text
from nndsl.syntax.tree import Declaration, Definition, Expression, If, Node, Param, State, Statement, Unary


@dataclass(frozen=True)
class Weight:
    """A `param` or a `state` of a layer.

    Args:
        name: its own name; the path of its layer stands before it in a model.
        shape: its axes as written, with brackets; "" for a single number.
        initial: its first values, as written.
        trained: whether it is a `param`.
        when: on what it depends whether there is such a weight; "" if there always is.
    """

    name: str
    shape: str
    initial: str
    trained: bool
    when: str


def weights(definition: Definition) -> tuple[Weight, ...]:
    """The weights of a layer; the same name more than once where branches give it different shapes."""
    return tuple(_weights(definition.body, ()))


def _weights(statements: Iterable[Statement], conditions: tuple[str, ...]) -> Iterator[Weight]:
    for statement in statements:
        if isinstance(statement, (Param, State)):
            yield _weight(statement.declaration, isinstance(statement, Param), ", ".join(conditions))
        elif isinstance(statement, If):
            yield from _weights(statement.then, (*conditions, _when(statement.condition, True)))
            yield from _weights(statement.otherwise, (*conditions, _when(statement.condition, False)))


def _when(condition: Expression, holds: bool) -> str:
    while isinstance(condition, Unary) and condition.operator == "not":
        condition, holds = condition.operand, not holds
    return f"{'if' if holds else 'unless'} {_text(condition)}"


def _weight(declaration: Declaration, trained: bool, when: str) -> Weight:
    axes = declaration.axes
    shape = f"[{', '.join(_text(axis) for axis in axes)}]" if axes else ""
    default = declaration.default
    return Weight(declaration.name, shape, _text(default) if default is not None else "", trained, when)


def _text(node: Node) -> str:
    return unicode_text(" ".join(node.span.text.split()))
