"""Named columns and arrays, one entry a sample, as a source gives them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from nndsl.diagnostics import Label
from nndsl.runtime.contract import Array

Shape = tuple[int, ...]
Member = tuple[str, int]
"""An array's name and a position on its last axis."""


def plain_name(name: str) -> str:
    """A column's name as the language can write it: `sepal length (cm)` is `sepal_length_cm`."""
    return re.sub(r"\W+", "_", name).strip("_")


@dataclass(frozen=True)
class Outline:
    """What can be known of data without reading the values.

    Args:
        title: how messages call the source.
        shapes: every column or array to its shape per sample.
        members: the columns that an array consists of, in order.
        inputs, targets: what the model's inputs and targets are when the file does not say.
        rest: whether the one input is, when the file does not say, all columns that nothing else uses.
    """

    title: str
    shapes: Mapping[str, Shape]
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    inputs: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    rest: bool = False

    def find(self, name: str) -> str | None:
        """The column or array that `name` means, also where its own name could not be written in the language."""
        if name in self.shapes:
            return name
        alike = [known for known in self.shapes if plain_name(known) == name]
        return alike[0] if len(alike) == 1 else None

    @property
    def names(self) -> tuple[str, ...]:
        """Every name, as it can be written."""
        return tuple(plain_name(name) for name in self.shapes)


@dataclass(frozen=True)
class Table:
    """Data as read.

    Args:
        outline: names and shapes.
        arrays: the values, first axis the samples; text is of dtype object, None where it is missing. May hold arrays under
            names that the outline lacks, whose columns `columns` names.
        columns: the columns that are part of an array.
        locate: row to how messages call it, and to the place in the data file if it has lines.
    """

    outline: Outline
    arrays: Mapping[str, Array]
    columns: Mapping[str, Member] = field(default_factory=dict)
    locate: Callable[[int, str], tuple[str, tuple[Label, ...]]] | None = None

    def __len__(self) -> int:
        return len(next(iter(self.arrays.values()), ()))

    def where(self, row: int, column: str) -> tuple[str, tuple[Label, ...]]:
        """How to call a row, and its place in a text if there is one."""
        if self.locate is not None:
            return self.locate(row, column)
        return f"sample {row} of {self.outline.title} (counted from 0)", ()

    def matrix(self, names: Sequence[str]) -> Array:
        """Columns side by side, (samples, entries): a view where they are neighbours; an array's entries in row-major order."""
        if names[0] in self.arrays and len(names) == 1:
            array = self.arrays[names[0]]
            return array.reshape(len(array), -1)
        owners = [self.columns[name] if name in self.columns else (name, -1) for name in names]
        owner, first = owners[0]
        if owners == [(owner, first + k) for k in range(len(names))]:
            return self.arrays[owner][:, first:first + len(names)]
        return np.column_stack([self._column(name) for name in names])

    def array(self, name: str) -> Array:
        """The array that holds a column: the column's own, or the one it is part of."""
        return self.arrays[self.columns[name][0] if name in self.columns else name]

    def has(self, name: str) -> bool:
        """Whether a column's values are there; a table without rows has none."""
        return name in self.arrays or name in self.columns

    def holds_text(self, name: str) -> bool:
        """Whether a column's values are text."""
        return bool(self.array(name).dtype == object)

    def size(self, name: str) -> int:
        """How many entries a column has a sample."""
        return math.prod(self.outline.shapes[name])

    def _column(self, name: str) -> Array:
        if name in self.columns:
            owner, position = self.columns[name]
            return self.arrays[owner][:, position]
        return self.arrays[name].reshape(len(self), -1)


def plain_outline(title: str, arrays: Mapping[str, Array]) -> Outline:
    """The outline of arrays that have no more to say than their shapes."""
    return Outline(title, {name: array.shape[1:] for name, array in arrays.items()})
