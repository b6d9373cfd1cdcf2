"""What a call may give to a definition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from nndsl.checking.body import Uses
from nndsl.checking.names import flattened, own_sizes
from nndsl.checking.rules import (
    ANYTHING,
    LITERALS,
    NUMBER,
    PARAM_SETTINGS,
    RULES,
    SCHEDULED,
    STATE_SETTINGS,
    TRUTH,
    VALUE,
    Expected,
)
from nndsl.checking.scope import Found
from nndsl.syntax.tree import Constant, Definition, Input, Number, Param, Parameter, State


@dataclass(frozen=True)
class Slot:
    """Something that a call may give.

    Args:
        name: its name.
        expected: what it takes.
        alias: its second name.
        required: whether the call must give it.
        flows: whether it is an input, and so takes what is only known while the net runs.
        literal: what a literal given for it must be, as "a number"; "" where nothing is known of it.
    """

    name: str
    expected: Expected = VALUE
    alias: str | None = None
    required: bool = False
    flows: bool = False
    literal: str = ""


@dataclass(frozen=True)
class Signature:
    """What a call may give to a definition.

    Args:
        name, kind: the definition's.
        arguments: what it is applied to, in order.
        settings: its own settings, in order.
        named: further settings, which can only be given by name.
    """

    name: str
    kind: str
    arguments: tuple[Slot, ...]
    settings: tuple[Slot, ...]
    named: tuple[Slot, ...]

    def positional(self, applied: bool) -> tuple[Slot, ...]:
        """What may be given by position: in a formula the arguments and then the settings, else the settings only."""
        return (*self.arguments, *self.settings) if applied else self.settings

    @cached_property
    def by_name(self) -> Mapping[str, Slot]:
        """Every setting by its names; its own go before those that every definition of the kind has."""
        slots = (*self.named, *self.settings)
        return {name: slot for slot in slots for name in (slot.alias, slot.name) if name}


def signature(found: Found, uses: Uses) -> Signature:
    """What a call may give to `found`.

    Args:
        found: the definition.
        uses: what it does with its settings.
    """
    rule = RULES[found.kind]
    definition = found.definition
    named = [Slot(name, takes, literal=LITERALS.get(name, "")) for name, takes in rule.settings.items()]
    if not isinstance(definition, Definition):
        return Signature(definition.name, found.kind, (), (), tuple(named))
    named += [Slot(name, literal=NUMBER) for name in own_sizes(definition)]
    slots = [Slot(p.name, _scheduled(found.kind, uses.expected.get(p.name, ANYTHING)), p.alias, p.default is None,
                  literal=_literal(p, uses)) for p in definition.parameters if p.name not in rule.filled]
    count = len(slots) if found.kind == "function" else rule.arguments
    return Signature(definition.name, found.kind, tuple(slots[:count]), tuple(slots[count:]), (*named, *_of_body(definition)))


def _literal(parameter: Parameter, uses: Uses) -> str:
    """What a literal for a setting must be, judged by its default and its uses."""
    if parameter.name in uses.texts or parameter.axes is not None:
        return ""
    if isinstance(parameter.default, Constant) and parameter.default.value is not None:
        return TRUTH
    return NUMBER if isinstance(parameter.default, Number) or parameter.name in uses.numbers else ""


def _scheduled(kind: str, takes: Expected) -> Expected:
    """Any numeric setting of an optimizer may be a schedule."""
    return SCHEDULED if kind == "optimizer" and takes == VALUE else takes


def _of_body(definition: Definition) -> tuple[Slot, ...]:
    """What a layer's statements bring: settings of each `param` and `state`, and each input, by its name."""
    slots: list[Slot] = []
    for statement, _ in flattened(definition.body):
        if isinstance(statement, Param):
            slots += [Slot(statement.declaration.name + ending, takes) for ending, takes in PARAM_SETTINGS.items()]
        elif isinstance(statement, State):
            slots += [Slot(statement.declaration.name + ending, takes) for ending, takes in STATE_SETTINGS.items()]
        elif isinstance(statement, Input) and not statement.several:
            slots.append(Slot(statement.declaration.name, flows=True))
    return tuple(slots)
