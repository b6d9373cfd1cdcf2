"""Where all was well: kept while training, to find out afterwards what was not."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from nndsl.diagnostics import Diagnostic
from nndsl.runtime.contract import Array, Arrays, Network
from nndsl.settings import TrainSettings

SECONDS = 0.25
"""After so long the weights are looked at and kept anew: short, as what came since is done once more after a failure."""
SHARE = 0.005
"""The share of a run's time that this may take: large weights are kept less often."""


@dataclass(frozen=True)
class Mark:
    """A moment of a run, and all that changes from there.

    Args:
        epoch, position: epochs, and samples of the one under way, done.
        step, rate: the network's.
        arrays: copies of its variables.
        taken: when, by the clock that `time.perf_counter` reads.
        cost: seconds that it took to look at the weights and keep them.
    """

    epoch: int
    position: int
    step: int
    rate: float
    arrays: Mapping[str, Array]
    taken: float = field(default=0.0, compare=False)
    cost: float = field(default=0.0, compare=False)

    @staticmethod
    def at(network: Network, epoch: int, position: int, began: float | None = None) -> Mark:
        """The present moment; `began` is when looking at the weights did."""
        arrays = {name: array.copy() for name, array in network.arrays.items()}
        now = time.perf_counter()
        return Mark(epoch, position, network.step, network.rate, arrays, now, now - (began or now))

    def old(self) -> bool:
        """Whether another should be taken."""
        return time.perf_counter() - self.taken > max(SECONDS, self.cost / SHARE)

    def put_back(self, network: Network) -> None:
        """Make the network as it was."""
        network.step, network.rate = self.step, self.rate
        for name, array in network.arrays.items():
            array[...] = self.arrays[name]


@dataclass(frozen=True)
class Failure:
    """A run whose numbers stopped being finite.

    Args:
        data: the training part.
        settings: the train block.
        mark: a moment before.
        sizes: of each variable, the largest magnitude at the start of the run.
        epoch: epochs done when it was noticed.
    """

    data: Arrays
    settings: TrainSettings
    mark: Mark
    sizes: Mapping[str, float]
    epoch: int


Explain = Callable[[Failure], Diagnostic | None]
"""From a failure to what is said about it; None where it does not come about again."""


def finite(network: Network) -> bool:
    """Whether every parameter and state is finite."""
    arrays = network.arrays
    return all(_all_finite(arrays[v.name]) for v in network.variables)


def _all_finite(array: Array) -> bool:
    with np.errstate(all="ignore"):
        return math.isfinite(float(array.sum())) or bool(np.isfinite(array).all())  # a sum is quick, but may overflow
