"""Layers whose tensors refer to their own entries: their gradients, and what their steps have to do with each other."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from model_differences import assert_gradients_of_model

import nndsl

MODEL = "\nmodel m {\n    input  x[5, 3]\n    output p = x -> f(4)\n}\n\ntrain {\n    loss mse\n}\n"

LAYERS = {
"leaky":"""layer f(units) {
    input x[T, In]
    param W[In, units] = glorot_uniform
    param U[units, units] = glorot_uniform
    a[t, u] = sum[i](x[t, i] * W[i, u]) + sum[k]((h[t - 1, k] else 0) * U[k, u])
    h[t, u] = tanh(a[t, u])
    output y[u] = h[T - 1, u]
}""",
"seq":"""layer f(units) {
    input x[T, In]
    param W[In, units] = glorot_uniform
    param U[units, units] = glorot_uniform
    param start[units] = normal(0, 1)
    param b[units] = zeros
    output h[t, u] = tanh(sum[i](x[t, i] * W[i, u]) + sum[k]((h[t - 1, k] else start[k]) * U[k, u]) + b[u])
}""",
"back":"""layer f(units) {
    input x[T, In]
    param W[In, units] = glorot_uniform
    param U[units, units] = glorot_uniform
    output h[t, u] = tanh(sum[i](x[t, i] * W[i, u]) + sum[k]((h[t + 1, k] else 0.3) * U[k, u]))
}""",
"second":"""layer f(units) {
    input x[T, In]
    param W[In, units] = glorot_uniform
    param a = 0.5
    param b = 0.3
    y[t, u] = a * (y[t-1, u] else 0) - b * sin((y[t-2, u] else 1)) + sum[i](x[t, i] * W[i, u])
    output y
}""",
"lstm":"""layer f(units) {
    input x[T, In]
    param kernel[In, 4 * units] = glorot_uniform
    param recurrent_kernel[units, 4 * units] = orthogonal
    param bias[4 * units] = zeros
    z[t, gate < 4, u] = sum[i](x[t, i] * kernel[i, (gate, u)]) +
        sum[k]((h[t-1, k] else 0) * recurrent_kernel[k, (gate, u)]) + bias[(gate, u)]
    c[t, u] = sigmoid(z[t, 1, u]) * (c[t-1, u] else 0) + sigmoid(z[t, 0, u]) * tanh(z[t, 2, u])
    h[t, u] = sigmoid(z[t, 3, u]) * tanh(c[t, u])
    output h
}""",
"gru":"""layer f(units) {
    input x[T, In]
    param kernel[In, 3 * units] = glorot_uniform
    param U[units, 3 * units] = orthogonal
    p[t, gate < 3, u] = sum[i](x[t, i] * kernel[i, (gate, u)])
    q[t, gate < 3, u] = sum[k]((h[t-1, k] else 0) * U[k, (gate, u)])
    z[t, u] = sigmoid(p[t, 0, u] + q[t, 0, u])
    r[t, u] = sigmoid(p[t, 1, u] + q[t, 1, u])
    n[t, u] = tanh(p[t, 2, u] + sum[k](r[t, k] * (h[t-1, k] else 0) * U[k, 2 * units + u]))
    h[t, u] = z[t, u] * (h[t-1, u] else 0) + (1 - z[t, u]) * n[t, u]
    output h
}""",
"gated":"""layer f(units) {
        input x[T, In]
        input mask[T]: bool = true
        param W[In, 2 * units] = glorot_uniform
        param U[units, 2 * units] = orthogonal
        a[t, g < 2, u] = sum[i](x[t, i] * W[i, (g, u)]) + sum[k]((h[t-1, k] else 0) * U[k, (g, u)])
        new[t, u] = sigmoid(a[t, 0, u]) * tanh(a[t, 1, u]) + (1 - sigmoid(a[t, 0, u])) * (h[t-1, u] else 0)
        output h[t, u] = where(mask[t], new[t, u], (h[t-1, u] else 0))
    }""",
"odd":"""layer f(units) {
    input x[T, In]
    param W[In, units] = glorot_uniform
    param U[units, units] = glorot_uniform
    param V[units] = normal(0, 1)
    m[t] = logsumexp[k]((h[t-1, k] else V[k]))
    s[t, u] = softmax[u](sum[k]((h[t-1, k] else V[k]) * U[k, u]) + t * 0.1)
    big[t] = max[k](s[t, k] * V[k])
    h[t, u] = (h[t-2, u] else t * V[u]) * 0.3 + s[t, u] * m[t] + big[t] + sum[i](x[t, i] * W[i, u])
    output h
}""",
"trunc":"""layer f(units) {
    input x[T, In]
    param W[In, units] = glorot_uniform
    param U[units, units] = glorot_uniform
    prev[t, u] = (h[t-1, u] else 0)
    h[t, u] = tanh(sum[i](x[t, i] * W[i, u]) + sum[k](where(mod(t, 2) == 0, prev[t, k], prev[t, k]) * U[k, u]))
    output h
}""",
}


@pytest.mark.parametrize("name", LAYERS)
def test_gradients_agree_with_differences(name: str) -> None:
    assert_gradients_of_model(nndsl.loads(LAYERS[name] + MODEL, precision="float64"))


def test_thousands_of_steps() -> None:
    layer = nndsl.loads("""layer decay() {
    input x[T]
    param a = 0.5
    output h[t] = a * (h[t-1] else 0) + x[t]
}
model m {
    input  x[4000]
    output p = x -> decay
}
train {
    loss mse
}
""", precision="float64")
    x = np.random.default_rng(1).normal(size=(2, 4000))
    expected = np.zeros_like(x)
    for t in range(4000):
        expected[:, t] = x[:, t] + 0.5 * (expected[:, t - 1] if t else 0)
    np.testing.assert_allclose(layer.predict(x), expected, rtol=1e-12)
    assert_gradients_of_model(layer)


def test_a_recurrence_inside_each_row_of_something_else() -> None:
    """A recurrent layer applied to every entry of another axis has that axis too."""
    layer = LAYERS["leaky"] + """
layer each(g) {
    input x[R, T, In]
    output y[r, ...] = x[r, ...] -> g
}
model m {
    input  x[2, 5, 3]
    output p = x -> each(f(4))
}
train {
    loss mse
}
"""
    assert_gradients_of_model(nndsl.loads(layer, precision="float64"))


def test_masked_steps_keep_what_was() -> None:
    text = LAYERS["gated"] + """
model m {
    input  x[5, 3], on[5]
    output p = x -> f(4, mask = on > 0)
}
train {
    loss mse
}
"""
    model = nndsl.loads(text, precision="float64")
    generator = np.random.default_rng(2)
    on = np.array([[1, 1, 0, 1, 0], [0, 1, 1, 1, 1.0]])
    p = model.predict({"x": generator.normal(size=(2, 5, 3)), "on": on})
    assert np.array_equal(p[0, 2], p[0, 1]) and np.array_equal(p[0, 4], p[0, 3]) and not p[1, 0].any() and p[1, 1].any()


def test_truncation_is_said_with_stop() -> None:
    """A gradient that goes back through no more than two steps at a time."""
    layer = """layer f(units) {
    input x[T, In]
    param W[In, units] = glorot_uniform
    before[t, u] = (h[t-1, u] else 0)
    h[t, u] = sum[i](x[t, i] * W[i, u]) + 0.5 * where(mod(t, 2) == 0, stop(before[t, u]), before[t, u])
    output h
}
"""
    model = nndsl.loads(layer + MODEL, precision="float64")
    x, y = np.ones((1, 5, 3)), np.zeros((1, 5, 4))
    h = model.predict(x)
    gradient = model.loss_and_gradients(x, y)[1]["p.W"]
    slope = np.array([1, 1.5, 1, 1.5, 1])[None, :, None]  # of each step's value, within its two steps
    np.testing.assert_allclose(gradient, np.broadcast_to((2 / 20) * (h * slope).sum((0, 1)), (3, 4)), rtol=1e-12)


@pytest.mark.parametrize("layer", ["lstm(4)", "gru(4)", "bidirectional(simple_rnn(2))"])
def test_one_instance_at_two_places(layer: str) -> None:
    """A recurrent layer that a `let` shares: one set of weights, whose gradient is the sum over both places."""
    text = f"""model m {{{{
    input  a[5, 3], b[5, 3]
    let read = {layer}
    first  = a -> read
    second = b -> {{}}
    output p[k] = first[k] - 2 * second[k]
}}}}

train {{{{
    loss mse
}}}}
"""
    shared = nndsl.loads(text.format("read"), precision="float64")
    apart = nndsl.loads(text.format(layer), precision="float64")
    assert 2 * len(shared.weights) == len(apart.weights)
    assert_gradients_of_model(shared)
    for (first, second), value in zip(halves(apart.weights), shared.weights.values(), strict=True):
        apart.weights[first], apart.weights[second] = value, value
    random = np.random.default_rng(3)
    x, y = {name: random.normal(size=(4, 5, 3)) for name in "ab"}, random.normal(size=(4, 4))
    (loss, slopes), (same, parts) = shared.loss_and_gradients(x, y), apart.loss_and_gradients(x, y)
    assert loss == pytest.approx(same, rel=1e-12)
    for (first, second), slope in zip(halves(parts), slopes.values(), strict=True):
        np.testing.assert_allclose(parts[first] + parts[second], slope, rtol=1e-9, atol=1e-12)


def halves(weights: Mapping[str, np.ndarray]) -> list[tuple[str, str]]:
    """The weights of the first of two equal layers, each with that of the second."""
    names = list(weights)
    return list(zip(names[: len(names) // 2], names[len(names) // 2:], strict=True))
