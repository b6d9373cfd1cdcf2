"""Update rules that can meet a number for which an operation has no value."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nndsl.diagnostics import Diagnostic
from nndsl.ir.equation import adjoint_name
from nndsl.ir.replay import Replay
from nndsl.lint.domains import leaving
from nndsl.lint.intervals import Interval
from nndsl.lint.material import Array, Material
from nndsl.lint.reach import ranges
from nndsl.lint.stability import sliced

GRADIENTS = (0.0, 0.0, 1.0, -1.0, 1.0, 1.0, 0.0, 1e-3, 1e3, 0.0)
"""What a weight may be given, step by step: it may well be that nothing depends on it at first."""


def unsafe_updates(material: Material) -> Iterator[Diagnostic]:
    """Advice on operations of the update rule that leave their domain in some steps with harmless gradients."""
    model = material.equations
    trained = [v for v in model.variables if v.kind == "parameter" and v.trainable]
    if not trained or not model.update.steps:
        return
    parameter = min(trained, key=lambda v: int(np.prod(v.shape))).name
    states = [v.name for v in model.variables if v.kind == "optimizer" and v.name.startswith(parameter + ":")]
    program = sliced(model.update, (parameter, *states))
    if adjoint_name(parameter) not in program.tensors:
        return
    names = [name for name in (parameter, *states) if name in material.first]
    arrays: dict[str, Array] = {name: np.asarray(material.first[name]) for name in names}
    runs = []
    for step, size in enumerate(GRADIENTS):
        arrays[adjoint_name(parameter)] = np.full(material.first[parameter].shape, size)
        runs.append(Replay(program, arrays, batch=1, step=step, seed=0, rate=1.0, dtype=np.float64))
        arrays |= {name: runs[-1].memory[name] for name in names if name in runs[-1].memory}
    first = {name: Interval(float(np.min(array)), float(np.max(array))) for name, array in material.first.items()
             if name in states and array.size}
    yield from leaving(program, ranges(program, first), lambda read: False, runs, material, near=0.0)
