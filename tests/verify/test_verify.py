"""`nndsl verify` passes where all is right, and fails where a derivative is wrong, wherever it went wrong."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, replace
from functools import cache
from pathlib import Path

import pytest
import sympy as sp
from click.testing import CliRunner
from golden_models import NAMES, source, stages

import nndsl
from nndsl.checking import check
from nndsl.cli.main import group
from nndsl.compiler import compile_source
from nndsl.derive import adjoint, scalar
from nndsl.diagnostics import Source
from nndsl.ir.equation import adjoint_name
from nndsl.ir.expression import apply
from nndsl.verify import verify_source
from nndsl.verify.choosing import BUDGET
from nndsl.verify.examples import examples
from nndsl.verify.library import library
from nndsl.verify.model import Verification, model_subject
from nndsl.verify.mutants import planted
from nndsl.verify.plain import read_functions
from nndsl.verify.points import At
from nndsl.verify.proof import prove
from nndsl.verify.smaller import points_a_sample, smaller

FOLDER = Path(__file__).resolve().parents[2]


@cache
def subject(name: str):
    return model_subject(stages(name))


@pytest.mark.parametrize("name", NAMES)
def test_every_golden_model_is_right(name: str) -> None:
    found = prove(subject(name), read_functions(stages(name).code), At(2, 1))
    assert {n for n, f in found.items() if f.verdict == "failed"} == set()
    assert {adjoint_name(n) for n in subject(name).wanted} <= set(found)
    entries, sampled = sum(f.entries for f in found.values()), sum(f.sampled for f in found.values())
    assert entries > 100 and sampled < entries / 4


def test_all_witnesses_agree_on_a_model() -> None:
    (report,) = verify_source(source("classification"), {})
    assert report.fine and len(report.parameters) == 4
    assert {p.verdict for p in report.parameters} == {*report.optimizer.values()} == {"proved"}
    for parameter in report.parameters:
        assert parameter.place.startswith("library/layers.nn:")
        assert parameter.error is not None and parameter.error < 1e-9 and parameter.ulp is not None and parameter.ulp < 100


@pytest.mark.parametrize("name", ["classification", "dropout_and_state", "regression"])
def test_every_planted_fault_is_caught(name: str) -> None:
    mutants = list(planted(subject(name), 40, 1))
    assert len(mutants) == 40
    assert [m for m in mutants if m.outcome == "survived"] == []
    assert sum(m.outcome == "caught" for m in mutants) > 30
    assert all(m.before != m.after for m in mutants)


def verified(name: str):
    """What is found of a model that is compiled anew and wrong."""
    double = compile_source(source(name), {}, "float64")
    report = Verification(model_subject(double), None, double).run()
    assert not report.fine
    assert all(d.place for d in report.disagreements)
    return report


def test_a_wrong_adjoint_rule_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    right = adjoint.times
    monkeypatch.setattr(adjoint, "times", lambda factor, slope: right(apply("mul", 1.0001, factor), slope))
    wrong = compile_source(source("regression"), {})
    found = prove(model_subject(wrong), read_functions(wrong.code), At(2, 1))
    failed = {n for n, f in found.items() if f.verdict == "failed"}
    assert failed and all(n.startswith("∂") for n in failed)


def test_a_wrong_pass_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    from nndsl import compiler

    def wrong(program):
        """A pass that doubles the first gradient summed over the samples."""
        steps = list(program.steps)
        at = next((k for k, s in enumerate(steps) if getattr(s, "out", "").startswith("∂") and s.reduce == "sum"), None)
        if at is not None:
            steps[at] = replace(steps[at], expr=apply("mul", 2.0, steps[at].expr))
        return replace(program, steps=tuple(steps))

    passes = replace(compiler.ALL, last=(wrong, *compiler.ALL.last))
    double = compiler.compile_checked(stages("classification").checked, "float64", passes)
    report = Verification(model_subject(double), None, double).run()
    assert not report.fine and report.count("failed") > 0
    assert any(d.witness == "proof" for d in report.disagreements)


def test_a_wrong_rule_of_sympy_is_seen_by_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    scalar._partial.cache_clear()
    monkeypatch.setattr(sp.tanh, "fdiff", lambda self, argindex=1: 1 - self**3)
    try:
        report = verified("double")
    finally:
        scalar._partial.cache_clear()
    assert any(p.name.startswith("dense_1.") for p in report.parameters if p.verdict == "failed")
    told = [d for d in report.disagreements if d.witness == "sympy"]
    assert told and all("tanh" in d.formula and d.place.startswith("library/layers.nn:") for d in told)
    assert "derivative of tanh(x) is 1 - tanh(x)**3" in told[0].text


def test_examples_of_a_users_file_are_evaluated() -> None:
    text = "activation wave(x) = sin(x)\n    example wave(0) = 0\n    example wave(1) = 0.5\n"
    text += "metric share(y, p) = mean(y == p)\n    example share([1, 0], [1, 1]) = 0.25\n"
    model = "model m { input x[2];  output y = x -> dense(1, wave) }\ntrain { loss mse;  metrics share;  optimizer sgd }\n"
    (report,) = verify_source(Source("own.nn", text + model), {})
    assert report.examples == 3 and not report.fine
    assert [(d.witness, d.name, d.place) for d in report.disagreements] == [
        ("example", "wave", "own.nn:3"), ("example", "share", "own.nn:5")]
    assert report.disagreements[1].text == "it is 0.5"


def test_a_straight_through_slope_is_right_and_told() -> None:
    text = "model m { input x[3];  h = x -> dense(2)\n output y[k] = h[k] + stop(round(h[k]) - h[k]) }\n"
    (report,) = verify_source(Source("own.nn", text + "train { loss mse;  optimizer sgd }\n"), {})
    assert report.fine and report.count("failed") == 0
    assert any("h.kernel" in note and "without `stop`" in note for note in report.notes)


def test_pieces_are_visited_and_those_that_are_not_are_told() -> None:
    text = "model m { input x[3];  output y = x -> dense(2, relu6) -> dense(1, far) }\n"
    text += "activation far(x) = where(x > 1e6, 2 * x, x)\ntrain { loss mse;  optimizer sgd }\n"
    (report,) = verify_source(Source("own.nn", text), {})
    assert report.fine and (report.pieces.visited, report.pieces.count) == (4, 5)
    (missed,) = report.pieces.missed
    assert missed.place.startswith("library/layers.nn:") and missed.condition.endswith("> 1000000")


def test_a_large_model_is_proved_at_smaller_sizes() -> None:
    text = "let width = 700\nmodel m { input x[3];  output y = x -> dense(width, tanh) -> dense(width) -> dense(1) }\n"
    large = Source("own.nn", text + "train { loss mse;  optimizer sgd }\n")
    opened = check(large, {})
    assert points_a_sample(opened) > BUDGET
    assert smaller(large, {}, opened) == {"width": "175"}
    assert smaller(source("regression"), {}, check(source("regression"), {})) is None


def test_verify_is_called_from_python() -> None:
    report = nndsl.verify(nndsl.load(FOLDER / "examples" / "xor.nn"), mutate=2)
    assert report.fine and report.count("proved") == 4 and len(report.mutants) == 2
    with pytest.raises(FrozenInstanceError):
        report.name = "other"  # type: ignore[misc]


def test_a_fault_in_generated_code_is_named_with_its_line() -> None:
    right = stages("classification")
    code = right.code
    line = next(x for x in code.split("\n") if "d_bias[" in x and "+=" in x)
    wrong = replace(right, code=code.replace(line, line.replace("+=", "-="), 1))
    found = prove(model_subject(wrong), read_functions(wrong.code), At(2, 1))
    assert any(n.startswith("∂") and "bias" in n and f.verdict == "failed" for n, f in found.items())


def test_examples_of_the_library_hold() -> None:
    stated = [line for found in library() for line in examples(found)]
    assert len(stated) > 60
    assert [d for line in stated if (d := line.disagreement()) is not None] == []


def test_the_last_line_of_json_sums_up() -> None:
    model = FOLDER / "tests" / "golden" / "dropout_and_state.nn"
    result = CliRunner().invoke(group, ["verify", str(model), "--mutate", "5", "--json"], standalone_mode=False)
    assert result.exception is None and result.return_value == 0, result.output
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    end = lines[-1]
    assert list(end)[:6] == ["event", "parameters", "proved", "sampled", "failed", "mutants"]
    assert end["event"] == "end" and end["parameters"] == end["proved"] + end["sampled"] > 0 == end["failed"]
    assert end["mutants"]["planted"] == 5 == end["mutants"]["caught"] + end["mutants"]["equivalent"]


def test_a_definition_of_the_library_is_verified_by_its_name() -> None:
    result = CliRunner().invoke(group, ["verify", "activation.softplus", "--json"], standalone_mode=False)
    assert result.exception is None and result.return_value == 0, result.output
    end = json.loads(result.stdout.splitlines()[-1])
    assert end["parameters"] == 1 and end["failed"] == 0
