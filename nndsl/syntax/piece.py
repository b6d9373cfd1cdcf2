"""What the rules of the grammar make: nodes, and what becomes part of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from nndsl.diagnostics import NNError, Source, Span, problem
from nndsl.syntax.token import Token
from nndsl.syntax.tree import Node

DEEPEST = 200
"""How many nodes may stand inside each other: all later stages walk the tree by recursion."""


@dataclass(slots=True)
class Piece:
    """What a rule has made of a stretch of text.

    Args:
        value: a node, or what a field of one holds: a name, a tuple of nodes, None.
        source: where it stands; None if the rule was empty.
        start: the offset of its first character.
        end: the offset after its last one.
        depth: how many nodes stand inside each other in it.
    """

    value: Any
    source: Source | None
    start: int
    end: int
    depth: int

    @property
    def span(self) -> Span:
        """Where it stands."""
        assert self.source is not None
        return Span(self.source, self.start, self.end)


Child = Piece | Token
Children = Sequence[Any]  # of Child; Any, because only the grammar knows which child is what
Builder = Callable[[Children], Piece]


def part(value: Any, children: Children) -> Piece:
    """A value that reaches from the first to the last child that is not empty."""
    depth = max([c.depth for c in children], default=0)
    for first in children:
        if first.source is not None:
            break
    else:
        return Piece(value, None, 0, 0, depth)
    for last in reversed(children):
        if last.source is not None:
            break
    return Piece(value, first.source, first.start, last.end, depth)


def made(make: Callable[[Span, Children], Node]) -> Builder:
    """A row for a node that `make` makes of its span and the children.

    Raises:
        NNError: too many nodes would stand inside each other.
    """

    def build(children: Children) -> Piece:
        piece = part(None, children)
        piece.depth += 1
        if piece.depth > DEEPEST:
            raise NNError(problem("NN0008", children[-1].span, limit=DEEPEST))
        piece.value = make(piece.span, children)
        return piece

    return build


def node(kind: type[Node], /, **places: int) -> Builder:
    """A row for a node of that kind; `places` says which child fills which field."""
    fields = tuple(places.items())
    return made(lambda span, children: kind(**{field: children[place].value for field, place in fields}, span=span))


def value(place: int) -> Builder:
    """A row for what only hands on one of its children; None where the rule was empty."""
    return lambda children: part(children[place].value if children else None, children)


def nodes(children: Children) -> tuple[Any, ...]:
    """The nodes among the children, without the signs between them; those that come in tuples are laid open."""
    found: list[Any] = []
    for child in children:
        if type(child) is Piece:
            found += child.value if isinstance(child.value, tuple) else (child.value,)
    return tuple(found)


def every(children: Children) -> Piece:
    """A row for lists: the nodes among the children."""
    return part(nodes(children), children)
