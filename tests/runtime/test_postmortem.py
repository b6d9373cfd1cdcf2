"""A run whose numbers stop being finite names the operation, its line, its operands, and the sample."""

from __future__ import annotations

import numpy as np
import pytest

import nndsl
from nndsl.diagnostics import Diagnostic, NNError


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
    assert "adjoint of" in diagnostic.labels[0].text and diagnostic.labels[0].span.line == 5
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
