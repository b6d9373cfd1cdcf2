"""Definitions applied by themselves, for readers: settings and sizes stay names where nothing depends on their values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from nndsl.checking.checked import Checked
from nndsl.checking.elaborate import Special
from nndsl.checking.pieces import PIECES, Built, Piece, checked_text
from nndsl.checking.primitives import ACTIVATIONS
from nndsl.checking.rules import RULES
from nndsl.checking.scope import Found
from nndsl.checking.signature import signature
from nndsl.checking.studies import Studies
from nndsl.diagnostics import NNError
from nndsl.syntax.tree import Attribute, Call, Definition, Dots, Example, Name, Parameter

OUTPUT = "value"


@dataclass(frozen=True)
class Shown:
    """A definition with what is needed to apply it.

    Args:
        found: the definition.
        source: the user's file it stands in; "" for the library's.
    """

    found: Found
    source: str = ""

    @property
    def definition(self) -> Definition:
        """Its syntax tree."""
        assert isinstance(self.found.definition, Definition)
        return self.found.definition

    @property
    def arguments(self) -> tuple[Parameter, ...]:
        """What it is applied to."""
        return self._given[:RULES[self.found.kind].arguments]

    @property
    def settings(self) -> tuple[Parameter, ...]:
        """What may be set."""
        return self._given[RULES[self.found.kind].arguments:]

    @property
    def _given(self) -> tuple[Parameter, ...]:
        filled = RULES[self.found.kind].filled
        return tuple(p for p in self.definition.parameters if p.name not in filled)

    @cached_property
    def chosen(self) -> Mapping[str, str]:
        """What settings without a default are given to look at the definition: as its first example has them, else 1."""
        first = next((s.value for s in self.examples if isinstance(s.value, Call)), None)
        given = first.arguments if first is not None else ()
        named = {a.name: a.value.span.text for a in given if a.name is not None}
        positional = [a.value.span.text for a in given if a.name is None][len(self.arguments):]
        named |= {p.name: text for p, text in zip(self.settings, positional, strict=False)}
        return {p.name: named.get(p.name, "1") for p in self.settings if p.default is None}

    @property
    def examples(self) -> tuple[Example, ...]:
        """Its `example` lines."""
        return tuple(s for s in self.lines if isinstance(s, Example))

    @property
    def lines(self) -> tuple[Attribute, ...]:
        """The lines about it: those after it, and such as stand in its block."""
        inside = tuple(s for s in self.definition.body if isinstance(s, Attribute))
        return (*inside, *self.definition.attributes)

    def piece(self) -> Piece:
        """It at its defaults."""
        return Piece(self.found.kind, self.definition.name, source=self.source)

    @cached_property
    def numeric(self) -> tuple[str, ...]:
        """The settings that are numbers, as far as the signature tells."""
        slots = signature(self.found, Studies().uses(self.found)).settings
        return tuple(slot.name for slot in slots if slot.literal == "a number")


def applied(shown: Shown, names: Sequence[str] = (), sizes: Mapping[str, int] | None = None) -> Built:
    """A definition of a formula over bare arrays, applied to inputs that are called as in its signature.

    The gradient of a number is that number's; that of a tensor is in terms of what is given for `∂value`.

    Args:
        shown: an activation, a regularizer or a loss.
        names: the settings that stay names.
        sizes: the extent of every axis that the signature names.

    Raises:
        NNError: a setting or size must be known, or the definition cannot stand alone.
    """
    arguments = [_input(p, sizes or {}) for p in shown.arguments]
    lines = [f"input {', '.join(arguments)}", *(f"param {name} = 1" for name in names)]
    output = _free(OUTPUT, (*names, *(p.name for p in shown.arguments)))
    lines.append(f"output {output} = {_call(shown, names)}")
    checked = checked_text(shown.piece(), "\n".join(lines), special=Special(bare=True, learns=True))
    last = shown.arguments[-1].name
    seed = None if checked.outputs[0].shape else 1.0
    return Built(checked, {checked.output_tensors[0]: seed}, (last,))


def kept_names(shown: Shown, sizes: Mapping[str, int] | None = None) -> tuple[str, ...]:
    """The settings on whose values nothing depends while the definition is built, so that they can stay names."""
    alone = tuple(name for name in shown.numeric if _builds(shown, (name,), sizes))
    return alone if len(alone) < 2 or _builds(shown, alone, sizes) else ()


def size_names(shown: Shown) -> tuple[str, ...]:
    """The axes that the signature of the arguments names, but for the batch."""
    found = [axis.value.name for p in shown.arguments for axis in p.axes or () if isinstance(axis.value, Name)]
    return tuple(dict.fromkeys(name for name in found if name != "batch"))


def _builds(shown: Shown, names: tuple[str, ...], sizes: Mapping[str, int] | None) -> bool:
    try:
        applied(shown, names, sizes)
    except NNError:
        return False
    return True


def _input(p: Parameter, sizes: Mapping[str, int]) -> str:
    axes = [axis.value for axis in p.axes or () if not isinstance(axis.value, Dots)]
    extents = [str(sizes[a.name]) if isinstance(a, Name) and a.name in sizes else a.span.text for a in axes]
    whole = ": int" if p.bound is not None and p.bound.kind == "int" else ""
    return p.name + (f"[{', '.join(extents)}]" if extents else "") + whole


def _call(shown: Shown, names: Sequence[str]) -> str:
    definition = shown.definition
    given = [p.name for p in shown.arguments]
    given += [f"{name} = {name}" for name in names]
    given += [f"{name} = {text}" for name, text in shown.chosen.items() if name not in names]
    bare = definition.name in ACTIVATIONS and definition.kind == "activation"
    return f"{definition.name if bare else f'{definition.kind}.{definition.name}'}({', '.join(given)})"


def _free(wanted: str, taken: Sequence[str]) -> str:
    while wanted in taken:
        wanted += "_"
    return wanted


def loss_in_training(shown: Shown, extent: int) -> Built:
    """A loss as a model has it, where it cannot stand in a formula since it looks at the whole batch.

    Args:
        shown: the loss.
        extent: of every axis that its signature names, and of one axis of the prediction at least.
    """
    target, prediction = (_named_axes(p) * (extent,) for p in shown.arguments)
    built = PIECES[shown.found.kind](shown.piece(), prediction or (extent,), target)
    return Built(built.checked, {"loss": 1.0}, built.wanted)


def _named_axes(p: Parameter) -> int:
    """How many axes a signature names, but for the batch."""
    axes = (axis.value for axis in p.axes or ())
    return sum(not (isinstance(a, Dots) or (isinstance(a, Name) and a.name == "batch")) for a in axes)


def schedule(shown: Shown) -> Checked:
    """A schedule as the output of a model that does nothing else."""
    given = ", ".join(f"{name} = {text}" for name, text in shown.chosen.items())
    body = f"input x\noutput {OUTPUT} = schedule.{shown.definition.name}({given})\noutput same = x\n"
    return checked_text(shown.piece(), body, special=Special(loose=True))
