"""What every term of a sum is divided by is divided by once, after the sum: `Σ_c x[n,c] / s[n]` becomes `(Σ_c x[n,c]) / s[n]`.

A division costs as much as ten products, and what is left under the sum is often a product of two entries.
"""

from __future__ import annotations

from dataclasses import replace

from nndsl.ir.equation import Equation, Program, Step, Tensor
from nndsl.ir.expression import Draw, Read, indices, walk
from nndsl.ir.verifier import reduced_ranges
from nndsl.passes.matching import PRODUCT, Part


def quotients(program: Program) -> Program:
    """The program with divisors taken out of sums, but for those inside scans and those of an epoch's totals."""
    tensors = dict(program.tensors)
    steps: list[Step] = []
    for step in program.steps:
        steps.extend(_divided_once(step, tensors) if isinstance(step, Equation) else [step])
    return Program(tensors, tuple(steps))


def _divided_once(equation: Equation, tensors: dict[str, Tensor]) -> list[Equation]:
    """An equation as its sum, and what is done with it; only itself where nothing comes out of the sum."""
    out = tensors[equation.out]
    plain = equation.reduce == "sum" and not equation.guard and out.role in ("temporary", "gradient")
    summed = {name for name, _ in reduced_ranges(equation)}
    parts = PRODUCT.parts(equation.expr) if plain else []
    outside = [part for part in parts if _stays(part, summed)]
    if not any(below for below, _ in outside) or len(outside) == len(parts):
        return [equation]
    total = f"sum of {out.name}"
    while total in tensors:
        total += "'"
    tensors[total] = replace(out, name=total, role="temporary")
    ranges = tuple(axis for axis in equation.ranges if axis[0] not in summed)
    inside = PRODUCT.join([part for part in parts if part not in outside])
    origin = replace(equation.origin, note=(equation.origin.note + " before division").strip())
    return [Equation(total, equation.index, equation.ranges, inside, reduce="sum", origin=origin),
            replace(equation, ranges=ranges, expr=PRODUCT.join([(False, Read(total, equation.index)), *outside]), reduce="")]


def _stays(part: Part, summed: set[str]) -> bool:
    """Whether a factor is the same for all terms of a sum."""
    return not summed & set(indices(part[1])) and not any(isinstance(node, Draw) for node in walk(part[1]))
