"""The code generated for every definition of the library does the same compiled and as plain Python."""

from __future__ import annotations

import numpy as np
import pytest
from library_pieces import EVERY, name_of, stages
from plain_module import plain_network

from nndsl import cache
from nndsl.ir.equation import SAMPLE_WEIGHT, adjoint_name, target_name
from nndsl.runtime.network import CompiledNetwork
from nndsl.signature import Port
from nndsl.syntax.tree import Definition

SAMPLES = 5
ONE_SAMPLE = ("activation", "regularizer", "schedule", "initializer", "optimizer")
PROGRAM = {"activation": "learn", "regularizer": "learn", "loss": "learn", "metric": "assess", "schedule": "forward"}
"""What is run of a piece; initializers and optimizers are run by name."""


def given(port: Port, samples: int, random: np.random.Generator, whole: bool = False) -> np.ndarray:
    """Numbers in (0, 1), or the classes 0 and 1."""
    shape = (samples, *port.shape)
    return random.integers(0, 2, shape) if whole or port.dtype == "int" else random.uniform(0.05, 0.95, shape)


def run(network: CompiledNetwork, kind: str) -> dict[str, np.ndarray]:
    """Everything that a network holds after its piece was used once, twice for optimizers."""
    random = np.random.default_rng(4)
    samples = 1 if kind in ONE_SAMPLE else SAMPLES
    network.initialize(3)
    if kind == "optimizer":
        for values in (network.arrays, network.gradients):
            for name in sorted(n for n in values if n in network.gradients):
                values[name][...] = random.normal(size=values[name].shape)
        for _ in range(2):
            network.update()
    elif kind in PROGRAM:
        fed = {p.name: given(p, samples, random) for p in network.inputs}
        fed |= {target_name(p.name): given(p, samples, random, kind == "metric") for p in network.targets}
        if kind in ("loss", "metric"):
            fed[SAMPLE_WEIGHT] = random.uniform(0.5, 2, samples)
        if kind == "activation":
            output, shape = network.artifact.output_tensors[0], network.outputs[0].shape
            fed[adjoint_name(output)] = random.normal(size=shape)
        network.step = 7
        network.run(PROGRAM[kind], samples, fed)
    return _held(network, kind, samples)


def _held(network: CompiledNetwork, kind: str, samples: int) -> dict[str, np.ndarray]:
    found = {name: array.copy() for name, array in network.arrays.items()}
    if kind == "metric":
        return found | {n: np.asarray(v) for n, v in network.totals().items()}
    wanted = {"activation": ("∂x",), "regularizer": ("∂w",), "loss": ("loss", "∂p")}.get(kind, ())
    outputs = network.artifact.output_tensors if kind in ("activation", "regularizer", "schedule") else ()
    return found | {name: network.tensor(PROGRAM[kind], name, samples).copy() for name in (*wanted, *outputs)}


@pytest.mark.parametrize("definition", EVERY, ids=name_of)
def test_compiled_or_not_it_does_the_same(definition: Definition) -> None:
    found = stages(definition.kind, definition.name, "float64")
    cache.store(f"test-{found.artifact.module[:16]}", found.artifact, found.code, {})
    networks = CompiledNetwork(found.artifact, cache.load_module(found.artifact)), plain_network(found.artifact, found.code)
    with np.errstate(all="ignore"):  # branches that are not taken
        compiled, plain = (run(network, definition.kind) for network in networks)
    assert compiled and compiled.keys() == plain.keys()
    for name, value in plain.items():
        assert np.isfinite(value).all(), name
        np.testing.assert_allclose(compiled[name], value, rtol=1e-12, atol=1e-14, err_msg=name)
