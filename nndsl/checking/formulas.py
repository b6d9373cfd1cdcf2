"""Formulas: what each name in them means, and whether it may stand there. One visitor for each kind of expression."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from nndsl.checking.body import Body, Place, bare, describe
from nndsl.checking.calls import Given, bare_call, by_arrow, definition_call, primitive_call
from nndsl.checking.indices import new_indices, unknown_index
from nndsl.checking.names import Local
from nndsl.checking.primitives import ACTIVATIONS, KEEPS_ITS_INDEX, NUMBERS, PRIMITIVES, REDUCTIONS, Primitive, called
from nndsl.checking.rules import ANYTHING, FUNCTION, PIPE, VALUE, Expected
from nndsl.checking.scope import FORMULA, KINDS
from nndsl.checking.walking import CHILDREN, extents
from nndsl.checking.words import did_you_mean, listed
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


def check(body: Body, expression: Expression, place: Place) -> None:
    """Looks through an expression; what is wrong goes to the body's report."""
    VISITORS[type(expression)](body, expression, place)


# ---------------------------------------------------------------------------------------------------- names


def _name(body: Body, node: Name, place: Place) -> None:
    local = body.names.get(node.name)
    if node.name in place.indices or node.name in NUMBERS:
        _plain(body, node, place)
    elif local is not None and not ("value" not in place.expected and _hidden(body, node, local, place)):
        body.read(local, node.span, place)
    elif node.name in body.rule.special and "value" in place.expected:
        _special(body, node, place)
    elif node.name in body.scope.lets:
        body.lets.add(node.name)
    elif node.name == "batch":
        body.complain("NN0106", node.span, helps=("the batch is implicit; only a reduction names it: `mean[batch, ...](...)`",),
                      name=node.name, what="the axis of the samples")
    else:
        _definition(body, node, place)


def _hidden(body: Body, node: Name, local: Local, place: Place) -> bool:
    """Whether one of the body's own names cannot be meant, but a definition of the same name can."""
    return not local.callable and body.scope.refer(node, _kinds(place.expected)) is not None


def _special(body: Body, node: Name, place: Place) -> None:
    """`t`, `g`, `step`, `training`: of these only `training` is known when code is generated, where an `if` may ask for it."""
    if place.built and node.name != "trainable" and not (node.name == "training" and place.built == "an `if`"):
        body.complain("NN0128", node.span, name=node.name, what=place.built)
    _plain(body, node, place)


def _definition(body: Body, node: Name | Member, place: Place) -> None:
    """A name that is none of the body's own: a definition standing for itself, or unknown."""
    found = body.refer(node, _kinds(place.expected))
    if found is not None:
        bare_call(body, node.span, found)
    elif not ("activation" in place.expected and bare(node) in ACTIVATIONS):
        if place.bracket and not _anywhere(body, node):
            unknown_index(body, node, bare(node), place)
        else:
            body.missing(node, bare(node), place)


def _anywhere(body: Body, node: Expression) -> bool:
    return any(body.scope.refer(node, (kind,)) for kind in (*KINDS, "model"))


def _kinds(expected: Expected) -> tuple[str, ...]:
    """The kinds of definitions that may stand for themselves where `expected` may."""
    return tuple(kind for kind in expected if kind != "value")


def _member(body: Body, node: Member, place: Place) -> None:
    root = node.value
    if isinstance(root, Name) and root.name in body.names:
        body.read(body.names[root.name], root.span, replace(place, expected=ANYTHING))
    elif isinstance(root, Name) and root.name == "target" and body.targets:
        if node.name not in body.targets:
            helps = did_you_mean(node.name, body.targets, "the model's outputs are")
            body.complain("NN0130", node.span, helps=helps, name=node.name)
    else:
        _definition(body, node, place)


# ---------------------------------------------------------------------------------------------------- values

_LITERALS: dict[type[Any], str] = {
    Number: "a number",
    String: "a string",
    Constant: "a truth value",
    ListOf: "a list",
}

NAME = re.compile(r"[^\W\d]\w*")
UNQUOTED = re.compile(r"[\d.]+(e-?\d+)?%?|true|false")


def _instead(node: Expression, place: Place) -> tuple[str, ...]:
    """What was probably meant by a value where none may stand."""
    unquoted = UNQUOTED if place.literal else NAME
    if isinstance(node, String) and unquoted.fullmatch(node.value):
        return (f"write `{node.value}`, without quotes",)
    if isinstance(node, (Binary, Comparison)) and "layer" in place.expected:
        return ("a pipeline that is part of a formula stands in parentheses: `(x -> f) + y`",)
    return ()


def _plain(body: Body, node: Expression, place: Place) -> None:
    """Something that is a value: complains if none may stand here, then looks through its parts."""
    if "value" not in place.expected and node != Constant(None):
        helps = _instead(node, place)
        found = _LITERALS.get(type(node), "a formula")
        body.complain("NN0305", node.span, place.of, helps=helps, found=found, expected=describe(place.expected))
        return
    if place.literal and isinstance(node, (String, ListOf)):
        helps = _instead(node, place)
        body.complain("NN0305", node.span, place.of, helps=helps, found=_LITERALS[type(node)], expected=place.literal)
        return
    inner = replace(place, expected=VALUE, of="", literal="")
    for child in CHILDREN[type(node)](node):
        check(body, child, inner)


def _arithmetic(body: Body, node: Unary | Binary, place: Place) -> None:
    """What is calculated with is a number."""
    body.numbers.update(child.name for child in CHILDREN[type(node)](node) if isinstance(child, Name))
    _plain(body, node, place)


def _comparison(body: Body, node: Comparison, place: Place) -> None:
    """A setting compared with `none` is not thereby a number; one compared with a text may be one."""
    names = {operand.name for operand in node.operands if isinstance(operand, Name)}
    if any(isinstance(operand, String) for operand in node.operands):
        body.texts.update(names)
    elif not set(node.operators) & {"==", "!="}:
        body.numbers.update(names)
    if Constant(None) not in node.operands:
        _plain(body, node, place)
        return
    for operand in node.operands:
        if isinstance(operand, Name) and operand.name in body.names:
            body.used.add(operand.name)
        else:
            check(body, operand, replace(place, expected=VALUE))


def _axis_parts(body: Body, axis: Axis, place: Place) -> None:
    check(body, axis.value, replace(place, expected=VALUE, bracket=True, of="", literal=""))
    for part in (axis.extent, axis.place):
        if part is not None:
            check(body, part, Place(built="a size"))


def _indexed(body: Body, node: Indexed, place: Place) -> None:
    if "value" not in place.expected:
        _plain(body, node, place)
        return
    check(body, node.value, replace(place, expected=VALUE, of="", bracket=False, literal=""))
    for axis in node.axes:
        _axis_parts(body, axis, place)


def _pipe(body: Body, node: Pipe, place: Place) -> None:
    """`value -> f` where a value is expected; `f -> g` composes where a layer is."""
    if place.expected != ANYTHING and "value" not in place.expected and "layer" not in place.expected:
        _plain(body, node, place)
        return
    left = ANYTHING if place.expected == ANYTHING else VALUE if "value" in place.expected else PIPE
    check(body, node.value, replace(place, expected=left, of="", literal=""))
    check(body, node.function, replace(place, expected=PIPE, of="", bracket=False, built="", literal=""))


# ---------------------------------------------------------------------------------------------------- calls


def _call(body: Body, node: Call, place: Place) -> None:
    if isinstance(node.function, Indexed):
        _reduction(body, node, node.function, place)
        return
    name = bare(node.function)
    known = body.names.get(name) if isinstance(node.function, Name) else None
    if (known is not None and known.callable) or (known is None and name in body.scope.lets):
        _own_call(body, node, place)
        return
    if (callee := _callee(body, node, name, place)) is not None:
        for argument, inner in callee:
            check(body, argument.value, inner)
        return
    body.missing(node.function, name, place, call=True, helps=by_arrow(node))
    for argument in node.arguments:
        check(body, argument.value, Place(ANYTHING, place.indices))


def _callee(body: Body, node: Call, name: str, place: Place) -> list[Given] | None:
    """What is called, looked for in the order of what is expected, and where its arguments go."""
    for kind in place.expected:
        if kind == "value":
            given = _formula_call(body, node, name, place)
            if given is not None:
                return given
        elif found := body.refer(node.function, (kind,)):
            return definition_call(body, node, found, place, applied=False)
        elif kind == "layer" and name in PRIMITIVES and PRIMITIVES[name].pipeline:
            return primitive_call(body, node, name, PRIMITIVES[name], place)
    return None


def _formula_call(body: Body, node: Call, name: str, place: Place) -> list[Given] | None:
    """A call in a formula: a function, else a primitive, else what else formulas of this kind of definition may call."""
    first = isinstance(node.function, Member)
    found = body.refer(node.function, KINDS_OF_FORMULAS if first else FORMULA)
    row = called(name) if isinstance(node.function, Name) else None
    if found is None and row is not None and not row.pipeline:
        return primitive_call(body, node, name, row, place)
    found = found or body.refer(node.function, body.rule.calls)
    return definition_call(body, node, found, place, applied=True) if found else None


KINDS_OF_FORMULAS = (*FORMULA, "loss", "metric", "schedule", "regularizer", "initializer")
"""What a formula may call by `kind.name`."""


def _own_call(body: Body, node: Call, place: Place) -> None:
    """A call of a setting or a `let`, of which no more is known than how it is used."""
    assert isinstance(node.function, Name)
    expected = tuple(dict.fromkeys(k for kind in place.expected for k in (FUNCTION if kind == "value" else (kind,))))
    check(body, node.function, replace(place, expected=expected))
    for argument in node.arguments:
        check(body, argument.value, Place(ANYTHING, place.indices))


def check_extents(body: Body, head: Indexed) -> None:
    """Looks through what a left side or a reduction says of how far its indices run."""
    for extent in extents(head.axes):
        check(body, extent, Place(built="a size"))


def _reduction(body: Body, node: Call, head: Indexed, place: Place) -> None:
    """`sum[i](...)`: its indices are new, and stand in what it is applied to."""
    if "value" not in place.expected:
        _plain(body, node, place)
        return
    name = bare(head.value)
    row = REDUCTIONS.get(name)
    if row is None:
        helps = did_you_mean(name, REDUCTIONS) or (f"those that do are {listed(REDUCTIONS)}",)
        body.complain("NN0131", head.value.span, helps=helps, name=name)
        row = Primitive(1, 1)
    around = frozenset() if name in KEEPS_ITS_INDEX else place.indices
    new = new_indices(body, head, around, batch=True)
    check_extents(body, head)
    inner = replace(place, indices=place.indices | new, bracket=False, literal="")
    for argument, where in primitive_call(body, node, name, row, inner):
        check(body, argument.value, where)


VISITORS: dict[type[Any], Callable[[Body, Any, Place], None]] = {
    Name: _name,
    Member: _member,
    Number: _plain,
    String: _plain,
    Constant: _plain,
    ListOf: _plain,
    Dots: _plain,
    Group: _plain,
    Unary: _arithmetic,
    Binary: _arithmetic,
    Otherwise: _plain,
    Comparison: _comparison,
    Indexed: _indexed,
    Pipe: _pipe,
    Call: _call,
}
"""What looks through each kind of expression."""
