"""What overwrites and what accumulates: no buffer is cleared that the first write fills anyway."""

from __future__ import annotations

from dataclasses import replace

from nndsl.ir.affine import Flat, extent, flat, number, product
from nndsl.ir.equation import Equation, Origin, Program, Scan, Step, Tensor
from nndsl.ir.expression import Index, Number


def modes(program: Program) -> Program:
    """Turn each first accumulation into a plain write, or clear the tensor before it.

    Totals are left alone: they go on from batch to batch.
    """
    written: set[str] = set()
    steps: list[Step] = []
    for step in program.steps:
        for equation in step.body if isinstance(step, Scan) else (step,):
            tensor = program.tensors[equation.out]
            first = equation.out not in written
            written.update(filter(None, (equation.out, equation.winner)))
            if not (first and equation.accumulate and tensor.role in ("temporary", "gradient")):
                continue
            if step is equation and fills(equation, tensor):
                step = replace(equation, accumulate=False)
            else:
                steps.append(_cleared(tensor, equation.origin.place))
        steps.append(step)
    return Program(program.tensors, tuple(steps))


def fills(equation: Equation, tensor: Tensor) -> bool:
    """Whether an equation writes every entry of its tensor exactly once."""
    place = flat(tensor, equation.index)
    if equation.guard or place.rest or place.form.constant:
        return False
    return _covers(place, equation, tensor)


def _covers(place: Flat, equation: Equation, tensor: Tensor) -> bool:
    """Whether the flat position counts through the tensor like the digits of a number, each index a digit."""
    ranges = dict(equation.ranges)
    left = {name: c for name, c in place.form.coefficients.items() if ranges[name] != 1}
    step = number(1)
    while left:
        digit = next((name for name, c in left.items() if c == step), None)
        if digit is None:
            return False
        step = step * extent(ranges[digit])
        del left[digit]
    return step == product(tensor.shape)


def _cleared(tensor: Tensor, place: str) -> Equation:
    names = tuple(f"i{axis}" for axis in range(len(tensor.shape)))
    return Equation(tensor.name, tuple(Index(n) for n in names), tuple(zip(names, tensor.shape, strict=True)), Number(0.0),
                    origin=Origin(place, "cleared"))
