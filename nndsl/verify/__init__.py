"""Proofs and numbers: whether what was generated computes the user's formulas, and their derivatives.

The module can be called: `nndsl.verify("model.nn")`.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from nndsl.checking.hyperparameters import written
from nndsl.syntax import read_source
from nndsl.verify.library import verify_definitions
from nndsl.verify.report import Report, together
from nndsl.verify.source import Sourced, verify_source

__all__ = ["Report", "verify", "verify_definitions", "verify_source"]


def verify(what: "str | Path | Sourced", *, settings: Mapping[str, Any] | None = None, mutate: int = 0,
           seed: int = 0) -> Report:
    """Verify a model file, or a model that was loaded.

    Args:
        what: a path, or a model; of a file of definitions, all of them together.
        settings: hyperparameters by name, in place of the file's.
        mutate: how many faults to plant in the backward code.
        seed: which.

    Returns:
        What was found; `report.fine` says whether everything agrees.

    Raises:
        NNError: with every mistake of the file.
    """
    if isinstance(what, (str, Path)):
        source, given = read_source(what), {}
    else:
        source, given = what.experiment.source, dict(what.experiment.settings)
    given |= {name: written(value) for name, value in (settings or {}).items()}
    return together(source.name, verify_source(source, given, mutate, seed))


class _Verify(ModuleType):
    """This module, which stands under the name that its function is called by: `nndsl.verify`."""

    __call__ = staticmethod(verify)


sys.modules[__name__].__class__ = _Verify
