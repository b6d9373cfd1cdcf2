"""A model file through all witnesses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from nndsl.compiler import compile_source
from nndsl.diagnostics import Source
from nndsl.verify.model import Verification, model_subject
from nndsl.verify.mutants import planted
from nndsl.verify.report import Report


def verify_source(source: Source, settings: Mapping[str, str], mutate: int = 0, seed: int = 0,
                  tell: Callable[[str], None] = lambda text: None) -> Report:
    """Verify a model file.

    Args:
        source: the text.
        settings: hyperparameters by name.
        mutate: how many faults to plant.
        seed: which.
        tell: is told what comes next.

    Raises:
        NNError: with every mistake of the file.
    """
    tell("compile")
    own, double = compile_source(source, settings), compile_source(source, settings, "float64")
    single = own if own.artifact.precision == "float32" else None
    subject = model_subject(own)
    report = Verification(subject, single, double, tell).run()
    mutants = []
    for number, mutant in enumerate(planted(subject, mutate, seed) if mutate else ()):
        tell(f"fault {number + 1} of {mutate}")
        mutants.append(mutant)
    return replace(report, mutants=tuple(mutants))
