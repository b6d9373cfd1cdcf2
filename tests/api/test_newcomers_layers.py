"""More layers that exist nowhere, as the language page lets one write them: gradients, and a task that each learns."""

from __future__ import annotations

import numpy as np
import pytest
from model_differences import assert_gradients_of_model
from plain_module import plain_module

import nndsl
from nndsl import cache

LAYERS = {
    "a convolution with weights of its own at each point": ("x[4, 4, 1]", "x -> f", """layer f(filters = 2) {
    input x[H, W, C]
    param kernel[H - 1, W - 1, 2, 2, C, filters] = glorot_uniform
    output y[p, q, f] = tanh(sum[i, j, c](x[p + i, q + j, c] * kernel[p, q, i, j, c, f]))
}"""),
    "a cell that runs both ways": ("x[5, 2]", "x -> f", """layer f(units = 3) {
    input x[T, In]
    param W[2, In, units] = glorot_uniform
    param U[2, units, units] = orthogonal
    ahead[t, u] = tanh(sum[i](x[t, i] * W[0, i, u]) + sum[k]((ahead[t - 1, k] else 0) * U[0, k, u]))
    back[t, u]  = tanh(sum[i](x[t, i] * W[1, i, u]) + sum[k]((back[t + 1, k] else 0) * U[1, k, u]))
    output y = join([ahead, back], -1)
}"""),
    "a memory of images": ("x[3, 4, 4, 1]", "x -> f", """layer f(filters = 2) {
    input x[T, H, W, C]
    param K[3, 3, C, filters] = glorot_uniform
    param R[3, 3, filters, filters] = glorot_uniform
    h[t, p < H, q < W, f] = tanh(sum[i, j, c]((x[t, p + i - 1, q + j - 1, c] else 0) * K[i, j, c, f])
        + sum[i, j, c]((h[t - 1, p + i - 1, q + j - 1, c] else 0) * R[i, j, c, f]))
    output y[p, q, f] = h[T - 1, p, q, f]
}"""),
    "attention that knows how far": ("x[5, 3]", "x -> f", """layer f(size = 2) {
    input x[T, D]
    param Q[D, size] = glorot_uniform
    param K[D, size] = glorot_uniform
    param far[2 * T - 1, size] = normal(0, 0.1)
    q[t, e] = sum[i](x[t, i] * Q[i, e])
    k[t, e] = sum[i](x[t, i] * K[i, e])
    w[t, s] = softmax[s](sum[e](q[t, e] * (k[s, e] + far[s - t + T - 1, e])) / sqrt(size))
    output y[t, d] = sum[s](w[t, s] * x[s, d])
}"""),
    "echoes of a fixed random net": ("x[5, 2]", "x -> f", """layer f(units = 6, leak = 0.3) {
    input x[T, In]
    state W[In, units] = uniform(-1, 1)
    state R[units, units] = normal(0, 0.3)
    h[t, u] = (1 - leak) * (h[t - 1, u] else 0)
            + leak * tanh(sum[i](x[t, i] * W[i, u]) + sum[k]((h[t - 1, k] else 0) * R[k, u]))
    output y[u] = h[T - 1, u]
}"""),
    "a convolution on a graph": ("x[4, 3], near[4, 2]: int < 4", "x -> f(3, near = near)", """layer f(units) {
    input x[N, C]
    input near[N, M]: int < N
    param own[C, units] = glorot_uniform
    param other[C, units] = glorot_uniform
    output y[n, u] = tanh(sum[c](x[n, c] * own[c, u]) + sum[m, c](x[near[n, m], c] * other[c, u]) / M)
}"""),
    "a norm over the batch": ("x[3, 4]", "x -> f", """layer f(momentum = 0.9) {
    input x[..., C]
    param scale[C] = ones
    state power[C] = ones
    if training {
        p[c] = mean[batch, ...](x[..., c]^2)
        power <- momentum * power + (1 - momentum) * p
    } else { p = power }
    output y[..., c] = scale[c] * x[..., c] / sqrt(p[c] + 0.001)
}"""),
    "weights that are drawn": ("x[4]", "x -> f", """layer f(spread = 0.1) {
    input x[In]
    param mean[In, 3] = glorot_uniform
    param width[In, 3] = constant(-3)
    if training {
        noise[i < In, u < 3] = normal(0, spread)
        output y[u] = sum[i](x[i] * (mean[i, u] + log1p(exp(width[i, u])) * noise[i, u]))
    } else { output y[u] = sum[i](x[i] * mean[i, u]) }
}"""),
    "a masked unit": ("x[5, 2], on[5]", "x -> f(3, mask = on > 0)", """layer f(units) {
    input x[T, In]
    input mask[T]: bool = true
    param W[In, units] = glorot_uniform
    param U[units, units] = orthogonal
    was[t, u] = (h[t - 1, u] else 0)
    keep[t, u] = sigmoid(sum[i](x[t, i] * W[i, u]) + sum[k](was[t, k] * U[k, u]))
    h[t < T, u < units] = where(mask[t], keep[t, u] * was[t, u] + 1 - keep[t, u], was[t, u])
    output y[u] = h[T - 1, u]
}"""),
}


@pytest.fixture(params=LAYERS)
def model(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> nndsl.Model:
    """What is generated for a model of the layer, in plain Python: compiling takes long."""
    inputs, use, layer = LAYERS[request.param]
    monkeypatch.setattr(cache, "load_module", lambda artifact: plain_module(cache.module_path(artifact).read_text()))
    return nndsl.loads(f"{layer}\nmodel m {{\n    input {inputs}\n    output p = {use} -> flatten -> dense(1)\n}}\n"
                       "train {\n    loss mse\n    optimizer adam(0.02)\n    batch 8\n}\n", precision="float64")


def test_gradients_agree_with_differences(model: nndsl.Model) -> None:
    assert_gradients_of_model(model, tolerance=1e-6)


def test_the_loss_falls(model: nndsl.Model) -> None:
    """Over batches of eight samples and a last one of two."""
    random = np.random.default_rng(1)
    x = {port.name: random.integers(0, port.limit, (18, *port.shape)) if port.limit else random.normal(size=(18, *port.shape))
         for port in model.network.inputs}
    y = np.sin(x["x"].reshape(18, -1)[:, :1])
    before, _ = model.loss_and_gradients(x, y)
    model.fit(x, y, epochs=15)
    after, _ = model.loss_and_gradients(x, y)
    assert after < 0.8 * before
