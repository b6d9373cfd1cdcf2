"""Layers that do something else in training: batch statistics, frozen weights, random draws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nndsl

RANDOM = np.random.default_rng(3)
TRAIN = "\ntrain {\n    loss mse\n    optimizer sgd(0.1)\n    batch 4\n    shuffle false\n}\n"


def model(inside: str, inputs: str = "x[3]") -> nndsl.Model:
    return nndsl.loads(f"model m {{\n    input {inputs}\n    {inside}\n}}\n{TRAIN}", precision="float64")


@pytest.mark.parametrize("samples", [7, 9])
def test_batch_normalization_of_a_small_last_batch(samples: int) -> None:
    """Statistics over as many samples as the batch has, three or a single one."""
    norm = model("output p = x -> batch_normalization(momentum = 0.8)")
    x, y = RANDOM.normal(1, 2, (samples, 3)), RANDOM.normal(size=(samples, 3))
    norm.fit(x, y, epochs=1)
    gamma, beta, mean, variance = np.ones(3), np.zeros(3), np.zeros(3), np.ones(3)
    for at in range(0, samples, 4):
        a, b = x[at:at + 4], y[at:at + 4]
        n = (a - a.mean(0)) / np.sqrt(a.var(0) + 0.001)
        slope = 2 * (gamma * n + beta - b) / b.size
        gamma, beta = gamma - 0.1 * (slope * n).sum(0), beta - 0.1 * slope.sum(0)
        mean, variance = 0.8 * mean + 0.2 * a.mean(0), 0.8 * variance + 0.2 * a.var(0)
    for found, wanted in zip(norm.weights.values(), (gamma, beta, mean, variance), strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-12)
    np.testing.assert_allclose(norm.predict(x), gamma * (x - mean) / np.sqrt(variance + 0.001) + beta, rtol=1e-12)


def test_a_frozen_layer_keeps_its_weights() -> None:
    net = model("output p = x -> dense(5, tanh, trainable = false, name = \"frozen\") -> dense(3, name = \"free\")")
    x, y = RANDOM.normal(size=(8, 3)), RANDOM.normal(size=(8, 3))
    before = {name: value.copy() for name, value in net.weights.items()}
    assert set(net.loss_and_gradients(x, y)[1]) == {"free.kernel", "free.bias"}
    net.fit(x, y, epochs=2)
    moved = {name for name, value in net.weights.items() if not np.array_equal(value, before[name])}
    assert moved == {"free.kernel", "free.bias"}


def test_a_frozen_batch_normalization_goes_by_its_moving_averages() -> None:
    net = model("output p = x -> dense(3) -> batch_normalization(trainable = false, name = \"norm\")")
    x, y = RANDOM.normal(size=(8, 3)), RANDOM.normal(size=(8, 3))
    for name in ("gamma", "beta", "moving_mean", "moving_variance"):
        net.weights[f"norm.{name}"] = RANDOM.uniform(0.5, 2, 3)
    before = {name: value.copy() for name, value in net.weights.items()}
    loss, gradients = net.loss_and_gradients(x, y)
    assert loss == pytest.approx(np.mean((net.predict(x) - y) ** 2), rel=1e-12)  # in training as in prediction
    assert set(gradients) == {"dense_1.kernel", "dense_1.bias"}
    net.fit(x, y, epochs=2)
    assert all(np.array_equal(net.weights[name], before[name]) for name in before if name.startswith("norm."))
    assert not np.array_equal(net.weights["dense_1.kernel"], before["dense_1.kernel"])


NOISY: dict[str, tuple[dict[str, Any], float]] = {
    "dropout": ({"rate": 0.3}, (0.3 / 0.7) ** 0.5), "spatial_dropout1d": ({"rate": 0.3}, (0.3 / 0.7) ** 0.5),
    "gaussian_noise": ({"stddev": 0.5}, 0.5), "gaussian_dropout": ({"rate": 0.3}, (0.3 / 0.7) ** 0.5)}
"""Settings, and how far ones are spread by them."""


@pytest.mark.parametrize("name", NOISY)
def test_noise_in_training_only(name: str) -> None:
    """The same numbers from the same seed, others in the next step; the mean is kept, the deviation as stated."""
    settings, deviation = NOISY[name]
    x = np.ones((200, 5, 40))
    layer = nndsl.layer(name, **settings).build((5, 40))
    np.testing.assert_array_equal(layer.forward(x), x)
    noisy = layer.forward(x, training=True)
    np.testing.assert_array_equal(noisy, nndsl.layer(name, **settings).build((5, 40)).forward(x, training=True))
    draws = noisy[:, 0] if name == "spatial_dropout1d" else noisy
    assert abs(draws.mean() - 1) < 5 * deviation / draws.size**0.5
    assert abs(draws.std() - deviation) < 5 * deviation / draws.size**0.5
    assert (noisy == noisy[:, :1]).all() == (name == "spatial_dropout1d")
    if "dropout" == name:
        assert set(np.unique(noisy)) == {0, 1 / 0.7}


@pytest.mark.parametrize("name", NOISY)
def test_training_with_noise_is_a_function_of_the_seed(name: str) -> None:
    settings = ", ".join(f"{key} = {value}" for key, value in NOISY[name][0].items())
    text = f"model m {{\n    input x[4, 3]\n    output p = x -> {name}({settings}) -> flatten -> dense(2)\n}}\n"
    x, y = RANDOM.normal(size=(10, 4, 3)), RANDOM.normal(size=(10, 2))

    def trained(seed: int) -> np.ndarray:
        net = nndsl.loads(f"{text}{TRAIN.rstrip()[:-1]}    seed {seed}\n}}\n", precision="float64")
        net.weights["dense_1.kernel"] = np.ones((12, 2))
        net.fit(x, y, epochs=2)
        return np.array(net.weights["dense_1.kernel"])

    same = trained(1)
    np.testing.assert_array_equal(same, trained(1))
    assert not np.allclose(same, trained(2))


SETTINGS = {
    "dense(4, {})": ("x[3]", ("kernel", "bias")),
    "lstm(4, {})": ("x[5, 3]", ("kernel", "recurrent_kernel", "bias")),
    "conv1d(4, 2, {}) -> flatten": ("x[5, 3]", ("kernel", "bias")),
    "batch_normalization({})": ("x[3]", ("gamma", "beta")),
    "prelu({})": ("x[3]", ("alpha",)),
    "separable_conv1d(4, 2, {}) -> flatten": ("x[5, 3]", ("depthwise_kernel", "pointwise_kernel", "bias")),
    "rms_normalization({})": ("x[3]", ("scale",)),
}
"""Layers, an input for each, and their parameters."""


@pytest.mark.parametrize("layer", SETTINGS)
def test_every_param_brings_an_initializer_and_a_regularizer(layer: str) -> None:
    shape, params = SETTINGS[layer]
    given = [f"{p}_initializer = constant({k + 1} / 8)" for k, p in enumerate(params)]
    plain = model(f"output p = x -> {layer.format(', '.join(given))}", shape)
    given += [f"{p}_regularizer = l2({k + 1} / 4)" for k, p in enumerate(params)]
    held = model(f"output p = x -> {layer.format(', '.join(given))}", shape)
    x = RANDOM.normal(size=(4, *plain.input_shapes["x"]))
    y = RANDOM.normal(size=plain.predict(x).shape)
    weights = {name.split(".")[-1]: value for name, value in held.weights.items()}
    assert all((weights[p] == (k + 1) / 8).all() for k, p in enumerate(params))
    (loss, slopes), (more, steeper) = (m.loss_and_gradients(x, y) for m in (plain, held))
    penalty = sum((k + 1) / 4 * ((k + 1) / 8) ** 2 * weights[p].size for k, p in enumerate(params))
    assert more - loss == pytest.approx(penalty, rel=1e-10)
    for name, slope in slopes.items():
        k = params.index(name.split(".")[-1])
        np.testing.assert_allclose(steeper[name] - slope, 2 * (k + 1) / 4 * (k + 1) / 8, rtol=1e-9)
