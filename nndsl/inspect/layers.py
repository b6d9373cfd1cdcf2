"""The layers of a model with their shapes, parameters and operations."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nndsl.artifact import Artifact
from nndsl.compiler import Stages
from nndsl.ir.equation import Equation, Program, Scan
from nndsl.ir.expression import Apply, Extent, walk
from nndsl.runtime.arena import kept_layout, part_layout
from nndsl.signature import Instance

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
        backward: arithmetic operations for a sample that training adds: the gradients.
        memory: bytes of its parameters, states and gradients, and of its values for one sample.
    """

    name: str
    definition: str
    inputs: tuple[Shape, ...]
    outputs: tuple[Shape, ...]
    parameters: int
    operations: int
    place: str
    backward: int = 0
    memory: int = 0


def layers(stages: Stages) -> list[Layer]:
    """The layers in the order in which they are applied, and last, without a name, what the model itself computes or keeps."""
    model = stages.checked
    sizes = {v.name: math.prod(v.shape) for v in model.variables if v.kind != "optimizer"}
    forward, backward = operations(stages.equations.forward), _of_gradients(stages.passes.learn)
    memory = _bytes(stages.passes.learn, stages.artifact.precision)
    rows = []
    for instance in model.instances:
        own = sum(sizes.pop(name, 0) for name in instance.parameters)
        counts = (_taken(instance.name, found) for found in (forward, backward, memory))
        work, more, held = counts
        rows.append(Layer(instance.name, instance.definition, instance.inputs, instance.outputs, own, work, instance.place,
                          more, held))
    if sizes or forward or backward or memory:
        rest = (sum(found.values()) for found in (sizes, forward, backward, memory))
        parameters, work, more, held = rest
        rows.append(Layer("", model.name, (), (), parameters, work, "", more, held))
    return rows


def innermost(tensor: str, instances: Iterable[Instance]) -> Instance | None:
    """The innermost layer that a tensor belongs to; None where it is the model's own."""
    found = [i for i in instances if tensor == i.name or tensor.startswith(i.name + ".")]
    return max(found, key=lambda i: len(i.name), default=None)


def _taken(layer: str, found: dict[str, int]) -> int:
    """The sum over a layer's tensors, which are taken out."""
    inside = [name for name in found if name == layer or name.startswith(layer + ".")]
    return sum(found.pop(name) for name in inside)


def _of_gradients(program: Program) -> dict[str, int]:
    """The operations for gradients, by the tensor that they are gradients of."""
    return {name[1:]: count for name, count in operations(program).items() if name.startswith("∂")}


def _bytes(program: Program, precision: str) -> dict[str, int]:
    """The bytes of each tensor and its gradient, for one sample; those of a gradient count for what it is the gradient of."""
    wide = {"real": 4 if precision == "float32" else 8, "int": 8}
    found: dict[str, int] = {}
    for name, tensor in program.tensors.items():
        if tensor.role not in ("input", "target", "total", "result"):
            size = math.prod(_extent(e) for e in tensor.shape) * wide[tensor.dtype]
            found[name.removeprefix("∂")] = found.get(name.removeprefix("∂"), 0) + size
    return found


def arenas(artifact: Artifact, batch: int) -> dict[str, int]:
    """The bytes of the arenas of a part of the model, parameters included, what is not needed at the same time sharing memory.

    Args:
        artifact: the compiled model.
        batch: how many samples are computed at once.
    """
    wide = {"real": 4 if artifact.precision == "float32" else 8, "whole": 8, "total": 8}
    kept = kept_layout(artifact)
    return {part.name: sum(wide[arena] * size for arena, size in part_layout(kept, part, batch).sizes.items())
            for part in artifact.parts}


def totals(stages: Stages, rows: Sequence[Layer]) -> list[tuple[str, str]]:
    """The figures of the whole model, each with its unit."""
    batch = stages.checked.train.batch if stages.checked.train else 1
    names = {"learn": "training", "forward": "inference"}
    held = arenas(stages.artifact, batch)
    return [("parameters", f"{sum(r.parameters for r in rows):,}"), ("FLOP forward", f"{sum(r.operations for r in rows):,}"),
            *([("FLOP backward", f"{sum(r.backward for r in rows):,}")] if any(r.backward for r in rows) else []),
            *((f"arena in {name}, batch {batch}", bytes_text(held[part])) for part, name in names.items() if part in held)]


def bytes_text(number: float) -> str:
    """A number of bytes in a unit that suits it."""
    for unit in ("B", "kB", "MB"):
        if number < 1000:
            return f"{number:.3g} {unit}"
        number /= 1000
    return f"{number:.3g} GB"


HEAD = ("layer", "definition", "input", "output", "parameters", "FLOP", "backward", "memory", "place")
"""The columns of the table of layers."""
NOTES = {
    "FLOP": "additions, multiplications and function calls for one sample, in inference",
    "backward": "what training adds to them for the gradients",
    "memory": "a layer's parameters and their gradients, and its values for one sample",
}
"""What columns mean whose names do not say it."""


def total(rows: Sequence[Layer]) -> Layer:
    """The sum of all rows."""
    return Layer("total", "", (), (), sum(r.parameters for r in rows), sum(r.operations for r in rows), "",
                 sum(r.backward for r in rows), sum(r.memory for r in rows))


def cells(row: Layer) -> tuple[str, ...]:
    """A row of the table of layers as texts."""
    return (row.name or "the rest", row.definition, shapes_text(row.inputs), shapes_text(row.outputs), f"{row.parameters:,}",
            f"{row.operations:,}", f"{row.backward:,}", bytes_text(row.memory), row.place)


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
