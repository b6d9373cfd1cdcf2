"""What is done to columns before they enter a model: learnt from the training part, kept as plain numbers, applied anywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from nndsl.runtime.contract import Array
from nndsl.settings import Value

Blocks = Callable[[], Iterable[Array]]
"""The training part of some columns, in blocks of rows, anew at each call: (rows, columns), float64 or text."""


class Spoiled(Exception):
    """A value that cannot be used.

    Args:
        code: of the diagnostic.
        row, column: where in the block.
        values: for the diagnostic's message.
    """

    def __init__(self, code: str, row: int, column: int, **values: Any) -> None:
        self.code, self.row, self.column, self.values = code, row, column, values
        super().__init__(code)

    def at(self, row: int) -> Spoiled:
        """The same, of another row."""
        return Spoiled(self.code, row, self.column, **self.values)


class Unfit(Exception):
    """A transform that the columns do not allow; the text says why."""


@dataclass(frozen=True)
class Step:
    """A transform that has learnt what it needs.

    Args:
        kind: `fill`, `one_hot`, `ordinal` or `affine`.
        values: a row or more of plain values. `fill`: one row, what stands for a gap, a column each. `one_hot`, `ordinal`: a
            row a column, its categories. `affine`: two rows, what is subtracted and what is then divided by, a column each.
    """

    kind: str
    values: tuple[tuple[Value, ...], ...]

    def apply(self, block: Array) -> Array:
        """The changed block; raises `Spoiled`."""
        return _APPLY[self.kind](self, block)

    @property
    def widths(self) -> tuple[int, ...]:
        """How many columns each column becomes."""
        if self.kind == "one_hot":
            return tuple(len(row) for row in self.values)
        return (1,) * len(self.values if self.kind == "ordinal" else self.values[0])


def missing(block: Array) -> Array:
    """Where there is no value, as truth values."""
    if block.dtype == object:
        return np.array([value is None for value in block.flat], dtype=bool).reshape(block.shape)
    return np.isnan(block)


def first(mask: Array) -> tuple[int, int]:
    """Row and column of the first truth."""
    row, column = divmod(int(np.argmax(mask)), mask.shape[1])
    return row, column


def refuse(bad: Array, code: str, block: Array, **values: Any) -> None:
    """Raise `Spoiled` for the first value of `block` where `bad` is true."""
    if bad.any():
        row, column = first(bad)
        raise Spoiled(code, row, column, value=shown(block[row, column]), **values)


def refuse_text(block: Array, raw: Array) -> None:
    """Raise `Spoiled`, with the first word of the columns as read, if a prepared block still holds text."""
    if block.dtype == object:
        raise Spoiled("NN0509", *first(_words(raw)))


def refuse_gaps(block: Array) -> None:
    """Raise `Spoiled` unless all numbers are finite."""
    if block.dtype.kind == "f":
        refuse(missing(block), "NN0510", block)
        refuse(np.isinf(block), "NN0511", block)


def _words(block: Array) -> Array:
    """Where text does not read as a number."""
    return np.array([value is not None and not _numeric(value) for value in block.flat], dtype=bool).reshape(block.shape)


def _numeric(value: Any) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True


def _fill(step: Step, block: Array) -> Array:
    gaps = missing(block)
    if not gaps.any():
        return block
    if _text(step.values[0]) != (block.dtype == object):  # what stood in gaps of words is none for numbers, and the reverse
        refuse(gaps, "NN0510", block)
    return np.where(gaps, np.array(step.values[0], dtype=block.dtype), block)


def _positions(step: Step, block: Array) -> Array:
    """The position of each value among its column's categories."""
    gaps = missing(block)
    refuse(gaps, "NN0510", block)
    out = np.empty(block.shape, np.int64)
    for column, categories in enumerate(step.values):
        if _text(categories) != (block.dtype == object):
            row, column = first(_words(block)) if block.dtype == object else (0, column)
            raise Spoiled("NN0518", row, column, value=shown(block[row, column]))
        known = np.array(categories, dtype=block.dtype)
        found = np.minimum(np.searchsorted(known, block[:, column]), len(known) - 1)
        strange = known[found] != block[:, column]
        if strange.any():
            row = int(np.argmax(strange))
            raise Spoiled("NN0518", row, column, value=shown(block[row, column]))
        out[:, column] = found
    return out


def _text(values: tuple[Value, ...]) -> bool:
    """Whether plain values of a column are words."""
    return any(isinstance(value, str) for value in values)


def _one_hot(step: Step, block: Array) -> Array:
    positions = _positions(step, block)
    return np.concatenate([np.eye(len(c))[positions[:, k]] for k, c in enumerate(step.values)], axis=1)


def _ordinal(step: Step, block: Array) -> Array:
    return _positions(step, block).astype(np.float64)


def _affine(step: Step, block: Array) -> Array:
    refuse_text(block, block)
    offset, divisor = (np.array(row, dtype=np.float64) for row in step.values)
    return (block - offset) / divisor


_APPLY: dict[str, Callable[[Step, Array], Array]] = {"fill": _fill, "one_hot": _one_hot, "ordinal": _ordinal, "affine": _affine}


def shown(value: Any) -> str:
    """A value as messages show it."""
    if isinstance(value, str) or value is None:
        return f"`{value}`"
    return f"{float(value):.6g}"
