"""All that can be told of one definition, for whoever writes it down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from functools import cached_property

from nndsl.checking.names import flattened
from nndsl.checking.specimen import Shown
from nndsl.inspect.doc.gradient import Gradient, curve, gradient
from nndsl.inspect.doc.notation import formula, unicode_text
from nndsl.inspect.doc.slope import Curve, Meeting, Range, meetings, slope_range
from nndsl.inspect.doc.weights import Weight, weights
from nndsl.syntax.tree import Also, Call, Definition, Name, Node, Parameter, State

DIFFERENTIATED = ("activation", "loss", "regularizer")
"""The kinds whose gradient by what they are applied to is of interest by itself."""


@dataclass(frozen=True)
class Setting:
    """A setting of a definition.

    Args:
        name, alias: its names.
        default: as written; "" where it must be given.
    """

    name: str
    alias: str
    default: str


@dataclass(frozen=True)
class Sheet:
    """A definition, looked at.

    Args:
        shown: which one.
    """

    shown: Shown = field(repr=False)

    @property
    def kind(self) -> str:
        """Its kind."""
        return self.shown.found.kind

    @property
    def name(self) -> str:
        """Its first name."""
        return self.shown.definition.name

    @property
    def also(self) -> tuple[str, ...]:
        """Its other names."""
        return tuple(name for line in self.shown.lines if isinstance(line, Also) for name in line.names)

    @property
    def signature(self) -> str:
        """Its name and what it can be given."""
        given = (*self.shown.arguments, *self.shown.settings)
        return f"{self.name}({', '.join(' '.join(p.span.text.split()) for p in given)})"

    @property
    def about(self) -> str:
        """What its author says of it."""
        return " ".join(self.shown.definition.documentation.split())

    @property
    def place(self) -> str:
        """Where it stands."""
        return self.shown.definition.span.place

    @property
    def settings(self) -> tuple[Setting, ...]:
        """Its own settings."""
        return tuple(_setting(p) for p in self.shown.settings)

    @property
    def states(self) -> tuple[str, ...]:
        """What it keeps from step to step."""
        found = [s for s, _ in flattened(self.shown.definition.body) if isinstance(s, State)]
        return tuple(unicode_text(" ".join(s.span.text.split())) for s in found)

    @property
    def weights(self) -> tuple[Weight, ...]:
        """What it keeps, if it is a layer, in the order in which its weights are listed."""
        return weights(self.shown.definition) if self.kind == "layer" else ()

    @property
    def formulas(self) -> tuple[str, ...]:
        """What it says, below it the functions that it calls and the constants of its file, in mathematical notation."""
        every = (self.shown, *functions(self.shown))
        return (*(formula(shown) for shown in every), *constants(every))

    @cached_property
    def gradient(self) -> Gradient | None:
        """How its value changes with what it is applied to."""
        return gradient(self.shown) if self.kind in DIFFERENTIATED else None

    @cached_property
    def curve(self) -> Curve | None:
        """The function of one number that it is, if it is one."""
        return curve(self.shown) if self.kind in DIFFERENTIATED[:1] else None

    @cached_property
    def meetings(self) -> tuple[Meeting, ...] | None:
        """Where its pieces meet; None where that is not known."""
        return meetings(self.curve) if self.curve is not None else None

    @cached_property
    def range(self) -> Range | None:
        """Between what its slope lies."""
        return slope_range(self.curve, self.meetings) if self.curve is not None else None

    @property
    def at(self) -> str:
        """The values of its settings for which the kinks and the range are told; "" without settings."""
        chosen = {**{s.name: s.default for s in self.settings}, **self.shown.chosen}
        return ", ".join(f"{name} = {text}" for name, text in chosen.items())

    @property
    def examples(self) -> tuple[str, ...]:
        """What it gives for some values, as its author says."""
        return tuple(" ".join(e.span.text.split()).removeprefix("example ") for e in self.shown.examples)


def _setting(p: Parameter) -> Setting:
    return Setting(p.name, p.alias or "", p.default.span.text if p.default is not None else "")


def functions(shown: Shown) -> tuple[Shown, ...]:
    """The functions that a definition calls, and those that they call, each once."""
    found: dict[int, Shown] = {}
    waiting = [shown]
    while waiting:
        current = waiting.pop(0)
        for call in (n for n in nodes(current.definition) if isinstance(n, Call)):
            other = current.found.scope.refer(call.function, ("function",))
            if other is not None and isinstance(other.definition, Definition) and id(other.definition) not in found:
                found[id(other.definition)] = Shown(other, shown.source)
                waiting.append(found[id(other.definition)])
    found.pop(id(shown.definition), None)
    return tuple(found.values())


def constants(every: tuple[Shown, ...]) -> tuple[str, ...]:
    """The `let`s of their files that definitions use, all in one text; none without one."""
    found = {name.name: shown.found.scope.lets[name.name] for shown in every for name in nodes(shown.definition)
             if isinstance(name, Name) and name.name in shown.found.scope.lets}
    lines = (unicode_text(" ".join(let.span.text.split("#")[0].split())) for let in found.values())
    return ("\n".join(lines),) if found else ()


def nodes(node: Node) -> Iterator[Node]:
    """A node of the syntax tree and all inside it."""
    yield node
    for each in fields(node):
        value = getattr(node, each.name)
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, Node):
                yield from nodes(part)
