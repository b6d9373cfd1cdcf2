"""What stands before a recurrence is stored in front of it, so that its first step is like all others.

`h[t] = f((h[t-1] else 0))` becomes `H[0] = 0` and `H[t+1] = f(H[t])`, with H one entry longer than h: no condition is left
in the scan, its matrix products are whole ones, and the gradient reaches the start by itself. Where a step reads a window,
`(h[t-1, p+i-1] else 0)`, H has a rim of that number along the other axes as well.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from math import prod

from nndsl.ir.affine import Poly, affine, distance, index_and_rest, tidy
from nndsl.ir.equation import Equation, Origin, Program, Scan, Step, Tensor
from nndsl.ir.expression import BATCH, Expr, Extent, Index, Number, Ranges, Read, apply, indices, rebuild, substitute, walk
from nndsl.ir.verifier import may_leave

MARK = " with start"
MOST, ROOM = 4, 64
"""With its rims, a step is at most so many times as large as without, and so many entries."""

Rims = tuple[tuple[int, int], ...]
"""For each axis, how many entries stand before its start and after its end."""


def starts(program: Program) -> Program:
    """The program with the tensors of its recurrences prolonged by what stands before them."""
    steps = list(program.steps)
    tensors = dict(program.tensors)
    at = 0
    while at < len(steps):
        step = steps[at]
        if isinstance(step, Scan):
            for name in dict.fromkeys(equation.out for equation in step.body):
                found = _start(name, step, tensors)
                if found is not None and not any(_touches(s, name) for s in steps[:at]):
                    steps[at:] = found.applied(steps[at:], tensors)
                    at += len(found.before)
                    step = steps[at]
                    assert isinstance(step, Scan)
        at += 1
    return Program(tensors, tuple(steps))


@dataclass(frozen=True)
class _Start:
    """How a tensor is prolonged.

    Args:
        name: the tensor's.
        axis: along which.
        depth: by how many entries.
        shift: where its own first entry comes to stand.
        rims: by how many entries before and after, for each axis.
        before: what fills the new entries.
    """

    name: str
    axis: int
    depth: int
    shift: int
    rims: Rims
    before: tuple[Equation, ...]

    def applied(self, steps: list[Step], tensors: dict[str, Tensor]) -> list[Step]:
        """The scan and what comes after it, over the longer tensor; the tensor itself is what the scan leaves."""
        old = tensors[self.name]
        tensors[self.name + MARK] = replace(old, name=self.name + MARK, shape=longer(old, self.axis, self.depth, self.rims))
        ranges = tuple((f"i{k}", extent) for k, extent in enumerate(old.shape))
        index = tuple(Index(name) for name, _ in ranges)
        moved = Read(self.name + MARK, self._moved(index))
        copy = Equation(self.name, index, ranges, moved, origin=Origin(note="without its start"))
        first, *others = steps
        return [*self.before, self._changed(first, True), copy, *(self._changed(step, False) for step in others)]

    def _changed(self, step: Step, running: bool) -> Step:
        """A step over the longer tensor; what stands beside it counts where the recurrence runs, not where others ask."""
        if isinstance(step, Scan):
            return replace(step, body=tuple(self._equation(equation, running) for equation in step.body))
        return self._equation(step, running)

    def _equation(self, equation: Equation, running: bool) -> Equation:
        def change(node: Expr) -> Expr | None:
            if isinstance(node, Read) and node.tensor == self.name and (running or node.other is None):
                return Read(self.name + MARK, self._moved(tuple(rebuild(i, change) for i in node.index)), None, node.stop)
            return None

        changed = replace(equation, expr=rebuild(equation.expr, change),
                          index=tuple(rebuild(i, change) for i in equation.index),
                          guard=tuple((rebuild(f, change), e) for f, e in equation.guard))
        if equation.out == self.name:
            changed = replace(changed, out=self.name + MARK, index=self._moved(changed.index))
        return changed

    def _moved(self, index: tuple[Expr, ...]) -> tuple[Expr, ...]:
        return tuple(_plus(formula, self.shift) if k == self.axis else tidy(formula, self.rims[k][0]) if self.rims[k][0]
                     else formula for k, formula in enumerate(index))


@dataclass(frozen=True)
class _Asked:
    """An entry that may lie before the start of a recurrence.

    Args:
        read: the entry, with what stands there.
        shift: how far it lies from the one at hand.
        rims: how far it may leave each of the other axes.
    """

    read: Read
    shift: int
    rims: Rims

    def standing(self, slot: int, depth: int, axis: int, scan: Scan) -> Expr | None:
        """What it says stands in one of `depth` places before the start, over the indices i0, i1, ... of its axes."""
        when = scan.extent + slot - self.shift if scan.reverse else slot - depth - self.shift
        if not 0 <= when < scan.extent or self.read.other is None:
            return None
        names: dict[str, Expr] = {f.name: Index(f"i{k}") for k, f in enumerate(self.read.index) if isinstance(f, Index)}
        return substitute(self.read.other, {**names, scan.index: Number(when)})


def _start(name: str, scan: Scan, tensors: Mapping[str, Tensor]) -> _Start | None:
    """How a tensor of a scan is to be prolonged; None where nothing stands before it, or not the same for all that ask."""
    tensor = tensors[name]
    axis = next((k for k in range(len(tensor.shape)) if _runs(name, k, scan)), None)
    if axis is None or tensor.role != "temporary":
        return None
    asked = [_asked(node, axis, equation, scan, tensor) for equation in scan.body for node in equation.reads()
             if node.tensor == name and node.other is not None]
    if not asked or None in asked:
        return None
    rims = tuple((max(a for a, _ in sides), max(b for _, b in sides)) for sides in
                 zip(*(one.rims for one in asked if one), strict=True))
    around = {one.read.other for one in asked if one and one.read.other} if any(map(any, rims)) else set()
    depth = max(abs(one.shift) for one in asked if one)
    size, larger = (prod(int(e) for e in shape if e != BATCH) for shape in (tensor.shape, longer(tensor, axis, 0, rims)))
    if len(around) > 1 or larger > MOST * size + ROOM:
        return None
    ranges = tuple((f"i{k}", extent) for k, extent in enumerate(tensor.shape) if k != axis)
    before = []
    for slot in range(depth):
        standing = {found for one in asked if one and (found := one.standing(slot, depth, axis, scan)) is not None}
        if len(standing) != 1 or not all(_outside(formula, ranges, scan) for formula in standing):
            return None
        position = scan.extent + slot if scan.reverse else slot
        index = tuple(Number(position) if k == axis else Index(f"i{k}") for k in range(len(tensor.shape)))
        value, origin = standing.pop(), Origin(_place(name, scan), "start")
        whole = longer(tensor, axis, 0, rims) if around else tensor.shape
        ends = tuple((name_, whole[int(name_[1:])]) for name_, _ in ranges)
        before.append(Equation(name + MARK, index, ends, value, origin=origin))
    shift = 0 if scan.reverse else depth
    return _Start(name, axis, depth, shift, rims, (*before, *_rim(name, scan, tensor, axis, shift, rims, around)))


def longer(tensor: Tensor, axis: int, depth: int, rims: Rims) -> tuple[Extent, ...]:
    """The shape of a tensor with what stands before it, and with its rims."""
    return tuple(e if e == BATCH else int(e) + (depth if k == axis else sum(rims[k])) for k, e in enumerate(tensor.shape))


def _rim(name: str, scan: Scan, tensor: Tensor, axis: int, shift: int, rims: Rims,
         around: Collection[Expr]) -> Iterator[Equation]:
    """What fills the rims along the steps of a recurrence: axis by axis, the corners with the first that has them."""
    box: list[tuple[int, Extent]] = [(shift, e) if k == axis else (0, longer(tensor, axis, 0, rims)[k])
                                     for k, e in enumerate(tensor.shape)]
    for k, (first, last) in enumerate(rims):
        inside = tensor.shape[k]
        for start, extent in ((0, first), (0 if inside == BATCH else first + int(inside), last)):
            if extent:
                part = [*box[:k], (start, extent), *box[k + 1:]]
                ranges = tuple((f"i{n}", e) for n, (_, e) in enumerate(part))
                index = tuple(_plus(Index(f"i{n}"), at) for n, (at, _) in enumerate(part))
                yield Equation(name + MARK, index, ranges, next(iter(around)), origin=Origin(_place(name, scan), "rim"))
        box[k] = (first, inside) if k != axis else box[k]


def _runs(name: str, axis: int, scan: Scan) -> bool:
    """Whether a scan writes a tensor entry by entry along an axis, from its first to its last."""
    written = [equation for equation in scan.body if equation.out == name]
    return all(equation.index[axis] == Index(scan.index) and not equation.winner for equation in written)


def _asked(node: Read, axis: int, equation: Equation, scan: Scan, tensor: Tensor) -> _Asked | None:
    """An entry that leaves its axis only where the recurrence begins, and is otherwise over plain indices; else None."""
    shift = distance(node.index[axis], scan.index)
    rims = _rims(node, axis, dict(equation.ranges), tensor)
    if rims is None or not shift or (shift > 0) != scan.reverse:
        return None
    names = {f for k, f in enumerate(node.index) if isinstance(f, Index) and k != axis}
    plain = len(names) == len(node.index) - 1 and not any(map(any, rims))
    return _Asked(node, shift, rims) if plain or isinstance(node.other, Number) else None


def _rims(node: Read, axis: int, ranges: Mapping[str, Extent], tensor: Tensor) -> Rims | None:
    """How far an entry may leave each axis but the one along which the recurrence runs; None where that is not known."""
    found: list[tuple[int, int]] = []
    for k, (formula, extent) in enumerate(zip(node.index, tensor.shape, strict=True)):
        if k == axis or not may_leave(formula, extent, dict(ranges)):
            found.append((0, 0))
            continue
        form = affine(formula)
        bounds = form.bounds(ranges) if form and extent != BATCH and form.coefficients.keys() <= ranges.keys() else None
        low, high = (b.constant for b in bounds) if bounds else (None, None)
        if low is None or high is None:
            return None
        found.append((max(-low, 0), max(high - int(extent) + 1, 0)))
    return tuple(found)


def _outside(formula: Expr, ranges: Ranges, scan: Scan) -> bool:
    """Whether a formula can be computed before a scan, over these indices."""
    written = {equation.out for equation in scan.body}
    read = {node.tensor for node in walk(formula) if isinstance(node, Read)}
    return set(indices(formula)) <= {name for name, _ in ranges} and not written & read


def _place(name: str, scan: Scan) -> str:
    return next(equation.origin.place for equation in scan.body if equation.out == name)


def _touches(step: Step, name: str) -> bool:
    return any(equation.out == name for equation in (step.body if isinstance(step, Scan) else (step,)))


def _plus(formula: Expr, shift: int) -> Expr:
    """An index formula moved by a number, written as short as can be."""
    if not shift:
        return formula
    if isinstance(formula, Number):
        return Number(formula.value + shift)
    name, rest = index_and_rest(formula) or ("", Poly())
    if not name or rest.constant is None:
        return apply("add", formula, shift)
    return apply("add", Index(name), rest.constant + shift) if rest.constant + shift else Index(name)
