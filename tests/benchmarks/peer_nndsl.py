"""nndsl as a peer of the speed comparison: see README.md beside this file."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np

import nndsl
import nndsl.api.model  # what is heavy belongs to the import time, not to the first step

LOSSES = {"sxent": ("sparse_categorical_crossentropy", "softmax"), "mse": ("mse", "linear")}
ACTIVATIONS = ("relu", "selu")
OTHERS = {"conv": 'conv2d({0}, {1}, padding = "{2}")', "maxpool": "max_pooling2d({0})", "flatten": "flatten()",
          "bn": "batch_normalization()", "lstm": "lstm({0}, unit_forget_bias = false)", "tblock": "transformer_block({0}, {1})",
          "meanpool": "global_average_pooling1d()"}
"""Layers of the library, and of layers.nn beside this file."""


def source(W: Any, shape: tuple[int, ...]) -> str:
    """The workload as an nndsl file."""
    loss, last = LOSSES[W.loss]
    layers: list[str] = []
    for kind, *settings in W.layers:
        if kind == "dense":
            layers.append(f"dense({settings[0]})")
        elif kind in ACTIVATIONS:
            layers[-1] = layers[-1].replace(")", f", activation = {kind})")
        elif kind in OTHERS:
            layers.append(OTHERS[kind].format(*settings))
        else:
            raise NotImplementedError(f"not written for nndsl: {kind}")  # what peers.py takes for "unsupported"
    layers[-1] = layers[-1].replace(")", f", {last})")
    runs = [(layer, len(list(group))) for layer, group in itertools.groupby(layers)]
    pipeline = " -> ".join(layer if n == 1 else f"repeat({n}, {layer})" for layer, n in runs)
    sizes = ", ".join(map(str, shape))
    definitions = (Path(__file__).parent / "layers.nn").read_text(encoding="utf-8")
    return (f"{definitions}\nmodel {W.name.replace('-', '_')} {{\n    input x[{sizes}]\n    output p = x -> {pipeline}\n}}\n"
            f"train {{\n    loss {loss}\n    optimizer {optimizer(*W.opt)}\n    batch {W.batch}\n}}\n")


def optimizer(kind: str, rate: float, momentum: float = 0.0) -> str:
    """The optimizer's line."""
    if kind == "adam":
        return f"adam(learning_rate = {rate}, epsilon = 1e-7)"
    return f"sgd(learning_rate = {rate}, momentum = {momentum})"


def run(peer: str, W: Any, data: list[np.ndarray], params: list[dict[str, np.ndarray]], clock: Any) -> dict[str, Any]:
    """Train as peers.py asks."""
    x, y, x_test, _ = data
    network = nndsl.loads(source(W, x.shape[1:])).network
    ours = [v.name for v in network.variables if v.kind == "parameter"]
    theirs = [array for layer in params for array in layer.values()]
    for name, array in zip(ours, theirs, strict=True):
        network.arrays[name][...] = array.reshape(network.arrays[name].shape)
    n, batch = len(x), W.batch
    arrays = {"x": x, "target.p": y.astype(np.int64) if W.loss == "sxent" else y, "sample weight": np.ones(n, np.float32)}
    generator = np.random.default_rng(0)
    loss, first = float("nan"), batch
    while clock.more():
        with clock.epoch():
            order = generator.permutation(n)
            network.reset_totals()
            if first:  # the first step alone, so that its time is known
                network.train(arrays, order, 0, first, batch)
                clock.first_step()
            network.train(arrays, order, first, n, batch)
            first = 0
            loss = network.totals()["loss"]
    pred = network.predict({"x": x_test})["p"]
    return {"loss": loss, "pred": pred, "versions": {"nndsl": nndsl.__version__}}
