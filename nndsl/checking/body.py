"""What is found out about one definition while its formulas are looked through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from nndsl.checking.names import Local
from nndsl.checking.primitives import ACTIVATIONS, NUMBERS, PRIMITIVES, WITHOUT_BRACKETS
from nndsl.checking.rules import ANYTHING, FUNCTION, PRECEDENCE, VALUE, Expected, Rule
from nndsl.checking.scope import KINDS, Found, Scope
from nndsl.checking.words import article, did_you_mean
from nndsl.diagnostics import Diagnostic, Label, Report, Span, problem
from nndsl.syntax.tree import Expression, Name


@dataclass(frozen=True)
class Place:
    """Where an expression stands.

    Args:
        expected: what may stand there.
        indices: the indices in scope.
        built: what is decided here when the model is built, as "a size"; "" where formulas of the running net may stand.
        of: how messages call the place, as "`activation` of `dense`".
        bracket: whether it stands between index brackets.
    """

    expected: Expected = VALUE
    indices: frozenset[str] = frozenset()
    built: str = ""
    of: str = ""
    bracket: bool = False


class Signatures(Protocol):
    """Knows what a definition's settings take."""

    def expected(self, found: Found) -> Mapping[str, Expected]:
        """What each setting of a definition takes, judged by how its formulas use it."""
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
        uses: the definitions it refers to, and where.
        lets: the top-level `let`s it reads.
        unknown: the unknown names already reported.
        complete: whether it has what a definition of its kind needs.
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
    uses: list[tuple[Found, Span]] = field(default_factory=list)
    lets: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    complete: bool = True
    circular: set[int] = field(default_factory=set)

    def expected(self) -> dict[str, Expected]:
        """What each setting takes."""
        return {name: tuple(kind for kind in PRECEDENCE if kind in kinds) for name, kinds in self.taken.items()}

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

    def missing(self, expression: Expression, name: str, place: Place, *, call: bool = False) -> None:
        """Complains about a name that means nothing here, once for each name."""
        others = [f for kind in (*KINDS, "model") if (f := self.scope.refer(expression, (kind,)))]
        if others:
            self.wrong(expression.span, name, article(others[0].kind), place, _advice(others[0].kind, place, name))
            return
        if name in self.unknown or not self.scope.complete:
            return
        self.unknown.add(name)
        helps = did_you_mean(name, self.visible(place, call=call))
        self.used.update(hint.split("`")[1] for hint in helps)
        code = "NN0101" if "value" in place.expected and not call else "NN0102"
        self.complain(code, expression.span, place.of, helps=helps, name=name, what=_kind_of(place.expected, call))

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
    if "value" in place.expected and kind in ("layer", "model"):
        return (f"apply it to a value: `x -> {name}`",)
    if "value" in place.expected and kind in FUNCTION:
        return (f"apply it to a value: `{name}(x)`",)
    return ()



_DESCRIPTIONS: tuple[tuple[str, str], ...] = (
    ("layer", "a layer or function"),
    ("initializer", "an initializer"),
    ("regularizer", "a regularizer"),
    ("activation", "a function"),
    ("schedule", "a schedule"),
    ("optimizer", "an optimizer"),
    ("metric", "a metric"),
    ("loss", "a loss"),
)


def describe(expected: Expected, *, call: bool = False) -> str:
    """What may stand at a place, in words."""
    if set(ANYTHING) <= set(expected):
        return "a function or layer" if call else "a value, function or layer"
    words = [text for kind, text in _DESCRIPTIONS if kind in expected][:1]
    if "value" in expected:
        words.append("a function" if call else "a value")
    return " or ".join(dict.fromkeys(words))


def _kind_of(expected: Expected, call: bool) -> str:
    """What there is none of, without `a` or `an`."""
    return describe(expected, call=call).removeprefix("an ").removeprefix("a ")


def bare(expression: Expression) -> str:
    """The name of what is called, as it is written."""
    return expression.name if isinstance(expression, Name) else expression.span.text


__all__ = ["Body", "Diagnostic", "Place", "Signatures", "bare", "describe"]
