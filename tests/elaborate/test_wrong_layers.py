"""Layers with a mistake in their formula: the code, the place that is underlined, and what is said there or advised."""

from __future__ import annotations

import pytest

from nndsl.checking import check
from nndsl.diagnostics import Diagnostic, NNError, Source

WRONG = [
    ("output y[t, u] = sum[i](x[t, i] * w[i, u]); param w[T, 3] = zeros", "NN0201", "i", "runs to 6"),
    ("param w[In] = zeros; output x + w", "NN0202", "w", "is [4]"),
    ("output y[t] = x[t, t]", "NN0201", "t", "runs to 4"),
    ("param w[5] = zeros; output h[t, i] = x[t, i] + (h[t - 1, i] else w[i])", "NN0201", "i", "runs to 5"),
    ("output y[t, i] = x[t + 1, i]", "NN0210", "t", "say it: `t < 6`"),
    ("output y[t, i] = sum[k < 3](x[t + k, i])", "NN0210", "t", "where `t + k` then leaves the axis: `(x[...] else 0)`"),
    ("output y[t, i, k] = x[t, i]", "NN0210", "k", "say it: `k < extent`"),
    ("output y[t, i] = sum[k](x[t, i])", "NN0210", "k", "say it: `k < extent`"),
    ("output y[t < T, i] = x[t + 1, i]", "NN0205", "t + 1", "runs from 1 to 6"),
    ("output y[t < T, i] = x[t - 1, i]", "NN0205", "t - 1", "say what stands there: `(x[...] else 0)`"),
    ("output y[t < T - 1, i] = sum[k < 3](x[t + k, i])", "NN0205", "t + k", "runs from 0 to 6"),
    ("output h[t, i] = x[t, i] + h[t - 1, i]", "NN0205", "t - 1", "runs from -1 to 4"),
    ("output y[t < T + 1, i] = x[t, i]", "NN0205", "t", "runs from 0 to 6"),
    ("output h[t, i] = x[t, i] + (h[t - 1, i] else 0) + (h[t + 1, i] else 0)", "NN0256", "h[t + 1, i]",
     "what runs forwards and what runs backwards are two tensors"),
    ("a[t, i] = x[t, i] + (b[t - 1, i] else 0); b[t, i] = x[t, i] + (a[t + 1, i] else 0); output b", "NN0256",
     "a[t + 1, i]", "two tensors"),
    ("output h[t, i] = x[t, i] + h[t, i]", "NN0254", "h[t, i]", "at the same `t`"),
    ("a[t, i] = b[t, i] + x[t, i]; output b[t, i] = a[t, i] + (b[t - 1, i] else 0)", "NN0254", "a[t, i]", "at the same `t`"),
    ("output h[t, i] = x[t, i] + (h[t - 1, i] else 0) + (h[t, i - 1] else 0)", "NN0254", "h[t, i - 1]",
     "an earlier entry is `(h[t - 1] else 0)`"),
    ("output h[t, i] = x[t, i] + (h[t // 2, i] else 0)", "NN0253", "h[t // 2, i]", "an earlier entry is"),
    ("output y[t, i] = x[t, i] - mean[batch](x[t, i])", "NN0225", "mean[batch]", ""),
    ("if training { m = x } else { m[t, i] = max[batch](x[t, i]) }; output y[t, i] = m[t, i]", "NN0225", "max[batch]", ""),
    ("output y[t < T, i] = (sum[k < 2]((x[t + k, i] else 0)) else 0)", "NN0217", "sum[k < 2]((x[t + k, i] else 0))", ""),
    ("output y = (x else 0)", "NN0217", "x", ""),
    ("output y[t < T, i] = (x[t + 1, i] else x)", "NN0206", "x", "is [6, 4]"),
    ("output y[t, i] = d(floor(x[t, i]), x[0, 0]) + x[t, i]", "NN0260", "x[0, 0]", "changes the number in jumps at most"),
    ("k = argmax[t, i](x[t, i]); output y[t, i] = d(k * 2, x[0, 0]) + x[t, i]", "NN0260", "x[0, 0]", "in jumps at most"),
    ("output y[t, i] = d(x[0, 0] > 0, x[0, 0]) + x[t, i]", "NN0260", "x[0, 0]", "in jumps at most"),
    ("output y[t, i] = d(x, x[t, i])", "NN0226", "x", "is [6, 4]"),
    ("param w[In] = ones; output y[t, i] = d(sum[k](x[t, k] * w[k]), w[i])", "NN0227", "w[i]", ""),
    ("output y[t] = x[t, i]", "NN0129", "i", "name it on the left, or reduce over it: `sum[i](...)`"),
    ("output y[t, i] = softmax[k](x[t, i])", "NN0212", "k", ""),
    ("output y[t, u < 3] = sum[g < 2](x[t, (g, u)])", "NN0215", "(g, u)", ""),
    ("output y[t] = sum[i](x[i])", "NN0204", "i", ""),
    ("param E[5, 2] = zeros; output y[t, i, d] = E[x[t, i], d]", "NN0218", "x[t, i]", ""),
    ("state s[T, In] = zeros; s <- x; output x + s", "NN0240", "x", ""),
    ("param w[In - 4] = zeros; output y[t, i] = x[t, i] + sum(w)", "NN0208", "In - 4", ""),
    ("axes = [1, 2]; output y[t, i] = x[t, i]", "NN0119", "axes", ""),
    ("let axes = [1, 2]; output y[..., (g < 2, k) @ axes] = x[..., (g, k) @ axes]", "NN0206", "axes", ""),
    ("let one = [1]; let both = [1, 2]; output y[..., c @ one] = x[..., c @ both]", "NN0331", "both", ""),
    ("let axes = [1, 3]; output y[c] = x[c @ axes]", "NN0216", "axes", ""),
]


def told(body: str, use: str = "x -> f") -> tuple[Diagnostic, ...]:
    """What a layer over six steps of four features gets."""
    lines = "\n    ".join(line.strip() for line in body.split(";"))
    text = f"layer f() {{\n    input x[T, In]\n    {lines}\n}}\nmodel m {{\n    input x[6, 4]\n    output p = {use}\n}}\n"
    try:
        check(Source("own.nn", text)).must_have_model()
    except NNError as error:
        return error.diagnostics
    return ()


@pytest.mark.parametrize(("body", "code", "place", "says"), WRONG)
def test_each_is_told_at_its_place(body: str, code: str, place: str, says: str) -> None:
    (found,) = told(body)
    assert (found.code, found.labels[0].span.text) == (code, place)
    assert says in "\n".join((*(label.text for label in found.labels), *found.helps))


@pytest.mark.parametrize("body", [
    "output h[t, i] = x[t, i] + (h[t - 1, i] else 0) + (x[t + 1, i] else 0)",
    "output h[t, i] = x[t, i] + (h[t - 1, i - 1] else 0)",
    "output y[t, i] = d(x[t, i] * floor(x[t, i]), x[0, 0])",
    "output y[t, i] = d(where(x[t, i] > 0, x[t, i], 0), x[0, 0])",
    "let axes = [1, 2]; m = sum[c](x[c @ axes]); output y[c @ axes] = x[c @ axes] - m",
    "output x -> bidirectional(gru(2), backward_layer = lstm(2, go_backwards = true))",
    "let axes = [2]; output y[..., c @ axes] = x[..., c @ axes] * c",
])
def test_and_nothing_about_what_is_right(body: str) -> None:
    assert not told(body)
