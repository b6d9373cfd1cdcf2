"""Every layer against Keras: outputs, gradients, states."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from keras_layers import array, cases, definition, settings
from plain_module import plain_module

import nndsl
from nndsl import cache

COMPILED, PLAIN = cases("layers"), cases("layer_settings")


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


@pytest.mark.parametrize("case", COMPILED, ids=lambda case: case["id"])
def test_layers(case: dict[str, Any]) -> None:
    compare(case)


@pytest.mark.parametrize("case", PLAIN, ids=lambda case: case["id"])
def test_settings_of_layers(case: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """What is generated, run by plain Python: the settings are many, and compiling takes long."""
    monkeypatch.setattr(cache, "load_module", lambda artifact: plain_module(cache.module_path(artifact).read_text()))
    compare(case)


def compare(case: dict[str, Any]) -> None:
    """Outputs, gradients and states of a layer are Keras's."""
    named = dict(case["call_kwargs"])
    training = named.pop("training", False)
    x = [array(value) for value in case["inputs"]] * (2 if case["call"] == "self" else 1)
    optional = {name: array(value) for name, value in case.get("named", {}).items()}
    optional |= {"mask": array(case["mask"])} if "mask" in case else {}
    layer = nndsl.layer(definition(case["class_name"]), **settings(case["config"]), **named).build(*(a.shape[1:] for a in x))
    names = dict(zip(layer.weights, case["weights"], strict=True))
    for name, weight in names.items():
        assert own(name.replace(".", "/")).endswith(own(weight["name"])), (name, weight["name"])
        layer.weights[name] = array(weight["value"])
    outputs = several(layer.forward(*x, training=training, **optional))
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
