"""Each piece of advice has a model that gets it and one that does not."""

from __future__ import annotations

import pytest

from nndsl.diagnostics import Source
from nndsl.lint.advice import advice

CLASSES = "loss categorical_crossentropy"


def codes(chain: str, loss: str = CLASSES, before: str = "") -> list[str]:
    text = f"{before}model m {{\n    input x[6]\n    output p = x -> {chain}\n}}\ntrain {{\n    {loss}\n    optimizer sgd\n}}\n"
    return [d.code for d in advice(Source("m.nn", text), {})]


@pytest.mark.parametrize(("chain", "found"), [
    ("repeat(8, dense(4, sigmoid)) -> dense(3, softmax)", ["NN0801"]),
    ("repeat(8, dense(4, relu)) -> dense(3, softmax)", []),
    ("repeat(8, dense(4, tanh)) -> dense(3, softmax)", []),
    ("repeat(2, dense(4, sigmoid)) -> dense(3, softmax)", []),
    ("dense(4) -> batch_normalization -> dense(3, softmax)", ["NN0802"]),
    ("dense(4, use_bias = false) -> batch_normalization -> dense(3, softmax)", []),
])
def test_chains_and_gradients(chain: str, found: list[str]):
    assert codes(chain) == found


def test_a_users_own_function_counts_as_any_other():
    own = "activation {name}(x) = {factor} * sin(x)\n"
    assert codes("repeat(4, dense(4, weak)) -> dense(3, softmax)", before=own.format(name="weak", factor=0.1)) == ["NN0801"]
    assert codes("repeat(4, dense(4, full)) -> dense(3, softmax)", before=own.format(name="full", factor=1)) == []


@pytest.mark.parametrize(("chain", "loss", "found"), [
    ("dense(1, sigmoid)", "loss mse", ["NN0803"]),
    ("dense(1, sigmoid)", "loss binary_crossentropy", []),
    ("dense(3, softmax)", "loss mse", ["NN0803"]),
    ("dense(3, softmax)", CLASSES, []),
    ("dense(1)", "loss mse", []),
])
def test_outputs_that_saturate(chain: str, loss: str, found: list[str]):
    assert codes(chain, loss) == found
