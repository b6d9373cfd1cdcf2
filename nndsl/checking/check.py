"""From a file's text to what it means: the front of checking."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nndsl.checking.blocks import Blocks, read_blocks
from nndsl.checking.checked import Checked
from nndsl.checking.elaborate import elaborate
from nndsl.checking.imports import open_scope
from nndsl.checking.resolve import resolve
from nndsl.checking.scope import Scope
from nndsl.checking.studies import Studies
from nndsl.diagnostics import Diagnostic, NNError, Report, Source, problem
from nndsl.settings import DataSettings

NO_SETTINGS: Mapping[str, str] = {}


def check_file(source: Source, settings: Mapping[str, str] = NO_SETTINGS) -> tuple[Scope, Blocks, Report]:
    """The names of a file and what its blocks say, everything checked that needs no model to be built.

    Args:
        source: the file.
        settings: new values for its top-level `let`s.

    Returns:
        The file's scope, its blocks, and a report with warnings at most.

    Raises:
        NNError: with every mistake of the file and of those it imports.
    """
    report = Report()
    scope, blocks = _read(source, settings, report)
    report.stop_if_failed()
    return scope, blocks, report


def _read(source: Source, settings: Mapping[str, str], report: Report) -> tuple[Scope, Blocks]:
    """The names of a file and what its blocks say; what is wrong goes to `report`, in the order of the file."""
    studies = Studies()
    scope = open_scope(source, settings, report)
    blocks = read_blocks(scope, report, studies)
    resolve(scope, report, studies, blocks.names, blocks.lets)
    report.diagnostics[:] = in_order(report, source)
    return scope, blocks


def in_order(diagnostics: Iterable[Diagnostic], source: Source) -> list[Diagnostic]:
    """Diagnostics in the order of the places in a file that they are about."""
    return sorted(diagnostics, key=lambda d: _place(d, source))


def _place(diagnostic: Diagnostic, main: Source) -> tuple[int, str, int]:
    """Where a diagnostic comes in a report: what has no place first, then the file itself, then those it imports."""
    if not diagnostic.labels:
        return 0, "", 0
    span = diagnostic.labels[0].span
    return (1, "", span.start) if span.source is main else (2, span.source.name, span.start)


@dataclass(frozen=True)
class Examined:
    """All that was found about a file, right or wrong.

    Args:
        data: what its `data` block says, so far as it could be read.
        model: the model built; None if the file has none, or mistakes.
        diagnostics: mistakes and warnings.
    """

    data: DataSettings | None
    model: Checked | None
    diagnostics: tuple[Diagnostic, ...]


def examine(source: Source) -> Examined:
    """Check a file whole, and go on after mistakes as far as they allow; raises `NNError` if it cannot be parsed."""
    report = Report()
    scope, blocks = _read(source, NO_SETTINGS, report)
    model = None if report.failed else elaborate(scope, blocks.formulas, blocks.data, blocks.train, report)
    return Examined(blocks.data, model, tuple(report))


@dataclass(frozen=True)
class Opened:
    """A file that was checked.

    Args:
        scope: what its names mean.
        model: the model built; None for a file of definitions only.
        warnings: what is suspicious, though no mistake.
    """

    scope: Scope
    model: Checked | None
    warnings: tuple[Diagnostic, ...] = ()

    def must_have_model(self) -> Checked:
        """The model; raises `NNError` if there is none."""
        if self.model is None:
            helps = ("add a `model`, or import the file from one that has it",)
            raise NNError(problem("NN0340", None, file=self.scope.source.name, helps=helps))
        return self.model


def check(source: Source, settings: Mapping[str, str] = NO_SETTINGS) -> Opened:
    """Check a file whole, its model built if it has one.

    Args:
        source: the file.
        settings: new values for its top-level `let`s.

    Raises:
        NNError: with every mistake of the file and of those it imports.
    """
    scope, blocks, report = check_file(source, settings)
    model = elaborate(scope, blocks.formulas, blocks.data, blocks.train, report)
    report.stop_if_failed()
    return Opened(scope, model, tuple(report))


def check_model(source: Source, settings: Mapping[str, str] = NO_SETTINGS) -> Checked:
    """The model of a file; as `check`, but a file without a model is a mistake too."""
    return check(source, settings).must_have_model()
