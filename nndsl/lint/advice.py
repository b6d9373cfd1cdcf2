"""All advice on a model."""

from __future__ import annotations

from collections.abc import Mapping

from nndsl.checking import check_model
from nndsl.checking.lower import lower
from nndsl.compiler import ALL, through
from nndsl.derive import derive, differentiate
from nndsl.diagnostics import Diagnostic, Source
from nndsl.lint.chains import vanishing
from nndsl.lint.points import saturating, without_gradient


def advice(source: Source, settings: Mapping[str, str]) -> tuple[Diagnostic, ...]:
    """Everything that is advised about a model file.

    Args:
        source: the text.
        settings: hyperparameters by name, as `--set` gives them.

    Raises:
        NNError: with every mistake of the file.
    """
    forward = differentiate(through(lower(check_model(source, settings)), ALL.before), ALL.after)
    if not forward.objective:
        return tuple(vanishing(forward.learn, source))
    model = derive(forward)
    return (*vanishing(forward.learn, source), *without_gradient(model, source), *saturating(model, source))
