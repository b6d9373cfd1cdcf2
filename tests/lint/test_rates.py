"""The bound on the learning rate is that of the textbook; the curvature that of the loss; beyond the bound runs diverge."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nndsl.api.experiment import prepare
from nndsl.checking import check_model
from nndsl.diagnostics import Source
from nndsl.lint.advice import advice
from nndsl.lint.curvature import largest_curvature
from nndsl.lint.material import Material
from nndsl.lint.stability import Rule, rule

LINEAR = """data {{
    source sklearn("diabetes")
    scale  x: standard
    scale  y: standard
}}
model m {{
    input  x[10]
    output y = x -> dense(1)
}}
train {{
    loss      mse
    optimizer {optimizer}
    epochs    30
    batch     442
    precision float64
}}
"""


def update(optimizer: str, before: str = "") -> Rule:
    source = Source("m.nn", before + LINEAR.format(optimizer=optimizer))
    material = Material(source, check_model(source))
    found = rule(material.equations, material.first)
    assert found is not None
    return found


@pytest.mark.parametrize(("optimizer", "bound"), [
    ("sgd(0.1)", 2),
    ("sgd(0.1, momentum = 0.9)", 2 * 1.9),
    ("sgd(0.1, momentum = 0.9, nesterov = true)", 2 * 1.9 / (1 + 2 * 0.9)),
    ("sgd(0.1, clipnorm = 1)", 2),
    ("sgd(0.1, gradient_accumulation_steps = 3)", 2),
    ("sgd(0.1, use_ema = true)", 2),
    ("own", 2 * (1 + 0.8) / (1 - 0.8)),
])
def test_the_bound_of_linear_rules(optimizer: str, bound: float):
    """Rate times curvature: 2 for descent, 2 (1 + β) with momentum, that over 1 + 2β with Nesterov's, over 1 - β of a mean."""
    own = "optimizer own(lr = 0.1, beta = 0.8) {\n    state m = 0\n    m <- beta * m + (1 - beta) * g\n    w <- w - lr * m\n}\n"
    found = update(optimizer, own).stable_curvature(step=0)
    assert found is not None and 0.1 * found == pytest.approx(bound, rel=1e-4)


@pytest.mark.parametrize("optimizer", ["adam", "rmsprop", "adagrad", "lion", "nadam"])
def test_rules_that_are_not_linear_have_no_bound(optimizer: str):
    source = Source("m.nn", LINEAR.format(optimizer=optimizer))
    material = Material(source, check_model(source))
    found = rule(material.equations, material.first)
    assert found is None or found.stable_curvature(step=0) is None


def hessian_of_least_squares(x: np.ndarray) -> np.ndarray:
    """That of mean((y - x w - b)²) by w and b."""
    full = np.hstack([x, np.ones((len(x), 1))])
    return 2 * full.T @ full / len(x)


def test_the_curvature_is_the_largest_eigenvalue():
    experiment = prepare(Source("m.nn", LINEAR.format(optimizer="sgd")), {})
    arrays = experiment.dataset().train
    expected = np.linalg.eigvalsh(hessian_of_least_squares(arrays["x"]))[-1]
    found = largest_curvature(experiment.network, arrays)
    assert found == pytest.approx(expected, rel=0.02) and found <= expected * (1 + 1e-6)


def test_the_largest_eigenvalue_is_not_the_one_of_the_largest_magnitude():
    """Of -3 w² + v² it is that of v²; the weights stay as they were."""
    text = ("model m {\n    input x[1]\n    output y = x -> own\n    penalty 0\n}\n"
            "layer own() {\n    input x[1]\n    param w[1] = 0.3\n    param v[1] = 0.2\n"
            "    output y[k] = x[k]\n    penalty -3 * w[0]^2 + v[0]^2\n}\n"
            "train {\n    optimizer sgd\n    precision float64\n}\n")
    experiment = prepare(Source("m.nn", text), {})
    before = {name: array.copy() for name, array in experiment.network.arrays.items()}
    assert largest_curvature(experiment.network, {"x": np.ones((4, 1))}) == pytest.approx(2, rel=1e-3)
    assert all(experiment.network.arrays[name] == pytest.approx(array) for name, array in before.items())


def told(rate: str) -> bool:
    source = Source("m.nn", LINEAR.format(optimizer=f"sgd({rate}, momentum = 0.9)"))
    return "NN0808" in [d.code for d in advice(source, {})]


@pytest.mark.parametrize(("part", "diverges"), [(0.95, False), (1.05, True)])
def test_runs_diverge_just_beyond_the_bound(part: float, diverges: bool):
    experiment = prepare(Source("m.nn", LINEAR.format(optimizer="sgd(0.1, momentum = 0.9)")), {})
    arrays = experiment.dataset().train
    bound = 2 * 1.9 / np.linalg.eigvalsh(hessian_of_least_squares(arrays["x"]))[-1]
    network = experiment.network
    network.rate = part * bound / 0.1
    losses = []
    for _ in range(250):
        losses.append(network.gradient(arrays))
        network.update()
    assert (losses[-1] > 1e3 * losses[0]) == diverges
    assert diverges or losses[-1] < losses[0]
    assert told(str(part * bound)) == diverges


def test_a_schedule_that_comes_down_is_not_told_of():
    assert not told("exponential_decay(2, 1, 0.5)")
    assert told("exponential_decay(2, 1000000, 0.5)")


def test_without_data_nothing_is_said_of_rates():
    text = LINEAR.format(optimizer="sgd(5)").partition("}\n")[2]
    assert [d.code for d in advice(Source(str(Path("m.nn")), text), {})] == []
