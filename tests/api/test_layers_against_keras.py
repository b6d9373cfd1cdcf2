"""Every layer against Keras: outputs, gradients, states."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from keras_layers import array, cases, definition, settings

import nndsl

CASES = cases("layers")


def close(got: Any, want: dict[str, Any], case: dict[str, Any]) -> None:
    """Whether an array is what Keras says, to the stated tolerance."""
    expected = array(want)
    np.testing.assert_allclose(np.reshape(got, expected.shape), expected, rtol=case["rtol"], atol=case["atol"])


def several(value: Any) -> tuple[Any, ...]:
    """One or several values as several."""
    return value if isinstance(value, tuple) else (value,)


def own(name: str) -> str:
    """A weight's own name, without the path of the parts that Keras makes a layer of."""
    return name.rsplit("/", 1)[-1]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in CASES])
def test_layers(case: dict[str, Any]) -> None:
    named = dict(case["call_kwargs"])
    training = named.pop("training", False)
    x = [array(value) for value in case["inputs"]] * (2 if case["call"] == "self" else 1)
    mask = {"mask": array(case["mask"])} if "mask" in case else {}
    layer = nndsl.layer(definition(case["class_name"]), **settings(case["config"]), **named).build(*(a.shape[1:] for a in x))
    names = dict(zip(layer.weights, case["weights"], strict=True))
    for name, weight in names.items():
        assert own(name.replace(".", "/")).endswith(own(weight["name"])), (name, weight["name"])
        layer.weights[name] = array(weight["value"])
    outputs = several(layer.forward(*x, training=training, **mask))
    for got, want in zip(outputs, case["outputs"], strict=True):
        assert got.shape == tuple(want["shape"])
        close(got, want, case)
    updated = {name: layer.weights[name].copy() for name in layer.state}
    gradients = several(layer.backward(*(array(value) for value in case["upstream"])))
    for got, want in zip([sum(gradients)] if case["call"] == "self" else gradients, case["grad_inputs"], strict=True):
        if want is None:
            assert got is None
        else:
            close(got, want, case)
    for name, weight in names.items():
        assert (weight["name"] in case["grad_weights"]) == (name in layer.gradients)
        assert weight["trainable"] == (name not in updated)
        if weight["trainable"]:
            close(layer.gradients[name], case["grad_weights"][weight["name"]], case)
        elif weight["name"] in case["updated_weights"]:
            close(updated[name], case["updated_weights"][weight["name"]], case)
