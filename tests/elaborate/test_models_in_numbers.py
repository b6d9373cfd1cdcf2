"""Small models, elaborated, flattened and interpreted, against NumPy written out by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

N = 5
Arrays = dict[str, np.ndarray[Any, Any]]


def softmax(x: np.ndarray[Any, Any], axis: int = -1) -> Any:
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def dense(a: Arrays, x: Any, name: str) -> Any:
    return x @ a[name + ".kernel"] + a[name + ".bias"]


def relu(x: Any) -> Any:
    return np.maximum(x, 0)


BODIES: dict[str, tuple[str, Callable[[Arrays], Any]]] = {
    "two layers": (
        "input x[3]; output p = x -> dense(4, relu) -> dense(2, softmax)",
        lambda a: softmax(dense(a, relu(dense(a, a["x"], "dense_1")), "dense_2"))),
    "one application takes the name of its left side": (
        "input x[3]; h = x -> dense(4, tanh); output p = h -> dense(2)",
        lambda a: dense(a, np.tanh(dense(a, a["x"], "h")), "p")),
    "dense on a sequence": (
        "input x[6, 3]; output p = x -> dense(4) -> flatten",
        lambda a: dense(a, a["x"], "dense_1").reshape(N, -1)),
    "a let is one instance": (
        "input x[3]; let enc = dense(3, tanh); output p = (x -> enc) + (x -> enc -> enc)",
        lambda a: np.tanh(dense(a, a["x"], "enc")) + np.tanh(dense(a, np.tanh(dense(a, a["x"], "enc")), "enc"))),
    "a let of several layers": (
        "input x[3], y[3]; let net = dense(4, tanh) -> dense(2); output p = (x -> net) - (y -> net)",
        lambda a: dense(a, np.tanh(dense(a, a["x"], "net.dense_1")), "net.dense_2")
        - dense(a, np.tanh(dense(a, a["y"], "net.dense_1")), "net.dense_2")),
    "repeat makes copies": (
        "input x[3]; output p = x -> repeat(3, dense(3, tanh))",
        lambda a: [x := a["x"], *(x := np.tanh(dense(a, x, f"p.dense_{k}")) for k in (1, 2, 3))][-1]),
    "repeat numbers named copies": (
        'input x[3]; output p = x -> repeat(2, dense(3, name = "a")) -> dense(1)',
        lambda a: dense(a, dense(a, dense(a, a["x"], "a_1"), "a_2"), "dense_1")),
    "settings of activations": (
        "input x[3]; output p = x -> dense(4, leaky_relu(negative_slope = 0.1)) -> elu(2)",
        lambda a: (lambda z: np.where(z > 0, z, 2 * (np.exp(z) - 1)))(
            (lambda z: np.where(z > 0, z, 0.1 * z))(dense(a, a["x"], "dense_1")))),
    "residual": (
        "input x[3]; output p = x -> residual(dense(3)) -> dense(1)",
        lambda a: dense(a, a["x"] + dense(a, a["x"], "residual_1.dense_1"), "dense_1")),
    "join and add": (
        "input x[3], y[2]; c = (x, y) -> concat; s = (x, x, x) -> add; output p = (c, s) -> concat",
        lambda a: np.concatenate([a["x"], a["y"], 3 * a["x"]], axis=1)),
    "split axes": (
        "input x[6]; output p[k, g < 2] = x[(g, k)]",
        lambda a: a["x"].reshape(N, 2, 3).transpose(0, 2, 1)),
    "groups on both sides": (
        "input x[2, 3]; param w[6, 4] = zeros; output p[(u, g < 2)] = sum[i, j](x[i, j] * w[(i, j), (g, u)])",
        lambda a: (a["x"].reshape(N, 6) @ a["w"]).reshape(N, 2, 2).transpose(0, 2, 1).reshape(N, 4)),
    "strided windows": (
        "input x[7, 2]; param w[3, 2, 4] = zeros; output p[t < 3, f] = sum[i, c](x[2 * t + i, c] * w[i, c, f])",
        lambda a: np.stack([np.einsum("nic,icf->nf", a["x"][:, t:t + 3], a["w"]) for t in (0, 2, 4)], 1)),
    "gather": (
        "input word[4]: int < 7; param E[7, 3] = zeros; output p[t, d] = E[word[t], d]",
        lambda a: a["E"][a["word"]]),
    "integer formulas in indices": (
        "input x[6]; output p[i < 12] = x[i // 2] + x[5 - mod(i, 6)]",
        lambda a: np.repeat(a["x"], 2, 1) + np.tile(a["x"][:, ::-1], 2)),
    "a reduction as an index": (
        "input x[4, 3], y[4, 3]; output p[c] = y[argmax[t](x[t, c]), c] + y[argmin[t](x[t, c]) // 2, 1]",
        lambda a: (np.take_along_axis(a["y"], a["x"].argmax(1)[:, None], 1)[:, 0]
                   + np.take_along_axis(a["y"][:, :, 1], a["x"].argmin(1) // 2, 1))),
    "an index as a number": (
        "input x[4, 4]; output p[i] = sum[j](where(j <= i, x[i, j] * (i - j), 0))",
        lambda a: np.einsum("nij,ij->ni", a["x"], np.tril(np.arange(4)[:, None] - np.arange(4)))),
    "softmax over an index": (
        "input x[3, 4]; output p[i, j] = softmax[i](2 * x[i, j])",
        lambda a: softmax(2 * a["x"], 1)),
    "a function sees the tensor": (
        "input x[3, 4]; output p[i, j] = softmax(x[i, j] + i) * 2",
        lambda a: 2 * softmax(a["x"] + np.arange(3)[:, None])),
    "an axis by its number": (
        "input x[3, 4]; output p = softmax(x, axis = 1)",
        lambda a: softmax(a["x"], 1)),
    "reductions": (
        "input x[3, 4]; output p = [sum(x), mean(x), max(x), min(x), prod(x), max[i](min[j](x[i, j]))]",
        lambda a: np.stack([f(a["x"].reshape(N, -1), axis=1) for f in (np.sum, np.mean, np.max, np.min, np.prod)]
                           + [a["x"].min(2).max(1)], 1)),
    "logsumexp and argmax": (
        "input x[3, 4]; output p[i] = logsumexp[j](x[i, j]) + argmax[k](x[i, k])",
        lambda a: np.log(np.exp(a["x"]).sum(2)) + a["x"].argmax(2)),
    "a list read by an index": (
        "input x[3]; let w = [1, -2, 5]; output p = sum[i](w[i] * x[i]) + w[2]",
        lambda a: a["x"] @ [1, -2, 5] + 5),
    "a vector built of entries": (
        "input x[3]; output p = [x[0], 0, x[2] * 2] -> dense(2)",
        lambda a: dense(a, np.stack([a["x"][:, 0], np.zeros(N), a["x"][:, 2] * 2], 1), "p")),
    "shape statements": (
        "input x[3]; output p[2] = x -> dense(2)",
        lambda a: dense(a, a["x"], "p")),
    "reshape and permute": (
        "input x[6, 2]; output p = x -> reshape([3, 4]) -> permute([2, 1])",
        lambda a: a["x"].reshape(N, 3, 4).transpose(0, 2, 1)),
    "truth values count": (
        "input x[3]; output p = (x > 0 and x < 1) + 2 * (not x > 0)",
        lambda a: ((a["x"] > 0) & (a["x"] < 1)) + 2 * ~(a["x"] > 0)),
    "a pipeline applied to every entry of an axis": (
        "input x[4, 3]; y[t, ...] = x[t, ...] -> dense(2, tanh); output p = y -> flatten",
        lambda a: np.tanh(dense(a, a["x"], "y")).reshape(N, -1)),
    "the head of a pipeline has indices of its own": (
        "input x[3]; param s[3] = ones; output s[c] * x[c] -> dense(2)",
        lambda a: dense(a, a["s"] * a["x"], "dense_1")),
    "equations in any order": (
        "input x[3]; output p = b + a; a = 2 * b; b = x^2",
        lambda a: 3 * a["x"] ** 2),
    "several inputs by name": (
        "input x[3], m[3]; output p = x -> weighed(mask = m)",
        lambda a: (a["x"] * a["m"]).sum(1)),
    "an input left out": (
        "input x[3]; output p = x -> weighed",
        lambda a: a["x"].sum(1)),
    "an output that is the same for all": (
        "input x[3]; param w[2] = ones; output p = w; output q = x",
        lambda a: np.tile(a["w"], (N, 1))),
    "an output of whole numbers": (
        "input x[3]; output p = argmax(x)",
        lambda a: a["x"].argmax(1).astype(float)),
    "several outputs of a layer": (
        "input x[3]; r = x -> both; output p = r.twice + r.square",
        lambda a: 2 * a["x"] + a["x"] ** 2),
}

LAYERS = """
layer weighed() { input x[T]; input mask[T]: bool = true; output sum[t](x[t] * mask[t]) }
layer both() { input x[...]; output twice = 2 * x; output square = x^2 }
"""


@pytest.mark.parametrize("name", BODIES)
def test_forward(name: str, build: Any, arrays: Any, ran: Any) -> None:
    body, expected = BODIES[name]
    checked = build(f"{LAYERS}model m {{ {body} }}\n")
    given = arrays(checked)
    got = ran(checked.forward, given)[checked.output_tensors[0]]
    np.testing.assert_allclose(got, expected(given), rtol=1e-12, atol=1e-12)


def test_unused_settings_of_a_name_are_not_looked_up(build: Any, arrays: Any, ran: Any) -> None:
    checked = build("model m { input x[3]; dense = 2 * x; output p = dense -> dense(1) }\n")
    given = arrays(checked)
    got = ran(checked.forward, given)["p"]
    np.testing.assert_allclose(got, 2 * given["x"] @ given["p.kernel"] + given["p.bias"])


def test_training_and_inference_differ_where_the_layer_says_so(build: Any, arrays: Any, ran: Any) -> None:
    checked = build("""
layer norm(momentum = 0.9) {
    input x[..., C]
    state mean_[C] = zeros
    if training {
        m[c] = mean[batch, ...](x[..., c])
        mean_ <- momentum * mean_ + (1 - momentum) * m
    } else { m = mean_ }
    output y[..., c] = x[..., c] - m[c]
}
model m { input x[4, 3]; output p = x -> norm -> flatten }
train { loss mse }
""")
    given = arrays(checked)
    mean = given["x"].mean((0, 1))
    learnt, used = ran(checked.learn, given), ran(checked.forward, given)
    np.testing.assert_allclose(learnt["p"], (given["x"] - mean).reshape(N, -1))
    np.testing.assert_allclose(used["p"], (given["x"] - given["norm_1.mean_"]).reshape(N, -1))
    np.testing.assert_allclose(learnt["norm_1.mean_"], 0.9 * given["norm_1.mean_"] + 0.1 * mean)
    assert [(v.name, v.kind, v.trainable) for v in checked.variables] == [("norm_1.mean_", "state", False)]


def test_dropout_keeps_the_mean_in_training_and_does_nothing_else(build: Any, arrays: Any, ran: Any) -> None:
    checked = build("model m { input x[2000]; output p = x -> dropout(0.3) }\ntrain { loss mse }\n")
    given = arrays(checked) | {"x": np.ones((N, 2000))}
    learnt = ran(checked.learn, given)["p"]
    assert set(np.unique(learnt.round(12))) == {0, np.round(1 / 0.7, 12)}
    assert abs(learnt.mean() - 1) < 0.05
    assert len({tuple(row) for row in learnt}) == N, "every sample has draws of its own"
    np.testing.assert_array_equal(ran(checked.forward, given)["p"], 1)


def test_a_draw_has_the_indices_in_scope(build: Any, arrays: Any, ran: Any) -> None:
    checked = build("""
layer noise() {
    input x[T, C]
    keep[c] = normal(0, 1)
    if training { output y[t, c] = x[t, c] + keep[c] + sum[k < 2](uniform(0, 1)) } else { output x }
}
model m { input x[4, 3]; output p = x -> noise }
train { loss mse }
""")
    given = arrays(checked)
    added = ran(checked.learn, given)["p"] - given["x"]
    assert len(np.unique(added.round(9))) == N * 4 * 3
    by_channel = ran(checked.learn, given)["p.keep"]
    assert by_channel.shape == (N, 3)


def test_a_model_is_a_layer(build: Any, arrays: Any, ran: Any) -> None:
    checked = build("""
model inner { input a[3]; output b = a -> dense(2, tanh) }
model outer { input x[3]; output p = x -> inner -> dense(1) }
""")
    given = arrays(checked)
    inner = np.tanh(given["x"] @ given["inner_1.b.kernel"] + given["inner_1.b.bias"])
    np.testing.assert_allclose(ran(checked.forward, given)["p"], inner @ given["dense_1.kernel"] + given["dense_1.bias"])


def test_parameters_come_in_keras_order(build: Any) -> None:
    checked = build("model m { input x[3]; output p = h -> dense(1); h = x -> dense(2) -> dense(4, use_bias = false) }\n")
    assert [v.name for v in checked.variables] == ["dense_1.kernel", "dense_1.bias", "dense_2.kernel", "p.kernel", "p.bias"]
    assert [v.shape for v in checked.variables] == [(3, 2), (2,), (2, 4), (4, 1), (1,)]


def test_the_table_of_layers(build: Any) -> None:
    checked = build("model m { input x[3]; h = x -> residual(dense(3)); output p = h -> dense(1) }\n")
    assert [(i.name, i.definition, i.inputs, i.outputs) for i in checked.instances] == [
        ("h.dense_1", "dense", ((3,),), ((3,),)), ("h", "residual", ((3,),), ((3,),)), ("p", "dense", ((3,),), ((1,),))]


def test_trainable_goes_to_what_stands_inside(build: Any) -> None:
    checked = build("model m { input x[3]; output p = x -> residual(dense(3), trainable = false) -> dense(1) }\n"
                    "train { loss mse; optimizer sgd }\n")
    assert [v.trainable for v in checked.variables] == [False, False, True, True]
    assert {e.out for e in checked.update.equations()} >= {"dense_1.kernel", "dense_1.bias"}
    assert "residual_1.dense_1.kernel" not in checked.update.tensors


def test_elaboration_does_not_depend_on_the_order_of_hashing(build: Any) -> None:
    text = "model m { input x[3]; output p = x -> repeat(3, dense(3, selu)) -> dense(2, softmax) }\n" \
           "train { loss categorical_crossentropy; optimizer adam(clipnorm = 1); metrics accuracy }\n"
    one, two = build(text), build(text)
    assert one == two
