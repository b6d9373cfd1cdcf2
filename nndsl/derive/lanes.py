"""Entries picked from a tensor, and the axes that derivatives have where every entry along an axis is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import prod

from nndsl.ir.equation import Equation, Program, Tensor
from nndsl.ir.expression import Expr, Extent, Index, Number, Ranges, Read, apply

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True)
class Pick:
    """An entry of each sample, or all along some axes.

    Args:
        tensor: its name.
        at: for each axis after the batch a position, or None for every one.
    """

    tensor: str
    at: tuple[int | None, ...]

    @staticmethod
    def of(entry: Read, tensors: Mapping[str, Tensor]) -> Pick:
        """The pick that has an entry, with every axis whose position is not a plain number as a whole."""
        shape = tensors[entry.tensor].shape[1:]
        return Pick(entry.tensor, tuple(map(_known, entry.index[1:], shape)))

    def axes(self, shape: tuple[Extent, ...]) -> tuple[Extent, ...]:
        """How far each axis runs that is picked as a whole."""
        return tuple(extent for extent, at in zip(shape[1:], self.at, strict=True) if at is None)

    def count(self, shape: tuple[Extent, ...]) -> int:
        """How many entries of each sample it has."""
        return prod(int(extent) for extent in self.axes(shape))

    def open(self, entry: Read) -> tuple[Expr, ...]:
        """The positions of an entry along the axes that are picked as a whole."""
        return tuple(i for i, at in zip(entry.index[1:], self.at, strict=True) if at is None)

    def label(self, shape: tuple[Extent, ...]) -> str:
        """As it stands in the name of a derivative: x, or x₂ for the entry number 2 of several."""
        if all(at is None or extent == 1 for at, extent in zip(self.at, shape[1:], strict=True)):
            return self.tensor
        return self.tensor + ",".join("·" if at is None else str(at).translate(_SUBSCRIPTS) for at in self.at)


def _known(position: Expr, extent: Extent) -> int | None:
    """A position that is known."""
    if extent == 1:
        return 0
    return position.value if isinstance(position, Number) and isinstance(position.value, int) else None


@dataclass(frozen=True)
class Lanes:
    """The axes of a pick as axes of derivatives: they follow the batch.

    Args:
        pick: the entries.
        ranges: an index for each axis picked as a whole; no equation has one of that name.
    """

    pick: Pick
    ranges: Ranges

    @staticmethod
    def of(pick: Pick, program: Program) -> Lanes:
        """Lanes with indices that no equation of a program has."""
        taken = {name for equation in program.equations() for name, _ in equation.ranges}
        found: list[tuple[str, Extent]] = []
        for extent in pick.axes(program.tensors[pick.tensor].shape):
            number = len(found)
            while f"d°{number}" in taken:
                number += 1
            taken.add(f"d°{number}")
            found.append((f"d°{number}", extent))
        return Lanes(pick, tuple(found))

    def tensor(self, tensor: Tensor) -> Tensor:
        """A tensor of derivatives of (or by) the entries of another one."""
        return replace(tensor, shape=(*tensor.shape[:1], *(extent for _, extent in self.ranges), *tensor.shape[1:]), order=())

    def index(self, index: tuple[Expr, ...]) -> tuple[Expr, ...]:
        """The position of a derivative of (or by) the entry at `index`."""
        return (*index[:1], *(Index(name) for name, _ in self.ranges), *index[1:])

    def around(self, equation: Equation) -> Ranges:
        """The ranges of an equation and the lanes, those right after the batch."""
        sample = equation.index[0]
        first = [x for x in equation.ranges if Index(x[0]) == sample]
        return (*first, *self.ranges, *(x for x in equation.ranges if x not in first))

    def position(self) -> tuple[Expr, ...]:
        """The position of the picked entry in its tensor, after the batch."""
        lanes = iter(self.ranges)
        return tuple(Index(next(lanes)[0]) if at is None else Number(at) for at in self.pick.at)


def same_entry(one: tuple[Expr, ...], two: tuple[Expr, ...]) -> Expr:
    """The condition that two positions in a tensor are the same; a number where that is known."""
    condition: Expr = Number(1)
    for a, b in zip(one, two, strict=True):
        if a == b:
            continue
        if isinstance(a, Number) and isinstance(b, Number):
            return Number(0)
        here = apply("eq", a, b)
        condition = here if condition == Number(1) else apply("and", condition, here)
    return condition
