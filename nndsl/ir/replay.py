"""A program run once more, so that any formula of it can be looked at again at any single point."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nndsl.ir.equation import Equation, Program, Scan, Step
from nndsl.ir.expression import BATCH, Expr, Extent, Index, walk
from nndsl.ir.interpreter import Machine, Scope, machine_for

Array = NDArray[Any]
Point = tuple[tuple[str, int, int], ...]
"""The value of every index in scope, and its extent."""

LARGEST = 4_000_000
"""Points that are computed at once; an equation over more is done slice by slice."""


class Replay:
    """What a program left in memory.

    Args:
        program: with flat formulas.
        arrays: by tensor name; all others start as zeros.
        batch: the number of samples.
        step, seed, rate: as they were.
        dtype: of real tensors.
    """

    def __init__(self, program: Program, arrays: Mapping[str, Array], *, batch: int, step: int, seed: int, rate: float,
                 dtype: Any) -> None:
        self.program, self.batch = program, batch
        self._machine = machine_for(program, arrays, batch=batch, step=step, seed=seed, rate=rate, dtype=dtype)
        self.memory: Mapping[str, Array] = self._machine.memory
        with np.errstate(all="ignore"):
            for item in program.steps:
                _run(self._machine, item)

    def entry(self, tensor: str, entry: tuple[int, ...]) -> Any:
        """An entry of a tensor as it was at the end."""
        return self.memory[tensor][entry]

    def index(self, formulas: tuple[Expr, ...], point: Point) -> tuple[int, ...]:
        """The values of index formulas at a point."""
        return tuple(int(self.value(formula, point)) for formula in formulas)

    def value(self, expr: Expr, point: Point) -> Any:
        """The value of a formula at a point."""
        return self.values(expr, (), point).reshape(()).item()

    def values(self, expr: Expr, ranges: tuple[tuple[str, Extent], ...], point: Point = ()) -> Array:
        """The values of a formula over ranges, the other indices at a point; of the full extents."""
        self._machine.fixed = point
        full = tuple(self.extent(extent) for _, extent in ranges)
        with np.errstate(all="ignore"):
            found = np.broadcast_to(self._machine.value(expr, Scope(ranges, point)), full)
        self._machine.fixed = ()
        return np.asarray(found)

    def extent(self, extent: Extent) -> int:
        """An extent as a number."""
        return self._machine.extent(extent)

    def writers(self, tensor: str) -> Iterator[tuple[Equation, tuple[tuple[str, int], ...]]]:
        """The equations that write a tensor, the last one first, each with the index of the scan it stands in."""
        for step in reversed(self.program.steps):
            body = reversed(step.body) if isinstance(step, Scan) else (step,)
            scan = ((step.index, step.extent),) if isinstance(step, Scan) else ()
            yield from ((equation, scan) for equation in body if equation.out == tensor)


def _run(machine: Machine, item: Step) -> None:
    if isinstance(item, Equation):
        _sliced(machine, item, ())
        return
    order = range(item.extent)
    for value in reversed(order) if item.reverse else order:
        for equation in item.body:
            _sliced(machine, equation, ((item.index, value, item.extent),))


def _sliced(machine: Machine, equation: Equation, fixed: Point) -> None:
    """Compute an equation, one value of its longest index that is kept after the other where it is over too many points."""
    sizes = {name: machine.batch if extent == BATCH else int(extent) for name, extent in equation.ranges}
    kept = [name for name in sizes if any(name in _names(formula) for formula in equation.index) and sizes[name] > 1]
    if math.prod(sizes.values()) <= LARGEST or not kept:
        machine.fixed = fixed
        machine.equation(equation)
        machine.fixed = ()
        return
    longest = max(kept, key=lambda name: sizes[name])
    rest = replace(equation, ranges=tuple(axis for axis in equation.ranges if axis[0] != longest))
    for value in range(sizes[longest]):
        _sliced(machine, rest, (*fixed, (longest, value, sizes[longest])))


def _names(formula: Expr) -> set[str]:
    return {node.name for node in walk(formula) if isinstance(node, Index)}
