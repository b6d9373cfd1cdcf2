"""Recurrences that cannot be run, each told at its place."""

from __future__ import annotations

import pytest

from nndsl.checking import check
from nndsl.diagnostics import NNError, Source

CASES = [
    ("output h[t] = x[t] + (h[t-1] else 0) + (h[t+1] else 0)", "NN0256", "h[t+1]"),
    ("output h[t] = x[t] + h[T - 1 - t] / 2", "NN0253", "h[T - 1 - t]"),
    ("output h[t] = x[t] + (h[t // 2] else 0)", "NN0253", "h[t // 2]"),
    ("output h[t] = x[t] + h[t]", "NN0254", "h[t]"),
    ("c[t] = x[t] + h[t]\n    output h[t] = c[t] / 2 + (h[t-1] else 0)", "NN0254", "c[t]"),
    ("c[t < T - 1] = x[t] * (h[t-1] else 0)\n    output h[t < T] = x[t] + (c[t-1] else 0)", "NN0255",
     "c[t < T - 1] = x[t] * (h[t-1] else 0)"),
    ("output h[t] = x[t] + h[t-1]", "NN0205", "t-1"),
]


@pytest.mark.parametrize(("body", "code", "place"), CASES)
def test_recurrences_without_a_direction(body: str, code: str, place: str) -> None:
    text = f"layer f() {{\n    input x[T]\n    {body}\n}}\nmodel m {{\n    input x[8]\n    output p = x -> f\n}}\n"
    with pytest.raises(NNError) as caught:
        check(Source("f.nn", text)).must_have_model()
    found, = caught.value.diagnostics
    assert found.code == code and found.labels[0].span.text == place
    assert code == "NN0205" or "`h`" in found.message or "`c`" in found.message
