"""Random draws as tensors of their own, so that the backward pass sees the numbers that the forward pass drew."""

from __future__ import annotations

from dataclasses import replace

from nndsl.ir.equation import Equation, Origin, Program, Scan, Step, Tensor
from nndsl.ir.expression import BATCH, Draw, Expr, Extent, Index, Read, rebuild, walk


def stored_draws(program: Program) -> Program:
    """The program with every draw that stands within a formula stored first; one that is a whole formula stays."""
    tensors = dict(program.tensors)
    steps: list[Step] = []
    for step in program.steps:
        if isinstance(step, Scan):
            scan = ((step.index, step.extent),)
            steps.append(replace(step, body=tuple(e for equation in step.body for e in _stored(equation, scan, tensors))))
        else:
            steps.extend(_stored(step, (), tensors))
    return Program(tensors, tuple(steps))


def _stored(equation: Equation, scan: tuple[tuple[str, Extent], ...], tensors: dict[str, Tensor]) -> tuple[Equation, ...]:
    if isinstance(equation.expr, Draw) and not equation.reduce:
        return (equation,)
    axes = sorted((*scan, *equation.ranges), key=lambda axis: axis[1] != BATCH)  # the batch axis stands first
    index = tuple(Index(name) for name, _ in axes)
    before: dict[Draw, Equation] = {}
    for draw in (node for node in walk(equation.expr) if isinstance(node, Draw)):
        name = f"draw {draw.stream} of {equation.out}"
        tensors[name] = Tensor(name, tuple(extent for _, extent in axes))
        before[draw] = Equation(name, index, equation.ranges, draw, guard=equation.guard,
                                origin=Origin(equation.origin.place, f"draw for {equation.out}"))

    def change(node: Expr) -> Expr | None:
        return Read(before[node].out, index) if isinstance(node, Draw) else None

    return (*before.values(), replace(equation, expr=rebuild(equation.expr, change)) if before else equation)
