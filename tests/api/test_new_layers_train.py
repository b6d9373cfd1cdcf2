"""Layers that exist nowhere, written as their formulas: right gradients, and a task that each learns."""

from __future__ import annotations

import numpy as np
import pytest
from model_differences import assert_gradients_of_model

import nndsl

LAYERS = {
    "a bilinear gate": ("f", "x[4]", """layer f(units = 3) {
    input x[In]
    param look[In, In, units] = glorot_uniform
    param carry[In, units] = glorot_uniform
    gate[u] = sigmoid(sum[i, j](x[i] * look[i, j, u] * x[j]))
    output y[u] = gate[u] * sum[i](x[i] * carry[i, u])
}"""),
    "a locally connected convolution": ("f", "x[6, 2]", """layer f(filters = 3, width = 3) {
    input x[T, C]
    let P = T - width + 1
    param kernel[P, width, C, filters] = glorot_uniform
    param bias[P, filters] = zeros
    output y[p, f] = tanh(sum[k, c](x[p + k, c] * kernel[p, k, c, f]) + bias[p, f])
}"""),
    "a minimal gated unit": ("f", "x[6, 2]", """layer f(units = 4) {
    input x[T, In]
    param W[2, In, units] = glorot_uniform
    param U[2, units, units] = orthogonal
    param b[2, units] = zeros
    a[t, g, u] = sum[i](x[t, i] * W[g, i, u]) + b[g, u]
    keep[t, u] = sigmoid(a[t, 0, u] + sum[k]((h[t - 1, k] else 0) * U[0, k, u]))
    new[t, u]  = tanh(a[t, 1, u] + sum[k](keep[t, k] * (h[t - 1, k] else 0) * U[1, k, u]))
    h[t, u] = (1 - keep[t, u]) * (h[t - 1, u] else 0) + keep[t, u] * new[t, u]
    output y[u] = h[T - 1, u]
}"""),
    "distances": ("f", "x[4]", """layer f(units = 6, width = 1) {
    input x[In]
    require width > 0, "width must be positive, got {width}"
    param centre[units, In] = uniform(-1, 1)
    output y[u] = exp(-sum[i](abs(x[i] - centre[u, i])) / (width * In))
}"""),
    "a recurrence of second order": ("f", "x[6, 2]", """layer f(units = 3) {
    input x[T, In]
    param W[In, units] = glorot_uniform
    param swing[units] = uniform(0.5, 1)
    param damp[units] = uniform(0, 0.5)
    h[t, u] = tanh(sum[i](x[t, i] * W[i, u]) + swing[u] * (h[t - 1, u] else 0) - damp[u] * (h[t - 2, u] else 0))
    output h
}"""),
    "a mixture of experts": ("f(dense(3, tanh), dense(3, relu), dense(3))", "x[4]", """layer f(first, second, third) {
    input x[In]
    param router[In, 3] = glorot_uniform
    share[e] = softmax[e](sum[i](x[i] * router[i, e]))
    a = x -> first
    b = x -> second
    c = x -> third
    output y[u] = share[0] * a[u] + share[1] * b[u] + share[2] * c[u]
}"""),
}


def compiled(name: str) -> nndsl.Model:
    use, inputs, layer = LAYERS[name]
    return nndsl.loads(f"""{layer}
model m {{
    input {inputs}
    output p = x -> {use} -> flatten -> dense(1)
}}
train {{
    loss mse
    optimizer adam(learning_rate = 0.02)
    batch 16
}}
""", precision="float64")


@pytest.mark.parametrize("name", LAYERS)
def test_gradients_agree_with_differences(name: str) -> None:
    assert_gradients_of_model(compiled(name), tolerance=1e-6)


@pytest.mark.parametrize("name", LAYERS)
def test_the_loss_falls_by_half(name: str) -> None:
    model = compiled(name)
    random = np.random.default_rng(1)
    x = random.normal(size=(64, *model.input_shapes["x"]))
    y = np.sin(x.reshape(64, -1)[:, :1]) + x.reshape(64, -1)[:, -1:]
    before, _ = model.loss_and_gradients(x, y)
    model.fit(x, y, epochs=40)
    after, _ = model.loss_and_gradients(x, y)
    assert after < before / 2
