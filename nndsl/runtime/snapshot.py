"""All that a run is at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nndsl.diagnostics import NNError, problem
from nndsl.runtime.contract import Array, Network


@dataclass(frozen=True)
class Snapshot:
    """A run at one moment: enough to go on to the same bits.

    Args:
        step: updates so far.
        epoch: epochs that are over.
        position: samples done of the epoch under way.
        seed: of first values, shuffling and random draws.
        rate: the factor on the learning rate.
        weights: parameters and states.
        optimizer: the optimizer's states.
        running: what is summed up of the epoch under way.
        state: what the trainer remembers: plain JSON values, or frozen dataclasses that turn into them when written.
        chosen: the step whose weights are to be used, where this is the last checkpoint: this one's, or the best's.
        needs: steps of other checkpoints that going on from this one may come back to.
    """

    step: int
    epoch: int
    position: int
    seed: int
    rate: float
    weights: Mapping[str, Array]
    optimizer: Mapping[str, Array]
    running: Mapping[str, Array] = field(default_factory=dict)
    state: Any = None
    chosen: int = 0
    needs: tuple[int, ...] = ()


def take_snapshot(network: Network, epoch: int, position: int, state: Any, chosen: int | None = None,
                  needs: tuple[int, ...] = ()) -> Snapshot:
    """A copy of everything; training may go on at once."""
    arrays = network.arrays
    optimizer = {v.name: arrays[v.name].copy() for v in network.variables if v.kind == "optimizer"}
    weights = {v.name: arrays[v.name].copy() for v in network.variables if v.kind != "optimizer"}
    running = {name: array.copy() for name, array in network.running.items()}
    return Snapshot(network.step, epoch, position, network.seed, network.rate, weights, optimizer, running, state,
                    network.step if chosen is None else chosen, needs)


def put_back(network: Network, snapshot: Snapshot, title: str = "") -> None:
    """Make the network what it was; raises `NNError` if it is another network.

    Args:
        network: compiled from the same model.
        snapshot: what it was.
        title: how messages call the checkpoint.
    """
    kept = {**snapshot.weights, **snapshot.optimizer}
    views = network.arrays
    arrays = {v.name: views[v.name] for v in network.variables}
    _same(arrays, kept, title)
    _same(network.running, snapshot.running, title)
    for name, array in arrays.items():
        array[...] = kept[name]
    for name, array in network.running.items():
        array[...] = snapshot.running[name]
    network.step, network.seed, network.rate = snapshot.step, snapshot.seed, snapshot.rate


def put_weights(network: Network, snapshot: Snapshot, title: str = "") -> None:
    """Give the network a snapshot's parameters and states, to evaluate and predict with; nothing else changes."""
    views = network.arrays
    arrays = {v.name: views[v.name] for v in network.variables if v.kind != "optimizer"}
    _same(arrays, snapshot.weights, title)
    for name, array in arrays.items():
        array[...] = snapshot.weights[name]


def _same(mine: Mapping[str, Array], kept: Mapping[str, Array], title: str) -> None:
    for name in sorted({*mine, *kept}):
        if name not in kept:
            raise _other(title, f"it has no `{name}`")
        if name not in mine:
            raise _other(title, f"it has `{name}`")
        if mine[name].shape != kept[name].shape:
            raise _other(title, f"its `{name}` is {list(kept[name].shape)}, the model's {list(mine[name].shape)}")
        if mine[name].dtype != np.dtype(kept[name].dtype):
            raise _other(title, f"its `{name}` is {kept[name].dtype}, the model's {mine[name].dtype}")


def _other(title: str, difference: str) -> NNError:
    return NNError(problem("NN0704", None, path=title, difference=difference))
