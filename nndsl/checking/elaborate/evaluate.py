"""The heart of the elaborator: what an expression means, by the kind of its node.

The modules of this package each know some kinds of nodes and file their rules here; so they can ask for the meaning of what
stands inside without importing each other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from nndsl.checking.elaborate.frame import Branching, Broken, Deferred, Entry, Place, Thunk
from nndsl.checking.elaborate.mistakes import Mistake, mistake
from nndsl.checking.elaborate.values import (
    Applicable,
    Array,
    Bundle,
    Chain,
    Closure,
    Given,
    Listing,
    Operation,
    Outputs,
    Value,
    number,
)
from nndsl.diagnostics import Span
from nndsl.ir.expression import Extent
from nndsl.syntax.tree import Call, Expression, Node

Rule = Callable[[Any, Place], Value]
R = TypeVar("R", bound=Callable[..., Any])

def _missing(*_: Any) -> Any:
    raise AssertionError("the modules of this package are loaded together")


RULES: dict[type[Node], Rule] = {}
"""What each kind of expression means."""



@dataclass
class Above:
    """What the rules of one module need from modules that import it; each is filed as its module is loaded.

    Args:
        formula: the value of a whole formula.
        force: what a name means whose statement has not been elaborated.
        shape_of: the shape of that, without elaborating its formula.
        stack: a list as a tensor.
        primitive: the name that a call calls, if that is none of the definition's own.
        callee: the definition that a call calls.
        call_definition: the value of such a call.
    """

    formula: Callable[[Expression, Place], Value]
    force: Callable[[Deferred], Value | Broken]
    shape_of: Callable[[Deferred], tuple[Extent, ...] | None]
    stack: Callable[[Listing | tuple[Value, ...], Span, Place], Array]
    primitive: Callable[[Expression, Place], str | None]
    callee: Callable[[Expression, Place], Value]
    call_definition: Callable[[Closure | Chain, tuple[Given, ...], Call, Place], Value]


ABOVE = Above(*[_missing] * 7)

def rule(*nodes: type[Node]) -> Callable[[R], R]:
    """File a function as the meaning of these kinds of expressions."""
    def file(function: R) -> R:
        RULES.update(dict.fromkeys(nodes, function))
        return function
    return file


def hook(function: R) -> R:
    """File a function under its name for modules that stand below its own."""
    setattr(ABOVE, function.__name__, function)
    return function


def evaluate(node: Expression, place: Place) -> Value:
    """What an expression means, part of a formula whose indices are known."""
    return RULES[type(node)](node, place)


def evaluate_alone(node: Expression, place: Place) -> Value:
    """What an expression means that is a whole formula."""
    if place.analysis is None:
        return ABOVE.formula(node, place)
    return evaluate(node, place)


def look_up(entry: Entry) -> Value:
    """What a name means that stands for `entry`."""
    if isinstance(entry, Thunk):
        if not entry.known:
            entry.value, entry.known = evaluate_alone(entry.node, entry.place), True
        return entry.value
    value: Value | Branching | Broken = ABOVE.force(entry) if isinstance(entry, Deferred) else entry
    if isinstance(value, (Branching, Broken)):
        raise Mistake
    return value


def as_array(value: Value, span: Span, place: Place) -> Array:
    """A value as numbers.

    Raises:
        Mistake: it is none.
    """
    if isinstance(value, Array):
        return value
    if isinstance(value, (bool, int, float)):
        return number(value)
    if isinstance(value, Outputs):
        return as_array(value.first, span, place)
    if isinstance(value, (Listing, tuple)):
        return ABOVE.stack(value, span, place.inner())
    raise mistake("NN0206", span, expected="a number or a tensor", found=describe(value))


def array(node: Expression, place: Place) -> Array:
    """The numbers that an expression gives."""
    return as_array(evaluate(node, place), node.span, place)


DESCRIPTIONS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "a truth value"),
    ((int, float), "a number"),
    (str, "a string"),
    (tuple, "a list"),
    (Listing, "a list"),
    (Array, "a tensor"),
    (Bundle, "several values"),
    (Outputs, "several outputs"),
    (Operation, "a function"),
)


def describe(value: Value) -> str:
    """What a value is, for messages."""
    if value is None:
        return "`none`"
    if isinstance(value, Closure):
        return f"the {value.found.kind} `{value.name}`"
    return next((text for kinds, text in DESCRIPTIONS if isinstance(value, kinds)), "a pipeline")


def known(node: Expression, place: Place) -> Value:
    """The value of an expression that must be known when the model is built.

    Raises:
        Mistake: it depends on what the model computes.
    """
    value = evaluate_alone(node, place)
    if isinstance(value, Array):
        raise mistake("NN0207", node.span, "is only known when the model runs")
    return value


def known_truth(node: Expression, place: Place) -> bool:
    """A condition known when the model is built."""
    value = known(node, place)
    if not isinstance(value, (bool, int, float)):
        raise mistake("NN0206", node.span, expected="a truth value", found=describe(value))
    return bool(value)


def whole(value: Value, span: Span) -> int:
    """A value as a whole number: an index or a size.

    Raises:
        Mistake: it is none.
    """
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        found = str(value) if isinstance(value, float) else describe(value)
        raise mistake("NN0206", span, expected="a whole number", found=found)
    return value


def size(node: Expression, place: Place) -> int:
    """How far an axis runs.

    Raises:
        Mistake: it is no whole number of at least 1.
    """
    return _size(known(node, place), node.span)


def sizes(node: Expression, place: Place) -> tuple[int, ...]:
    """How far one axis runs, or several where a list says so."""
    value = known(node, place)
    return tuple(_size(x, node.span) for x in (value if isinstance(value, tuple) else (value,)))


def _size(value: Value, span: Span) -> int:
    found = whole(value, span)
    if found < 1:
        raise mistake("NN0208", span, size=found)
    return found


def applicable(value: Value, span: Span) -> Applicable:
    """A value as something that can be applied."""
    if isinstance(value, Applicable):
        return value
    raise mistake("NN0206", span, expected="a function or a layer", found=describe(value))
