"""Derivatives in formulas in generated code: values against closed formulas, gradients against differences."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nndsl

NET = "[x, t] -> dense(6, tanh) -> dense(5, tanh) -> dense(1)"
RANDOM = np.random.default_rng(3)
POINTS = {"x": RANDOM.uniform(-1, 1, 7), "t": RANDOM.uniform(0, 1, 7)}
ROWS = {"x": RANDOM.normal(size=(7, 4)), "y": RANDOM.uniform(size=(7, 1))}


def physics(*lines: str, net: str = NET) -> str:
    """A net u of a place x and a time t."""
    return "\n".join(["model m {", "input x, t", f"output u[1] = {net}", *lines, "}"])


def rows(*lines: str, train: str = "") -> str:
    """A model of four numbers."""
    return "\n".join(["model m {", "input x[4]", *lines, "}", train])


NORMALISED = """
layer normalised(epsilon = 0.001) {
    input x[C]
    state moving_mean[C] = zeros
    state moving_variance[C] = ones
    if training {
        m[c] = mean[batch](x[c])
        v[c] = mean[batch]((x[c] - m[c])^2)
        moving_mean <- 0.9 * moving_mean + 0.1 * m
        moving_variance <- 0.9 * moving_variance + 0.1 * v
    } else { m = moving_mean; v = moving_variance }
    output y[c] = (x[c] - m[c]) / sqrt(v[c] + epsilon)
}
"""

LOSSES: dict[str, tuple[str, dict[str, Any], Any]] = {
    "heat": (physics("penalty (d(u, t) - 0.1 * d(u, x, x))^2"), POINTS, None),
    "Burgers": (physics("penalty (d(u, t) + u * d(u, x) - 0.01 * d(u, x, x))^2"), POINTS, None),
    "third order, mixed": (physics("penalty (d(u, t) + 6 * u * d(u, x) + d(u, x, x, x))^2 + d(u, x, t)"), POINTS, None),
    "through another one": (physics("flux[i] = u[i]^2 * d(u[i], x)", "penalty (d(u, t) - d(flux, x))^2"), POINTS, None),
    "a sine net": (physics("penalty (d(u, t, t) - d(u, x, x))^2",
                           net="[x, t] -> dense(6, sin) -> dense(5, softplus) -> dense(1)"), POINTS, None),
    "gradient penalty": (
        rows("output y[1] = x -> dense(5, gelu) -> dense(4, sigmoid) -> dense(1)",
             "slope = sqrt(sum[i](d(y, x[i])^2) + 1e-12)", "penalty 0.1 * (slope - 1)^2", train="train { loss mse }"),
        {"x": ROWS["x"]}, ROWS["y"]),
    "Laplacian": (
        rows("output y[1] = x -> dense(5, tanh) -> dense(1)", "penalty sum[i](d(y, x[i], x[i]))^2", train="train { loss mse }"),
        {"x": ROWS["x"]}, ROWS["y"]),
    "Jacobian": (
        rows("output y[2] = x -> dense(5, tanh) -> dense(2)", "penalty sum[k, i](d(y[k], x[i])^2)"), {"x": ROWS["x"]}, None),
    "in the loss": (
        rows("output y[1] = x -> dense(5, tanh) -> dense(1)", train="train { loss (target.y - y)^2 + d(y, x[0])^2 }"),
        {"x": ROWS["x"]}, ROWS["y"]),
    "in a layer, with shared weights": (
        "layer energy(f) {\ninput x[N]\ne = x -> f\noutput force[i] = -d(e[0], x[i])\npenalty 0.1 * e[0]^2\n}\n"
        + rows("let net = dense(1, softplus)", "output y[4] = x -> energy(dense(5, tanh) -> net)",
               train="train { loss mse }"),
        {"x": ROWS["x"]}, np.tile(ROWS["y"], 4)),
    "normalised over the batch": (
        NORMALISED + rows("output y[1] = x -> normalised -> dense(5, tanh) -> normalised -> dense(1)",
                          "penalty sum[i](d(y, x[i])^2)", train="train { loss mse }"),
        {"x": ROWS["x"]}, ROWS["y"]),
    "through a recurrence": (
        "layer memory(units) {\ninput x[T]\nparam w[units] = ones\nparam U[units, units] = orthogonal\n"
        "output h[t, u] = tanh(x[t] * w[u] + sum[k]((h[t - 1, k] else 0) * U[k, u]))\n}\n"
        + rows("h = x -> memory(3)", "last[u] = h[3, u]", "output y[1] = last -> dense(1)",
               "penalty d(y, x[1])^2 + d(y, x[0], x[1])^2 + sum[i](d(y, x[i])^2)", train="train { loss mse }"),
        {"x": ROWS["x"]}, ROWS["y"]),
    "with attention": (
        rows("q[s, t] = x[s] * x[t]", "a[s, t] = softmax[t](q[s, t])", "h[s] = sum[t](a[s, t] * x[t])",
             "output y[1] = h -> dense(5, tanh) -> dense(1)", "penalty d(y, x[2])^2 + sum[i](d(y, x[i])^2)"),
        {"x": ROWS["x"]}, None),
}


@pytest.mark.parametrize("case", LOSSES)
def test_gradients_agree_with_differences(case: str) -> None:
    text, x, y = LOSSES[case]
    model = nndsl.loads(text, precision="float64")
    draw = np.random.default_rng(5)
    for name in model.weights:
        model.weights[name] = draw.normal(size=np.shape(model.weights[name])) * 0.7 + (1 if "variance" in name else 0)
    _, gradients = model.loss_and_gradients(x, y)
    gradients = {name: np.array(value) for name, value in gradients.items()}
    assert any(np.abs(value).max() > 1e-3 for value in gradients.values())
    kept = {name: np.array(model.weights[name]) for name in model.weights}
    for name, gradient in gradients.items():
        direction = draw.normal(size=np.shape(gradient))
        found = [moved(model, kept, name, step * direction, x, y) for step in (1e-4, -1e-4, 2e-4, -2e-4)]
        slope = (8 * (found[0] - found[1]) - (found[2] - found[3])) / 12e-4
        scale = max(1, np.abs(gradient * direction).max())
        assert abs((gradient * direction).sum() - slope) < 1e-6 * scale, name


def moved(model: Any, kept: dict[str, Any], name: str, by: Any, x: Any, y: Any) -> float:
    """The loss after a weight was moved."""
    for other, value in kept.items():
        model.weights[other] = value + by if other == name else value
    return float(model.loss_and_gradients(x, y)[0])


CLOSED: dict[str, tuple[str, Any]] = {
    "a power": ("u = x[0]^3\noutput p = d(u, x[0])", lambda x: 3 * x[:, 0] ** 2),
    "of a formula": ("output p = d(sin(x[0]) * x[1], x[0])", lambda x: np.cos(x[:, 0]) * x[:, 1]),
    "second and mixed": ("u = exp(x[0] * x[1])\noutput p = d(u, x[0], x[1]) + d(u, x[1], x[1])",
                         lambda x: (1 + x[:, 0] * x[:, 1] + x[:, 0] ** 2) * np.exp(x[:, 0] * x[:, 1])),
    "all entries": ("u = sum(x^2) / 2\noutput p[i] = d(u, x[i])", lambda x: x),
    "an entry of a tensor": ("u[i] = x[i]^2 * x[0]\noutput p[i] = d(u[i], x[0])",
                             lambda x: np.concatenate([3 * x[:, :1] ** 2, x[:, 1:] ** 2], 1)),
    "inside each other": ("u = x[0]^4\noutput p = d(d(u, x[0]) * x[0], x[0])", lambda x: 16 * x[:, 0] ** 3),
    "the largest": ("u = max(x)\noutput p[i] = d(u, x[i])", lambda x: (x == x.max(1, keepdims=True)).astype(float)),
    "a piece": ("u = sum(where(x > 0, x^2, 0))\noutput p[i] = d(u, x[i])", lambda x: np.where(x > 0, 2 * x, 0)),
    "stopped inside": ("u = x[0] * stop(x[0])\noutput p = d(u, x[0])", lambda x: x[:, 0]),
    "stopped outside": ("u = x[0]^3\nv = x[0] * stop(d(u, x[0]))\noutput p = d(v, x[0])", lambda x: 3 * x[:, 0] ** 2),
    "a straight line": ("u = 2 * x[0] + x[1]\noutput p = d(u, x[0], x[0]) + x[1]", lambda x: x[:, 1]),
    "a shifted entry": ("u = sum(x^2) / 2\noutput p[i < 3] = d(u, x[i + 1])", lambda x: x[:, 1:]),
    "the same entry of two": ("u[i] = sum[j](x[j]^2 * x[i])\noutput p[i] = d(u[i], x[i])",
                              lambda x: (x**2).sum(1, keepdims=True) + 2 * x**2),
    "the trace of second ones": ("u = sum(x^4)\noutput p = sum[i](d(u, x[i], x[i]))", lambda x: 12 * (x**2).sum(1)),
    "through a recurrence": ("h[t] = x[t] * (h[t - 1] else 1)\noutput p[i] = d(h[3], x[i]) + 0 * d(h[2], x[0])",
                             lambda x: x.prod(1, keepdims=True) / x),
    "of every step of a recurrence": ("h[t] = x[t] * (h[t - 1] else 1)\noutput p[t] = d(h[t], x[0])",
                                      lambda x: x.cumprod(1) / x[:, :1]),
    "backwards in time": ("h[t] = x[t] * (h[t + 1] else 1)\noutput p[t] = d(h[t], x[3])",
                          lambda x: x[:, ::-1].cumprod(1)[:, ::-1] / x[:, 3:]),
    "inside a recurrence": ("v[t] = x[t]^2 * x[0]\nh[t] = d(v[t], x[0]) + (h[t - 1] else 0)\noutput p[t] = h[t]",
                            lambda x: np.cumsum(np.concatenate([3 * x[:, :1] ** 2, x[:, 1:] ** 2], 1), 1)),
    "gathered": ("best = argmax[i](x[i])\nu = x[best]^2\noutput p[i] = d(u, x[i])",
                 lambda x: np.where(x == x.max(1, keepdims=True), 2 * x, 0)),
    "a product with zeros": ("u = prod(where(x > 0, x, 0))\noutput p = d(u, x[0], x[1])",
                             lambda x: np.where((x > 0).all(1), x[:, 2] * x[:, 3], 0)),
    "a product in which one factor is zero": ("u = prod(x - stop(x[0]))\noutput p = d(u, x[0])",
                                              lambda x: (x[:, 1:] - x[:, :1]).prod(1)),
}


@pytest.mark.parametrize("case", CLOSED)
def test_predictions_may_be_derivatives(case: str) -> None:
    body, formula = CLOSED[case]
    model = nndsl.loads(rows(*body.split("\n")), precision="float64")
    want = formula(ROWS["x"])
    np.testing.assert_allclose(np.reshape(model.predict(ROWS["x"]), want.shape), want, rtol=1e-12, atol=1e-12)


def test_a_layer_that_gives_a_derivative_is_a_piece_like_others(tmp_path: Path) -> None:
    file = tmp_path / "energy.nn"
    file.write_text("layer energy(units) {\n    input x[N]\n    e = x -> dense(units, tanh) -> dense(1, softplus)\n"
                    "    output force[i] = -d(e[0], x[i])\n}\n")
    layer = nndsl.layer("energy", 5, source=str(file)).build((4,))
    assert list(layer.weights) == ["dense_1.kernel", "dense_1.bias", "dense_2.kernel", "dense_2.bias"]
    draw = np.random.default_rng(4)
    x, upstream, direction = (draw.normal(size=(3, 4)) for _ in range(3))
    layer.forward(x, training=True)
    found = (layer.backward(upstream) * direction).sum()
    ahead, behind = (layer.forward(x + step * direction) for step in (1e-5, -1e-5))
    assert abs(found - ((ahead - behind) * upstream).sum() / 2e-5) < 1e-8


def test_the_derivative_sees_the_numbers_that_were_drawn() -> None:
    """With u = Σ m x² and m drawn, u is half the derivative times x, in training too."""
    drawn = ("param s = 1", "keep[i] = bernoulli(0.5)", "u = sum[i](keep[i] * x[i]^2)", "output p = u * s")
    losses = [nndsl.loads(rows(*drawn, penalty), precision="float64").loss_and_gradients({"x": ROWS["x"]}, None)[0]
              for penalty in ("penalty (s * u - sum[i](d(u, x[i]) * x[i]) / 2)^2", "penalty (s * u)^2")]
    assert losses[0] < 1e-24 and losses[1] > 1


def test_over_the_batch_the_derivative_is_that_of_prediction() -> None:
    """In training the mean and the variance of the batch count as given, as the moving ones do."""
    text = rows("output y[1] = x -> normalised(epsilon = 0) -> dense(1)", "penalty d(y, x[0])")
    model = nndsl.loads(NORMALISED + text, precision="float64")
    loss, _ = model.loss_and_gradients({"x": ROWS["x"]}, None)
    (kernel,) = (np.array(model.weights[name]) for name in model.weights if name.endswith("kernel"))
    np.testing.assert_allclose(loss, kernel[0, 0] / ROWS["x"][:, 0].std(), rtol=1e-12)
