"""`inspect --derivatives` is followed from the loss to every weight; what it says is true in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from nndsl.compiler import Stages, compile_source
from nndsl.diagnostics import Source
from nndsl.inspect.reading import reading, renamed
from nndsl.inspect.told import derivatives
from nndsl.ir.equation import Program, Scan, adjoint_name, target_name
from nndsl.ir.expression import Read, walk
from nndsl.ir.interpreter import run
from nndsl.syntax import read_source

ROOT = Path(__file__).resolve().parents[2]
TWO = """model two {
    input  x[4]
    output p = x -> dense(5, tanh) -> dense(3, softmax)
}
train {
    loss      sparse_categorical_crossentropy
    optimizer sgd
}
"""


def told(text: str) -> list[str]:
    found = reading(compile_source(Source("two.nn", text), {}))
    return [line.text for group in found.groups for line in group.lines]


def test_two_layers_are_told_as_in_a_textbook() -> None:
    assert told(TWO) == [
        "δloss[n] = sample weight[n] / batch",
        "δdense_2.softmax.x[n,c] = δloss[n] · p[n,c] - where(c == target.p[n], δloss[n], 0)",
        "δdense_2.z[n,u] = δdense_2.softmax.x[n,u]",
        "∂L/∂dense_2.bias[u] = Σ_n δdense_2.softmax.x[n,u]",
        "δdense_1.output[n,i] = Σ_u δdense_2.softmax.x[n,u] · dense_2.kernel[i,u]",
        "∂L/∂dense_2.kernel[i,u] = Σ_n δdense_2.softmax.x[n,u] · dense_1.output[n,i]",
        "δdense_1.z[n,u] = δdense_1.output[n,u] · (1 - dense_1.output[n,u]²)",
        "∂L/∂dense_1.bias[u] = Σ_n δdense_1.z[n,u]",
        "∂L/∂dense_1.kernel[i,u] = Σ_n δdense_1.z[n,u] · x[n,i]"]


def test_what_adds_up_over_places_or_steps_says_so() -> None:
    pool = "model m { input x[6]\n output y = x -> dense(6) -> reshape([6, 1]) -> max_pool1d(3, 1) -> flatten -> dense(1) }\n"
    [line] = [text for text in told(pool + "train { loss mse\n optimizer sgd }") if "winner of" in text]
    assert " += " in line
    steps = told((ROOT / "tests/golden/recurrent.nn").read_text())
    assert any(text.startswith("∂L/∂gated_1.U[") and " += " in text and text.endswith("for t = 4, ..., 0") for text in steps)


def test_copies_are_told_as_the_entries_that_they_hold() -> None:
    steps = told((ROOT / "examples/lstm.nn").read_text())
    assert ("δlstm_1.c[n,t - 1,u] += δlstm_1.c[n,t,u] · lstm_1.keep[n,t,u]  where 0 ≤ t - 1 < 8   for t = 7, ..., 0") in steps
    assert any("· (lstm_1.h[n,t - 1,k] else 0)" in text for text in steps)
    windows = told((ROOT / "examples/lenet.nn").read_text())
    kernel = "∂L/∂conv2d_1.kernel[i,j,c,f] = Σ_{n,p,q} δconv2d_1.z[n,p,q,f] · (image[n,p + i - 1,q + j - 1,c] else 0)"
    assert kernel in windows
    assert not any(" with start" in text or " padded" in text for text in (*steps, *windows))


def test_what_readers_cannot_know_is_explained() -> None:
    stages = compile_source(Source("two.nn", TWO), {})
    telling = derivatives(reading(stages), None)
    assert {"L", "δv", "n", "batch", "sample weight", "target.p", "dense_2.softmax.x"} <= dict(telling.symbols).keys()
    assert [b.title for b in telling.blocks if b.title] == [
        "two: the model", "dense_2: dense, [5] → [3]", "dense_1: dense, [4] → [5]"]
    [safe] = [[line.text for line in block.safe] for block in telling.blocks if block.safe]
    assert safe == ["loss[n] = log(p.sum[n]) - (dense_2.softmax.x[n,target.p[n]] - p.max[n])",
                    "p.max[n] = max[c](dense_2.softmax.x[n,c])", "p.exp[n,c] = exp(dense_2.softmax.x[n,c] - p.max[n])",
                    "p.sum[n] = Σ_c p.exp[n,c]"]


def test_every_name_in_the_gradients_is_the_user_s_or_is_defined() -> None:
    for name in ("digits", "lenet", "lstm", "transformer", "own_formulas"):
        stages = compile_source(read_source(ROOT / "examples" / f"{name}.nn"), {})
        telling = derivatives(reading(stages), None)
        given = {n for n, t in stages.checked.learn.tensors.items()}
        known = given | {line.equation.out for block in telling.blocks for line in (*block.lines, *block.safe)}
        read = {node.tensor for block in telling.blocks for line in block.lines for node in walk(line.equation.expr)
                if isinstance(node, Read)}
        assert not {n for n in read - known if not n.startswith("winner of ")}, name


FILES = ["examples/digits.nn", "examples/own_formulas.nn", "examples/lenet.nn", "examples/heat.nn",
         "tests/golden/two_outputs.nn", "tests/golden/shared_layer.nn"]


@pytest.mark.parametrize("name", FILES)
def test_every_weight_is_reached_in_an_order_that_can_be_read(name: str) -> None:
    stages = compile_source(read_source(ROOT / name), {})
    found = reading(stages)
    lines = [line for group in found.groups for line in group.lines]
    weights = {v.name for v in stages.checked.variables if v.kind == "parameter" and v.trainable}
    assert weights <= {line.tensor for line in lines}
    known: set[str] = set()
    last = {line.equation.out: number for number, line in enumerate(lines)}
    for number, line in enumerate(lines):
        read = {node.tensor for node in walk(line.equation.expr) if isinstance(node, Read) and node.tensor.startswith("δ")}
        assert all(last[tensor] < number for tensor in read - known)
        known.add(line.equation.out)


@pytest.mark.parametrize("name", ["classification", "convolution", "dropout_and_state", "embedding", "double", "regression",
                                  "two_outputs", "own_formulas", "naive_formulas", "shared_layer"])
def test_what_is_told_gives_the_gradients(name: str) -> None:
    """The equations told, run by the interpreter after the forward pass, give what the derived program gives."""
    stages = compile_source(read_source(ROOT / "tests/golden" / f"{name}.nn"), {}, "float64")
    whole = stages.adjoints.learn
    lines = [line for group in reading(stages).groups for line in group.lines]
    back = {line.equation.out: adjoint_name(line.tensor) for line in lines}
    forward = [s for s in whole.steps if isinstance(s, Scan) or not s.out.startswith("∂")]
    program = Program(dict(whole.tensors), (*forward, *(renamed(line.equation, back) for line in lines)))
    given = values(stages)
    expected, actual = run(whole, given, batch=4), run(program, given, batch=4)
    for name in {adjoint_name(v.name) for v in stages.checked.variables if v.kind == "parameter" and v.trainable}:
        np.testing.assert_allclose(actual[name], expected[name], rtol=1e-9, atol=1e-12)


def values(stages: Stages) -> Mapping[str, np.ndarray]:
    """Arrays for all that a step of training is given."""
    rng = np.random.default_rng(3)
    limits = {target_name(p.name): p.limit for p in stages.checked.targets} | {p.name: p.limit for p in stages.checked.inputs}
    found = {}
    for name, tensor in stages.adjoints.learn.tensors.items():
        if tensor.role in ("input", "target", "parameter", "state"):
            shape = [4 if extent == "batch" else extent for extent in tensor.shape]
            found[name] = rng.integers(limits[name], size=shape) if tensor.dtype == "int" else rng.uniform(0.1, 0.9, shape)
    return found
