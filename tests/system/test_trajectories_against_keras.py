"""Whole training runs, batch by batch, against Keras: losses, weights, predictions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from keras_layers import array, called, cases

import nndsl

CASES = cases("trajectories")


def inputs(case: dict[str, Any]) -> str:
    """The inputs of a model in the language."""
    kinds = {"int64": ": int"}
    return ", ".join(f"x_{port['name']}[{', '.join(map(str, port['shape']))}]{kinds.get(port.get('dtype'), '')}"
                     for port in case["model"]["inputs"])


def model(case: dict[str, Any]) -> str:
    """The model of a case in the language."""
    names = {port["name"]: f"x_{port['name']}" for port in case["model"]["inputs"]}
    lines = [f"input {inputs(case)}"]
    for layer in case["model"]["layers"]:
        value = ", ".join(names.get(name, f"v_{name}") for name in layer["inbound"])
        head = value if len(layer["inbound"]) == 1 else f"({value})"
        name = f'name = "{layer["name"]}"'
        left = f"output {layer['name']}" if layer["name"] in case["model"]["outputs"] else f"v_{layer['name']}"
        lines.append(f"{left} = {head} -> {called(layer['class_name'], layer['config'], name)}")
        if left.startswith("output"):
            names[layer["name"]] = layer["name"]
    return "model m {\n" + "\n".join(lines) + "\n}\n"


def loss(case: dict[str, Any]) -> str:
    """The loss of a case in the language."""
    if "class_name" in case["loss"]:
        return called(case["loss"]["class_name"], case["loss"]["config"])
    terms = []
    for name, part in case["loss"].items():
        head, _, rest = called(part["class_name"], part["config"]).partition("(")
        terms.append(f"{case['loss_weights'][name]} * {head}(target.{name}, {name}{', ' if rest != ')' else ''}{rest}")
    return " + ".join(terms)


def program(case: dict[str, Any]) -> str:
    """A case in the language."""
    optimizer = called(case["optimizer"]["class_name"], case["optimizer"]["config"])
    return model(case) + f"train {{\nloss {loss(case)}\noptimizer {optimizer}\n}}\n"


def own(name: str) -> str:
    """A weight's path: Keras's, without the cell that it makes a layer of."""
    layer, *_, weight = name.split("/")
    return f"{layer}.{weight}"


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in CASES])
def test_trajectories(case: dict[str, Any]) -> None:
    def close(got: Any, want: Any, what: str) -> None:
        np.testing.assert_allclose(got, want, rtol=case["rtol"], atol=case["atol"], err_msg=what)

    m = nndsl.loads(program(case), precision="float64")
    paths = {name: own(name) for name in case["initial_weights"]}
    assert set(paths.values()) == set(m.weights)
    for name, value in case["initial_weights"].items():
        m.weights[paths[name]] = array(value)
    x = [array(value) for value in case["x"].values()]
    y = {name: array(value) for name, value in case["y"].items()}
    weight = array(case["sample_weight"]) if "sample_weight" in case else None
    size = case["batch_size"]
    for step, expected in enumerate(case["losses"]):
        at = slice(step * size % len(x[0]), step * size % len(x[0]) + size)
        targets = {name: value[at] for name, value in y.items()}
        found = m.train_on_batch(x[0][at], targets if len(targets) > 1 else targets["y"],
                                 sample_weight=None if weight is None else weight[at])
        close(found, expected, f"loss of step {step}")
        if step == 0:
            for name, value in case["weights_after_first_step"].items():
                close(m.weights[paths[name]], array(value), f"{name} after the first step")
    for name, value in case["final_weights"].items():
        close(m.weights[paths[name]], array(value), f"{name} in the end")
    predicted = m.predict(x[0][:6])
    for name, value in case["final_predictions"].items():
        close(predicted[name] if isinstance(predicted, dict) else predicted, array(value), name)
