"""Each piece of advice has a model that gets it and one that does not; its figures are right."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from nndsl.checking import check_model
from nndsl.diagnostics import CATALOGUE, Diagnostic, Source
from nndsl.lint.advice import advice
from nndsl.lint.gains import gain
from nndsl.lint.growth import between, growths
from nndsl.lint.material import Material
from nndsl.syntax import read_source

CLASSES = "loss categorical_crossentropy"
EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "examples").glob("*.nn"))
ADVICE = sorted(code for code in CATALOGUE if code.startswith("NN08"))

TRUE_OF_EXAMPLES = {  # what is advised on an example, and is so
    "autoencoder": ["NN0803"],  # sigmoid with squared errors
    "transformer": ["NN0802"],  # what is added to every key of an attention falls out of the softmax
    "vae": ["NN0803"],
}


def file(chain: str, loss: str = CLASSES, before: str = "", optimizer: str = "sgd", inputs: str = "x[6]") -> str:
    return (f"{before}model m {{\n    input {inputs}\n    output p = x -> {chain}\n}}\n"
            f"train {{\n    {loss}\n    optimizer {optimizer}\n}}\n")


def told(text: str) -> tuple[Diagnostic, ...]:
    return advice(Source("m.nn", text), {})


def codes(chain: str, loss: str = CLASSES, before: str = "", optimizer: str = "sgd") -> list[str]:
    return [d.code for d in told(file(chain, loss, before, optimizer))]


@pytest.mark.parametrize("code", ADVICE)
def test_the_catalogues_examples(code: str):
    entry = CATALOGUE[code]
    assert entry.severity == "advice" and entry.meaning and entry.wrong and entry.right
    assert code in [d.code for d in told(entry.wrong)]
    assert [d.code for d in told(entry.right)] == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_examples_get_only_advice_that_is_true_of_them(path: Path):
    assert [d.code for d in advice(read_source(path), {})] == TRUE_OF_EXAMPLES.get(path.stem, [])


# ---------------------------------------------------------------------------------------------------- depth


@pytest.mark.parametrize(("chain", "found"), [
    ("repeat(8, dense(4, sigmoid)) -> dense(3, softmax)", ["NN0801"]),
    ("repeat(8, dense(4, relu)) -> dense(3, softmax)", []),
    ("repeat(8, dense(4, tanh)) -> dense(3, softmax)", []),
    ("repeat(2, dense(4, sigmoid)) -> dense(3, softmax)", []),
    ("repeat(20, dense(32, tanh, kernel_initializer = random_normal(stddev = 0.05))) -> dense(3, softmax)", ["NN0801"]),
    ("repeat(20, dense(32, sigmoid, use_bias = false) -> batch_normalization) -> dense(3, softmax)", []),
    ("repeat(20, residual(dense(32, sigmoid, kernel_initializer = random_normal(stddev = 0.05)))) -> dense(3, softmax)", []),
    ("repeat(20, dense(32, tanh, kernel_initializer = random_normal(stddev = 1))) -> dense(3, softmax)", ["NN0804"]),
    ("repeat(12, dense(32, relu)) -> dense(3, softmax)", ["NN0805"]),
    ("repeat(12, dense(32, relu, kernel_initializer = orthogonal(gain = 1.41))) -> dense(3, softmax)", []),
    ("dense(4) -> batch_normalization -> dense(3, softmax)", ["NN0802"]),
    ("dense(4, use_bias = false) -> batch_normalization -> dense(3, softmax)", []),
])
def test_chains_and_gradients(chain: str, found: list[str]):
    wide = "dense(32) -> " if "residual" in chain else ""
    assert codes(wide + chain) == found


def test_a_users_own_function_counts_as_any_other():
    own = "activation {name}(x) = {factor} * sin(x)\n"
    assert codes("repeat(4, dense(4, weak)) -> dense(3, softmax)", before=own.format(name="weak", factor=0.1)) == ["NN0801"]
    assert codes("repeat(4, dense(4, full)) -> dense(3, softmax)", before=own.format(name="full", factor=1)) == []


def function_between(activation: str, before: str = ""):
    """The function between two layers, as it is found in the equations."""
    source = Source("m.nn", file(f"dense(8, {activation}) -> dense(8, {activation}) -> dense(3)", "loss mse", before))
    material = Material(source, check_model(source))
    path = growths(material)[-1].sums
    return between(material.forward.learn, path[0].equation, path[1])


@pytest.mark.parametrize(("activation", "before", "ideal"), [
    ("linear", "", 1.0),
    ("relu", "", math.sqrt(2)),
    ("selu", "", 1.0),
    ("leaky_relu(negative_slope = 0.5)", "", math.sqrt(2 / (1 + 0.25))),
    ("tanh", "", 1.5925374),
    ("f", "activation f(x) = where(x > 1, x, 0)\n", (math.erfc(2**-0.5) / 2 + math.exp(-0.5) / math.sqrt(2 * math.pi)) ** -0.5),
    ("f", "activation f(x) = sin(x)\n", 1 / math.sqrt((1 - math.exp(-2)) / 2)),
])
def test_the_gain_that_keeps_the_signal(activation: str, before: str, ideal: float):
    """E[f(z)²] in closed form; that of tanh from the literature."""
    found = gain(function_between(activation, before))
    assert found is not None and found.ideal == pytest.approx(ideal, rel=1e-4)


def test_slopes_have_closed_forms_too():
    found = gain(function_between("f", "activation f(x) = sin(x)\n"), deviation=0.7)
    assert found is not None
    assert found.slope == pytest.approx((1 + math.exp(-2 * 0.49)) / 2, rel=1e-6)
    assert found.square == pytest.approx((1 - math.exp(-2 * 0.49)) / 2, rel=1e-6)


@pytest.mark.parametrize("chain", [
    "repeat(12, dense(64, tanh))", "repeat(12, dense(64, sigmoid))",
    "repeat(8, dense(100, selu, kernel_initializer = lecun_normal))",
    "repeat(6, dense(64, tanh, kernel_initializer = random_uniform(-0.3, 0.3)))",
    "dense(64) -> repeat(6, residual(dense(64, tanh)))",
])
def test_growth_is_foreseen_as_it_comes_about(chain: str):
    source = Source("m.nn", file(f"{chain} -> dense(8)", "loss mse", inputs="x[64]"))
    growth = growths(Material(source, check_model(source)))[-1]
    assert growth.measured is not None
    for foreseen, came in zip((growth.signal, growth.gradient), growth.measured, strict=True):
        assert abs(math.log(foreseen / came)) < math.log(2)


def test_the_remedy_is_one():
    """What the help says to write in the layers' place takes the advice away."""
    found, = told(file("repeat(12, dense(64, relu)) -> dense(3, softmax)", inputs="x[64]"))
    setting = found.helps[0].split("`")[1]
    assert setting == "kernel_initializer = variance_scaling(scale = 2)"
    assert told(file(f"repeat(12, dense(64, relu, {setting})) -> dense(3, softmax)", inputs="x[64]")) == ()
    found, = told(file("repeat(20, dense(32, sigmoid)) -> dense(3, softmax)"))
    assert "no gain of the weights helps" in found.helps[0]


def test_where_and_why_is_said():
    found, = told(file("repeat(20, dense(32, sigmoid)) -> dense(3, softmax)"))
    label = found.labels[0]
    assert label.span.source.name == "m.nn" and "sigmoid" in label.span.source.line(label.span.line)
    assert "of 20 layers" in found.message and "√E[f'(z)²]" in label.text


# ---------------------------------------------------------------------------------------------------- losses


@pytest.mark.parametrize(("chain", "loss", "found"), [
    ("dense(1, sigmoid)", "loss mse", ["NN0803"]),
    ("dense(1, sigmoid)", "loss binary_crossentropy", []),
    ("dense(3, softmax)", "loss mse", ["NN0803"]),
    ("dense(3, softmax)", CLASSES, []),
    ("dense(1)", "loss mse", []),
])
def test_outputs_that_saturate(chain: str, loss: str, found: list[str]):
    assert codes(chain, loss) == found


# ---------------------------------------------------------------------------------------------------- targets


@pytest.mark.parametrize(("last", "scale", "outside"), [
    ("dense(1)", "standard", False),
    ("dense(1, sigmoid)", "standard", True),
    ("dense(1, sigmoid)", "minmax", False),
    ("dense(1, tanh)", "standard", True),
    ("dense(1, tanh)", "minmax", False),
    ("dense(1, relu)", "standard", True),
    ("dense(1, relu)", "minmax", False),
    ("dense(1, squash)", "standard", True),
    ("dense(1, squash)", "minmax", False),
])
def test_targets_outside_the_range(last: str, scale: str, outside: bool):
    text = ("activation squash(x) = x / (1 + abs(x))\n"
            f'data {{\n    source sklearn("diabetes")\n    scale x: standard\n    scale y: {scale}\n}}\n'
            + file(last, "loss mse", optimizer="adam", inputs="x[10]").replace("output p", "output y"))
    assert ("NN0806" in [d.code for d in told(text)]) == outside


def test_a_loss_that_does_not_ask_for_the_target_itself_is_left_alone():
    """Targets of 0 to 9 stand outside of what tanh gives, but what is compared with it is not the target."""
    text = ("loss near(y, p) = mean((sin(y) - p)^2)\n"
            'data {\n    source sklearn("digits")\n    target y = target\n}\n'
            + file("dense(1, tanh)", "loss near", inputs="x[64]").replace("output p", "output y"))
    assert "NN0806" not in [d.code for d in told(text)]


def test_other_data_on_the_command_line(tmp_path: Path):
    (tmp_path / "d.csv").write_text("x,y\n1,5\n2,7\n3,9\n4,2\n")
    text = file("dense(1, sigmoid)", "loss mse", optimizer="adam", inputs="x[1]").replace("output p", "output y")
    source = Source(str(tmp_path / "m.nn"), text)
    assert [d.code for d in advice(source, {})] == ["NN0803"]
    assert [d.code for d in advice(source, {}, tmp_path / "d.csv")] == ["NN0803", "NN0806"]


# ---------------------------------------------------------------------------------------------------- parameters


def test_gradients_that_are_small_are_not_zero():
    found = codes("repeat(30, dense(4, sigmoid)) -> dense(3, softmax)")
    assert found == ["NN0801"]


TOWERS = """model m {
    input a[3], b[3]
    let tower = dense(4, tanh) -> dense(LAST)
    u = a -> tower
    v = b -> tower
    d = sum[k]((u[k] - v[k])^2)
    output p = [d] -> dense(1)
}
train {
    loss mse
    optimizer adam
}
"""


def test_a_bias_that_cancels_between_towers():
    found, = told(TOWERS.replace("LAST", "2"))
    assert found.code == "NN0802" and "tower.dense_2.bias" in found.message
    assert told(TOWERS.replace("LAST", "2, use_bias = false")) == ()


def test_arrays_for_advice_are_those_of_the_data():
    source = read_source(EXAMPLES[0].parent / "xor.nn")
    data = {"x": np.array([[0.0, 1.0], [1.0, 1.0]]), "target.p": np.array([[1.0], [0.0]])}
    arrays = Material(source, check_model(source), data).arrays(seed=1, samples=2)
    assert (arrays["x"] == data["x"]).all() and (arrays["target.p"].ravel() == data["target.p"].ravel()).all()
