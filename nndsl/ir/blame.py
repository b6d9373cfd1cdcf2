"""Where a number that is not finite came from: followed back to the first operation whose operands were still finite."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from nndsl.ir.equation import Equation
from nndsl.ir.expression import BATCH, Apply, Expr, Index, Number, Read, indices
from nndsl.ir.replay import Point, Replay

GIVEN = ("input", "target", "parameter", "state")


@dataclass(frozen=True)
class Culprit:
    """Where a number first was not finite.

    Args:
        equation: which computes it; None where it was given.
        expr: the part of its formula, or the entry that was given.
        value: what it is there.
        operands: the parts it is computed from, and their values.
        entry: where the equation's result stands.
        sample: the position in the batch, if it belongs to one sample.
        reduced: whether the parts are finite and only reducing them is not.
    """

    equation: Equation | None
    expr: Expr
    value: float
    operands: tuple[tuple[Expr, Any], ...]
    tensor: str
    entry: tuple[int, ...]
    sample: int | None
    reduced: bool = False


def blame(replay: Replay, tensor: str) -> Culprit | None:
    """Where the first entry of a tensor that is not finite came from; None if there is none, or it cannot be told."""
    wrong = np.argwhere(~np.isfinite(replay.memory[tensor]))
    return _Search(replay).entry(tensor, tuple(int(i) for i in wrong[0])) if len(wrong) else None


def _finite(value: Any) -> bool:
    return bool(math.isfinite(value))


class _Search:
    """Goes back from entry to entry; none is looked at twice."""

    def __init__(self, replay: Replay) -> None:
        self.replay = replay
        self.seen: set[tuple[str, tuple[int, ...]]] = set()

    def entry(self, tensor: str, entry: tuple[int, ...]) -> Culprit | None:
        """Where an entry that is not finite came from; None where it stands in a circle or is meant to be infinite."""
        while (tensor, entry) not in self.seen:
            self.seen.add((tensor, entry))
            found = self._written(tensor, entry)
            if found is None:
                return self._given(tensor, entry)
            equation, point = found
            value = self.replay.value(equation.expr, point)
            if _finite(value):
                return self._culprit(equation, equation.expr, value, ((equation.expr, value),), point, reduced=True)
            culprit = self._within(equation, equation.expr, point)
            if not isinstance(culprit, Read):
                return culprit
            tensor, entry = culprit.tensor, self.replay.index(culprit.index, point)
        return None

    def _given(self, tensor: str, entry: tuple[int, ...]) -> Culprit | None:
        described = self.replay.program.tensors[tensor]
        if described.role not in GIVEN:
            return None
        sample = entry[0] if described.batched else None
        read = Read(tensor, tuple(Number(i) for i in entry))
        return Culprit(None, read, float(self.replay.entry(tensor, entry)), (), tensor, entry, sample)

    # ------------------------------------------------------------------------------------------ equations

    def _written(self, tensor: str, entry: tuple[int, ...]) -> tuple[Equation, Point] | None:
        """The equation that wrote an entry, and the point at which its formula is not finite, or largest if all are."""
        summed: tuple[Equation, Point] | None = None
        for equation, scan in self.replay.writers(tensor):
            point = self._point(equation, scan, entry)
            if point is not None and not _finite(self.replay.value(equation.expr, point)):
                return equation, point
            if point is not None and summed is None:
                summed = equation, point
        return summed

    def _point(self, equation: Equation, scan: tuple[tuple[str, int], ...], entry: tuple[int, ...]) -> Point | None:
        pairs = tuple(zip(equation.index, entry, strict=True))
        known = {formula.name: value for formula, value in pairs if isinstance(formula, Index)}
        axes = (*scan, *equation.ranges)
        fixed = tuple((name, known[name], self.replay.extent(extent)) for name, extent in axes if name in known)
        if any(value >= extent for _, value, extent in fixed):
            return None
        ranges = tuple(axis for axis in axes if axis[0] not in known)
        counts = np.ones(tuple(self.replay.extent(extent) for _, extent in ranges), bool)
        for formula, value in pairs:
            counts = counts & (self.replay.values(formula, ranges, fixed) == value)
        for formula, limit in equation.guard:
            inside = self.replay.values(formula, ranges, fixed)
            counts = counts & (inside >= 0) & (inside < self.replay.extent(limit))
        if not counts.any():
            return None
        values = self.replay.values(equation.expr, ranges, fixed)
        wrong = np.argwhere(counts & ~np.isfinite(values))
        if not len(wrong):
            if not equation.reduce:
                return None
            sizes = np.where(counts, np.abs(values), -1)
            wrong = np.array([np.unravel_index(int(sizes.argmax()), sizes.shape)])
        more = tuple((name, int(at), self.replay.extent(extent)) for (name, extent), at in zip(ranges, wrong[0], strict=True))
        order = [name for name, _ in axes]
        return tuple(sorted((*fixed, *more), key=lambda one: order.index(one[0])))

    # ------------------------------------------------------------------------------------------ formulas

    def _within(self, equation: Equation, expr: Expr, point: Point) -> Culprit | Read | None:
        """The smallest part of a formula that is not finite though its operands are, or the entry to look into."""
        if isinstance(expr, Read):
            index = self.replay.index(expr.index, point)
            inside = all(0 <= i < n for i, n in zip(index, self.replay.memory[expr.tensor].shape, strict=True))
            return expr if inside else None if expr.other is None else self._within(equation, expr.other, point)
        if not isinstance(expr, Apply):
            return None
        operands, value = self._used(expr, point), self.replay.value(expr, point)
        known = [(operand, self.replay.value(operand, point)) for operand in operands]
        wrong = sorted((one for one in known if not _finite(one[1])), key=lambda one: not math.isnan(one[1]))
        for operand, _ in wrong:
            found = self._followed(equation, operand, point)
            if found is not None:
                return found
        meant = wrong and not math.isnan(value)  # an infinity that the file writes down, passed on
        return None if meant else self._culprit(equation, expr, value, tuple(known), point)

    def _followed(self, equation: Equation, operand: Expr, point: Point) -> Culprit | None:
        found = self._within(equation, operand, point)
        if isinstance(found, Read):
            return self.entry(found.tensor, self.replay.index(found.index, point))
        return found

    def _used(self, expr: Apply, point: Point) -> tuple[Expr, ...]:
        """The operands that a value comes from: of a choice only the branch that is taken."""
        if expr.operation != "where":
            return expr.operands
        condition, yes, no = expr.operands
        return (yes if self.replay.value(condition, point) else no,)

    def _culprit(self, equation: Equation, expr: Expr, value: Any, operands: tuple[tuple[Expr, Any], ...], point: Point,
                 reduced: bool = False) -> Culprit:
        entry = self.replay.index(equation.index, point)
        batched = {name for name, extent in equation.ranges if extent == BATCH}
        positions = [at for name, at, _ in point if name in batched and (not reduced or name in _names(equation))]
        result = float(self.replay.entry(equation.out, entry)) if reduced else float(value)
        return Culprit(equation, expr, result, operands, equation.out, entry, positions[0] if positions else None, reduced)


def _names(equation: Equation) -> set[str]:
    return {name for formula in equation.index for name in indices(formula)}
