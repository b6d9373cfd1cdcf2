"""First values: each random draw by itself, so that one kernel draws for all parameters whatever their scale."""

from __future__ import annotations

from dataclasses import dataclass, replace

from nndsl.ir.equation import Equation, Program, Step
from nndsl.ir.expression import Draw, Expr, Extent, Read, rebuild, walk
from nndsl.ir.operations import MATRIX_DRAW
from nndsl.passes.fuse import Task, straight


@dataclass(frozen=True)
class Orthonormal:
    """The rows of the matrix that an equation has filled, made orthonormal in place.

    Args:
        equation: what it computes, the filling included.
        rows, columns: the extents.
    """

    equation: Equation
    rows: Extent
    columns: Extent

    def equations(self) -> tuple[Equation, ...]:
        """What it computes."""
        return (self.equation,)


def first_values(program: Program) -> tuple[Task | Orthonormal, ...]:
    """The program as loop nests, one an equation, and whole matrices."""
    tasks: list[Task | Orthonormal] = []
    for step in apart(program).steps:
        match step:
            case Equation(expr=Draw(kind, stream)) if kind == MATRIX_DRAW:
                (_, rows), (_, columns) = step.ranges
                normal = replace(step, expr=Draw("normal", stream))
                tasks += [*straight([normal], program.tensors, False), Orthonormal(step, rows, columns)]
            case Equation():
                tasks += straight([step], program.tensors, False)
    return tuple(tasks)


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
