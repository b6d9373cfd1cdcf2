"""Layers that exist nowhere, as a user writes them: gradients against differences."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from layer_slopes import apart, assert_gradients

import nndsl

LAYERS: dict[str, tuple[str, tuple[tuple[int, ...], ...]]] = {
    "a convolution with weights of its own at each place": ("""
        input x[T, C]
        param w[4, 3, C, 2] = glorot_uniform
        output y[p < 4, f] = tanh(sum[i, c](x[p + i, c] * w[p, i, c, f]))""", ((6, 3),)),
    "a bilinear gate": ("""
        input a[A], b[B]
        param w[A, B, 3] = glorot_uniform
        param v[A, 3] = glorot_uniform
        gate[k] = sigmoid(sum[i, j](a[i] * w[i, j, k] * b[j]))
        output y[k] = gate[k] * sum[i](a[i] * v[i, k])""", ((4,), (3,))),
    "distances": ("""
        input x[C]
        param centre[5, C] = glorot_uniform
        output y[k] = exp(-sum[c](abs(x[c] - centre[k, c])) / 5)""", ((4,),)),
    "a mixture of experts": ("""
        input x[C]
        param expert[3, C, 2] = glorot_uniform
        param router[C, 3] = glorot_uniform
        weight[e] = softmax[e](sum[c](x[c] * router[c, e]))
        said[e, k] = tanh(sum[c](x[c] * expert[e, c, k]))
        output y[k] = sum[e](weight[e] * said[e, k])""", ((4,),)),
    "a strided, dilated window of each channel": ("""
        input x[T, C]
        param w[3, C] = glorot_uniform
        output y[p < 4, c] = sum[i < 3]((x[2 * p + 2 * i - 2, c] else 0) * w[i, c])""", ((7, 3),)),
    "its transpose": ("""
        input x[T, C]
        param w[3, C] = glorot_uniform
        output y[p < 9, c] = sum[i < 3](where(mod(p - i, 2) == 0, (x[(p - i) // 2, c] else 0), 0) * w[i, c])""", ((4, 3),)),
    "an index that does not matter": ("""
        input x[A, B]
        param w[1, B] = glorot_uniform
        output y[i, j] = x[i, j] * w[i * 0, j]""", ((3, 4),)),
}


@pytest.mark.parametrize("name", LAYERS)
def test_gradients(name: str, tmp_path: Path) -> None:
    body, shapes = LAYERS[name]
    path = tmp_path / "own.nn"
    path.write_text(f"layer own() {{{body}\n}}\n")
    random = np.random.default_rng(9)
    layer = nndsl.layer("own", source=str(path)).build(*shapes)
    assert_gradients(layer, [apart(random, (3, *shape)) for shape in shapes])
