"""Nothing is computed that nobody reads."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from nndsl.ir.equation import Equation, Program, Scan, Step


def dead(program: Program, seen: Collection[str] = ()) -> Program:
    """The program without the equations, winners and tensors that lead to nothing.

    Args:
        program: may be anything valid.
        seen: temporaries that are read from outside. All tensors of other roles are.
    """
    needed = {name for name, tensor in program.tensors.items() if tensor.role != "temporary"} | set(seen)
    steps: list[Step] = []
    for step in reversed(program.steps):
        if isinstance(step, Scan):
            body = _alive(step.body, needed)
            steps += [replace(step, body=body)] if body else []
        else:
            steps += _alive((step,), needed)
    used = {name for e in Program({}, tuple(steps)).equations() for name in (e.out, e.winner, *_read(e))}
    tensors = {name: tensor for name, tensor in program.tensors.items()
               if name in used or name in seen or tensor.role != "temporary"}
    return Program(tensors, tuple(reversed(steps)))


def _alive(body: tuple[Equation, ...], needed: set[str]) -> tuple[Equation, ...]:
    """The equations of a body that write something needed; `needed` grows by what they read."""
    before = -1
    while before < len(needed):  # in a scan, what an equation needs may be written further down, at the value before
        before = len(needed)
        for equation in body:
            if equation.out in needed or equation.winner in needed:
                needed |= _read(equation)
    return tuple(e if e.winner in needed else replace(e, winner="") for e in body if {e.out, e.winner} & needed)


def _read(equation: Equation) -> set[str]:
    return {read.tensor for read in equation.reads()}
