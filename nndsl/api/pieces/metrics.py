"""Metrics accumulated over batches."""

from __future__ import annotations

from typing import Any

import numpy as np

from nndsl.api.pieces.compiled import Chosen, network, real
from nndsl.checking import pieces
from nndsl.ir.equation import SAMPLE_WEIGHT, target_name
from nndsl.runtime.contract import Array
from nndsl.runtime.network import CompiledNetwork
from nndsl.signature import Port


class Metric:
    """A metric with its settings, and what it has seen so far.

    Args:
        chosen: the definition.
        precision: float32 or float64.
    """

    def __init__(self, chosen: Chosen, precision: str) -> None:
        self.chosen, self.precision = chosen, precision
        self._network: CompiledNetwork | None = None

    def update(self, y: Any, p: Any, sample_weight: Any = None) -> None:
        """Take in a batch.

        Args:
            y: the targets, samples first.
            p: the predictions, samples first.
            sample_weight: one number a sample.
        """
        y, p = np.asarray(y), real(p, self.precision)
        target = Port("q", y.shape[1:], "int" if y.dtype.kind in "iub" else "real")
        found = network(self.chosen, (target, p.shape[1:]), self.precision,
                        lambda piece: pieces.metric(piece, target, p.shape[1:]))
        if self._network is not None and found is not self._network:
            raise ValueError("a metric sees batches of one shape; call reset() before another")
        self._network = found
        weight = np.ones(len(p)) if sample_weight is None else sample_weight
        found.run("assess", len(p), {"p": p, target_name("q"): y, SAMPLE_WEIGHT: real(weight, self.precision)})

    def result(self) -> Any:
        """The metric over all batches so far: a number, or an array for a metric with several."""
        if self._network is None:
            raise ValueError("the metric has seen no batch yet")
        value: Array | float = self._network.totals()[self._network.metric_names[0]]
        return value

    def reset(self) -> None:
        """Forget all batches."""
        if self._network is not None:
            self._network.reset_totals()
        self._network = None
