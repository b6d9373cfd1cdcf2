"""First values: each random draw by itself, so that one kernel draws for all parameters whatever their scale."""

from __future__ import annotations

from dataclasses import replace

from nndsl.ir.equation import Equation, Program, Step
from nndsl.ir.expression import Draw, Expr, Read, rebuild, walk


def apart(program: Program) -> Program:
    """The program with draws stored where their results will stand, and worked on there."""
    steps: list[Step] = []
    for step in program.steps:
        steps += _apart(step) if isinstance(step, Equation) else [step]
    return Program(program.tensors, tuple(steps))


def _apart(equation: Equation) -> list[Step]:
    draws = {x for x in walk(equation.expr) if isinstance(x, Draw)}
    if len(draws) != 1 or equation.expr in draws or equation.reduce or equation.accumulate or equation.guard:
        return [equation]
    (draw,) = draws
    place = Read(equation.out, equation.index)

    def stored(node: Expr) -> Expr | None:
        return place if node == draw else None

    return [replace(equation, expr=draw), replace(equation, expr=rebuild(equation.expr, stored))]
