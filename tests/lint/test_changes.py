"""What differs between two models is told by meaning, not by text."""

from __future__ import annotations

from nndsl.checking import check_model
from nndsl.diagnostics import Source
from nndsl.lint.changes import Change, changes

BASE = """activation f(x) = {f}
model m {{
    input x[3]
    output p = x -> dense(4, f) -> {layers}dense(1)
}}
train {{
    loss mse
    optimizer sgd(learning_rate = {rate})
    epochs {epochs}
}}
"""


def compared(**after: object) -> list[Change]:
    usual: dict[str, object] = {"f": "x / (1 + exp(-x))", "layers": "", "rate": 0.1, "epochs": 3}
    one, two = (check_model(Source("m.nn", BASE.format(**settings))) for settings in (usual, {**usual, **after}))
    return changes(one, two)


def test_the_same_file_does_not_differ():
    assert compared() == []


def test_a_formula_in_other_words_is_proved_equal():
    found = compared(f="x * exp(x) / (exp(x) + 1)")
    assert {(c.kind, c.what) for c in found} == {("proved", "dense_1.output")}


def test_a_formula_that_differs_is_shown_at_a_point():
    change, = compared(f="x / (1 + exp(-2 * x))")
    assert (change.kind, change.what) == ("changed", "dense_1.output") and "; where " in change.how


def test_settings_and_layers():
    assert [(c.kind, c.what, c.how) for c in compared(epochs=5)] == [("changed", "train.epochs", "3 became 5")]
    found = compared(layers="dense(2) -> ")
    assert ("added", "dense_3") in {(c.kind, c.what) for c in found}
    found = compared(rate=0.2)
    assert found and all(c.kind == "changed" and "0.2" in c.how for c in found)
