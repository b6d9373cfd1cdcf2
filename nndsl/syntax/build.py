"""From the rules of the grammar to the tree: one row a rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from nndsl.diagnostics import Source, Span
from nndsl.syntax import tree
from nndsl.syntax.token import Token


@dataclass(slots=True)
class Piece:
    """What a rule has made: a node, or something that becomes part of one.

    Args:
        value: the node, name, tuple of nodes, ...
        source: where it stands.
        start: the offset of its first character; -1 if it is empty.
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
Builder = Callable[[Sequence[Child]], Piece]


def _piece(value: Any, children: Sequence[Child], grow: int = 0) -> Piece:
    """A piece that reaches from the first to the last child that is not empty."""
    present = [c for c in children if c.start >= 0]
    depth = max((c.depth for c in children), default=0) + grow
    if not present:
        return Piece(value, None, -1, -1, depth)
    return Piece(value, present[0].source, present[0].start, present[-1].end, depth)


def _node(kind: type[tree.Node], /, **places: int) -> Builder:
    """A node of that kind; `places` says which child fills which field."""

    def build(children: Sequence[Child]) -> Piece:
        piece = _piece(None, children, 1)
        piece.value = kind(**{field: children[place].value for field, place in places.items()}, span=piece.span)
        return piece

    return build


def _value(place: int) -> Builder:
    """The value of one child; None if there is no such child."""
    return lambda children: _piece(children[place].value if children else None, children)


def _leaf(make: Callable[[str], Any], kind: type[tree.Node], field: str) -> Builder:
    """A node with one field, made of the text of one token."""

    def build(children: Sequence[Child]) -> Piece:
        piece = _piece(None, children, 1)
        piece.value = kind(**{field: make(children[0].value)}, span=piece.span)
        return piece

    return build


def _nodes(children: Sequence[Child]) -> tuple[Any, ...]:
    """The values of the children that are no tokens; those that are tuples are laid open."""
    found: list[Any] = []
    for child in children:
        if isinstance(child, Piece):
            found += child.value if isinstance(child.value, tuple) else (child.value,)
    return tuple(found)


def _all(children: Sequence[Child]) -> Piece:
    """The nodes among the children."""
    return _piece(_nodes(children), children)


def _number(text: str) -> int | float:
    if text.endswith("%"):
        return float(text[:-1]) / 100
    return int(text) if text.isdigit() else float(text)


_CONSTANTS = {"true": True, "false": False, "none": None}


def _bracketed(children: Sequence[Child]) -> Piece:
    piece = _piece(children[1].value, children)
    return piece


def _comparison(children: Sequence[Child]) -> Piece:
    piece = _piece(None, children, 1)
    operators = tuple(c.value for c in children if isinstance(c, Token))
    piece.value = tree.Comparison(operators, _nodes(children), span=piece.span)
    return piece


def _listed(kind: type[tree.Group] | type[tree.ListOf]) -> Builder:
    def build(children: Sequence[Child]) -> Piece:
        piece = _piece(None, children, 1)
        piece.value = kind(_nodes(children), span=piece.span)
        return piece

    return build


def _argument(children: Sequence[Child]) -> Piece:
    piece = _piece(None, children, 1)
    piece.value = tree.Argument(None, children[0].value, span=piece.span)
    return piece


def _inputs(children: Sequence[Child]) -> Piece:
    """`input a[A], b[B]`: an Input each; the first has the word in its span."""
    declared = [c for c in children if isinstance(c, Piece)]
    made = [tree.Input(c.value, span=c.span) for c in declared]
    made[0] = tree.Input(declared[0].value, span=Span(made[0].span.source, children[0].start, declared[0].end))
    return _piece(tuple(made), children, 1)


def _several(children: Sequence[Child]) -> Piece:
    piece = _piece(None, children, 1)
    piece.value = tree.Input(children[1].value, several=True, span=piece.span)
    return piece


def _shape(children: Sequence[Child]) -> Piece:
    piece = _piece(None, children, 1)
    declaration = tree.Declaration(children[1].value, children[3].value, span=_piece(None, children[1:]).span)
    piece.value = tree.Shape(declaration, span=piece.span)
    return piece


def _string(text: str) -> str:
    return text[1:-1]


def _require(children: Sequence[Child]) -> Piece:
    piece = _piece(None, children, 1)
    piece.value = tree.Require(children[1].value, _string(children[3].value), span=piece.span)
    return piece


def _output(children: Sequence[Child]) -> Piece:
    piece = _piece(None, children, 1)
    piece.value = tree.Output(None, children[1].value, span=piece.span)
    return piece


def _else_if(children: Sequence[Child]) -> Piece:
    piece = _piece(None, children, 1)
    piece.value = tree.If(children[1].value, children[3].value, (children[6].value,), span=piece.span)
    return piece


def _also(children: Sequence[Child]) -> Piece:
    piece = _piece(None, children, 1)
    piece.value = tree.Also(tuple(c.value for c in children[1::2]), span=piece.span)
    return piece


def _formula(children: Sequence[Child]) -> Piece:
    body = children[1]
    return _piece((tree.Output(None, body.value, span=body.span),), children, 1)


def _definition(children: Sequence[Child]) -> Piece:
    override, kind, name, _, parameters, _, body, attributes = children
    piece = _piece(None, children, 1)
    piece.value = tree.Definition(kind.value, name.value, parameters.value, body.value, attributes.value,
                                  override.start >= 0, name_span=name.span, span=piece.span)
    return piece


def _model(children: Sequence[Child]) -> Piece:
    piece = _piece(None, children, 1)
    piece.value = tree.Model(children[1].value, children[3].value, name_span=children[1].span, span=piece.span)
    return piece


def _train(model: int | None, settings: int) -> Builder:
    def build(children: Sequence[Child]) -> Piece:
        piece = _piece(None, children, 1)
        name = None if model is None else children[model].value
        piece.value = tree.Train(name, children[settings].value, span=piece.span)
        return piece

    return build


def _setting(children: Sequence[Child]) -> Piece:
    piece = _piece(None, children, 1)
    piece.value = tree.Setting(children[0].value, children[1].value, name_span=children[0].span, span=piece.span)
    return piece


def _items(children: Sequence[Child]) -> Piece:
    """The items of a setting; `a, b: rule` is one item with two values."""
    made: list[tree.Item] = []
    for piece in children:
        if not isinstance(piece, Piece):
            continue
        item: tree.Item = piece.value
        if item.rule is not None:
            while made and made[-1].name is None and made[-1].rule is None and len(made[-1].values) == 1:
                last = made.pop()
                item = tree.Item(last.values + item.values, None, item.rule, span=last.span.to(item.span))
        made.append(item)
    return _piece(tuple(made), children)


def _values(children: Sequence[Child]) -> Piece:
    piece = _piece(None, children, 1)
    piece.value = tree.Item(children[0].value, span=piece.span)
    return piece


def _named(children: Sequence[Child]) -> Piece:
    piece = _piece(None, children, 1)
    piece.value = tree.Item((children[2].value,), children[0].value, span=piece.span)
    return piece


def _path(children: Sequence[Child]) -> Piece:
    piece = _piece(None, children, 1)
    name = children[3].value if len(children) > 2 else None
    piece.value = tree.Import(_string(children[1].value), name, span=piece.span)
    return piece


def _file(children: Sequence[Child]) -> Piece:
    return _piece(_nodes(children), children)


BUILDERS: dict[str, Builder] = {
    # formulas
    "name": _node(tree.Name, name=0),
    "number": _leaf(_number, tree.Number, "value"),
    "string": _leaf(_string, tree.String, "value"),
    "constant": _leaf(_CONSTANTS.__getitem__, tree.Constant, "value"),
    "list": _listed(tree.ListOf),
    "group": _listed(tree.Group),
    "dots": _node(tree.Dots),
    "bracketed": _bracketed,
    "unary": _node(tree.Unary, operator=0, operand=1),
    "binary": _node(tree.Binary, left=0, operator=1, right=2),
    "comparison": _comparison,
    "otherwise": _node(tree.Otherwise, value=0, other=2),
    "pipe": _node(tree.Pipe, value=0, function=2),
    "call": _node(tree.Call, function=0, arguments=2),
    "arguments": _all,
    "by_position": _argument,
    "by_name": _node(tree.Argument, name=0, value=2),
    "indexed": _node(tree.Indexed, value=0, axes=2),
    "axis_list": _all,
    "axis": _node(tree.Axis, value=0),
    "axis_at": _node(tree.Axis, value=0, place=2),
    "axis_below": _node(tree.Axis, value=0, extent=2),
    "axis_below_at": _node(tree.Axis, value=0, extent=2, place=4),
    "member": _node(tree.Member, value=0, name=2),
    # declarations
    "declaration": _node(tree.Declaration, name=0, axes=1, bound=2, default=3),
    "parameter": _node(tree.Parameter, name=0, alias=1, axes=2, bound=3, default=4),
    "parameters": _all,
    "alias": _value(-1),
    "axes": _value(1),
    "bound": _value(-1),
    "default": _value(-1),
    "kind_only": _node(tree.Bound, kind=0),
    "kind_below": _node(tree.Bound, kind=0, limit=2),
    # statements
    "let": _node(tree.Let, name=1, value=3),
    "input": _inputs,
    "inputs": _several,
    "param": _node(tree.Param, declaration=1),
    "state": _node(tree.State, declaration=1),
    "shape": _shape,
    "equation": _node(tree.Equation, target=0, value=2),
    "update": _node(tree.Update, target=0, value=2),
    "total": _node(tree.Total, target=1, value=3),
    "final": _node(tree.Final, target=1, value=3),
    "output": _output,
    "output_equation": _node(tree.Output, target=1, value=3),
    "penalty": _node(tree.Penalty, value=1),
    "count": _node(tree.Count, value=1),
    "require": _require,
    "use": _node(tree.Use, value=1),
    "if": _node(tree.If, condition=1, then=3),
    "if_else": _node(tree.If, condition=1, then=3, otherwise=7),
    "if_else_if": _else_if,
    "stable": _node(tree.Stable, value=1),
    "exact": _node(tree.Exact, value=1),
    "example": _node(tree.Example, value=1, expected=3),
    "also": _also,
    "statements": _all,
    # the file
    "file": _file,
    "import_all": _path,
    "import_as": _path,
    "definition": _definition,
    "override": _value(-1),
    "kind": _value(0),
    "formula": _formula,
    "block": _value(1),
    "attributes": _all,
    "model": _model,
    # settings
    "data": _node(tree.Data, settings=2),
    "train": _train(None, 2),
    "train_model": _train(1, 3),
    "settings": _all,
    "setting": _setting,
    "items": _items,
    "values": _values,
    "rule": lambda children: _rule(children),
    "named": _named,
    "announced": lambda children: _piece(_nodes(children), children),
    "announce": _node(tree.Name, name=0),
}


def _rule(children: Sequence[Child]) -> Piece:
    piece = _piece(None, children, 1)
    piece.value = tree.Item(children[0].value, None, children[2].value, span=piece.span)
    return piece
