"""Definitions of the library, each as a piece of its own, and their examples."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import product

from nndsl.checking.names import flattened
from nndsl.checking.pieces import (
    PIECES,
    Built,
    Piece,
    Setting,
    Shape,
    activation,
    input_ports,
    layer,
    loss,
    optimizer,
    regularizer,
)
from nndsl.compiler import compile_piece
from nndsl.diagnostics import NNError
from nndsl.signature import Port
from nndsl.syntax.tree import Definition, Input
from nndsl.verify.examples import disagreements, library
from nndsl.verify.model import Verification
from nndsl.verify.mutants import planted
from nndsl.verify.report import Report
from nndsl.verify.subject import Subject

SHAPES: tuple[Shape, ...] = ((3,), (4, 3), (4, 4, 2), (3, 4, 4, 2), ())
"""Shapes that are tried, until one fits a definition."""

SETTINGS: tuple[Setting, ...] = (2, 0.5, [1], [3], [2, 1], [4, 1], "tanh", Piece("layer", "activation", ("tanh",)))
"""Values that are tried for settings that have no default."""

MOST = 600
"""Combinations that are tried."""


def verify_definitions(name: str | None, mutate: int, seed: int, tell: Callable[[str], None]) -> Iterator[Report]:
    """Verify definitions of the library: their gradients, updates and examples.

    Args:
        name: a definition's, with or without its kind before a dot; None for all.
        mutate, seed: how many faults to plant in each, and which.
        tell: is told what comes next.
    """
    for definition in library():
        if name in (None, definition.name, f"{definition.kind}.{definition.name}"):
            tell(f"{definition.kind} {definition.name}")
            yield verify_definition(definition, mutate, seed)


def verify_definition(definition: Definition, mutate: int = 0, seed: int = 0) -> Report:
    """Verify one definition of the library; of a kind that has no gradient, its examples."""
    wrong = tuple(disagreements(definition))
    title = f"{definition.kind} {definition.name}"
    built = _built(definition)
    if built is None:
        return Report(title, (), {}, wrong)
    single, double = (compile_piece(built, precision) for precision in ("float32", "float64"))
    places = {v.name: v.place for v in built.checked.variables}
    wanted = {n: places.get(n) or str(definition.name_span.place) for n in built.wanted}
    subject = Subject(single, built.seeds, wanted)
    report = Verification(subject, None, double).run()
    mutants = tuple(planted(subject, mutate, seed)) if mutate and wanted else ()
    return replace(report, name=title, disagreements=(*wrong, *report.disagreements), mutants=mutants)


def _built(definition: Definition) -> Built | None:
    """A definition with the first settings, and on the first shapes, that fit it."""
    if definition.kind not in BUILDERS:
        return None
    needed = _needed(definition)
    for count, (values, shapes) in enumerate(product(product(SETTINGS, repeat=len(needed)), product(SHAPES, SHAPES))):
        if count > MOST:
            break
        piece = Piece(definition.kind, definition.name, (), dict(zip(needed, values, strict=True)))
        try:
            return BUILDERS[definition.kind](piece, definition, shapes)
        except (NNError, TypeError):
            continue
    return None


def _needed(definition: Definition) -> list[str]:
    """The settings that must be given."""
    arguments = {"activation": 1, "loss": 2, "regularizer": 1}.get(definition.kind, 0)
    return [p.name for p in definition.parameters[arguments:] if p.default is None and p.name not in ("fan_in", "fan_out")]


def _layer(piece: Piece, definition: Definition, shapes: tuple[Shape, Shape]) -> Built:
    inputs = [s for s, _ in flattened(definition.body) if isinstance(s, Input) and s.declaration.default is None]
    several = any(s.several for s in inputs)
    count = 2 if several else len(inputs)
    ports: tuple[Port, ...] = input_ports(piece, [shapes[k % 2] for k in range(count)])
    return layer(piece, ports)


BUILDERS: Mapping[str, Callable[[Piece, Definition, tuple[Shape, Shape]], Built]] = {
    "activation": lambda piece, definition, shapes: activation(piece, shapes[0]),
    "regularizer": lambda piece, definition, shapes: regularizer(piece, shapes[0]),
    "loss": lambda piece, definition, shapes: loss(piece, *shapes),
    "optimizer": lambda piece, definition, shapes: optimizer(piece, ((2, 3), (3,))),
    "layer": _layer,
}
"""How a definition of each kind is built as a piece."""

assert set(BUILDERS) <= set(PIECES)
