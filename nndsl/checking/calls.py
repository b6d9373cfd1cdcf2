"""Calls: whether each argument has a setting to go to, and each setting that needs one an argument."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from nndsl.checking.body import Body, Place, Uses, bare
from nndsl.checking.primitives import Primitive
from nndsl.checking.rules import ANYTHING, PIPE, VALUE
from nndsl.checking.scope import METRICS, Found
from nndsl.checking.signature import Signature, Slot, signature
from nndsl.checking.words import did_you_mean, listed, one_line, word
from nndsl.diagnostics import Label, Span
from nndsl.syntax.tree import Argument, Call

Given = tuple[Argument, Place]
"""An argument and the place it goes to."""


def primitive_call(body: Body, node: Call, name: str, row: Primitive, place: Place) -> list[Given]:
    """Checks how many arguments a primitive gets; what each is and where it stands."""
    inner = replace(place, expected=VALUE, of="", literal="")
    if row.known:
        inner = replace(inner, bracket=False, built="")
    for argument in node.arguments:
        if argument.name is not None:
            body.complain("NN0301", word(argument.span, argument.name), helps=(), name=name, setting=argument.name)
    given = len(node.arguments)
    if any(argument.name is not None for argument in node.arguments):
        pass  # told above
    elif row.most is not None and given > row.most:
        most = counted(row.most) if row.least == row.most else f"at most {counted(row.most)}"
        body.complain("NN0302", node.arguments[row.most].span, name=name, most=most, given=given)
    elif given < row.least:
        body.complain("NN0303", node.function.span, name=name, missing=f"{counted(row.least)}, got {given}")
    if row.pipeline:
        places = (replace(inner, indices=frozenset(), built="a number of copies"), replace(inner, expected=PIPE))
        return list(zip(node.arguments, places, strict=False))
    return [(argument, inner) for argument in node.arguments]


def definition_call(body: Body, node: Call, found: Found, place: Place, applied: bool) -> list[Given]:
    """Checks what a definition is called with; which setting each argument goes to.

    Args:
        body: where the call stands.
        node: the call.
        found: what is called.
        place: where the call stands.
        applied: whether it is applied to values in a formula, so that its arguments come before its settings.
    """
    sign = replace(signature(found, body.signatures.uses(found)), name=bare(node.function))
    binder = _Binder(body, node, sign, applied, guessing=place.expected == ANYTHING)
    slots = list(binder.bind())
    binder.check_missing()
    return [(argument, _place(sign, slot, place, applied)) for argument, slot in slots]


def _place(sign: Signature, slot: Slot | None, place: Place, applied: bool) -> Place:
    """Where an argument stands that goes to `slot`."""
    if slot is None:
        return Place(ANYTHING, place.indices)
    of = f"`{slot.name}` of `{sign.name}`"
    if applied or sign.kind == "optimizer":
        expected = slot.expected if slot in sign.settings or sign.kind == "function" else VALUE
        return replace(place, expected=expected, of=of, bracket=False, literal=slot.literal)
    if slot.flows:
        return Place(VALUE, place.indices, of=of)
    return Place(slot.expected, built="a setting", of=of, literal=slot.literal)


@dataclass
class _Binder:
    """Gives each argument of one call its setting.

    Args:
        guessing: whether the call stands where it may as well make a function as a number, so that it need not be complete.
    """

    body: Body
    node: Call
    sign: Signature
    applied: bool
    guessing: bool = False

    def __post_init__(self) -> None:
        self.given: dict[str, Span] = {}
        self.misspelt = False

    def bind(self) -> Iterator[tuple[Argument, Slot | None]]:
        """Each argument and its slot, or None after a complaint."""
        free = self.sign.positional(self.applied)
        for number, argument in enumerate(self.node.arguments):
            if argument.name is not None:
                slot = self._by_name(argument)
            else:
                slot = self._by_position(free, number, argument)
            if slot is not None:
                self._note(slot, argument)
            yield argument, slot

    def _by_position(self, free: tuple[Slot, ...], number: int, argument: Argument) -> Slot | None:
        if any(a.name is not None for a in self.node.arguments[:number]):
            self.misspelt = True
            self.body.complain("NN0306", argument.span, name=self.sign.name)
            return None
        if self.body.rule.named and self.sign.kind in METRICS and number >= (len(self.sign.arguments) if self.applied else 0):
            self.misspelt = True
            self.body.complain("NN0421", argument.span, helps=self._by_its_name(number), name=self.sign.name)
            return None
        if number < len(free):
            return free[number]
        if not any(a.name is None for a in self.node.arguments[len(free):number]):
            self.body.complain("NN0302", argument.span, helps=self._names(), name=self.sign.name, most=counted(len(free)),
                               given=sum(a.name is None for a in self.node.arguments))
        return None

    def _by_name(self, argument: Argument) -> Slot | None:
        assert argument.name is not None
        known = {**self.sign.by_name, **{s.name: s for s in self.sign.arguments if self.applied}}
        if argument.name in known:
            return known[argument.name]
        own = [slot.name for slot in self.sign.settings]
        helps, where = did_you_mean(argument.name, known, "its settings are", own), word(argument.span, argument.name)
        self.body.complain("NN0301", where, helps=helps, name=self.sign.name, setting=argument.name)
        self.misspelt = True
        return None

    def _note(self, slot: Slot, argument: Argument) -> None:
        where = word(argument.span, argument.name) if argument.name else argument.span
        if slot.name in self.given:
            first = Label(self.given[slot.name], "given here first")
            self.body.complain("NN0304", where, also=(first,), name=self.sign.name, setting=slot.name)
        self.given.setdefault(slot.name, where)

    def check_missing(self) -> None:
        """Complains about settings that were not given but must be, unless a misspelt one may have been meant for them."""
        if self.misspelt or self.guessing:
            return
        missing = [s.name for s in self.sign.positional(self.applied) if s.required and s.name not in self.given]
        if missing:
            self.body.complain("NN0303", self.node.function.span, name=self.sign.name, missing=listed(missing))

    def _by_its_name(self, number: int) -> tuple[str, ...]:
        slots = self.sign.positional(self.applied)
        text = self.node.arguments[number].span.text
        return (f"write `{slots[number].name} = {text}`",) if number < len(slots) else ()

    def _names(self) -> tuple[str, ...]:
        names = [s.name for s in self.sign.positional(self.applied)]
        return (f"they are {listed(names)}",) if names else ()


def bare_call(body: Body, span: Span, found: Found) -> None:
    """Checks a definition that stands for itself, without brackets: it needs no settings then."""
    sign = replace(signature(found, Uses()), name=span.text)
    missing = [s.name for s in sign.settings if s.required]
    if missing:
        helps = (f"write `{sign.name}({missing[0]} = ...)`",)
        body.complain("NN0303", span, helps=helps, name=sign.name, missing=listed(missing))


def by_arrow(node: Call) -> tuple[str, ...]:
    """How a call of a call, as `dense(3)(x)`, is written; nothing for any other call."""
    values = ", ".join(one_line(argument.value.span) for argument in node.arguments)
    if not isinstance(node.function, Call) or not values:
        return ()
    values = f"({values})" if len(node.arguments) > 1 else values
    return (f"a layer is applied by an arrow: `{values} -> {one_line(node.function.span)}`",)


def counted(number: int) -> str:
    """`1 argument`, `3 arguments`"""
    return "no arguments" if number == 0 else f"{number} argument{'s' if number > 1 else ''}"
