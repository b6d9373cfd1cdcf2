"""Where the tensors of a compiled model stand in its three flat arrays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod

from nndsl.artifact import Artifact, PartPlan, Placed

LINE = 16
"""Tensors begin at multiples of so many entries: a cache line of float32, and more than a vector."""

TOTALS_AHEAD = 2
"""The first entries of the arena of totals hold the sum of the losses, and of how many samples."""


@dataclass(frozen=True)
class Layout:
    """Offsets of tensors, by what the generated rows call them, and how long each arena must be."""

    offsets: Mapping[str, int]
    sizes: Mapping[str, int]


def size(tensor: Placed, batch: int) -> int:
    """The number of entries of a tensor for a batch size."""
    return prod(batch if e == "batch" else int(e) for e in tensor.shape)


def kept_layout(artifact: Artifact) -> Layout:
    """The layout of what stays for good."""
    sizes = {"real": 0, "whole": 0, "total": LINE * -(-TOTALS_AHEAD // LINE)}
    offsets = {}
    for tensor in artifact.kept:
        offsets[tensor.at] = sizes[tensor.arena]
        sizes[tensor.arena] += _rounded(size(tensor, 1))
    return Layout(offsets, sizes)


def part_layout(kept: Layout, part: PartPlan, batch: int) -> Layout:
    """The layout of a part for a batch size: what is not needed at the same time shares memory."""
    offsets, sizes = dict(kept.offsets), dict(kept.sizes)
    for arena in sizes:
        tensors = [t for t in part.temporaries if t.arena == arena]
        placed = _pack(tensors, batch)
        offsets.update({at: kept.sizes[arena] + offset for at, (offset, _) in placed.items()})
        sizes[arena] += max((offset + length for offset, length in placed.values()), default=0)
    return Layout(offsets, sizes)


def _pack(tensors: Iterable[Placed], batch: int) -> dict[str, tuple[int, int]]:
    """Offset and length of each tensor: the largest first, each as low as those in use at the same time allow."""
    placed: dict[str, tuple[int, int]] = {}
    done: list[tuple[Placed, int, int]] = []
    for tensor in sorted(tensors, key=lambda t: -size(t, batch)):
        length = _rounded(size(tensor, batch))
        offset = 0
        for start, reach in sorted((start, reach) for other, start, reach in done if _together(tensor, other)):
            if offset + length <= start:
                break
            offset = max(offset, start + reach)
        placed[tensor.at] = (offset, length)
        done.append((tensor, offset, length))
    return placed


def _together(a: Placed, b: Placed) -> bool:
    return a.first <= b.last and b.first <= a.last


def _rounded(length: int) -> int:
    return -(-length // LINE) * LINE
