"""The layers of a model with their shapes, parameters and operations."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from nndsl.checking.checked import Checked
from nndsl.ir.equation import Equation, Program, Scan
from nndsl.ir.expression import Apply, Extent, walk

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Layer:
    """A row of the table of layers.

    Args:
        name: its path, as `dense_1`.
        definition: what it is an instance of.
        inputs, outputs: shapes per sample.
        parameters: how many numbers are trained or kept in it.
        operations: arithmetic operations for a sample in inference.
        place: `file:line` of its first application.
    """

    name: str
    definition: str
    inputs: tuple[Shape, ...]
    outputs: tuple[Shape, ...]
    parameters: int
    operations: int
    place: str


def layers(model: Checked, equations: Checked) -> list[Layer]:
    """The layers in the order in which they are applied, and last, without a name, what the model itself computes or keeps.

    Args:
        model: the checked model.
        equations: the same model after lowering, whose operations are counted.
    """
    sizes = {v.name: math.prod(v.shape) for v in model.variables if v.kind != "optimizer"}
    work = operations(equations.forward)
    rows = []
    for instance in model.instances:
        own = sum(sizes.pop(name, 0) for name in instance.parameters)
        inside = [name for name in work if name.startswith(instance.name + ".") or name == instance.name]
        count = sum(work.pop(name) for name in inside)
        rows.append(Layer(instance.name, instance.definition, instance.inputs, instance.outputs, own, count, instance.place))
    if sizes or work:
        rows.append(Layer("", model.name, (), (), sum(sizes.values()), sum(work.values()), ""))
    return rows


def operations(program: Program) -> dict[str, int]:
    """Tensor name to the number of arithmetic operations that compute it for one sample."""
    counts: dict[str, int] = {}
    for step in program.steps:
        times, body = (step.extent, step.body) if isinstance(step, Scan) else (1, (step,))
        for equation in body:
            counts[equation.out] = counts.get(equation.out, 0) + times * _operations(equation)
    return counts


def _operations(equation: Equation) -> int:
    points = math.prod(_extent(extent) for _, extent in equation.ranges)
    each = sum(isinstance(node, Apply) for node in walk(equation.expr)) + bool(equation.reduce or equation.accumulate)
    return points * each


def _extent(extent: Extent) -> int:
    return extent if isinstance(extent, int) else 1


def shapes_text(shapes: Iterable[Shape]) -> str:
    """Shapes in a row, as `[64], [3, 2]`."""
    return ", ".join(f"[{', '.join(map(str, shape))}]" for shape in shapes)
