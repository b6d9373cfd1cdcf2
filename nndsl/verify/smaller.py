"""A large model made smaller through its hyperparameters, so that it can be looked at entry by entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nndsl.checking import check
from nndsl.checking.check import Opened
from nndsl.checking.lower import lower
from nndsl.diagnostics import NNError, Source
from nndsl.syntax.tree import Number
from nndsl.verify.reference import points_of

WANTED = 50_000
"""Points a sample that are proved in good time."""

HALVINGS = 12
LEAST = 2
"""Sizes are made no smaller than this: of a single entry sums and indices would not show."""


def points_a_sample(opened: Opened) -> int:
    """How many points the equations of a file's model have for one sample."""
    return points_of(lower(opened.must_have_model()).learn, 1)


def smaller(source: Source, settings: Mapping[str, str], opened: Opened) -> dict[str, str] | None:
    """Hyperparameters with which a model is small enough to be proved; None if none were found.

    Args:
        source: the file.
        settings: those that were given.
        opened: the file with these.
    """
    for changed in _candidates(opened):
        try:
            new = check(source, {**settings, **changed})
        except NNError:
            continue
        if points_a_sample(new) <= WANTED:
            return {**settings, **changed}
    return None


def _candidates(opened: Opened) -> Iterator[dict[str, str]]:
    """Whole-number hyperparameters halved, more and more often: all together, then each alone."""
    whole = {name: let.value.value for name, let in opened.scope.lets.items()
             if isinstance(let.value, Number) and isinstance(let.value.value, int) and let.value.value > LEAST}
    groups = [list(whole), *([name] for name in whole)] if len(whole) > 1 else [list(whole)]
    for group in groups if whole else ():
        for times in range(1, HALVINGS):
            yield {name: str(max(LEAST, whole[name] >> times)) for name in group}
