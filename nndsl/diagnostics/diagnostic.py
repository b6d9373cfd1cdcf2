"""One mistake, told once: a code, a message, the places it concerns, what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from nndsl.diagnostics.catalogue import CATALOGUE
from nndsl.diagnostics.span import NOWHERE, Span


@dataclass(frozen=True)
class Label:
    """A place and what is said under it."""

    span: Span
    text: str = ""


@dataclass(frozen=True)
class Diagnostic:
    """One mistake.

    Args:
        code: its stable code, a key of the catalogue.
        message: one sentence in the user's words.
        labels: the places; the first is the culprit, the others explain it.
        helps: what to do, one sentence each.
    """

    code: str
    message: str
    labels: tuple[Label, ...] = ()
    helps: tuple[str, ...] = ()

    @property
    def severity(self) -> str:
        """`error`, `warning` or `advice`, as the catalogue says."""
        return CATALOGUE[self.code].severity


class NNError(Exception):
    """Something is wrong with what the user gave; `diagnostics` says what, all mistakes at once."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        self.diagnostics = diagnostics
        super().__init__("\n".join(f"{d.code}: {d.message}" for d in diagnostics))

    def __str__(self) -> str:
        from nndsl.diagnostics.render import render  # the text is drawn only when someone looks

        return "\n\n".join(render(d) for d in self.diagnostics)


@dataclass
class Report:
    """Collects diagnostics, so that one run tells all mistakes of a file."""

    diagnostics: list[Diagnostic] = field(default_factory=list)
    _told: set[tuple[str, str, Span]] = field(default_factory=set, init=False, repr=False, compare=False)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self.diagnostics)

    @property
    def failed(self) -> bool:
        """Whether an error, not only warnings, was reported."""
        return any(d.severity == "error" for d in self.diagnostics)

    def add(self, diagnostic: Diagnostic) -> None:
        """Keep `diagnostic` unless the same code was already reported at the same place."""
        span = diagnostic.labels[0].span if diagnostic.labels else NOWHERE
        key = (diagnostic.code, span.source.name if diagnostic.labels else diagnostic.message, span)
        if key not in self._told:
            self._told.add(key)
            self.diagnostics.append(diagnostic)

    def stop_if_failed(self) -> None:
        """Raise `NNError` with everything collected if an error is among it."""
        if self.failed:
            raise NNError(*self.diagnostics)


def problem(code: str, span: Span | None, label: str = "", *, helps: tuple[str, ...] = (),
            also: tuple[Label, ...] = (), **values: object) -> Diagnostic:
    """A diagnostic whose message is the catalogue's, filled in with `values`.

    Args:
        code: a key of the catalogue.
        span: the culprit, or None where there is no text to point at.
        label: what is said under the culprit.
        helps: what to do.
        also: further places that explain the mistake.
        values: what the catalogue's message names in braces.
    """
    labels = (() if span is None else (Label(span, label),)) + also
    return Diagnostic(code, CATALOGUE[code].message.format(**values), labels, helps)
