"""From a file's text to a checked model."""

from __future__ import annotations

from collections.abc import Mapping

from nndsl.checking.check import NO_SETTINGS, check_file
from nndsl.checking.checked import Checked
from nndsl.checking.elaborate import elaborate
from nndsl.diagnostics import NNError, Source, problem

__all__ = ["check", "check_file"]


def check(source: Source, settings: Mapping[str, str] = NO_SETTINGS) -> Checked:
    """The model of a file, every name resolved and every shape known.

    Args:
        source: the file.
        settings: new values for its top-level `let`s, as text.

    Raises:
        NNError: with every mistake of the file, or because it has no model.
    """
    scope, blocks, report = check_file(source, settings)
    checked = elaborate(scope, blocks.formulas, blocks.data, blocks.train, report)
    report.stop_if_failed()
    if checked is None:
        raise NNError(problem("NN0340", None, file=source.name))
    return checked
