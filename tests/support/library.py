"""The library's definitions and what they say about themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

import nndsl
from nndsl.checking.library import standard
from nndsl.checking.names import flattened
from nndsl.syntax.tree import Call, Constant, Definition, Example, Expression, ListOf, Name, Number, String, Unary

NAMED = {"inf": np.inf, "pi": np.pi}


@dataclass(frozen=True)
class Stated:
    """An `example` line.

    Args:
        definition: what it stands beside.
        positional, named: what the call gives.
        expected: its value.
        text: the line.
    """

    definition: Definition
    positional: tuple[Any, ...]
    named: dict[str, Any]
    expected: Any
    text: str


def definitions(*kinds: str) -> Iterator[Definition]:
    """The library's definitions of some kinds, each once."""
    for scope in standard().library.scopes:
        for (kind, name), found in scope.definitions.items():
            if kind in kinds and isinstance(found, Definition) and found.name == name:
                yield found


def examples(definition: Definition) -> list[Stated]:
    """The `example` lines of a definition."""
    lines = [*definition.attributes, *(s for s, _ in flattened(definition.body))]
    found = []
    for line in lines:
        if isinstance(line, Example):
            assert isinstance(line.value, Call)
            positional = tuple(literal(a.value) for a in line.value.arguments if a.name is None)
            named = {a.name: literal(a.value) for a in line.value.arguments if a.name is not None}
            text = f"{definition.kind}.{line.value.span.text}"
            found.append(Stated(definition, positional, named, literal(line.expected), text))
    return found


def literal(node: Expression) -> Any:
    """The value of a number, a list, a string or the like."""
    match node:
        case Number(value) | String(value) | Constant(value):
            return value
        case Name(name):
            return NAMED[name]
        case Unary("-", operand):
            return -literal(operand)
        case ListOf(items):
            return [literal(item) for item in items]
    raise TypeError(f"an example is given plain values, not {node.span.text}")


def evaluated(stated: Stated) -> Any:
    """The value of an example through the Python interface."""
    return EVALUATED[stated.definition.kind](stated)


def _activation(stated: Stated) -> Any:
    x, *rest = stated.positional
    return nndsl.activation(stated.definition.name, *rest, **stated.named)(x)


def _regularizer(stated: Stated) -> Any:
    w, *rest = stated.positional
    return nndsl.regularizer(stated.definition.name, *rest, **stated.named)(w)


def _loss(stated: Stated) -> Any:
    y, p, *rest = stated.positional
    whole = stated.definition.parameters[0].axes is not None and _names_batch(stated.definition)
    y, p = (np.asarray(y), np.asarray(p)) if whole else (np.asarray([y]), np.asarray([p]))
    return np.squeeze(nndsl.loss(stated.definition.name, *rest, **stated.named)(y, p))


def _names_batch(definition: Definition) -> bool:
    axes = definition.parameters[0].axes or ()
    return any(isinstance(axis.value, Name) and axis.value.name == "batch" for axis in axes)


def _metric(stated: Stated) -> Any:
    y, p, *rest = stated.positional
    metric = nndsl.metric(stated.definition.name, *rest, **stated.named)
    metric.update(np.asarray(y), np.asarray(p))
    return metric.result()


def _schedule(stated: Stated) -> Any:
    named = dict(stated.named)
    step = named.pop("step", 0)
    return nndsl.schedule(stated.definition.name, *stated.positional, **named)(step)


def in_sequence(definition: Definition) -> bool:
    """Whether a loss compares sequences: of labels, and of scores of every class."""
    return sum(isinstance(axis.value, Name) and axis.value.name != "batch" for axis in definition.parameters[1].axes or ()) > 1


EVALUATED = {"activation": _activation, "regularizer": _regularizer, "loss": _loss, "metric": _metric, "schedule": _schedule}
"""How an example of each kind is evaluated."""
