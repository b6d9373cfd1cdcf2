"""What training, evaluation and checkpoints ask of a compiled model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from nndsl.signature import Port, Variable

Array: TypeAlias = npt.NDArray[Any]
Arrays: TypeAlias = Mapping[str, Array]
"""Names of inputs, `target.` and the names of targets, and `sample weight`, to arrays whose first axis is the samples."""


class Network(Protocol):
    """A compiled model with its memory.

    Attributes:
        step: updates so far.
        seed: of the first values and the random draws.
        rate: a factor on the learning rate.
    """

    step: int
    seed: int
    rate: float

    @property
    def inputs(self) -> tuple[Port, ...]:
        """What goes in."""

    @property
    def targets(self) -> tuple[Port, ...]:
        """What the outputs are compared with."""

    @property
    def outputs(self) -> tuple[Port, ...]:
        """What comes out."""

    @property
    def metric_names(self) -> tuple[str, ...]:
        """The figures of an epoch beside the loss."""

    @property
    def variables(self) -> tuple[Variable, ...]:
        """Parameters, states and the optimizer's states."""

    @property
    def arrays(self) -> Mapping[str, Array]:
        """Variable name to a live view, shaped as the variable."""

    @property
    def running(self) -> Mapping[str, Array]:
        """Live views, in float64, of what is summed up since `reset_totals`: with them an epoch can be taken up again."""

    def initialize(self, seed: int) -> None:
        """Draw first values; `step` is 0 afterwards."""

    def train(self, arrays: Arrays, order: npt.NDArray[np.int64], start: int, stop: int, batch: int) -> int:
        """Update on the samples `order[start:stop]`, `batch` at a time; how many were done before a loss was not finite."""

    def totals(self) -> dict[str, float]:
        """Mean `loss` and metrics since `reset_totals`."""

    def reset_totals(self) -> None:
        """Begin an epoch's totals anew."""

    def assess(self, arrays: Arrays, batch: int | None = None) -> dict[str, float]:
        """`loss` and metrics in inference mode."""

    def predict(self, arrays: Arrays) -> dict[str, Array]:
        """Output name to its values."""
