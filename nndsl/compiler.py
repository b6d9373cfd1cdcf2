"""From text to a generated module: the whole compiler, one stage a line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from nndsl.artifact import Artifact
from nndsl.checking import check
from nndsl.checking.checked import Checked
from nndsl.checking.lower import lower
from nndsl.derive import derive
from nndsl.diagnostics import Source
from nndsl.emit.assemble import assemble
from nndsl.ir.equation import Program
from nndsl.passes import AFTER, BEFORE

Precision = Literal["float32", "float64"]
PROGRAMS = ("forward", "assess", "learn", "update", "finish", "initial", "final")


@dataclass(frozen=True)
class Stages:
    """A model at every stage of its way.

    Args:
        checked: names, kinds, shapes and settings decided.
        equations: formulas flattened to one operation over indices each.
        forward: after the passes that come before derivation.
        adjoints: with the backward pass.
        passes: after all passes.
        artifact, code: what a run needs to know, and the generated module.
    """

    checked: Checked
    equations: Checked
    forward: Checked
    adjoints: Checked
    passes: Checked
    artifact: Artifact
    code: str


def compile_source(source: Source, settings: Mapping[str, str], precision: Precision | None = None) -> Stages:
    """Compile a model file.

    Args:
        source: the text.
        settings: hyperparameters by name, as `--set` gives them.
        precision: of the model; None for what the file says.

    Raises:
        NNError: with every mistake of the file.
    """
    return compile_checked(check(source, settings), precision)


def compile_checked(checked: Checked, precision: Precision | None = None) -> Stages:
    """Compile a checked model."""
    equations = lower(checked)
    forward = through(equations, BEFORE)
    adjoints = derive(forward)
    passes = through(adjoints, AFTER)
    artifact, code = assemble(passes, precision or (checked.train.precision if checked.train else "float32"))
    return Stages(checked, equations, forward, adjoints, passes, artifact, code)


def through(checked: Checked, passes: tuple[Callable[[Program], Program], ...]) -> Checked:
    """Every program of a model after `passes`, one after the other."""
    programs = {name: getattr(checked, name) for name in PROGRAMS}
    for change in passes:
        programs = {name: change(program) for name, program in programs.items()}
    return replace(checked, **programs)
