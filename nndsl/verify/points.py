"""Points to look at a model at: random arrays for all that it is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nndsl.ir.equation import SAMPLE_WEIGHT, Tensor
from nndsl.verify.reference import shape_of

CLASSES = 3
"""Whole numbers below this are tried where nothing says how far they go."""

Point = Mapping[str, np.ndarray[Any, Any]]
"""Tensors that are given, by name."""


@dataclass(frozen=True)
class At:
    """Which point, and of what kind.

    Args:
        batch: the number of samples.
        seed: of what is drawn.
        spread: how far inputs and parameters lie from 0, as a multiple of the usual.
        positive: whether inputs are.
        whole: whether targets are 0 or 1, rather than between.
        step: updates so far.
        empty: whether totals are those of an epoch without samples.
    """

    batch: int
    seed: int
    spread: float = 1.0
    positive: bool = False
    whole: bool = False
    step: int = 3
    empty: bool = False

    def array(self, tensor: Tensor, generator: np.random.Generator, limit: int | None, first: Any) -> Any:
        """What a tensor is given.

        Args:
            tensor: it.
            generator: of random numbers.
            limit: whole numbers stay below it; None if nothing says so.
            first: first values of a parameter or state.
        """
        shape = shape_of(tensor, self.batch)
        if tensor.dtype == "int":
            return generator.integers(0, limit or CLASSES, shape)
        if tensor.role == "parameter":
            return first + 0.2 * self.spread * generator.normal(size=shape)
        if tensor.role == "state":
            return first + np.abs(0.2 * generator.normal(size=shape))
        if tensor.role == "total":
            return np.zeros(shape)
        if tensor.role == "gradient":
            return self.spread * generator.normal(size=shape)
        if tensor.name == SAMPLE_WEIGHT:
            return generator.uniform(0.5, 1.5, shape)
        if tensor.role == "target":
            return generator.integers(0, 2, shape).astype(np.float64) if self.whole else generator.uniform(0.1, 0.9, shape)
        value = self.spread * generator.normal(size=shape)
        return np.abs(value) if self.positive else value
