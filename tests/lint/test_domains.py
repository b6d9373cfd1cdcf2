"""Operations that can leave their domain: told where that can come about, and only there."""

from __future__ import annotations

import pytest

from nndsl.diagnostics import Diagnostic, Source
from nndsl.lint.advice import advice
from nndsl.lint.intervals import OPERATIONS, Interval, point

INF = float("inf")


def told(before: str, body: str, loss: str = "mse", optimizer: str = "sgd") -> list[Diagnostic]:
    text = f"{before}\nmodel m {{\n    input x[6]\n    {body}\n}}\ntrain {{\n    loss {loss}\n    optimizer {optimizer}\n}}\n"
    return [d for d in advice(Source("m.nn", text), {}) if d.code == "NN0807"]


def standardised(below: str) -> str:
    return ("layer own() {\n    input x[K]\n    m = mean(x)\n    v = mean((x - m)^2)\n"
            f"    output y[k] = (x[k] - m) / {below}\n}}")


@pytest.mark.parametrize(("before", "body", "loss", "word"), [
    ("", "output p = h -> dense(1); h[k] = 1 / x[k]", "mse", "division"),
    ("", "output p = h -> dense(1); h[k] = log(x[k])", "mse", "logarithm"),
    ("", "output p = h -> dense(1); h[k] = log(1 + x[k])", "mse", "logarithm"),
    ("", "output p = h -> dense(1); h[k] = mod(3, x[k])", "mse", "division"),
    ("", "output p = h -> dense(1); h[k] = asin(x[k])", "mse", "sine"),
    ("activation f(x) = x^0.5", "output p = x -> dense(3, f) -> dense(1)", "mse", "power"),
    ("activation f(x) = x^-2", "output p = x -> dense(3, f) -> dense(1)", "mse", "division"),
    ("activation f(x) = sqrt(x)", "output p = x -> dense(3, f) -> dense(1)", "mse", "root"),
    ("", "h = x -> dense(3); d = sqrt(sum[k](h[k]^2)); output p = [d] -> dense(1)", "mse", "root"),
    (standardised("v"), "output p = x -> dense(3) -> own -> dense(1)", "mse", "division"),
    ("", "output p = x -> dense(3)", "categorical_crossentropy", "division"),
    ("", "output p = x -> dense(3, relu)", "poisson", ""),
    ("loss own(y[K], p[K]) = -sum[k](y[k] * log(p[k]))", "output p = x -> dense(3, relu)", "own", "logarithm"),
])
def test_what_can_leave_its_domain(before: str, body: str, loss: str, word: str):
    found = told(before, body.replace("; ", "\n    "), loss)
    assert [word in d.message for d in found] == ([True] if word else [])
    assert all(d.labels[0].span.source.name == "m.nn" for d in found)
    assert all("lies in" in "".join(label.text for label in d.labels) and d.helps for d in found)


@pytest.mark.parametrize(("before", "body", "loss"), [
    ("", "output p = h -> dense(1); h[k] = 1 / (1 + x[k]^2)", "mse"),
    ("", "output p = h -> dense(1); h[k] = log(1 + x[k] * x[k])", "mse"),
    ("", "output p = h -> dense(1); h[k] = where(x[k] > 0, log(x[k]), 0)", "mse"),
    ("", "output p = h -> dense(1); h[k] = where(not (x[k] == 0), 1 / x[k], 0)", "mse"),
    ("", "output p = h -> dense(1); h[k] = where(x[k] >= 1 and x[k] < 3, sqrt(x[k] - 1), 0)", "mse"),
    ("", "output p = h -> dense(1); h[k] = asin(tanh(x[k]))", "mse"),
    ("", "output p = h -> dense(1); h[k] = log(max(x[k], 1e-7))", "mse"),
    ("", "h = x -> dense(3); d = sqrt(sum[k](h[k]^2) + 1e-7); output p = [d] -> dense(1)", "mse"),
    (standardised("sqrt(v + 1e-3)"), "output p = x -> dense(3) -> own -> dense(1)", "mse"),
    ("", "output p = x -> dense(3, softmax)", "categorical_crossentropy"),
    ("loss own(y[K], p[K]) = -sum[k](y[k] * log(p[k]))", "output p = x -> dense(3, softmax)", "own"),
    ("loss own(y, p) = -mean(y * log(p) + (1 - y) * log(1 - p))", "output p = x -> dense(1, sigmoid)", "own"),
    ("", "output p = x -> dense(3, sparsemax)", "mse"),
    ("", "output p = x -> dense(4) -> layer_normalization -> dense(1)", "mse"),
    ("", "output p = x -> dense(3, softmax)", "kl_divergence"),
    ("", "output p = x -> dense(3)", "cosine_similarity"),
])
def test_what_cannot(before: str, body: str, loss: str):
    assert told(before, body.replace("; ", "\n    "), loss) == []


@pytest.mark.parametrize(("epsilon", "count"), [("", 1), (" + 1e-7", 0)])
def test_updates_that_divide_by_nothing(epsilon: str, count: int):
    own = ("optimizer own(lr = 0.1) {\n    state v = 0\n    v <- 0.9 * v + 0.1 * g^2\n"
           f"    w <- w - lr * g / (sqrt(v){epsilon})\n}}")
    assert len(told(own, "output p = x -> dense(1)", optimizer="own")) == count


@pytest.mark.parametrize("optimizer", ["adam", "rmsprop(centered = true, momentum = 0.9)", "adagrad", "lamb", "nadam",
                                       "adafactor"])
def test_updates_of_the_library_do_not(optimizer: str):
    assert told("", "output p = x -> dense(1)", optimizer=optimizer) == []


def test_a_gradient_meets_no_steep_root_where_none_passes():
    """The root stands where only inputs are: its value is fine at 0, and nobody asks for its slope."""
    assert told("", "d = sqrt(sum[k](x[k]^2))\n    output p = [d] -> dense(1)") == []


@pytest.mark.parametrize(("operation", "operands", "expected"), [
    ("mul", (Interval(-1, 2), Interval(-3, 1)), Interval(-6, 3)),
    ("mul", (point(0), Interval(-INF, INF)), point(0)),
    ("div", (Interval(1, 2), Interval(0, 4)), Interval(0.25, INF)),
    ("div", (Interval(1, 2), Interval(-1, 4)), Interval(-INF, INF)),
    ("pow", (Interval(-3, 2), point(2)), Interval(0, 9)),
    ("pow", (Interval(-3, 2), point(3)), Interval(-27, 8)),
    ("pow", (Interval(0.5, 2), point(-1)), Interval(0.5, 2)),
    ("sigmoid", (Interval(-INF, INF),), Interval(0, 1)),
    ("tanh", (Interval(-INF, INF),), Interval(-1, 1)),
    ("exp", (Interval(-INF, 0),), Interval(0, 1)),
    ("abs", (Interval(-3, 2),), Interval(0, 3)),
    ("clip", (Interval(-INF, INF), point(2), point(5)), Interval(2, 5)),
    ("lt", (Interval(0, 1), Interval(2, 3)), point(1)),
    ("where", (point(0), point(7), Interval(1, 2)), Interval(1, 2)),
])
def test_intervals(operation: str, operands: tuple[Interval, ...], expected: Interval):
    assert OPERATIONS[operation](*operands) == expected
