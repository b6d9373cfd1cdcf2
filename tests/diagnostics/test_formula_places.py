"""Formulas of layers that do not fit their tensors, each told at its place, and told once."""

from __future__ import annotations

import pytest

from nndsl.checking import check
from nndsl.diagnostics import NNError, Source

CASES = {
    "an index of two sizes": ("param w[3, C] = zeros\n    output y[t, c] = x[t, c] * w[t, c]", "NN0201", "t"),
    "two sizes within a sum": ("param w[T, 2] = zeros\n    output y[c] = sum[i](x[i, c] * w[c, i])", "NN0201", "c"),
    "a kernel on the wrong axis": ("param w[C, 2] = zeros\n    output y[c, k] = sum[i](x[i, c] * w[i, k])", "NN0201", "i"),
    "a window past the end": ("output y[t < T - 1, c] = sum[i < 3](x[t + i, c])", "NN0205", "t + i"),
    "a window before the start": ("output y[t < T, c] = x[t - 1, c]", "NN0205", "t - 1"),
    "a stride too long": ("output y[p < 5, c] = x[2 * p, c]", "NN0205", "2 * p"),
    "a number beyond the axis": ("output y[t] = x[t, 4]", "NN0205", "4"),
    "the batch in a prediction": ("output y[t, c] = x[t, c] - mean[batch](x[t, c])", "NN0225", "mean[batch]"),
    "the batch and other axes in a prediction": ("m[c] = max[batch, ...](x[..., c])\n    output y[t, c] = x[t, c] - m[c]",
                                                 "NN0225", "max[batch, ...]"),
    "the batch in the branch of a prediction": (
        "if training { m[c] = x[0, c] } else { m[c] = sum[batch](x[0, c]) }\n    output y[t, c] = x[t, c] - m[c]",
        "NN0225", "sum[batch]"),
}


@pytest.mark.parametrize("case", CASES)
def test_formulas_that_do_not_fit(case: str) -> None:
    body, code, place = CASES[case]
    text = f"layer f() {{\n    input x[T, C]\n    {body}\n}}\nmodel m {{\n    input x[8, 4]\n    output p = x -> f\n}}\n"
    with pytest.raises(NNError) as caught:
        check(Source("f.nn", text)).must_have_model()
    found, = caught.value.diagnostics
    assert found.code == code and found.labels[0].span.text == place
