"""Pieces that give numbers: schedules, regularizers, first values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nndsl.api.pieces.compiled import Chosen, network, real
from nndsl.checking import pieces
from nndsl.ir.equation import adjoint_name
from nndsl.runtime.contract import Array
from nndsl.runtime.network import CompiledNetwork


class Schedule:
    """A schedule with its settings.

    Args:
        chosen: the definition.
        precision: float32 or float64.
    """

    def __init__(self, chosen: Chosen, precision: str) -> None:
        self.chosen, self.precision = chosen, precision
        self._network = network(chosen, None, precision, pieces.schedule)

    def __call__(self, step: int) -> float:
        """Its value at an update, counted from 0."""
        found = self._network
        found.step = int(step)
        found.run("forward", 1, {"x": np.zeros(1)})
        return float(found.tensor("forward", found.artifact.output_tensors[0], 1).item())


class Regularizer:
    """A regularizer with its settings.

    Args:
        chosen: the definition.
        precision: float32 or float64.
    """

    def __init__(self, chosen: Chosen, precision: str) -> None:
        self.chosen, self.precision = chosen, precision
        self._network((2, 2))

    def __call__(self, w: Any) -> float:
        """The penalty for a weight."""
        w = real(w, self.precision)
        found = self._network(w.shape)
        found.run("forward", 1, {"w": w})
        return float(found.tensor("forward", found.artifact.output_tensors[0], 1).item())

    def gradient(self, w: Any) -> Array:
        """The penalty's gradient with respect to the weight."""
        w = real(w, self.precision)
        found = self._network(w.shape)
        found.run("learn", 1, {"w": w})
        return found.tensor("learn", adjoint_name("w"), 1).copy().reshape(w.shape)

    def _network(self, shape: tuple[int, ...]) -> CompiledNetwork:
        return network(self.chosen, shape, self.precision, lambda p: pieces.regularizer(p, shape))


class Initializer:
    """First values with their settings.

    Args:
        chosen: the definition.
        precision: float32 or float64.
    """

    def __init__(self, chosen: Chosen, precision: str) -> None:
        self.chosen, self.precision = chosen, precision
        self._network((2, 2))

    def __call__(self, shape: Sequence[int], seed: int = 0) -> Array:
        """An array of first values.

        Args:
            shape: of the weight; fan-in and fan-out follow by Keras's rule.
            seed: another one draws other numbers.
        """
        found = self._network(tuple(int(n) for n in shape))
        found.initialize(seed)
        return found.arrays["w"].copy()

    def _network(self, shape: tuple[int, ...]) -> CompiledNetwork:
        return network(self.chosen, shape, self.precision, lambda p: pieces.initializer(p, shape))
