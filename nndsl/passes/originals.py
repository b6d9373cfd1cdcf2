"""Copies that only the compiler made, told as the entries that they are copies of.

A window that reaches over an edge reads `x padded`, a recurrence `h with start`: tensors that hold x or h, shifted, and
constants around them. Readers see `(x[p - 1] else 0)` and `(h[t - 1] else 0)`, as the user wrote it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from nndsl.ir.affine import affine
from nndsl.ir.equation import Equation, Program, Scan, adjoint_name
from nndsl.ir.expression import Apply, Expr, Extent, Index, Number, Read, Reduce, apply, rebuild
from nndsl.ir.verifier import may_leave


@dataclass(frozen=True)
class Original:
    """What a copy holds.

    Args:
        tensor: what it is a copy of.
        shifts: for every axis, what is added to a place in the copy to find it in the tensor.
        beyond: what stands in the rest of the copy.
    """

    tensor: str
    shifts: tuple[int, ...]
    beyond: Number


def originals(program: Program, users: Collection[str]) -> dict[str, Original]:
    """From copies to what they hold.

    Args:
        program: with the forward pass, and gradients.
        users: the tensors that the user's formulas compute or are given.
    """
    found: dict[str, Original] = {}
    for equation in program.equations():
        original = _padded(equation, users) or _prolonged(equation, users, program)
        if original is not None:
            found[equation.out if equation.out != original.tensor else _read(equation.expr)] = original
    return found


def _read(expr: Expr) -> str:
    return expr.tensor if isinstance(expr, Read) else ""


def _padded(equation: Equation, users: Collection[str]) -> Original | None:
    """A copy with a rim: `x padded[i] = (x[i - 1] else 0)`."""
    match equation.expr:
        case Read(tensor, index, Number() as beyond) if tensor in users and equation.out not in users:
            shifts = _shifts(equation, index)
            return None if shifts is None else Original(tensor, shifts, beyond)
    return None


def _prolonged(equation: Equation, users: Collection[str], program: Program) -> Original | None:
    """A recurrence with what stands before it: `h[t] = h with start[t + 1]`."""
    match equation.expr:
        case Read(tensor, index) if tensor not in users and equation.out in users and tensor.startswith(equation.out + " "):
            shifts = _shifts(equation, index)
            before = {e.expr for e in program.equations() if e.out == tensor and any(isinstance(i, Number) for i in e.index)}
            if shifts is not None and len(before) == 1 and isinstance(beyond := before.pop(), Number):
                return Original(equation.out, tuple(-shift for shift in shifts), beyond)
    return None


def _shifts(equation: Equation, index: tuple[Expr, ...]) -> tuple[int, ...] | None:
    """How far each formula of an entry lies from the index on the left in its place."""
    if equation.guard or equation.reduce or len(index) != len(equation.index):
        return None
    found = []
    for left, right in zip(equation.index, index, strict=True):
        form = affine(apply("sub", right, left)) if isinstance(left, Index) else None
        if form is None or form.coefficients or form.constant.constant is None:
            return None
        found.append(form.constant.constant)
    return tuple(found)


def told(derived: Program, written: Program) -> Told:
    """How to tell the equations of a model.

    Args:
        derived: its program with gradients, before the passes that come last.
        written: its program as the user wrote it.
    """
    given = [name for name, tensor in derived.tensors.items() if tensor.role != "temporary"]
    return Told(derived, {*given, *(e.out for e in written.equations())})


class Told:
    """Equations in terms of what copies hold.

    Args:
        program, users: as for `originals`.
    """

    def __init__(self, program: Program, users: Collection[str]) -> None:
        forward = originals(program, users)
        self.copies = forward | {adjoint_name(name): replace(o, tensor=adjoint_name(o.tensor)) for name, o in forward.items()}
        shapes = {o.tensor: program.tensors[o.tensor].shape for o in forward.values()}
        self.shapes = shapes | {adjoint_name(name): shape for name, shape in shapes.items()}
        self.scans = {step.index: step.extent for step in program.steps if isinstance(step, Scan)}

    def name(self, tensor: str) -> str:
        """What a tensor is told as."""
        return self.copies[tensor].tensor if tensor in self.copies else tensor

    def equations(self, equations: Collection[Equation]) -> Iterator[Equation]:
        """The equations; those that then only say that an entry is itself are left out."""
        for equation in equations:
            new = self.equation(equation)
            same = isinstance(new.expr, Read) and (new.expr.tensor, new.expr.index) == (new.out, new.index)
            if equation == new or not same:
                yield new

    def equation(self, equation: Equation) -> Equation:
        """An equation in terms of what the copies in it hold."""
        ranges: dict[str, Extent] = {**self.scans, **dict(equation.ranges)}
        index = tuple(self._expr(i, ranges) for i in equation.index)
        guard = tuple((self._expr(f, ranges), extent) for f, extent in equation.guard)
        new = replace(equation, index=index, expr=self._expr(equation.expr, ranges), guard=guard)
        original = self.copies.get(equation.out)
        if original is None:
            return new
        place = _moved(index, original)
        leaving = tuple(pair for pair in zip(place, self.shapes[original.tensor], strict=True) if may_leave(*pair, ranges))
        return replace(new, out=original.tensor, index=place, guard=(*guard, *leaving))

    def formula(self, expr: Expr, equation: Equation) -> Expr:
        """A part of an equation's formula in terms of what the copies in it hold."""
        return self._expr(expr, {**self.scans, **dict(equation.ranges)})

    def _expr(self, expr: Expr, ranges: Mapping[str, Extent]) -> Expr:
        def change(node: Expr) -> Expr | None:
            if isinstance(node, Reduce):
                return replace(node, body=self._expr(node.body, {**ranges, **dict(node.ranges)}))
            if not isinstance(node, Read) or node.tensor not in self.copies:
                return None
            original = self.copies[node.tensor]
            place = _moved(tuple(self._expr(i, ranges) for i in node.index), original)
            shape = self.shapes[original.tensor]
            leaves = any(may_leave(f, extent, ranges) for f, extent in zip(place, shape, strict=True))
            return Read(original.tensor, place, original.beyond if leaves else None, node.stop)

        return rebuild(expr, change)


def _moved(index: tuple[Expr, ...], original: Original) -> tuple[Expr, ...]:
    return tuple(_plus(formula, shift) for formula, shift in zip(index, original.shifts, strict=True))


def _plus(formula: Expr, shift: int) -> Expr:
    """A place moved on, its constants put together: `t + 1` moved by -1 is `t`."""
    match formula:
        case Number(int(value)):
            return Number(value + shift)
        case Apply("add", (rest, Number(int(value)))):
            total = shift + value
        case Apply("sub", (rest, Number(int(value)))):
            total = shift - value
        case rest:
            total = shift
    return rest if not total else apply("add", rest, total) if total > 0 else apply("sub", rest, -total)
