"""Each pass only makes a program faster or safer: without it, the numbers are the same, and after each the program is valid."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from golden_models import NAMES, batch_of, checked
from plain_module import plain_network

from nndsl import compiler
from nndsl.compiler import ALL, Pass, Passes, Stages, compile_checked
from nndsl.ir.equation import Equation, Program, Tensor
from nndsl.ir.expression import Index, Number
from nndsl.ir.interpreter import run
from nndsl.ir.verifier import verify
from nndsl.passes.modes import modes

SAMPLES = 6
GROUPS = (ALL.before, ALL.after, ALL.placing, ALL.last)


def cleared_first(program: Program) -> Program:
    """What `modes` must do at the very least: a tensor whose first equation accumulates starts from zero."""
    first: dict[str, Equation] = {}
    for equation in program.equations():
        first.setdefault(equation.out, equation)
    starting = [program.tensors[name] for name, equation in first.items()
                if equation.accumulate and program.tensors[name].role in ("temporary", "gradient")]
    return replace(program, steps=(*map(_zero, starting), *program.steps))


def _zero(tensor: Tensor) -> Equation:
    ranges = tuple((f"axis{k}", extent) for k, extent in enumerate(tensor.shape))
    return Equation(tensor.name, tuple(Index(name) for name, _ in ranges), ranges, Number(0.0))


def as_it_is(program: Program, *_: object) -> Program:
    return program


def _without(passes: tuple[Pass, ...], at: int) -> tuple[Pass, ...]:
    instead = (cleared_first,) if passes[at] is modes else ()
    return (*passes[:at], *instead, *passes[at + 1:])


WITHOUT: dict[str, Passes] = {
    f"without {passes[at].__name__} {stage}": replace(ALL, **{stage: _without(passes, at)})
    for stage in ("before", "after", "placing", "last") for passes in [getattr(ALL, stage)] for at in range(len(passes))}
VARIANTS = {**WITHOUT, "without sharing loops": replace(ALL, join=False),
            "with nothing": Passes((), (), (), (cleared_first,), join=False)}


@cache
def compiled(name: str, passes: Passes) -> Stages:
    return compile_checked(checked(name), "float64", passes)


def figures(name: str, passes: Passes) -> dict[str, np.ndarray]:
    """All that a model computes in a step: first values, loss, gradients, states, predictions, and what an update makes of
    gradients that are given."""
    stages = compiled(name, passes)
    network = plain_network(stages.artifact, stages.code)
    network.initialize(3)
    arrays = batch_of(stages.checked, SAMPLES)
    found = {f"first {n}": value.copy() for n, value in network.arrays.items()}
    found["loss"] = np.asarray(network.gradient(arrays))
    found |= {f"gradient of {n}": value.copy() for n, value in network.gradients.items()}
    found |= {f"next {n}": value.copy() for n, value in network.arrays.items()}
    found |= {f"total {n}": np.asarray(value) for n, value in network.totals().items() if n != "loss"}
    found |= {f"predicted {n}": value for n, value in network.predict(arrays).items()}
    given = np.random.default_rng(2)
    for value in network.gradients.values():
        value[...] = given.normal(size=value.shape)
    network.update()
    return found | {f"updated {n}": value.copy() for n, value in network.arrays.items()}


@cache
def wanted(name: str) -> dict[str, np.ndarray]:
    return figures(name, ALL)


def assert_same(found: dict[str, np.ndarray], expected: dict[str, np.ndarray]) -> None:
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        largest = np.abs(value).max(initial=1e-12)
        np.testing.assert_allclose(found[name], value, rtol=1e-9, atol=1e-9 * largest, err_msg=name)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("name", NAMES)
def test_without_a_pass_the_numbers_are_the_same(name: str, variant: str) -> None:
    assert_same(figures(name, VARIANTS[variant]), wanted(name))


@pytest.mark.parametrize("name", NAMES)
def test_with_what_nobody_reads_the_numbers_are_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = wanted(name)
    monkeypatch.setattr(compiler, "dead", lambda program, _: program)
    assert_same(figures(name, replace(ALL, last=(as_it_is, *ALL.last))), expected)


@pytest.mark.parametrize("name", NAMES)
def test_the_numbers_are_those_of_the_equations(name: str) -> None:
    """The witness is the interpreter, on equations that went through no pass."""
    stages = compile_checked(checked(name), "float64", Passes((), (), (), (cleared_first,)))
    expected = wanted(name)
    first = {n.removeprefix("first "): value for n, value in expected.items() if n.startswith("first ")}
    learn, arrays = stages.adjoints.learn, batch_of(stages.checked, SAMPLES) | first
    found = run(learn, {n: value for n, value in arrays.items() if n in learn.tensors}, batch=SAMPLES, seed=3)
    gradients = {n: value for n, value in expected.items() if n.startswith("gradient of ")}
    assert len(gradients) > 1
    again = {n: found["∂" + n.removeprefix("gradient of ")] for n in gradients}
    assert_same({"loss": found[stages.checked.objective], **again}, {"loss": expected["loss"], **gradients})


@pytest.mark.parametrize("name", NAMES)
def test_after_every_pass_the_programs_are_valid(name: str) -> None:
    seen: list[str] = []

    def verified(passes: Iterable[Callable[..., Program]]) -> tuple[Callable[..., Program], ...]:
        return tuple(verify_after(change) for change in (as_it_is, *passes))

    def verify_after(change: Callable[..., Program]) -> Callable[..., Program]:
        def checking(program: Program, *names: object) -> Program:
            seen.append(change.__name__)
            return verify(change(program, *names), flat=True)

        return checking

    # the pass that changes nothing comes before each group, so that lowering, deriving and dropping are looked at too
    compile_checked(checked(name), "float64", Passes(*map(verified, GROUPS)))
    assert set(seen) == {"as_it_is", *(change.__name__ for group in GROUPS for change in group)}


DONE_TWICE = ("without simplify before", "without simplify after")
"""What the pass that follows these does as well."""


@pytest.mark.parametrize("variant", [name for name in VARIANTS if name not in DONE_TWICE])
def test_the_models_need_each_pass(variant: str) -> None:
    assert any(compiled(name, VARIANTS[variant]).code != compiled(name, ALL).code for name in NAMES)
