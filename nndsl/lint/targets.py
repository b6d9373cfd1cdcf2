"""Targets that no output can reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nndsl.checking.checked import Port
from nndsl.diagnostics import Diagnostic, problem
from nndsl.diagnostics.places import line_label
from nndsl.ir.equation import SAMPLE_WEIGHT, Equation, Program, target_name
from nndsl.ir.expression import Apply, Expr, Number, rebuild
from nndsl.ir.printer import equation_text
from nndsl.lint.formula_ranges import Ranges
from nndsl.lint.gains import ENTRY, numbers
from nndsl.lint.intervals import INF, UNIT, Interval
from nndsl.lint.material import Material
from nndsl.lint.reach import ranges

Array = NDArray[Any]

SLACK = 1e-6
"""Of the width of the data: targets so little outside are rounding."""
NEAR = 1e-3
"""How far from the end of its range, in units of that range, an output is to see whether the loss drives it on."""
MOST = 64
"""So many samples are looked at."""


def unreachable(material: Material) -> Iterator[Diagnostic]:
    """Advice for every target of the data that lies outside what its output can be, where the loss asks for it."""
    model, data = material.equations, material.data
    if data is None or not model.objective:
        return
    reach = ranges(model.learn, given(material, model.learn))
    for port, tensor in zip(model.outputs, model.output_tensors, strict=True):
        name = target_name(port.name)
        if name not in data or not np.issubdtype(data[name].dtype, np.floating):
            continue
        can, has = tight(tensor, reach), _extent(data[name])
        slack = SLACK * (has.high - has.low)
        if has.low >= can.low - slack and has.high <= can.high + slack:
            continue
        if _driven(material, tensor, name, can):
            yield _advice(material, port, tensor, can, has, data[name])


def given(material: Material, program: Program) -> dict[str, Interval]:
    """The ranges of what goes into a program: those of the data, of whole numbers with a limit, and of states at first.

    Without data, targets are taken to lie between 0 and 1.
    """
    found = {name: _extent(material.first[name]) for name, t in program.tensors.items()
             if t.role == "state" and name in material.first and material.first[name].size}
    ports: list[tuple[str, Port]] = [(p.name, p) for p in material.checked.inputs]
    ports += [(target_name(p.name), p) for p in material.checked.targets]
    for name, port in ports:
        if material.data is not None and name in material.data:
            found[name] = _extent(material.data[name])
        elif port.dtype == "int":
            found[name] = Interval(0.0, INF if port.limit is None else port.limit - 1.0)
        elif name != port.name:
            found[name] = UNIT
    weights = None if material.data is None else material.data.get(SAMPLE_WEIGHT)
    return {**found, SAMPLE_WEIGHT: Interval(0.0, INF) if weights is None else _extent(weights)}


def _extent(array: Array) -> Interval:
    return Interval(float(np.min(array)), float(np.max(array)))


def tight(tensor: str, reach: Ranges) -> Interval:
    """The range of a tensor; where it is a function of one number, as narrow as that function's values at many points."""
    wide, writer = reach.tensors[tensor], reach.writers.get(tensor)
    arguments = set() if writer is None or writer.reduce else set(_sums(writer.expr))
    if writer is None or len(arguments) != 1:
        return wide
    argument = arguments.pop()
    inner = reach.of(argument)
    wave = np.concatenate([np.linspace(-20, 20, 8001), *(sign * np.logspace(1, 30, 300) for sign in (-1, 1))])
    points = np.clip(np.concatenate([wave, [x for x in (inner.low, inner.high) if np.isfinite(x)]]), inner.low, inner.high)
    values = numbers(rebuild(writer.expr, lambda node: ENTRY if node == argument else None), {ENTRY: points})
    values = values[np.isfinite(values)]
    if not values.size:
        return wide
    found = _extent(values)
    room = 1e-6 * (found.high - found.low)
    return Interval(found.low - room, found.high + room).cut(wide)


def _sums(expr: Expr) -> Iterator[Expr]:
    """The arguments of a formula: sums of entries, the largest there are, and what else is no number."""
    if isinstance(expr, Apply) and (expr.operation not in ("add", "sub") or any(isinstance(n, Number) for n in expr.operands)
                                    or any(isinstance(n, Apply) for n in expr.operands)):
        for operand in expr.operands:
            yield from _sums(operand)
    elif not isinstance(expr, Number):
        yield expr


def _driven(material: Material, tensor: str, target: str, can: Interval) -> bool:
    """Whether the loss still falls as the outputs of these samples come near the end of their range."""
    model, data = material.equations, material.data
    assert data is not None
    outside = (data[target] < can.low) | (data[target] > can.high)
    rows = np.flatnonzero(outside.reshape(len(outside), -1).any(axis=1))[:MOST]
    cut = _cut(model.learn, tensor)
    arrays = {**material.arrays(1, len(rows)), **{n: a[rows].astype(np.float64) if a.dtype.kind == "f" else a[rows]
                                                 for n, a in data.items()}}
    shape = tuple(len(rows) if isinstance(e, str) else e for e in cut.tensors[tensor].shape)
    wanted = np.broadcast_to(arrays[target].reshape(shape) if arrays[target].size == np.prod(shape) else arrays[target], shape)
    width = can.high - can.low if np.isfinite(can.high - can.low) else 1.0
    low, high = can.low, can.high
    losses = [_loss(material, cut, {**arrays, tensor: np.clip(wanted, low + step * width, high - step * width)}, len(rows))
              for step in (NEAR, NEAR / 2)]
    return losses[1] < losses[0]


def _cut(program: Program, tensor: str) -> Program:
    """A program that is given one of its tensors."""
    steps = tuple(s for s in program.steps if not (isinstance(s, Equation) and s.out == tensor))
    return Program({**program.tensors, tensor: replace(program.tensors[tensor], role="input")}, steps)


def _loss(material: Material, program: Program, arrays: Mapping[str, Array], samples: int) -> float:
    return float(material.run(program, arrays, samples=samples)[material.equations.objective])


def _advice(material: Material, port: Port, tensor: str, can: Interval, has: Interval, values: Array) -> Diagnostic:
    writer = next(e for e in reversed(list(material.equations.learn.equations())) if e.out == tensor)
    part = float(np.mean((values < can.low) | (values > can.high)))
    place = next((i.place for i in reversed(material.checked.instances) if tensor.startswith((i.name + ".", i.name))), "")
    label = line_label(place or writer.origin.place, f"{equation_text(writer)} lies in {_rounded(can)}", material.source)
    helps = (f"scale the targets into {_rounded(can)} (`scale {port.name}: ...` in the `data` block), or take another "
             "activation for the last layer, or none: then its output can be any number",)
    return problem("NN0806", label[0].span if label else None, label[0].text if label else "", helps=helps, name=port.name,
                   can=_rounded(can), has=has, part=f"{part:.0%}")


def _rounded(interval: Interval) -> Interval:
    return Interval(float(f"{interval.low:.5g}") + 0.0, float(f"{interval.high:.5g}") + 0.0)
