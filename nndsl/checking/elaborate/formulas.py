"""Names, literals and signs."""

from __future__ import annotations

import math
from collections.abc import Mapping

from nndsl.checking.elaborate.arrays import elementwise
from nndsl.checking.elaborate.evaluate import as_array, describe, evaluate, look_up, rule
from nndsl.checking.elaborate.fold import fold
from nndsl.checking.elaborate.frame import Place, Thunk
from nndsl.checking.elaborate.mistakes import mistake
from nndsl.checking.elaborate.references import is_pipeline, reference
from nndsl.checking.elaborate.values import Array, Bundle, Listing, Operation, Outputs, Value
from nndsl.checking.primitives import ACTIVATIONS
from nndsl.checking.scope import FORMULA, PIPELINE
from nndsl.diagnostics import Span
from nndsl.ir.expression import Index
from nndsl.syntax.tree import (
    Binary,
    Call,
    Comparison,
    Constant,
    Dots,
    Expression,
    Group,
    ListOf,
    Member,
    Name,
    Number,
    String,
    Unary,
)

NUMBERS: Mapping[str, float] = {"pi": math.pi, "inf": math.inf}

SIGNS: Mapping[str, str] = {
    "or": "or", "and": "and", "+": "add", "-": "sub", "*": "mul", "/": "div", "//": "floordiv", "^": "pow",
    "==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge",
}
"""The operation that each sign between two operands stands for."""

SCHEDULE = ("schedule",)

WITHOUT_RESULT: Mapping[type[Exception], str] = {
    OverflowError: "is beyond the numbers a computer holds",
    ZeroDivisionError: "divides by zero",
}
"""What to say of an operation that has no result."""

BEFORE: Mapping[str, str] = {"-": "neg", "not": "not"}


@rule(Number, String, Constant)
def literal(node: Number | String | Constant, place: Place) -> Value:
    """A number, string, truth value or `none`."""
    return node.value


@rule(Name)
def name(node: Name, place: Place) -> Value:
    """What a name means: an index in scope, a name of the definition, a `let` of the file, or a function."""
    if node.name in place.indices:
        return Array((), Index(place.indices[node.name]))
    frame = place.frame
    if frame.knows(node.name):
        return look_up(frame.names[node.name])
    if node.name == "training" and frame.training is not None:
        return frame.training
    if node.name == "trainable" and frame.kind in ("layer", "model"):
        return frame.trainable
    if node.name in NUMBERS:
        return NUMBERS[node.name]
    if node.name in frame.scope.lets:
        return frame.context.constant(frame.scope, node.name)
    function = frame.context.function(node, frame.scope, FORMULA)
    if function is not None:
        return function
    if node.name in ACTIVATIONS:
        return Operation(node.name)
    if frame.context.function(node, frame.scope, SCHEDULE) is not None:
        return evaluate(Call(node, (), span=node.span), place)  # it has no settings to give, or defaults for all of them
    raise mistake("NN0209", node.span, name=node.name)


@rule(Member)
def member(node: Member, place: Place) -> Value:
    """An output of a layer, a target, or a definition with its kind or file before it."""
    frame = place.frame
    function = frame.context.function(node, frame.scope, FORMULA)
    if function is not None:
        return function
    if isinstance(node.value, Name) and node.value.name == "target" and "target" in frame.names:
        return frame.context.target(node, frame)
    value = evaluate(node.value, place.inner())
    if isinstance(value, Outputs):
        found = dict(value.items)
        if node.name in found:
            return found[node.name]
        known = ", ".join(f"`{name}`" for name in found if name)
        raise mistake("NN0221", node.span, name=node.name, helps=(f"there are {known}",) if known else ())
    raise mistake("NN0206", node.value.span, expected="a layer's outputs", found=describe(value))


@rule(ListOf)
def listing(node: ListOf, place: Place) -> Value:
    """A list: of known values, or of tensors."""
    items = tuple(evaluate(item, place.inner()) for item in node.items)
    known = all(item is None or isinstance(item, (bool, int, float, str, tuple)) for item in items)
    return items if known else Listing(items)  # type: ignore[return-value]


@rule(Group)
def group(node: Group, place: Place) -> Value:
    """Several values in brackets."""
    return Bundle(tuple(evaluate(item, place.inner()) for item in node.items))


@rule(Dots)
def dots(node: Dots, place: Place) -> Value:
    """`...` stands only between index brackets."""
    raise mistake("NN0211", node.span)


@rule(Unary)
def unary(node: Unary, place: Place) -> Value:
    """`-x` and `not x`"""
    return operate(BEFORE[node.operator], (evaluate(node.operand, place.part()),), (node.operand.span,), node.span, place)


@rule(Binary)
def binary(node: Binary, place: Place) -> Value:
    """`a + b`. A chain of signs is taken apart in a loop, since it may be long."""
    chain = [node]
    while isinstance(chain[-1].left, Binary):
        chain.append(chain[-1].left)
    value = evaluate(chain[-1].left, place.part())
    for link in reversed(chain):
        right = evaluate(link.right, place.part())
        value = operate(SIGNS[link.operator], (value, right), (link.left.span, link.right.span), link.span, place)
    return value


@rule(Comparison)
def comparison(node: Comparison, place: Place) -> Value:
    """`0 <= a < b`: all comparisons hold."""
    with_none = Constant(None) in node.operands
    values = [evaluate(operand, place.part()) if not with_none else given(operand, place) for operand in node.operands]
    spans = [operand.span for operand in node.operands]
    result: Value = None
    for number, operator in enumerate(node.operators):
        sides, places = (values[number], values[number + 1]), (spans[number], spans[number + 1])
        one = compare(SIGNS[operator], sides, places, node.span, place)
        result = one if number == 0 else operate("and", (result, one), (node.span, node.span), node.span, place)
    return result


def given(node: Expression, place: Place) -> Value:
    """What is compared with `none`: a value, or a layer that a setting was given."""
    entry = place.frame.names.get(node.name) if isinstance(node, Name) else None
    if isinstance(entry, Thunk) and isinstance(entry.node, Name) and entry.node.name in entry.place.frame.names:
        return given(entry.node, entry.place)
    if isinstance(entry, Thunk) and is_pipeline(entry.node, entry.place.frame):
        return reference(entry.node, entry.place, PIPELINE)
    return evaluate(node, place.part())


def compare(operation: str, values: tuple[Value, Value], spans: tuple[Span, Span], span: Span, place: Place) -> Value:
    """A comparison; anything known may be compared for equality."""
    numeric = all(isinstance(value, (bool, int, float)) for value in values)
    plain = all(value is None or isinstance(value, (bool, int, float, str, tuple)) for value in values)
    if operation in ("eq", "ne") and not numeric and (plain or None in values):
        return (values[0] == values[1]) == (operation == "eq")
    return operate(operation, values, spans, span, place)


def operate(operation: str, values: tuple[Value, ...], spans: tuple[Span, ...], span: Span, place: Place) -> Value:
    """An elementwise operation: folded where all is known.

    Raises:
        Mistake: an operand is no number, the shapes differ, or known numbers have no result.
    """
    if all(isinstance(value, (bool, int, float)) for value in values):
        try:
            return fold(operation, values)  # type: ignore[arg-type]
        except (ArithmeticError, ValueError, TypeError) as error:
            raise mistake("NN0222", span, WITHOUT_RESULT.get(type(error), "")) from None
    operands = tuple(as_array(value, where, place) for value, where in zip(values, spans, strict=True))
    return elementwise(operation, operands, spans, place)
