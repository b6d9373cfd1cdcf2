"""A file through all witnesses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from nndsl.checking import check
from nndsl.compiler import compile_source
from nndsl.diagnostics import Source
from nndsl.verify.examples import definitions, examples, files
from nndsl.verify.library import verify_each
from nndsl.verify.model import Verification, model_subject
from nndsl.verify.mutants import planted
from nndsl.verify.report import Report


def verify_source(source: Source, settings: Mapping[str, str], mutate: int = 0, seed: int = 0,
                  tell: Callable[[str], None] = lambda text: None) -> tuple[Report, ...]:
    """Verify a file: its model, or, where it has none, each of its definitions; and the examples of all that it imports.

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
    opened = check(source, settings)
    every = list(definitions(files(opened.scope)))
    if opened.model is None:
        return tuple(verify_each(list(definitions([opened.scope])), every, mutate, seed, tell, source.name))
    stated = [line for found in every for line in examples(found)]
    wrong = tuple(d for line in stated if (d := line.disagreement()) is not None)
    own, double = compile_source(source, settings), compile_source(source, settings, "float64")
    single = own if own.artifact.precision == "float32" else None
    subject = model_subject(own)
    report = Verification(subject, single, double, tell).run()
    mutants = []
    for number, mutant in enumerate(planted(subject, mutate, seed) if mutate else ()):
        tell(f"fault {number + 1} of {mutate}")
        mutants.append(mutant)
    return (replace(report, mutants=tuple(mutants), disagreements=(*wrong, *report.disagreements), examples=len(stated)),)
