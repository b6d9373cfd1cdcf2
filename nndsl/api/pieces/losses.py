"""Losses of arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from nndsl.api.pieces.compiled import Chosen, network, real
from nndsl.checking import pieces
from nndsl.ir.equation import SAMPLE_WEIGHT, adjoint_name, target_name
from nndsl.runtime.contract import Array
from nndsl.runtime.network import CompiledNetwork

LOSS = "loss"


class Loss:
    """A loss with its settings.

    Args:
        chosen: the definition.
        precision: float32 or float64.
    """

    def __init__(self, chosen: Chosen, precision: str) -> None:
        self.chosen, self.precision = chosen, precision

    def __call__(self, y: Any, p: Any, sample_weight: Any = None) -> Array:
        """One number a sample, or a position where the loss keeps axes, times the sample's weight.

        Args:
            y: the targets, samples first.
            p: the predictions, samples first.
            sample_weight: one number a sample.
        """
        values = self._run(y, p, sample_weight).tensor("learn", LOSS, len(p)).copy()
        if sample_weight is None:
            return values
        weight = real(sample_weight, self.precision).reshape(-1)
        return values * weight.reshape((-1,) + (1,) * (values.ndim - 1)) if values.ndim else values * weight

    def gradient(self, y: Any, p: Any, sample_weight: Any = None) -> Array:
        """The gradient of the mean over samples, and positions, with respect to p."""
        return self._run(y, p, sample_weight).tensor("learn", adjoint_name("p"), len(p)).copy()

    def mean(self, y: Any, p: Any, sample_weight: Any = None) -> float:
        """The mean over samples and positions: what a model trained with this loss would report for the batch."""
        found = self._run(y, p, sample_weight)
        return float(found.tensor("learn", found.artifact.objective, len(p)))

    def _run(self, y: Any, p: Any, sample_weight: Any) -> CompiledNetwork:
        p, y = real(p, self.precision), np.asarray(y)
        shapes = (p.shape[1:], y.shape[1:])
        found = network(self.chosen, shapes, self.precision, lambda piece: pieces.loss(piece, *shapes))
        weight = np.ones(len(p)) if sample_weight is None else sample_weight
        given = {"p": p, target_name(found.targets[0].name): y, SAMPLE_WEIGHT: real(weight, self.precision)}
        found.run("learn", len(p), given)
        return found
