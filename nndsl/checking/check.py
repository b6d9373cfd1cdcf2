"""From a file's text to what it means: the front of checking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nndsl.checking.blocks import Blocks, read_blocks
from nndsl.checking.checked import Checked
from nndsl.checking.elaborate import elaborate
from nndsl.checking.imports import open_scope
from nndsl.checking.resolve import resolve
from nndsl.checking.scope import Scope
from nndsl.checking.studies import Studies
from nndsl.diagnostics import Diagnostic, NNError, Report, Source, problem

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
    studies = Studies()
    scope = open_scope(source, settings, report)
    blocks = read_blocks(scope, report, studies)
    resolve(scope, report, studies, blocks.names, blocks.lets)
    report.diagnostics.sort(key=lambda d: _place(d, source))
    report.stop_if_failed()
    return scope, blocks, report


def _place(diagnostic: Diagnostic, main: Source) -> tuple[int, str, int]:
    """Where a diagnostic comes in a report: what has no place first, then the file itself, then those it imports."""
    if not diagnostic.labels:
        return 0, "", 0
    span = diagnostic.labels[0].span
    return (1, "", span.start) if span.source is main else (2, span.source.name, span.start)


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
