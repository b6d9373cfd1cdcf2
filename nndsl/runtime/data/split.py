"""Training, validation and test parts: the same samples for the same seed, everywhere."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nndsl.runtime.contract import Array
from nndsl.runtime.order import SPLITTING, permutation
from nndsl.settings import Split

Rows = npt.NDArray[np.int64]
PARTS = ("train", "validation", "test")


def split_rows(samples: int, split: Split, classes: Array | None) -> dict[str, Rows]:
    """Which samples belong to which part.

    Args:
        samples: how many there are.
        split: the shares.
        classes: the class of each sample, as numbers from 0, to share out evenly; None unless stratified.
    """
    order = permutation(split.seed, SPLITTING, samples) if split.shuffle else np.arange(samples)
    if classes is not None:
        order = order[_evenly(classes[order])]
    shares = np.cumsum([split.train, split.validation, split.test])
    bounds = [0, *np.floor(shares * samples + 0.5).astype(int)]
    bounds = [min(b, samples) for b in bounds]
    parts = {name: order[a:b] for name, a, b in zip(PARTS, bounds[:-1], bounds[1:], strict=True)}
    return parts if split.shuffle else {name: np.sort(rows) for name, rows in parts.items()}


def _evenly(classes: Array) -> Rows:
    """An order in which every stretch holds each class in its share: member k of a class of n comes at (k + 1/2) / n."""
    counts = np.bincount(classes)
    grouped = np.argsort(classes, kind="stable")
    starts = np.cumsum(counts) - counts
    rank = np.empty(len(classes), np.int64)
    rank[grouped] = np.arange(len(classes)) - np.repeat(starts, counts)
    return np.argsort((rank + 0.5) / counts[classes], kind="stable")
