"""A run whose numbers stop being finite names the operation, its line, its operands, and the sample."""

from __future__ import annotations

import numpy as np
import pytest

import nndsl
from nndsl.diagnostics import Diagnostic, NNError
from nndsl.runtime.mark import SECONDS, SHARE, Mark


def told(text: str, x: np.ndarray, y: np.ndarray, epochs: int = 3) -> tuple[Diagnostic, nndsl.Model]:
    """The diagnostic that a run ends with, and the model afterwards."""
    model = nndsl.loads(text)
    with pytest.raises(NNError) as caught:
        model.fit(x, y, epochs=epochs)
    diagnostic, = caught.value.diagnostics
    assert diagnostic.code == "NN0601"
    return diagnostic, model


def train(loss: str, rate: float = 0.01, *more: str) -> str:
    lines = (f"loss {loss}", f"optimizer sgd(learning_rate = {rate})", "batch 8", "shuffle false", *more)
    return "train {\n" + "".join(f"    {line}\n" for line in lines) + "}\n"


OFF = "loss off(y, p) = abs(y - p)\n"
SQUARE = "loss square(y, p) = (y - p)^2\n"
ONES = np.ones((24, 2), np.float32)


def test_logarithm_of_zero():
    x = ONES.copy()
    x[13] = 0
    text = ("loss bits(t, p) = -t * log(p)\nmodel m {\n    input x[2]\n    param b = 1\n"
            "    output p = sum[i](x[i]) * b\n}\n" + train("bits"))
    diagnostic, model = told(text, x, np.ones(24))
    assert "the loss is not a finite number at step 1, in epoch 1" in diagnostic.message
    assert "is -inf at sample 5 of the batch (row 13 of the training part)" in diagnostic.message
    assert "`log(p[n])`" in diagnostic.message and "`p[n]` = 0" in diagnostic.message
    assert diagnostic.labels[0].span.text == "loss bits"
    assert any("log(max(x" in text for text in diagnostic.helps)
    assert all(np.isfinite(array).all() for array in model.network.arrays.values())


def test_division_by_zero():
    x = ONES.copy()
    x[3, 1] = 0
    text = "model m {\n    input x[2]\n    param w = 1\n    output y = w * x[0] / x[1]\n}\n" + train("square")
    diagnostic, _ = told(SQUARE + text, x, np.ones(24))
    assert "is inf at sample 3 of the batch (row 3" in diagnostic.message and "`x[n,1]` = 0" in diagnostic.message
    assert diagnostic.labels[0].span.line == 5


def test_overflow_of_exp():
    x = ONES.copy()
    x[20] = 200
    text = "model m {\n    input x[2]\n    param w = 1\n    output y = exp(w * x[0])\n}\n" + train("off", 1e-6)
    diagnostic, _ = told(OFF + text, x, np.ones(24))
    assert "at step 2" in diagnostic.message and "`exp(" in diagnostic.message and "is inf at sample 4" in diagnostic.message
    assert "row 20" in diagnostic.message and any("exponent is too large" in text for text in diagnostic.helps)


def test_root_whose_slope_has_no_value():
    x = 0 * ONES
    x[9] = 1
    text = "model m {\n    input x[2]\n    param w = 1\n    output y = sqrt(w - x[0])\n}\n" + train("off")
    diagnostic, model = told(OFF + text, x, np.ones(24))
    assert "the gradient of `w` is not a finite number at step 1" in diagnostic.message
    assert "at sample 1 of the batch (row 9 of the training part)" in diagnostic.message
    assert any("its slope is not" in text for text in diagnostic.helps)
    assert "the gradient that comes back from" in diagnostic.labels[0].text and diagnostic.labels[0].span.line == 5
    assert np.isfinite(model.network.arrays["w"]).all()


def test_recurrence_that_leaves_the_numbers():
    text = ("model m {\n    input x[6, 1]\n    param w = 1\n"
            "    h[t] = sqrt((h[t - 1] else w) - x[t, 0])\n    output y = h[5]\n}\n" + train("square"))
    x = np.zeros((24, 6, 1), np.float32)
    x[17, 3] = 2
    diagnostic, _ = told(SQUARE + text, x, np.ones(24))
    assert "`sqrt(" in diagnostic.message and "is not a number at sample 1 of the batch (row 17" in diagnostic.message
    assert " = -1" in diagnostic.message and diagnostic.labels[0].span.line == 5


def test_learning_rate_too_large_names_the_weight_that_grew():
    random = np.random.default_rng(1)
    text = "model m {\n    input x[4]\n    output y = x -> dense(8) -> dense(1)\n}\n" + train("mse", 5.0)
    diagnostic, _ = told(text, random.normal(size=(64, 4)), random.normal(size=(64, 1)), epochs=100)
    assert any("grew from at most" in text and "steps" in text and "smaller learning rate" in text for text in diagnostic.helps)
    assert "dense_" in "".join(diagnostic.helps)


def test_an_update_beyond_all_numbers():
    text = "model m {\n    input x[2]\n    param w = 1\n    output y = w * x[0]\n}\n" + train("square", 1e38)
    diagnostic, _ = told(SQUARE + text, ONES, np.full(24, 1e3))
    assert "the weight `w` is not a finite number at step 0" in diagnostic.message
    assert "it was 1, its gradient -1998" in diagnostic.message


def test_data_that_are_no_numbers():
    x = ONES.copy()
    x[11, 1] = np.nan
    text = "model m {\n    input x[2]\n    output y = x -> dense(1)\n}\n" + train("mse")
    diagnostic, _ = told(text, x, np.ones((24, 1)))
    assert "`x[3,1]` is given as not a number at sample 3 of the batch (row 11 of the training part)" in diagnostic.message


def test_numbers_beyond_float32_sum_to_infinity():
    x = np.full((24, 2), 3e38, np.float32)
    text = "model m {\n    input x[2]\n    param w = 1\n    output y = w * sum[i](x[i])\n}\n" + train("off")
    diagnostic, _ = told(OFF + text, x, np.ones(24))
    assert "though every term is finite (the largest is 3e+38)" in diagnostic.message


def test_recurrence_that_grows_is_blamed_on_its_own_product_not_on_what_is_added():
    text = ("layer grow() {\n    input x[T, In]\n    param w[In] = ones\n"
            "    h[t] = 400 * (h[t - 1] else 1) + sum[i](x[t, i] * w[i])\n    output y[k < 1] = h[T - 1]\n}\n"
            "model m {\n    input x[30, 2]\n    output y = x -> grow\n}\n" + train("square"))
    diagnostic, _ = told(SQUARE.replace("(y, p) = (y - p)^2", "(y[K], p[K]) = sum[k]((y[k] - p[k])^2)") + text,
                         np.ones((24, 30, 2)), np.ones((24, 1)))
    assert "`400 · (h[n,t - 1] else 1)` is inf at sample 0" in diagnostic.message and "with start" not in diagnostic.message
    assert any("no weight has been updated yet" in text for text in diagnostic.helps)


def test_overflow_of_a_gradient_only():
    text = ("loss far(y, p) = abs(1e30 * p - y)\nmodel m {\n    input x[2]\n    param w = 1e-12\n"
            "    output y = 1e10 * w * x[0]\n}\n" + train("far"))
    diagnostic, _ = told(text, ONES, np.ones(24))
    assert "the gradient of `w` is not a finite number at step 0" in diagnostic.message
    assert "∂v is the slope of the loss in v" in diagnostic.message and " is inf at sample " in diagnostic.message


def test_what_only_the_compiled_code_cannot_tell_is_said_to_lie_at_the_edge():
    text = "model m {\n    input x[2]\n    param w = 1e30\n    output y = sin(w * x[0])\n}\n" + train("off")
    diagnostic, _ = told(OFF + text, ONES, np.ones(24))
    assert "at the edge of what float32 can tell" in diagnostic.message


def test_large_weights_are_kept_less_often(monkeypatch):
    clock = [100.0]
    monkeypatch.setattr("time.perf_counter", lambda: clock[0])
    small, large = (Mark(0, 0, 0, 1.0, {}, taken=100.0, cost=cost) for cost in (0.0001, 0.1))
    clock[0] += 2 * SECONDS
    assert small.old() and not large.old()
    clock[0] += 0.1 / SHARE
    assert large.old()
