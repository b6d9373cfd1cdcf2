"""Long reductions along memory: what is reduced is stored first, so that both halves run in vectors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from nndsl.ir.affine import flat, number
from nndsl.ir.equation import Equation, Program, Step, Tensor
from nndsl.ir.expression import BATCH, Draw, Index, Read, indices, reads, walk
from nndsl.passes.contraction import whole

SHORTEST = 16
"""Fewer entries than this are reduced one by one."""

IN_VECTORS = ("sum", "max", "min")
"""Reductions that the kernels do over a stretch of memory."""


def rows(program: Program) -> Program:
    """Split each long reduction of a formula in two: a stored row, and its reduction."""
    tensors = dict(program.tensors)
    steps: list[Step] = []
    for step in program.steps:
        if isinstance(step, Equation) and _worth(step, tensors):
            steps += _split(step, tensors)
        else:
            steps.append(step)
    return Program(tensors, tuple(steps))


def along_memory(equation: Equation, tensors: Mapping[str, Tensor]) -> str | None:
    """The one index over which an equation reduces a long stretch of memory, or None."""
    used = {name for i in equation.index for name in indices(i)}
    reduced = [r for r in equation.ranges if r[0] not in used]
    if equation.reduce not in IN_VECTORS or equation.winner or equation.guard or len(reduced) != 1:
        return None
    name, extent = reduced[0]
    long = isinstance(extent, int) and extent >= SHORTEST
    return name if long and all(_contiguous(r, name, tensors) for r in reads(equation.expr)) else None


def _contiguous(read: Read, name: str, tensors: Mapping[str, Tensor]) -> bool:
    place = flat(tensors[read.tensor], read.index)
    loose = any(name in indices(e) for _, e in place.rest)
    return read.other is None and not loose and place.form.of(name) in (number(0), number(1))


def _worth(equation: Equation, tensors: Mapping[str, Tensor]) -> bool:
    name = along_memory(equation, tensors)
    plain = isinstance(equation.expr, Read) or any(isinstance(x, Draw) for x in walk(equation.expr))
    written = all(isinstance(i, Index) for i in equation.index) and len(set(equation.index)) == len(equation.index)
    if name is None or plain or not written or whole(equation, tensors):
        return False
    return any(flat(tensors[r.tensor], r.index).form.of(name) == number(1) for r in reads(equation.expr))


def _split(equation: Equation, tensors: dict[str, Tensor]) -> tuple[Equation, Equation]:
    kept = {i.name for i in equation.index if isinstance(i, Index)}
    order = [r for r in equation.ranges if r[0] in kept] + [r for r in equation.ranges if r[0] not in kept]
    order.sort(key=lambda r: (r[0] not in kept, r[1] != BATCH))
    name = _unused(f"row of {equation.out}", tensors)
    tensors[name] = Tensor(name, tuple(extent for _, extent in order))
    index = tuple(Index(n) for n, _ in order)
    ranges = tuple(order)
    origin = replace(equation.origin, note=(equation.origin.note + " row by row").strip())
    return (Equation(name, index, ranges, equation.expr, origin=origin),
            replace(equation, expr=Read(name, index), ranges=ranges))


def _unused(name: str, tensors: Mapping[str, Tensor]) -> str:
    return name if name not in tensors else next(f"{name} {k}" for k in range(2, 10**6) if f"{name} {k}" not in tensors)
