"""A file through all witnesses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Protocol

from nndsl.checking import check
from nndsl.checking.check import Opened
from nndsl.compiler import Stages, compile_source
from nndsl.diagnostics import Source
from nndsl.runtime.ahead import compiled_ahead
from nndsl.verify.choosing import BUDGET
from nndsl.verify.examples import definitions, examples, files
from nndsl.verify.library import verify_each
from nndsl.verify.model import Verification, model_subject
from nndsl.verify.mutants import planted
from nndsl.verify.numbers import kept
from nndsl.verify.report import ORDER, Report
from nndsl.verify.smaller import points_a_sample, smaller

Tell = Callable[[str], None]


class Experimented(Protocol):
    """The text of a model, and its hyperparameters."""

    @property
    def source(self) -> Source:
        """The text."""

    @property
    def settings(self) -> Mapping[str, str]:
        """Hyperparameters by name, as text."""


class Sourced(Protocol):
    """A model that knows what it was compiled from."""

    @property
    def experiment(self) -> Experimented:
        """What it was compiled from."""


def verify_source(source: Source, settings: Mapping[str, str], mutate: int = 0, seed: int = 0,
                  tell: Callable[[str], None] = lambda text: None, *, ahead: bool = False) -> tuple[Report, ...]:
    """Verify a file: its model, or, where it has none, each of its definitions; and the examples of all that it imports.

    Args:
        source: the text.
        settings: hyperparameters by name.
        mutate: how many faults to plant.
        seed: which.
        tell: is told what comes next.
        ahead: whether another process compiles the module while it is proved here.

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
    ready = _compiled_ahead(single, double) if ahead else lambda: None
    report = _with_smaller(Verification(subject, single, double, tell, ready=ready).run(), source, settings, opened, tell)
    mutants = []
    for number, mutant in enumerate(planted(subject, mutate, seed) if mutate else ()):
        tell(f"fault {number + 1} of {mutate}")
        mutants.append(mutant)
    return (replace(report, mutants=tuple(mutants), disagreements=(*wrong, *report.disagreements), examples=len(stated)),)


def _compiled_ahead(single: Stages | None, double: Stages) -> Callable[[], None]:
    """Begin to compile what the numbers will ask for; gives what waits for it."""
    every = [section for part in double.artifact.parts for section in part.sections]
    return compiled_ahead({kept(double): every} | ({kept(single): ["learn"]} if single else {}))


def _with_smaller(report: Report, source: Source, settings: Mapping[str, str], opened: Opened, tell: Tell) -> Report:
    """A report on a model, and where that is too large for a proof, what is found of it at smaller sizes."""
    points = points_a_sample(opened)
    if points <= BUDGET:
        return report
    reason = f"{points:,} points a sample are too many to prove each, so this model is sampled in double precision"
    tell("smaller sizes")
    changed = smaller(source, settings, opened)
    if changed is None:
        return replace(report, notes=(*report.notes, f"{reason}; `--set` a smaller size to prove it there"))
    stages = compile_source(source, changed)
    small = Verification(model_subject(stages), None, compile_source(source, changed, "float64"), tell).run()
    sizes = ", ".join(f"{name} = {value}" for name, value in changed.items() if settings.get(name) != value)
    counts = ", ".join(f"{small.count(v)} {v}" for v in ORDER)
    told = tuple(replace(d, text=f"{d.text} (at {sizes})") for d in small.disagreements)
    return replace(report, notes=(*report.notes, f"{reason}; at {sizes}: {counts}", *small.notes), pieces=small.pieces,
                   disagreements=(*report.disagreements, *told))
