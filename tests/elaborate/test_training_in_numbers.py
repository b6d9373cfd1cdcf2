"""Losses, metrics, weights and penalties of whole models, interpreted, against NumPy written out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nndsl.ir.expression import Apply, walk
from nndsl.ir.printer import equation_text

HEAD = "model m {\n    input x[3]\n    output p = x -> dense(4)\n}\n"
TWO = "model m {\n    input x[3]\n    output p = x -> dense(4, softmax)\n    output q = x -> dense(1, sigmoid)\n}\n"


def train(*lines: str) -> str:
    return "train {\n" + "".join(f"    {line}\n" for line in lines) + "}\n"


def test_the_objective_is_the_weighted_mean(build: Any, arrays: Any, ran: Any) -> None:
    checked = build(HEAD + train("loss mse", "metrics mae"))
    given = arrays(checked)
    after = ran(checked.assess, given)
    errors = given["target.p"] - after["p"]
    np.testing.assert_allclose(after[checked.objective], (given["sample weight"] * (errors**2).mean(1)).mean())
    weights = given["sample weight"]
    result = ran(checked.finish, {n: a for n, a in after.items() if n in checked.finish.tensors})
    np.testing.assert_allclose(result[checked.metrics[0].result], (weights * np.abs(errors).mean(1)).sum() / weights.sum())


def test_totals_go_on_from_batch_to_batch(build: Any, arrays: Any, ran: Any) -> None:
    checked = build(HEAD + train("loss mse", "metrics mae"))
    given = arrays(checked)
    once = ran(checked.assess, given)
    totals = {n: once[n] for n, t in checked.assess.tensors.items() if t.role == "total"}
    twice = ran(checked.assess, given | totals)
    for name, value in totals.items():
        np.testing.assert_allclose(twice[name], 2 * value)


def test_formulas_over_several_outputs(build: Any, arrays: Any, ran: Any) -> None:
    checked = build(TWO + train("loss categorical_crossentropy(target.p, p) + 0.5 * mse(target.q, q)",
                                "metrics mae(target.q, q), accuracy(target.p, p)"))
    given = arrays(checked)
    after = ran(checked.learn, given)
    one = -(given["target.p"] * np.log(after["p"])).sum(1)
    two = ((given["target.q"] - after["q"])[:, 0]) ** 2
    np.testing.assert_allclose(after[checked.objective], (given["sample weight"] * (one + 0.5 * two)).mean())
    assert [m.name for m in checked.metrics] == ["q_mae", "p_accuracy"]
    assert [(t.name, t.shape, t.dtype) for t in checked.targets] == [("p", (4,), "real"), ("q", (1,), "real")]


def test_a_loss_may_read_inputs_and_targets_as_they_are(build: Any, arrays: Any, ran: Any) -> None:
    checked = build("model m {\n    input x[3]\n    output p = x -> dense(3)\n}\n" + train("loss mse(x, p) + (target.p - p)^2"))
    given = arrays(checked)
    after = ran(checked.learn, given)
    each = ((given["x"] - after["p"]) ** 2).mean(1, keepdims=True) + (given["target.p"] - after["p"]) ** 2
    np.testing.assert_allclose(after[checked.objective], (given["sample weight"][:, None] * each).mean())


@pytest.mark.parametrize(("loss", "shape", "dtype", "limit"), [
    ("mse", (4,), "real", None), ("sparse_categorical_crossentropy", (), "int", 4), ("whole", (4,), "real", None)])
def test_the_target_follows_from_the_loss(build: Any, loss: str, shape: tuple[int, ...], dtype: str, limit: int | None) -> None:
    checked = build("loss whole(y, p) = sum((y - p)^2)\n" + HEAD + train(f"loss {loss}"))
    assert [(t.shape, t.dtype, t.limit) for t in checked.targets] == [(shape, dtype, limit)]


def test_positions_count_alike(build: Any, arrays: Any, ran: Any) -> None:
    text = "model m {\n    input x[6, 3]\n    output p = x -> dense(4, softmax)\n}\n"
    checked = build(text + train("loss sparse_categorical_crossentropy", "metrics accuracy"))
    given = arrays(checked)
    assert checked.targets[0].shape == (6,)
    after = ran(checked.learn, given)
    right = np.take_along_axis(after["p"], given["target.p"][..., None], 2)[..., 0]
    np.testing.assert_allclose(after[checked.objective], (given["sample weight"][:, None] * -np.log(right)).mean())


def test_count_divides_by_its_sum(build: Any, arrays: Any, ran: Any) -> None:
    text = "loss kept(y, p) {\n    count y > 0\n    output where(y > 0, (y - p)^2, 0)\n}\n"
    checked = build(text + HEAD + train("loss kept"))
    given = arrays(checked)
    after = ran(checked.learn, given)
    y, weight = given["target.p"], given["sample weight"][:, None]
    np.testing.assert_allclose(after[checked.objective], (weight * (y - after["p"]) ** 2)[y > 0].sum() / (y > 0).sum())


def test_class_weights_multiply_in_training_only(build: Any, arrays: Any, ran: Any) -> None:
    checked = build("model m {\n    input x[3]\n    output p = x -> dense(3, softmax)\n}\n"
                    + train("loss sparse_categorical_crossentropy", "class_weight 0: 2, 2: 0.5"))
    given = arrays(checked)
    after = ran(checked.learn, given)
    factor = np.array([2, 1, 0.5])[given["target.p"]]
    losses = -np.log(after["p"][np.arange(5), given["target.p"]])
    np.testing.assert_allclose(after[checked.objective], (given["sample weight"] * factor * losses).mean())
    np.testing.assert_allclose(ran(checked.assess, given)[checked.objective], (given["sample weight"] * losses).mean())


def test_penalties_and_regularizers_are_added(build: Any, arrays: Any, ran: Any) -> None:
    checked = build("model m {\n    input x[3]\n"
                    "    let d = dense(3, kernel_regularizer = l2(0.1), activity_regularizer = l1(0.01))\n"
                    "    output p = x -> d -> d\n    penalty 0.5 * p[0]^2\n}\n" + train("loss mse"))
    given = arrays(checked)
    for program in (checked.learn, checked.assess):
        after = ran(program, given)
        first = given["x"] @ given["d.kernel"] + given["d.bias"]
        activity = 0.01 * (np.abs(first).sum(1) + np.abs(after["p"]).sum(1))
        loss = (given["sample weight"] * ((given["target.p"] - after["p"]) ** 2).mean(1)).mean()
        weights = 0.1 * (given["d.kernel"] ** 2).sum()
        np.testing.assert_allclose(after[checked.objective], loss + weights + (activity + 0.5 * after["p"][:, 0] ** 2).mean())


def test_a_penalty_is_enough(build: Any, arrays: Any, ran: Any) -> None:
    checked = build("model m {\n    input x[3]\n    output p = x -> dense(1)\n    penalty p^2\n}\n" + train("optimizer sgd"))
    given = arrays(checked)
    after = ran(checked.learn, given)
    np.testing.assert_allclose(after[checked.objective], (after["p"] ** 2).mean())
    assert not checked.targets and checked.update.steps


def test_a_metric_of_totals(build: Any, arrays: Any, ran: Any) -> None:
    text = """
metric share(y, p, threshold = 0.5) {
    total hit  = y * (p > threshold)
    total said = p > threshold
    output where(said > 0, hit / said, 0)
}
"""
    checked = build(text + HEAD + train("loss mse", "metrics share, share(threshold = 0)").replace(
        "metrics share, share(threshold = 0)", "metrics share(threshold = 0)"))
    given = arrays(checked)
    after = ran(checked.assess, given)
    said = (after["p"] > 0) * given["sample weight"][:, None]
    result = ran(checked.finish, {n: a for n, a in after.items() if n in checked.finish.tensors})
    np.testing.assert_allclose(result[checked.metrics[0].result], (said * given["target.p"]).sum() / said.sum())
    assert checked.finish.tensors[checked.metrics[0].result].role == "result"


# ------------------------------------------------------------------------------------------------------------- exactness


def clips(build: Any, text: str) -> bool:
    """Whether the loss of a model clips its probabilities."""
    checked = build(text)
    formulas = [e.expr for e in checked.learn.equations() if e.out.startswith("loss")]
    return any(isinstance(n, Apply) and n.operation == "clip" for f in formulas for n in walk(f))


@pytest.mark.parametrize(("output", "loss", "clipped"), [
    ("dense(4, softmax)", "categorical_crossentropy", False),
    ("dense(4, softmax)", "sparse_categorical_crossentropy", False),
    ("dense(4, mine)", "categorical_crossentropy", False),
    ("dense(4, by_hand)", "categorical_crossentropy", False),
    ("dense(4, sigmoid)", "binary_crossentropy", False),
    ("dense(4, squash)", "binary_crossentropy", False),
    ("dense(4, softmax)", "binary_crossentropy", True),
    ("dense(4, sigmoid)", "categorical_crossentropy", True),
    ("dense(4)", "categorical_crossentropy", True),
    ("dense(4, softmax) -> dense(4)", "categorical_crossentropy", True),
    ("dense(4, softmax)", "categorical_crossentropy(label_smoothing = 0.1)", False),
])
def test_clipping_falls_away_after_softmax_and_sigmoid(build: Any, output: str, loss: str, clipped: bool) -> None:
    text = """
activation mine(x[..., C]) { output y[..., c] = softmax[c](2 * x[..., c]) }
activation by_hand(x[..., C]) { output y[..., c] = exp(x[..., c]) / sum[k](exp(x[..., k])) }
activation squash(x) = 1 / (exp(-3 * x) + 1)
"""
    used = "".join(line + "\n" for line in text.splitlines() if line.split("(")[0].removeprefix("activation ") in output)
    model = f"model m {{\n    input x[3]\n    output p = x -> {output}\n}}\n"
    assert clips(build, used + model + train(f"loss {loss}")) == clipped


# ------------------------------------------------------------------------------------------------------------- optimizers


def test_numbers_that_no_entry_changes_are_computed_once_a_step(build: Any) -> None:
    checked = build(HEAD + train("loss mse", "optimizer adam(learning_rate = exponential_decay(0.1, 10, 0.9))"))
    texts = [equation_text(e) for e in checked.update.equations()]
    assert sum(t.startswith("rate = ") for t in texts) == 1
    assert len(texts) == 2 + 2 * 3
    assert not any("step" in t for t in texts[2:])


def test_an_optimizer_of_ones_own(build: Any, arrays: Any, ran: Any) -> None:
    checked = build("""
optimizer heavy(learning_rate = 0.1, mass = 0.5) {
    state v = w
    v <- mass * v - learning_rate * g
    w <- w + v / t
}
""" + HEAD + train("loss mse", "optimizer heavy(mass = 0.25, clipvalue = 0.5)"))
    given = arrays(checked) | {f"∂{v.name}": np.full(v.shape, 0.7) for v in checked.variables if v.kind == "parameter"}
    start = ran(checked.initial, {})
    np.testing.assert_array_equal(start["p.kernel:v"], start["p.kernel"])
    given |= {n: a for n, a in start.items() if ":" in n}
    after = ran(checked.update, given, step=1)
    v = 0.25 * given["p.kernel:v"] - 0.1 * 0.5
    np.testing.assert_allclose(after["p.kernel:v"], v)
    np.testing.assert_allclose(after["p.kernel"], given["p.kernel"] + v / 2)


def test_the_learning_rate_can_be_lowered_from_outside(build: Any, arrays: Any, ran: Any) -> None:
    checked = build(HEAD + train("loss mse", "optimizer sgd(0.1)"))
    given = arrays(checked) | {f"∂{v.name}": np.ones(v.shape) for v in checked.variables}
    np.testing.assert_allclose(ran(checked.update, given, rate=0.5)["p.bias"], given["p.bias"] - 0.05)


def test_lines_read_what_earlier_lines_wrote(build: Any, arrays: Any, ran: Any) -> None:
    checked = build("""
optimizer order() {
    state a = 0
    before = 2 * a
    a <- a + g
    w <- before - a
}
""" + HEAD + train("loss mse", "optimizer order"))
    given = arrays(checked) | {f"∂{v.name}": np.ones(v.shape) for v in checked.variables}
    given |= {"p.bias:a": np.full(4, 3.0), "p.kernel:a": np.full((3, 4), 3.0)}
    np.testing.assert_allclose(ran(checked.update, given)["p.bias"], 6 - 4)
