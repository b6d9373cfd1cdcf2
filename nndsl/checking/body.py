"""What is found out about one definition while its formulas are looked through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from nndsl.checking.names import Local
from nndsl.checking.primitives import ACTIVATIONS, NUMBERS, PRIMITIVES, WITHOUT_BRACKETS
from nndsl.checking.rules import FUNCTION, PRECEDENCE, VALUE, Expected, Rule
from nndsl.checking.scope import KINDS, PIPELINE, Found, Scope
from nndsl.checking.words import article, did_you_mean, joined, meant
from nndsl.diagnostics import Label, Report, Span, problem
from nndsl.syntax.tree import Expression, Member, Name


@dataclass(frozen=True)
class Place:
    """Where an expression stands.

    Args:
        expected: what may stand there.
        indices: the indices in scope.
        built: what is decided here when the model is built, as "a size"; "" where formulas of the running net may stand.
        of: how messages call the place, as "`activation` of `dense`".
        bracket: whether it stands between index brackets.
        literal: what a literal here must be, as "a number"; "" where nothing is known of it.
    """

    expected: Expected = VALUE
    indices: frozenset[str] = frozenset()
    built: str = ""
    of: str = ""
    bracket: bool = False
    literal: str = ""


@dataclass(frozen=True)
class Uses:
    """What a definition does with its settings.

    Args:
        expected: what each may be, judged by the places where it is read.
        texts: those that are compared with a text.
        numbers: those that are calculated with.
    """

    expected: Mapping[str, Expected] = field(default_factory=dict)
    texts: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()


class Signatures(Protocol):
    """Knows what definitions do with their settings."""

    def uses(self, found: Found) -> Uses:
        """What a definition does with its settings."""
        ...

    def may_guess(self) -> bool:
        """Whether one more hint at what was meant is worth its time; of thousands nobody reads the last."""
        ...


@dataclass
class Body:
    """A definition, model or setting whose formulas are looked through, and what was found there.

    Args:
        scope: the file's.
        rule: what holds for its kind.
        names: its own names.
        signatures: what is known of other definitions.
        report: gets the diagnostics.
        targets: the outputs whose targets `target.name` may be read, in a loss or metric of `train`.
        used: its own names that are read somewhere.
        taken: for each setting, what its uses take.
        texts, numbers: the settings that are compared with a text, and those that are calculated with.
        uses: the definitions it refers to, and where.
        lets: the top-level `let`s it reads.
        unknown: the unknown names already reported.
        complete: whether it has what a definition of its kind needs.
        doubtful: whether what seems unused may have been meant by something unknown.
        circular: where equations stand that were reported for reading themselves.
    """

    scope: Scope
    rule: Rule
    names: Mapping[str, Local]
    signatures: Signatures
    report: Report
    targets: tuple[str, ...] = ()
    used: set[str] = field(default_factory=set)
    taken: dict[str, set[str]] = field(default_factory=dict)
    texts: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    uses: list[tuple[Found, Span]] = field(default_factory=list)
    lets: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    complete: bool = True
    doubtful: bool = False
    circular: set[int] = field(default_factory=set)

    def of_settings(self) -> Uses:
        """What was found out about the settings."""
        expected = {name: tuple(kind for kind in PRECEDENCE if kind in kinds) for name, kinds in self.taken.items()}
        return Uses(expected, frozenset(self.texts), frozenset(self.numbers))

    def complain(self, code: str, span: Span, label: str = "", *, helps: tuple[str, ...] = (), also: tuple[Label, ...] = (),
                 **values: object) -> None:
        """Reports a mistake."""
        self.report.add(problem(code, span, label, helps=helps, also=also, **values))

    # ------------------------------------------------------------------------------------------------ looking up

    def read(self, local: Local, span: Span, place: Place) -> None:
        """Notes that one of the definition's own names is read, and complains where it cannot stand."""
        self.used.add(local.name)
        if local.role == "setting":
            self.taken.setdefault(local.name, set()).update(place.expected)
        if local.computed and place.built:
            defined = (Label(local.span, f"{article(local.role)} is computed while the net runs"),)
            self.complain("NN0128", span, also=defined, helps=("`where(condition, a, b)` decides for each element",)
                          if place.built == "an `if`" else (), name=local.name, what=place.built)
        elif (local.computed or local.role == "size") and "value" not in place.expected:
            self.wrong(span, local.name, "a value", place)

    def refer(self, expression: Expression, kinds: Iterable[str]) -> Found | None:
        """The definition of one of these kinds that `expression` names, noted as used."""
        found = self.scope.refer(expression, kinds)
        if found:
            self.uses.append((found, expression.span))
        return found

    # ------------------------------------------------------------------------------------------------ complaints

    def wrong(self, span: Span, name: str, found: str, place: Place, helps: tuple[str, ...] = ()) -> None:
        """Complains that something of a wrong kind stands here."""
        self.complain("NN0113", span, place.of, helps=helps, name=name, found=found, expected=describe(place.expected))

    def missing(self, expression: Expression, name: str, place: Place, *, call: bool = False,
                helps: tuple[str, ...] = ()) -> None:
        """Complains about a name that means nothing here, once for each name; `helps` instead of what may have been meant."""
        others = [f for kind in (*KINDS, "model") if (f := self.scope.refer(expression, (kind,)))]
        if others:
            kind = others[0].kind
            self.wrong(expression.span, name, article(kind), place, _advice(kind, place, name))
            self.doubtful = self.doubtful or ("value" in place.expected and kind in PIPELINE)
            return
        if name in self.unknown or not self.scope.complete:
            return
        self.unknown.add(name)
        known = self.visible(place, call=call) if isinstance(expression, Name) else self.members(expression)
        helps = helps or self.guess(name, known)
        code = "NN0101" if place.expected[0] in ("value", "schedule") and not call else "NN0102"
        self.complain(code, expression.span, place.of, helps=helps, name=name, what=nouns(place.expected, call=call))

    def guess(self, name: str, known: Iterable[str]) -> tuple[str, ...]:
        """What was probably meant by an unknown name; it then counts as used, so that one mistake is told once."""
        names = tuple(known) if self.signatures.may_guess() else ()
        close = meant(name.rpartition(".")[2], names)
        if close is None:
            self.doubtful = True
        elif close in self.names:
            self.used.add(close)
        elif close in self.scope.lets:
            self.lets.add(close)
        return did_you_mean(name.rpartition(".")[2], names)

    def members(self, expression: Expression) -> Iterator[str]:
        """What may stand after the dot of `kind.name` or `file.name`."""
        root = expression.value if isinstance(expression, Member) else expression
        while isinstance(root, Member):
            root = root.value
        name = root.name if isinstance(root, Name) else ""
        if name in self.scope.modules:
            yield from (known for _, known in self.scope.modules[name].definitions)
        elif name in KINDS:
            yield from self.scope.names(name)

    def visible(self, place: Place, *, call: bool = False) -> Iterator[str]:
        """Every name that could stand at a place."""
        kinds = set(place.expected) | (set(self.rule.calls) if call and "value" in place.expected else set())
        yield from (name for name, local in self.names.items() if not call or not local.computed)
        yield from self.scope.lets
        yield from self.scope.modules
        for kind in kinds - {"value"}:
            yield from self.scope.names(kind)
        if "activation" in kinds and not call:
            yield from ACTIVATIONS
        if "layer" in kinds:
            yield from (name for name, row in PRIMITIVES.items() if row.pipeline)
        if "value" in place.expected:
            yield from (*PRIMITIVES, *WITHOUT_BRACKETS) if call else (*place.indices, *self.rule.special, *NUMBERS)


def _advice(kind: str, place: Place, name: str) -> tuple[str, ...]:
    """How to use what stands at a wrong place."""
    if place.expected[0] == "value" and kind in ("layer", "model"):
        return (f"apply it to a value: `x -> {name}(...)`",)
    if place.expected[0] == "value" and kind in FUNCTION:
        return (f"apply it to a value: `{name}(x)`",)
    return ()



_NOUNS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("layer", ("layer", "function")),
    ("activation", ("function",)),
    *((kind, (kind,)) for kind in ("initializer", "regularizer", "schedule", "optimizer", "metric", "loss")),
)


def nouns(expected: Expected, *, call: bool = False) -> str:
    """What may stand at a place, without an article."""
    words = next((words for kind, words in _NOUNS if kind in expected), ())
    value = ("function" if call else "value",) if "value" in expected else ()
    return joined(tuple(dict.fromkeys((*words, *value))))


def describe(expected: Expected) -> str:
    """What may stand at a place, in words."""
    return article(nouns(expected))


def bare(expression: Expression) -> str:
    """The name of what is called, as it is written."""
    return expression.name if isinstance(expression, Name) else expression.span.text
