"""What differs between two models is told by meaning, not by text."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from nndsl.checking import check_model
from nndsl.diagnostics import Source
from nndsl.lint.changed_formulas import Change
from nndsl.lint.changes import DIFFERENT, changes

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "examples").glob("*.nn"))
BASE = """activation f(x) = {f}
{defs}
model m {{
    input x[3]
    output p = x -> {front}dense(4, f) -> {layers}dense(1)
}}
train {{
    loss {loss}
    optimizer {optimizer}
    epochs {epochs}
}}
"""
USUAL = {"f": "x / (1 + exp(-x))", "defs": "", "front": "", "layers": "", "loss": "mse", "epochs": "3",
         "optimizer": "sgd(learning_rate = 0.1)"}
MIX = "layer mix(n) {{\n    input x[K]\n    param W[K, n] = glorot_uniform\n{body}}}"


def compared(before: dict[str, str] | None = None, **after: str) -> list[Change]:
    old = {**USUAL, **(before or {})}
    return changes(*(check_model(Source(name, BASE.format(**settings))) for name, settings in (("a.nn", old),
                                                                                             ("b.nn", {**old, **after}))))


def kinds(found: list[Change]) -> set[tuple[str, str]]:
    return {(c.kind, c.what) for c in found}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_a_file_under_another_name_does_not_differ(path: Path):
    text = path.read_text(encoding="utf-8")
    other = Source(str(path.parent / "other.nn"), "# moved down by a line\n" + text)
    assert changes(check_model(Source(str(path), text)), check_model(other)) == []


def test_a_formula_in_other_words_is_proved_equal():
    assert kinds(compared(f="x * exp(x) / (exp(x) + 1)")) == {("proved", "dense_1.output")}


def test_a_formula_that_differs_is_shown_where_it_differs_most():
    change, = compared(f="x / (1 + exp(-2 * x))")
    assert (change.kind, change.what) == ("changed", "dense_1.output")
    shown = re.search(r"differs by up to (\S+), where z = (\S+) and bias = (\S+): (\S+) and (\S+)", change.how)
    assert shown is not None
    apart, z, bias, old, new = map(float, shown.groups())
    x = z + bias
    assert old == pytest.approx(x / (1 + np.exp(-x)), rel=1e-3) and new == pytest.approx(x / (1 + np.exp(-2 * x)), rel=1e-3)
    grid = np.linspace(-6, 6, 2001)
    most = np.abs(grid / (1 + np.exp(-grid)) - grid / (1 + np.exp(-2 * grid))).max()
    assert apart == pytest.approx(abs(old - new), rel=1e-2) and 0.8 * most < apart <= most * 1.001


def test_a_difference_far_out_is_found_too():
    change, = compared(f="min(x, 20)", before={"f": "x"})
    assert change.kind == "changed" and "differs" in change.how


def test_a_change_in_many_equal_layers_is_told_once():
    change, = compared({"layers": "repeat(20, dense(4, f)) -> "}, f="sin(x)")
    assert (change.kind, change.what) == ("changed", "dense_1.output and 20 more")


# ---------------------------------------------------------------------------------------------------- layers


def test_a_layer_in_front_leaves_the_others_as_they_are():
    found = compared({"layers": "repeat(5, dense(4, f)) -> "}, front="dense(3) -> ")
    assert kinds(found) == {("added", "dense_1"), ("renamed", "layers"), ("changed", "dense_1.z")}
    assert next(c.how for c in found if c.what == "dense_1.z").endswith("it reads `dense_1 (new).output` in place of `x`")
    assert next(c.how for c in found if c.kind == "renamed").startswith("dense_1 is now dense_2, ...")


@pytest.mark.parametrize(("before", "after", "expected"), [
    ("", "dropout(0.5) -> ", {("added", "dropout_1"), ("changed", "dense_2.z")}),
    ("dropout(0.5) -> ", "", {("removed", "dropout_1"), ("changed", "dense_2.z")}),
    ("dropout(0.5) -> ", "dropout(0.25) -> ", {("changed", "dropout_1.y")}),
    ("repeat(5, dense(4, f)) -> ", "repeat(6, dense(4, f)) -> ", {("added", "dense_7"), ("renamed", "layers"),
                                                                ("changed", "dense_7.z")}),
])
def test_layers_in_between(before: str, after: str, expected: set[tuple[str, str]]):
    found = {(kind, re.sub(r"dense_\d", "dense_7", what) if "repeat" in before else what)
             for kind, what in kinds(compared({"layers": before}, layers=after))}
    assert found == expected


def test_a_wider_layer():
    found = compared({"layers": "dense(5, f) -> "}, layers="dense(6, f) -> ")
    assert ("changed", "dense_2") in kinds(found) and ("changed", "dense_2.kernel") in kinds(found)
    assert all(c.kind == "changed" and ("became" in c.how) for c in found)
    assert not any(c.what.endswith((".z", ".output")) for c in found)


def test_names_that_users_gave_come_before_order():
    one = 'dense(5, f, name = "a") -> dense(5, f, name = "b") -> '
    two = 'dense(5, f, name = "b") -> dense(5, f, name = "a") -> '
    found = compared({"layers": one}, layers=two)
    assert not any(c.kind in ("added", "removed", "renamed") for c in found)
    assert {"a.z", "b.z"} <= {c.what for c in found}


# ---------------------------------------------------------------------------------------------------- meaning


@pytest.mark.parametrize("body", [
    "    output y[b] = tanh(sum[a](x[a] * W[a, b]) + 1)\n",
    "    output y[j] = tanh(1 + sum[i](W[i, j] * x[i]))\n",
    "    h[j] = sum[i](x[i] * W[i, j])\n    output y[j] = tanh(h[j] + 1)\n",
    "    a[j] = sum[i](x[i] * W[i, j])\n    b[j] = a[j] + 1\n    output y[j] = tanh(b[j])\n",
])
def test_definitions_of_the_same_meaning(body: str):
    mix = {"layers": "mix(2) -> ", "defs": MIX.format(body="    output y[j] = tanh(sum[i](x[i] * W[i, j]) + 1)\n")}
    assert not any(c.kind in DIFFERENT for c in compared(mix, defs=MIX.format(body=body)))


def test_a_sum_over_two_indices_in_the_other_order():
    body = "    output y[j] = sum[a, b](x[a] * x[b] * W[a, j] * W[b, j]^2)\n"
    other = "    output y[j] = sum[b, a](x[a] * x[b] * W[a, j] * W[b, j]^2)\n"
    found = compared({"layers": "mix(2) -> ", "defs": MIX.format(body=body)}, defs=MIX.format(body=other))
    assert not any(c.kind in DIFFERENT for c in found)


def test_what_only_numbers_show_to_be_the_same():
    mix = {"layers": "mix(2) -> ", "defs": MIX.format(body="    output y[j] = tanh(sum[i](x[i] * W[i, j]) + 1)\n")}
    found = compared(mix, defs=MIX.format(body="    output y[j] = tanh(sum[i](x[i] * W[i, j] + 1 / K))\n"))
    assert kinds(found) == {("sampled", "mix_1.y")}


@pytest.mark.parametrize("body", [
    "    output y[j] = tanh(sum[i](x[i] * W[i, j]) - 1)\n",
    "    output y[j] = tanh(sum[i](x[i] * W[i, j] + 1))\n",
    "    output y[j] = tanh(sum[i](x[i] * W[i, j]^2) + 1)\n",
    "    output y[j] = tanh(sum[i](x[i] * W[K - 1 - i, j]) + 1)\n",
])
def test_definitions_of_another_meaning(body: str):
    mix = {"layers": "mix(2) -> ", "defs": MIX.format(body="    output y[j] = tanh(sum[i](x[i] * W[i, j]) + 1)\n")}
    found = compared(mix, defs=MIX.format(body=body))
    assert any(c.kind == "changed" and c.what.startswith("mix_1.y") for c in found)


def test_a_recurrence_that_runs_the_other_way():
    text = ("layer run() {{\n    input x[T]\n    output h[t] = x[t] + (h[{way}] else 0) / 2\n}}\n"
            "model m {{\n    input x[5]\n    output p = x -> run -> dense(1)\n}}\n")
    one, two = (check_model(Source("m.nn", text.format(way=way))) for way in ("t - 1", "t + 1"))
    assert any(c.kind == "changed" and c.what.startswith("run_1.h") for c in changes(one, two))


# ---------------------------------------------------------------------------------------------------- settings


def test_settings():
    assert [(c.kind, c.what, c.how) for c in compared(epochs="5")] == [("changed", "train.epochs", "3 became 5")]
    change, = compared(optimizer="sgd(learning_rate = 0.2)")
    assert (change.kind, change.what) == ("changed", "learning")
    assert "differs by up to 0.1, where rate = 1: 0.1 and 0.2" in change.how


def test_another_loss_and_another_optimizer():
    found = compared(loss="mae")
    assert all(c.kind == "changed" and c.what.startswith("loss") for c in found) and found
    found = compared({"layers": "repeat(9, dense(4, f)) -> "}, optimizer="adam")
    assert ("added", "m") in kinds(found) and ("added", "v") in kinds(found)
    assert ("changed", "dense_1.kernel and 10 more") in kinds(found) and len(found) < 7


def test_data():
    text = ('data {{\n    source sklearn("iris")\n    scale x: {scale}\n}}\n'
            "model m {{\n    input x[4]\n    output p = x -> dense(3, softmax)\n}}\n")
    one, two = (check_model(Source(name + ".nn", text.format(scale=name))) for name in ("standard", "minmax"))
    assert [(c.kind, c.what, c.how) for c in changes(one, two)] == [
        ("changed", "data.transforms.1.method", '"standard" became "minmax"')]
