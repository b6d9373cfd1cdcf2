"""From the rules of the grammar to the tree: one row a rule.

A row is given the rule's children, signs included, and makes a Piece. Most rows say with `node` which child fills which field
of which dataclass.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from nndsl.diagnostics import NNError, Span, problem
from nndsl.syntax import tree
from nndsl.syntax.numbers import read_number
from nndsl.syntax.piece import Builder, Children, Piece, every, made, node, nodes, part, value
from nndsl.syntax.token import Token

MOST_DIGITS = 18
"""A whole number with more digits may not fit into 64 bits."""
LONGEST_NUMBER = 100
"""Characters of a number; a float64 has 17 digits."""
CONSTANTS = {"true": True, "false": False, "none": None}


def _leaf(kind: type[tree.Node], field: str, read: Callable[[Token], Any]) -> Builder:
    """A row for a node that is one token."""
    return made(lambda span, children: kind(**{field: read(children[0])}, span=span))


def _number(token: Token) -> int | float:
    """The value of a number.

    Raises:
        NNError: it is too long, or no float64 is near it.
    """
    text = token.value
    if len(text) > LONGEST_NUMBER:
        raise NNError(problem("NN0009", token.span, what=f"{text[:12]}…", why=f"has {len(text):,} characters"))
    number = read_number(text)
    if isinstance(number, int):
        if number >= 10**MOST_DIGITS:
            helps: tuple[str, ...] = (f"as a number that need not be whole it is written `{float(number):g}`",)
            raise NNError(problem("NN0009", token.span, what=text, why=f"has more than {MOST_DIGITS} digits", helps=helps))
    elif math.isinf(number) or number == 0 and text.rstrip("%").lower().split("e")[0].strip("0."):
        helps = ("infinity is written `inf`",) if math.isinf(number) else ()
        raise NNError(problem("NN0009", token.span, what=text, why="is beyond the numbers a computer holds", helps=helps))
    return number


def _text(token: Token) -> str:
    """What stands between the quotes of a string."""
    return token.value[1:-1]


def _comparison(span: Span, children: Children) -> tree.Node:
    operators = tuple(c.value for c in children if isinstance(c, Token))
    return tree.Comparison(operators, nodes(children), span=span)


def _call(span: Span, children: Children) -> tree.Node:
    """`f(x)`.

    Raises:
        NNError: what stands before the bracket can be no function: `2(x + 1)` is meant as a product.
    """
    function, _, arguments, _ = children
    if not isinstance(function.value, (tree.Name, tree.Indexed, tree.Member, tree.Call)):
        helps = (f"a product is written `{function.span.text} * (...)`",) if "\n" not in function.span.text else ()
        raise NNError(problem("NN0029", function.span, "no function", helps=helps))
    return tree.Call(function.value, arguments.value, span=span)


def _statement(kind: type[tree.Node], target: int) -> Builder:
    """A row for `target = value` and its like: what stands left must be a name, with or without index brackets.

    Raises:
        NNError: it is something else.
    """

    def make(span: Span, children: Children) -> tree.Node:
        left, sign, right = children[target : target + 3]
        name = left.value.value if isinstance(left.value, tree.Indexed) else left.value
        if not isinstance(name, tree.Name):
            raise NNError(problem("NN0018", left.span, "not a name", sign=sign.value, helps=_way_to_define(left.value)))
        return kind(target=left.value, value=right.value, span=span)  # type: ignore[call-arg]

    return made(make)


def _way_to_define(left: tree.Expression) -> tuple[str, ...]:
    """What was probably meant by a left side that is no name."""
    if isinstance(left, tree.Call):
        return ("a function of your own is defined outside all blocks: `function f(x) = ...`",)
    if isinstance(left, (tree.Group, tree.ListOf)):
        return ("write an equation for each name",)
    return ()


def _inputs(children: Children) -> Piece:
    """`input a[A], b[B]`: an Input each, the first of which begins at the word."""
    word, *declared = [c for c in children if isinstance(c, Piece) or c.type == "INPUT"]
    made_of = [tree.Input(c.value, span=c.span) for c in declared]
    made_of[0] = tree.Input(declared[0].value, span=word.span.to(declared[0].span))
    piece = part(tuple(made_of), children)
    piece.depth += 1
    return piece


def _shape(span: Span, children: Children) -> tree.Node:
    _, name, bracket, axes, end = children
    declaration = tree.Declaration(name.value, axes.value, span=name.span.to(end.span))
    return tree.Shape(declaration, span=span)


def _definition(span: Span, children: Children) -> tree.Node:
    override, kind, name, _, parameters, _, body, attributes = children
    return tree.Definition(kind.value, name.value, parameters.value, body.value, attributes.value, override.value is not None,
                           name_span=name.span, span=span)


def _model(span: Span, children: Children) -> tree.Node:
    _, name, _, body, _ = children
    return tree.Model(name.value, body.value, name_span=name.span, span=span)


def _setting(span: Span, children: Children) -> tree.Node:
    word, items = children
    return tree.Setting(word.value, items.value, name_span=word.span, span=span)


def _items(children: Children) -> Piece:
    """The items of a setting; in `a, b: rule` the names before the one with the rule share it."""
    gathered: list[tree.Item] = []
    for item in nodes(children):
        while item.rule is not None and gathered and _may_share(gathered[-1]):
            first = gathered.pop()
            item = tree.Item(first.values + item.values, None, item.rule, span=first.span.to(item.span))
        gathered.append(item)
    return part(tuple(gathered), children)


def _may_share(item: tree.Item) -> bool:
    return item.name is None and item.rule is None and len(item.values) == 1


BUILDERS: dict[str, Builder] = {
    # the file
    "file": every,
    "import_all": made(lambda span, c: tree.Import(_text(c[1]), span=span)),
    "import_as": made(lambda span, c: tree.Import(_text(c[1]), c[3].value, span=span)),
    "definition": made(_definition),
    "override": value(0),
    "kind": value(0),
    "formula": lambda c: part((tree.Output(None, c[1].value, span=c[1].span),), c),
    "block": value(1),
    "attributes": every,
    "parameters": every,
    "parameter": node(tree.Parameter, name=0, alias=1, axes=2, bound=3, default=4),
    "alias": value(-1),
    "model": made(_model),
    # statements
    "statements": every,
    "let": node(tree.Let, name=1, value=3),
    "input": _inputs,
    "inputs": made(lambda span, c: tree.Input(c[1].value, several=True, span=span)),
    "param": node(tree.Param, declaration=1),
    "state": node(tree.State, declaration=1),
    "shape": made(_shape),
    "declaration": node(tree.Declaration, name=0, axes=1, bound=2, default=3),
    "axes": value(1),
    "bound": value(-1),
    "kind_only": node(tree.Bound, kind=0),
    "kind_below": node(tree.Bound, kind=0, limit=2),
    "default": value(-1),
    "equation": _statement(tree.Equation, 0),
    "update": _statement(tree.Update, 0),
    "total": _statement(tree.Total, 1),
    "final": _statement(tree.Final, 1),
    "output": made(lambda span, c: tree.Output(None, c[1].value, span=span)),
    "output_equation": _statement(tree.Output, 1),
    "penalty": node(tree.Penalty, value=1),
    "count": node(tree.Count, value=1),
    "require": made(lambda span, c: tree.Require(c[1].value, _text(c[3]), span=span)),
    "use": node(tree.Use, value=1),
    "if": node(tree.If, condition=1, then=3),
    "if_else": node(tree.If, condition=1, then=3, otherwise=7),
    "if_else_if": made(lambda span, c: tree.If(c[1].value, c[3].value, (c[6].value,), span=span)),
    "stable": node(tree.Stable, value=1),
    "exact": node(tree.Exact, value=1),
    "example": node(tree.Example, value=1, expected=3),
    "also": made(lambda span, c: tree.Also(tuple(name.value for name in c[1::2]), span=span)),
    # settings
    "data": node(tree.Data, settings=2),
    "train": made(lambda span, c: tree.Train(None, c[2].value, span=span)),
    "train_model": node(tree.Train, model=1, settings=3),
    "settings": every,
    "setting": made(_setting),
    "items": _items,
    "values": node(tree.Item, values=0),
    "rule": node(tree.Item, values=0, rule=2),
    "named": made(lambda span, c: tree.Item((c[2].value,), c[0].value, span=span)),
    "announced": every,
    "announce": node(tree.Name, name=0),
    # formulas
    "otherwise": node(tree.Otherwise, value=0, other=2),
    "pipe": node(tree.Pipe, value=0, function=2),
    "binary": node(tree.Binary, left=0, operator=1, right=2),
    "unary": node(tree.Unary, operator=0, operand=1),
    "comparison": made(_comparison),
    "call": made(_call),
    "arguments": every,
    "by_position": made(lambda span, c: tree.Argument(None, c[0].value, span=span)),
    "by_name": node(tree.Argument, name=0, value=2),
    "indexed": node(tree.Indexed, value=0, axes=2),
    "axis_list": every,
    "axis": node(tree.Axis, value=0),
    "axis_at": node(tree.Axis, value=0, place=2),
    "axis_below": node(tree.Axis, value=0, extent=2),
    "axis_below_at": node(tree.Axis, value=0, extent=2, place=4),
    "member": node(tree.Member, value=0, name=2),
    "name": node(tree.Name, name=0),
    "number": _leaf(tree.Number, "value", _number),
    "string": _leaf(tree.String, "value", _text),
    "literal": _leaf(tree.Constant, "value", lambda token: CONSTANTS[token.value]),
    "bracketed": lambda c: part(c[1].value, c),
    "group": made(lambda span, c: tree.Group(nodes(c), span=span)),
    "list": made(lambda span, c: tree.ListOf(nodes(c), span=span)),
    "dots": node(tree.Dots),
}
