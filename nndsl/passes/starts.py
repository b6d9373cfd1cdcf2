"""What stands before a recurrence is stored in front of it, so that its first step is like all others.

`h[t] = f((h[t-1] else 0))` becomes `H[0] = 0` and `H[t+1] = f(H[t])`, with H one entry longer than h: no condition is left
in the scan, its matrix products are whole ones, and the gradient reaches the start by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from nndsl.ir.affine import Poly, distance, index_and_rest
from nndsl.ir.equation import Equation, Origin, Program, Scan, Step, Tensor
from nndsl.ir.expression import Expr, Index, Number, Ranges, Read, apply, indices, rebuild, substitute, walk
from nndsl.ir.verifier import may_leave

MARK = " with start"


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
        before: what fills the new entries.
    """

    name: str
    axis: int
    depth: int
    shift: int
    before: tuple[Equation, ...]

    def applied(self, steps: list[Step], tensors: dict[str, Tensor]) -> list[Step]:
        """The scan and what comes after it, over the longer tensor; the tensor itself is what the scan leaves."""
        old = tensors[self.name]
        shape = tuple(e + self.depth if k == self.axis else e for k, e in enumerate(old.shape))  # type: ignore[operator]
        tensors[self.name + MARK] = replace(old, name=self.name + MARK, shape=shape)
        ranges = tuple((f"i{k}", extent) for k, extent in enumerate(old.shape))
        index = tuple(Index(name) for name, _ in ranges)
        moved = Read(self.name + MARK, self._moved(index))
        copy = Equation(self.name, index, ranges, moved, origin=Origin(note="without its start"))
        first, *others = (self._changed(step) for step in steps)
        return [*self.before, first, copy, *others]

    def _changed(self, step: Step) -> Step:
        if isinstance(step, Scan):
            return replace(step, body=tuple(self._equation(equation) for equation in step.body))
        return self._equation(step)

    def _equation(self, equation: Equation) -> Equation:
        def change(node: Expr) -> Expr | None:
            if isinstance(node, Read) and node.tensor == self.name:
                return Read(self.name + MARK, self._moved(tuple(rebuild(i, change) for i in node.index)), None, node.stop)
            return None

        changed = replace(equation, expr=rebuild(equation.expr, change),
                          index=tuple(rebuild(i, change) for i in equation.index),
                          guard=tuple((rebuild(f, change), e) for f, e in equation.guard))
        if equation.out == self.name:
            changed = replace(changed, out=self.name + MARK, index=self._moved(changed.index))
        return changed

    def _moved(self, index: tuple[Expr, ...]) -> tuple[Expr, ...]:
        return tuple(_plus(formula, self.shift) if k == self.axis else formula for k, formula in enumerate(index))


@dataclass(frozen=True)
class _Asked:
    """An entry that may lie before the start of a recurrence.

    Args:
        read: the entry, with what stands there.
        shift: how far it lies from the one at hand.
    """

    read: Read
    shift: int

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
    depth = max(abs(one.shift) for one in asked if one)
    ranges = tuple((f"i{k}", extent) for k, extent in enumerate(tensor.shape) if k != axis)
    before = []
    for slot in range(depth):
        standing = {found for one in asked if one and (found := one.standing(slot, depth, axis, scan)) is not None}
        if len(standing) != 1 or not all(_outside(formula, ranges, scan) for formula in standing):
            return None
        position = scan.extent + slot if scan.reverse else slot
        index = tuple(Number(position) if k == axis else Index(f"i{k}") for k in range(len(tensor.shape)))
        before.append(Equation(name + MARK, index, ranges, standing.pop(), origin=Origin(_place(name, scan), "start")))
    return _Start(name, axis, depth, 0 if scan.reverse else depth, tuple(before))


def _runs(name: str, axis: int, scan: Scan) -> bool:
    """Whether a scan writes a tensor entry by entry along an axis, from its first to its last."""
    written = [equation for equation in scan.body if equation.out == name]
    return all(equation.index[axis] == Index(scan.index) and not equation.winner for equation in written)


def _asked(node: Read, axis: int, equation: Equation, scan: Scan, tensor: Tensor) -> _Asked | None:
    """An entry that leaves its axis only where the recurrence begins, and is otherwise over plain indices; else None."""
    shift = distance(node.index[axis], scan.index)
    others = [(f, e) for k, (f, e) in enumerate(zip(node.index, tensor.shape, strict=True)) if k != axis]
    names = {f for f, _ in others if isinstance(f, Index)}
    plain = len(names) == len(others) and not any(may_leave(f, e, dict(equation.ranges)) for f, e in others)
    return _Asked(node, shift) if plain and shift and (shift > 0) == scan.reverse else None


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
