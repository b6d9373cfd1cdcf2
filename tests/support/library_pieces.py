"""Every definition of the library compiled by itself, for inputs that fit its signature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from library import Stated, definitions, examples

from nndsl.checking import pieces
from nndsl.checking.pieces import Built, Piece
from nndsl.compiler import Precision, Stages, compile_piece
from nndsl.diagnostics import NNError
from nndsl.signature import Port
from nndsl.syntax.tree import Definition, Dots, Name

KINDS = ("activation", "loss", "metric", "optimizer", "schedule", "initializer", "regularizer")
"""The kinds whose definitions stand alone; layers are for models."""

EXTENT = 4
EVERY = [definition for kind in KINDS for definition in definitions(kind)]


def name_of(definition: Definition) -> str:
    """`loss.huber`"""
    return f"{definition.kind}.{definition.name}"


def settings_of(definition: Definition) -> tuple[tuple[Any, ...], Mapping[str, Any]]:
    """The settings to look at a definition with: its defaults, else those of its first example."""
    arguments = {"activation": 1, "regularizer": 1, "loss": 2, "metric": 2}.get(definition.kind, 0)
    needed = [p for p in definition.parameters[arguments:] if p.default is None and not p.name.startswith("fan_")]
    first: Stated | None = next(iter(examples(definition)), None) if needed else None
    assert not needed or first is not None, f"{name_of(definition)}: an example says what `{needed[0].name}` may be"
    return (first.positional[arguments:], first.named) if first else ((), {})


def built(definition: Definition) -> Built:
    """A definition by itself."""
    positional, named = settings_of(definition)
    piece = Piece(definition.kind, definition.name, positional, named)
    target, prediction = (_shape(definition, n) if definition.kind == "loss" else () for n in (0, 1))
    make = {"activation": lambda: pieces.activation(piece, (EXTENT, 6)),
            "loss": lambda: pieces.loss(piece, prediction or (EXTENT,), target),
            "regularizer": lambda: pieces.regularizer(piece, (EXTENT, 3)), "schedule": lambda: pieces.schedule(piece),
            "initializer": lambda: pieces.initializer(piece, (EXTENT, 3)),
            "optimizer": lambda: pieces.optimizer(piece, [(EXTENT, 3), (3,)]), "metric": lambda: _metric(definition, piece)}
    return make[definition.kind]()


def _metric(definition: Definition, piece: Piece) -> Built:
    """A metric for the first shapes of target and prediction that fit."""
    whole = definition.parameters[0].bound is not None
    stated = _shape(definition, 0), _shape(definition, 1)
    for target, prediction in (stated, ((EXTENT,), (EXTENT,)), ((), (EXTENT,)), ((), ())):
        try:
            return pieces.metric(piece, Port("q", target, "int" if whole else "real"), prediction)
        except NNError as error:
            problem = error
    raise problem


def _shape(definition: Definition, number: int) -> tuple[int, ...]:
    axes: Sequence[Any] = definition.parameters[number].axes or ()
    return tuple(EXTENT for axis in axes if not isinstance(axis.value, Dots) and _is_no_batch(axis.value))


def _is_no_batch(value: Any) -> bool:
    return not (isinstance(value, Name) and value.name == "batch")


@cache
def stages(kind: str, name: str, precision: Precision = "float32") -> Stages:
    """A definition through the whole compiler."""
    definition = next(d for d in EVERY if (d.kind, d.name) == (kind, name))
    return compile_piece(built(definition), precision)
