"""Optimizers over arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from nndsl.api.pieces.compiled import Chosen, network
from nndsl.checking import pieces
from nndsl.runtime.contract import Array
from nndsl.runtime.network import CompiledNetwork


class Optimizer:
    """An optimizer with its settings and its states.

    Args:
        chosen: the definition.
        precision: float32 or float64.
    """

    def __init__(self, chosen: Chosen, precision: str) -> None:
        self.chosen, self.precision = chosen, precision
        self._names: tuple[str, ...] = ()
        self._network: CompiledNetwork | None = None

    def step(self, weights: Mapping[str, Array], gradients: Mapping[str, Any]) -> None:
        """Change weights, in place, by their gradients.

        Args:
            weights: names to arrays; the same names and shapes at every step.
            gradients: the same names to arrays of the same shapes.
        """
        found = self._ready(weights)
        if set(gradients) != set(self._names):
            raise ValueError(f"there are weights {list(self._names)}, but gradients {list(gradients)}")
        for number, name in enumerate(self._names):
            found.arrays[f"w{number}"][...] = weights[name]
            found.gradients[f"w{number}"][...] = gradients[name]
        found.update()
        for number, name in enumerate(self._names):
            weights[name][...] = found.arrays[f"w{number}"]

    def final(self, weights: Mapping[str, Array]) -> dict[str, Array]:
        """The weights to evaluate with: the optimizer's own where it keeps such, as with `use_ema`, else those at hand."""
        found = self._ready(weights)
        with found.evaluation_weights():
            return {name: found.arrays[f"w{k}"].copy() for k, name in enumerate(self._names)}

    def _ready(self, weights: Mapping[str, Array]) -> CompiledNetwork:
        shapes = tuple(np.shape(w) for w in weights.values())
        if self._network is None:
            self._names = tuple(weights)
            self._network = network(self.chosen, shapes, self.precision, lambda piece: pieces.optimizer(piece, shapes))
            self._network.initialize(0, {f"w{k}": np.asarray(w) for k, w in enumerate(weights.values())})
        elif tuple(weights) != self._names:
            raise ValueError(f"the optimizer knows the weights {list(self._names)}, not {list(weights)}")
        return self._network
