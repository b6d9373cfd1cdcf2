"""Single pieces of the library, for use from Python: each is a small file, checked and built like any other.

A piece is written as the text that a user would write, so that it has the same rights, numbers and diagnostics as in a model.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias, Union

from nndsl.checking.blocks import Blocks
from nndsl.checking.check import NO_SETTINGS, check_file
from nndsl.checking.checked import Checked, Port
from nndsl.checking.elaborate import Special, elaborate
from nndsl.checking.imports import open_scope
from nndsl.checking.library import standard
from nndsl.checking.names import flattened
from nndsl.checking.primitives import ACTIVATIONS
from nndsl.checking.rules import PARAM_SETTINGS, RULES, STATE_SETTINGS
from nndsl.checking.scope import Found, Scope
from nndsl.checking.studies import Studies
from nndsl.diagnostics import Report, Source
from nndsl.syntax.tree import Definition, Input, Param, State

Shape: TypeAlias = tuple[int, ...]
Setting: TypeAlias = Union[bool, int, float, str, None, "Piece", Sequence["Setting"]]


@dataclass(frozen=True)
class Piece:
    """A definition and its settings, as Python gives them.

    Args:
        kind: of definition.
        name: of the definition.
        positional, named: settings: numbers, truth values, strings, None, lists, and pieces. A string stands for a definition
            where one is expected, as in `activation="relu"`.
        source: a file whose definitions may be used besides the library's; "" for none.
    """

    kind: str
    name: str
    positional: tuple[Setting, ...] = ()
    named: Mapping[str, Setting] = field(default_factory=dict)
    source: str = ""


@dataclass(frozen=True)
class Built:
    """A piece as programs.

    Args:
        checked: its programs. The ports in `checked.inputs` take what the piece is applied to; `checked.output_tensors` are
            what it gives, in `forward` and, in training mode, in `learn`.
        seeds: what to differentiate: tensors of `learn`, each with the gradient to start from; None where the user gives it.
        wanted: the tensors by which to differentiate.
    """

    checked: Checked
    seeds: Mapping[str, float | None] = field(default_factory=dict)
    wanted: tuple[str, ...] = ()


IDLE = "input x\noutput same = x\n"
"""A model has an input and an output, also where nobody asks for them."""


# --------------------------------------------------------------------------------------------------------- the pieces


def activation(piece: Piece, shape: Shape) -> Built:
    """An activation of a bare array, all of whose axes count: input `x` as one sample, output `y`.

    Args:
        piece: the activation.
        shape: of the array.
    """
    checked = checked_text(piece, _applied(piece, shape), special=Special(bare=True, learns=True))
    return Built(checked, {checked.output_tensors[0]: None}, ("x",))


def check_activation(piece: Piece) -> None:
    """Look at the name and the settings of an activation, whatever it is applied to.

    Raises:
        NNError: for an unknown name or setting.
    """
    *_, report = _read(piece, _applied(piece, ()))
    report.stop_if_failed()


def _applied(piece: Piece, shape: Shape) -> str:
    name = piece.name if piece.name in ACTIVATIONS else f"activation.{piece.name}"
    return f"input x{_brackets(shape)}\noutput y = {name}({_after('x', piece)})"


def regularizer(piece: Piece, shape: Shape) -> Built:
    """A regularizer of a bare array: input `w` as one sample, output `value`, a number."""
    call = f"regularizer.{piece.name}({_after('w', piece)})"
    checked = checked_text(piece, f"input w{_brackets(shape)}\noutput value = {call}", special=Special(bare=True, learns=True))
    return Built(checked, {checked.output_tensors[0]: 1.0}, ("w",))


def loss(piece: Piece, shape: Shape, target: Shape) -> Built:
    """A loss: input `p`, target `q`, which is that of the output `q`; tensors `loss` (one number a sample or position, without
    the sample weights) and `objective` (the mean, with them) in `learn`.

    Args:
        piece: the loss.
        shape: of the prediction, per sample.
        target: the shape of the target, per sample; it counts where the loss leaves a size of it open.
    """
    train = f"loss {piece.name}({_named(piece)})"
    checked = checked_text(piece, f"input p{_brackets(shape)}\noutput q = p", train, Special(arrays={"q": target}))
    return Built(checked, {checked.objective: 1.0}, ("p",))


def metric(piece: Piece, target: Port, shape: Shape) -> Built:
    """A metric: input `p`, target `q`; its totals in `assess`, its result in `finish`.

    Args:
        piece: the metric, or a loss to be averaged.
        target: shape per sample and kind of number of the targets; its name is `q`.
        shape: of the prediction, per sample.
    """
    train = f"metrics {piece.name}({_named(piece)})"
    checked = checked_text(piece, f"input p{_brackets(shape)}\noutput q = p", train, Special(targets=(target,)))
    return Built(checked)


def optimizer(piece: Piece, shapes: Sequence[Shape]) -> Built:
    """An optimizer over weights: the parameters `w0`, `w1`, ... and their gradients, in `update`.

    Args:
        piece: the optimizer.
        shapes: of the weights.
    """
    params = "\n".join(f"param w{number}{_brackets(shape)} = 0" for number, shape in enumerate(shapes))
    penalty = " + ".join(f"sum(w{number})" for number in range(len(shapes)))
    checked = checked_text(piece, f"{IDLE}{params}\npenalty {penalty}", f"optimizer {piece.name}({_given(piece)})")
    return Built(checked)


def schedule(piece: Piece) -> Built:
    """A schedule: output `value`, a number that depends on the step."""
    value = f"output value = schedule.{piece.name}({_given(piece)})\n"
    return Built(checked_text(piece, value + IDLE, special=Special(loose=True)))


def initializer(piece: Piece, shape: Shape) -> Built:
    """An initializer: the parameter `w`, filled by `initial`."""
    filled = f"param w{_brackets(shape)} = initializer.{piece.name}({_given(piece)})\noutput v = w\n"
    return Built(checked_text(piece, filled + IDLE, special=Special(loose=True)))


def layer(piece: Piece, inputs: Sequence[Port]) -> Built:
    """A layer on inputs of given shapes; its weights are called after the one instance in `checked.instances` without a dot.

    Args:
        piece: the layer.
        inputs: shape per sample and kind of number of each input; those that are named like an optional input of the layer,
            as `mask`, are given by that name.
    """
    optional = _optional(piece)
    lines = [f"input {p.name}{_brackets(p.shape)}{': int' if p.dtype == 'int' else ''}" for p in inputs]
    plain = [p.name for p in inputs if p.name not in optional]
    named = [f"{p.name} = {p.name}" for p in inputs if p.name in optional]
    value = plain[0] if len(plain) == 1 else f"({', '.join(plain)})"
    settings = ", ".join(part for part in (_given(piece), *named) if part)
    lines.append(f"output {value} -> layer.{piece.name}({settings})")
    checked = checked_text(piece, "\n".join(lines), special=Special(learns=True))
    wanted = [p.name for p in inputs if p.dtype == "real" and p.name not in optional]
    wanted += [v.name for v in checked.variables if v.kind == "parameter" and v.trainable]
    return Built(checked, dict.fromkeys(checked.output_tensors), tuple(wanted))


# ------------------------------------------------------------------------------------------------------------ as text


def checked_text(piece: Piece, body: str, train: str = "", special: Special | None = None) -> Checked:
    """The programs of a small file about a piece.

    Args:
        piece: whose file can be seen from it.
        body: the lines of its model.
        train: those of its `train` block.
        special: what it asks for besides a model.

    Raises:
        NNError: with every mistake of the lines.
    """
    scope, blocks, report = _read(piece, body, train)
    checked = elaborate(scope, blocks.formulas, None, blocks.train, report, special)
    report.stop_if_failed()
    assert checked is not None
    return checked


def _read(piece: Piece, body: str, train: str = "") -> tuple[Scope, Blocks, Report]:
    """A small file, its names looked up."""
    source, imported = _source(piece)
    text = f"{imported}model piece {{\n{body}\n}}\n" + (f"train {{\n{train}\n}}\n" if train else "")
    return check_file(Source(source, text))


def _source(piece: Piece) -> tuple[str, str]:
    """The name of the small file, and the line that imports the user's."""
    if not piece.source:
        return "<python>", ""
    path = Path(piece.source).resolve()
    return str(path.parent / "<python>"), f'import "{path.name}"\n'


def _brackets(shape: Shape) -> str:
    return f"[{', '.join(str(int(extent)) for extent in shape)}]" if shape else ""


def _after(first: str, piece: Piece) -> str:
    """The arguments of a call: a value, then the settings."""
    settings = _given(piece)
    return f"{first}, {settings}" if settings else first


def _given(piece: Piece) -> str:
    """The settings of a piece, as they stand between the brackets of a call."""
    expected, names = _expected(piece), _signature(piece)
    names += [""] * (len(piece.positional) - len(names))
    scope = _scope(piece)
    positional = (_text(value, expected.get(name, ()), scope) for name, value in zip(names, piece.positional, strict=False))
    named = (f"{_word(name)} = {_text(value, expected.get(name, ()), scope)}" for name, value in piece.named.items())
    return ", ".join((*positional, *named))


def _named(piece: Piece) -> str:
    """The same, all settings by name."""
    named = {**dict(zip(_signature(piece), piece.positional, strict=False)), **piece.named}
    return _given(Piece(piece.kind, piece.name, (), named, piece.source))


def _text(value: Setting, expected: tuple[str, ...], scope: Scope) -> str:
    """A setting as the language writes it; a string is the name of a definition if one of an expected kind is called so.

    Raises:
        TypeError: it is nothing that a setting can be.
    """
    if value is None or isinstance(value, bool):
        return {None: "none", True: "true", False: "false"}[value]
    if isinstance(value, Piece):
        return f"{value.kind}.{_word(value.name)}({_given(value)})"
    if isinstance(value, str):
        kinds = [kind for kind in expected if kind != "value"]
        primitive = value in ACTIVATIONS and "activation" in kinds
        return value if primitive or any(scope.candidates(kinds, value)) else _quoted(value)
    if isinstance(value, (int, float)):
        return _number(value)
    if isinstance(value, Sequence):
        return f"[{', '.join(_text(item, expected, scope) for item in value)}]"
    raise TypeError(f"{value!r} cannot be a setting")


def _number(value: int | float) -> str:
    if isinstance(value, float) and math.isnan(value):
        raise TypeError("nan cannot be a setting")
    return str(value) if isinstance(value, int) or math.isfinite(value) else "inf" if value > 0 else "-inf"


def _word(name: str) -> str:
    """A name, which must be one so that nothing else can stand in its place."""
    if not name.isidentifier():
        raise TypeError(f"{name!r} is no name")
    return name


def _quoted(text: str) -> str:
    if '"' in text or not text.isprintable():
        raise TypeError(f"{text!r} cannot be written as a string")
    return f'"{text}"'


# --------------------------------------------------------------------------------------------- what definitions look like


def _scope(piece: Piece) -> Scope:
    """Where the definition is looked up."""
    source, imported = _source(piece)
    if not imported:
        return Scope(Source(source, ""), underneath=standard())
    return open_scope(Source(source, imported), NO_SETTINGS, Report())


def _found(piece: Piece) -> Found | None:
    kinds = ("metric", "loss") if piece.kind == "metric" else (piece.kind,)
    return next(_scope(piece).candidates(kinds, piece.name), None)


def _expected(piece: Piece) -> Mapping[str, tuple[str, ...]]:
    """What each setting takes."""
    found = _found(piece)
    if found is None:
        return {}
    kept = {Param: PARAM_SETTINGS, State: STATE_SETTINGS}
    brought = {s.declaration.name + ending: takes for s, _ in flattened(found.definition.body) if isinstance(s, (Param, State))
               for ending, takes in kept[type(s)].items()}
    return {**Studies().expected(found), **RULES[found.kind].settings, **brought}


def _signature(piece: Piece) -> list[str]:
    """The settings in their order."""
    found = _found(piece)
    if found is None or not isinstance(found.definition, Definition):
        return []
    rule = RULES[found.kind]
    return [p.name for p in found.definition.parameters if p.name not in rule.filled][rule.arguments:]


def _optional(piece: Piece) -> tuple[str, ...]:
    """The inputs of a layer that may be left out, by name."""
    found = _found(piece)
    statements = flattened(found.definition.body) if found is not None else ()
    return tuple(s.declaration.name for s, _ in statements if isinstance(s, Input) and s.declaration.default is not None)


PIECES: Mapping[str, Callable[..., Built]] = {
    "activation": activation, "loss": loss, "metric": metric, "optimizer": optimizer, "schedule": schedule,
    "regularizer": regularizer, "initializer": initializer, "layer": layer,
}
"""How a piece of each kind is built."""


def input_ports(piece: Piece, shapes: Sequence[Shape]) -> tuple[Port, ...]:
    """The inputs of a layer that are given in order, with these shapes; whole numbers where the layer says so."""
    found = _found(piece)
    statements = flattened(found.definition.body) if found is not None else ()
    bounds = [s.declaration.bound for s, _ in statements if isinstance(s, Input) and not s.several]
    whole = [bound is not None and bound.kind == "int" for bound in bounds] + [False] * len(shapes)
    return tuple(Port(f"x{number}", shape, "int" if whole[number] else "real") for number, shape in enumerate(shapes))
