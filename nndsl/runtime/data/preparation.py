"""The way from a source's columns to a model's arrays, and of predictions back to the units of the data."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from nndsl.runtime.contract import Array, Arrays
from nndsl.runtime.data.step import Spoiled, Step, refuse, refuse_gaps, refuse_text
from nndsl.settings import from_json, to_json
from nndsl.signature import Port

Rows = npt.NDArray[np.int64]
BLOCK = 8192
"""How many samples are prepared at a time, so that wide data need no second copy in float64."""


@dataclass(frozen=True)
class Piece:
    """Neighbouring columns that are treated alike.

    Args:
        columns: their names.
        sizes: how many entries each has.
        steps: what is done to them, in order.
    """

    columns: tuple[str, ...]
    sizes: tuple[int, ...]
    steps: tuple[Step, ...] = ()

    @property
    def width(self) -> int:
        """How many entries come out."""
        widths = (1,) * sum(self.sizes)
        for step in self.steps:
            widths = step.widths
        return sum(widths)

    def name_of(self, entry: int) -> str:
        """The column that an entry of the raw block belongs to."""
        bounds = list(itertools.accumulate(self.sizes))
        return next(name for name, bound in zip(self.columns, bounds, strict=True) if entry < bound)

    def blocks(self, raw: Array, rows: Rows) -> Iterator[tuple[int, Array]]:
        """The prepared rows, a block at a time, each with the position of its first row; raises `Spoiled`."""
        for start in range(0, len(rows), BLOCK):
            block = raw[rows[start:start + BLOCK]]
            if self.steps and block.dtype != object:
                block = block.astype(np.float64)
            try:
                for step in self.steps:
                    block = step.apply(block)
            except Spoiled as spoiled:
                raise spoiled.at(int(rows[start + spoiled.row])) from None
            yield start, block


@dataclass(frozen=True)
class PortRecipe:
    """How a port's array is made."""

    key: str
    port: Port
    pieces: tuple[Piece, ...]

    @property
    def role(self) -> Literal["input", "target"]:
        """Which of the two the port is."""
        return "input" if self.key == self.port.name else "target"

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column it takes."""
        return tuple(name for piece in self.pieces for name in piece.columns)

    @property
    def width(self) -> int:
        """How many entries a sample has."""
        return sum(piece.width for piece in self.pieces)

    def place(self, piece: Piece, raw: Array, rows: Rows, out: Array) -> None:
        """Prepare one piece's columns of the samples `rows` into `out`, (rows, width of the piece); raises `Spoiled`."""
        for start, block in piece.blocks(raw, rows):
            refuse_text(block, raw)
            try:
                refuse_gaps(block)
                out[start:start + len(block)] = self._whole(block) if out.dtype == np.int64 else _real(block, out.dtype)
            except Spoiled as spoiled:
                raise spoiled.at(int(rows[start + spoiled.row])) from None

    def _whole(self, block: Array) -> Array:
        if block.dtype.kind == "f":
            refuse(block != np.floor(block), "NN0512", block)
        limit = self.port.limit
        if limit is not None:
            refuse((block < 0) | (block >= limit), "NN0513", block, largest=limit - 1)
        return block.astype(np.int64)

    def undo(self, values: Array) -> Array:
        """Predictions for this target in the units of its columns: scaling taken back."""
        flat = values.reshape(len(values), -1)
        if flat.shape[1] != self.width or all(s.kind != "affine" for p in self.pieces for s in p.steps):
            return values
        parts, start = [], 0
        for piece in self.pieces:
            part = flat[:, start:start + piece.width]
            for step in reversed(piece.steps):
                if step.kind == "affine":
                    part = part * np.array(step.values[1], float) + np.array(step.values[0], float)
            parts.append(part)
            start += piece.width
        return np.concatenate(parts, axis=1).astype(values.dtype).reshape(values.shape)


def _real(block: Array, dtype: np.dtype[Any]) -> Array:
    with np.errstate(over="ignore"):
        out = block.astype(dtype)
    if block.dtype.kind == "f" and block.dtype.itemsize > dtype.itemsize:
        refuse(np.isinf(out), "NN0530", block, precision=dtype.name)
    return out


@dataclass(frozen=True)
class Preparation:
    """All that was learnt of the data: saved with the model, applied to whatever is to be evaluated or predicted.

    Args:
        recipes: the inputs' and targets'.
        weight: the column of the sample weights.
        precision: `float32` or `float64`.
    """

    recipes: tuple[PortRecipe, ...]
    weight: str | None = None
    precision: str = "float32"

    def undo(self, outputs: Arrays) -> dict[str, Array]:
        """Predictions in the units of the data.

        Args:
            outputs: by output name, as a network predicts them.
        """
        targets = {r.port.name: r for r in self.recipes if r.role == "target"}
        return {name: targets[name].undo(values) if name in targets else values for name, values in outputs.items()}

    def to_json(self) -> dict[str, Any]:
        """Plain numbers, text, lists and mappings."""
        return dict(to_json(self))

    @staticmethod
    def from_json(value: Any) -> Preparation:
        """What `to_json` gave; raises ValueError, TypeError or KeyError for anything else."""
        return from_json(Preparation, value)
