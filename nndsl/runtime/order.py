"""In which order an epoch goes through the samples."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

SPLITTING = 2**64 - 1
"""Stands where an epoch's number stands: the order that samples are split in, which no epoch has."""


def permutation(seed: int, epoch: int, samples: int) -> npt.NDArray[np.int64]:
    """A shuffled order of `samples` samples that depends on seed and epoch alone, so that any epoch can be taken up again.

    The samples are sorted by random 64-bit numbers. NumPy promises the stream of Philox for good, which it does not for its
    own shuffling (NEP 19).
    """
    key = np.array([seed % 2**64, epoch], dtype=np.uint64)
    return np.argsort(np.random.Philox(key=key).random_raw(samples))


def epoch_order(seed: int, epoch: int, samples: int, shuffle: bool) -> npt.NDArray[np.int64]:
    """The order of an epoch, counted from 0: shuffled anew each time, or as the samples stand."""
    return permutation(seed, epoch, samples) if shuffle else np.arange(samples, dtype=np.int64)
