"""The backward pass of a checked model."""

from __future__ import annotations

from dataclasses import replace

from nndsl.checking.checked import Checked
from nndsl.derive.adjoint import adjoints
from nndsl.ir.equation import Program, Scan, Step


def derive(checked: Checked) -> Checked:
    """The model with the gradients of its objective by every trainable parameter appended to `learn`.

    Formulas must be flat. A model without an objective is given back as it is.
    """
    if not checked.objective:
        return checked
    wanted = [variable.name for variable in checked.variables if variable.kind == "parameter" and variable.trainable]
    learn = adjoints(checked.learn, {checked.objective: 1.0}, wanted)
    return replace(checked, learn=states_last(learn))


def states_last(program: Program) -> Program:
    """The program with states set at its end, in the same order: until then, reading one gives its value at the start."""
    first = [step for step in program.steps if not _sets_state(step, program)]
    last = [step for step in program.steps if _sets_state(step, program)]
    return replace(program, steps=(*first, *last))


def _sets_state(step: Step, program: Program) -> bool:
    body = step.body if isinstance(step, Scan) else (step,)
    return any(program.tensors[equation.out].role == "state" for equation in body)
