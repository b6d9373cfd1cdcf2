"""From a file's text to what it means: the front of checking."""

from __future__ import annotations

from collections.abc import Mapping

from nndsl.checking.blocks import Blocks, read_blocks
from nndsl.checking.imports import open_scope
from nndsl.checking.resolve import resolve
from nndsl.checking.scope import Scope
from nndsl.checking.studies import Studies
from nndsl.diagnostics import Report, Source

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
    report.diagnostics.sort(key=lambda d: [(label.span.source is not source, label.span.start) for label in d.labels[:1]])
    report.stop_if_failed()
    return scope, blocks, report
