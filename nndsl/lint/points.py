"""What shows when gradients are computed at a few random points."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nndsl.checking.checked import Checked, Port
from nndsl.diagnostics import Diagnostic, problem
from nndsl.diagnostics.places import line_label
from nndsl.ir.equation import SAMPLE_WEIGHT, Equation, Program, adjoint_name, target_name
from nndsl.ir.expression import Index, reads, walk
from nndsl.ir.replay import Replay
from nndsl.lint.material import Material

Array = NDArray[Any]

SAMPLES, POINTS = 8, 3
TINY = 1e-9
"""A gradient so much smaller than the largest one is zero but for rounding."""
NEAR, FAR = 0.5, 14.0
"""How far apart the arguments of outputs are where nothing is decided, and where all is: a millionth is left to the others."""
LOST = 1e-2
"""A gradient that falls below this part of what it was is lost."""


@dataclass(frozen=True)
class Points:
    """A model's backward pass, and arrays to run it on.

    Args:
        model: with the adjoints.
        seed: of the arrays.
    """

    model: Checked
    seed: int

    def arrays(self) -> dict[str, Array]:
        """Random inputs and targets, and parameters near their first values."""
        random = np.random.default_rng(self.seed)
        first = Replay(self.model.initial, {}, batch=1, step=0, seed=self.seed, rate=1.0, dtype=np.float64).memory
        fed = {p.name: _drawn(p, random) for p in self.model.inputs}
        fed |= {target_name(p.name): _drawn(p, random) for p in self.model.targets}
        kept = {v.name: first[v.name] for v in self.model.variables if v.name in first}
        moved = {v.name: kept[v.name] + 0.05 * random.normal(size=v.shape) for v in self.model.variables
                 if v.kind == "parameter" and v.name in kept}
        return {**fed, **kept, **moved, SAMPLE_WEIGHT: np.ones(SAMPLES)}

    def replay(self, program: Program, arrays: Mapping[str, Array]) -> Replay:
        """A program after it ran."""
        given = {name: array for name, array in arrays.items() if name in program.tensors}
        return Replay(program, given, batch=SAMPLES, step=1, seed=self.seed, rate=1.0, dtype=np.float64)


def _drawn(port: Port, random: np.random.Generator) -> Array:
    shape = (SAMPLES, *port.shape)
    return random.integers(0, port.limit or 2, shape) if port.dtype == "int" else random.uniform(0, 1, shape)


def without_gradient(material: Material, fading: bool) -> Iterator[Diagnostic]:
    """Advice for every trained parameter whose gradient is zero, up to rounding, at all points tried.

    Args:
        material: with a loss.
        fading: whether gradients fade over the depth; then a small one is not zero unless its terms cancel.
    """
    model = material.model
    trained = [v for v in model.variables if v.kind == "parameter" and v.trainable]
    largest, uncancelled = (dict.fromkeys((v.name for v in trained), 0.0) for _ in range(2))
    for seed in range(1, POINTS + 1):
        points = Points(model, seed)
        replay = points.replay(model.learn, points.arrays())
        sizes = {v.name: _size(replay, v.name) for v in trained}
        if not all(math.isfinite(size) for size, _ in sizes.values()):
            return  # what is no number here is told of elsewhere
        scale = max((size for size, _ in sizes.values()), default=0.0) or 1.0
        for name, (size, terms) in sizes.items():
            largest[name] = max(largest[name], size / scale)
            uncancelled[name] = max(uncancelled[name], size / terms if terms else 0.0)
    for variable in trained:
        if largest[variable.name] < TINY and (not fading or uncancelled[variable.name] < TINY):
            yield _without(variable.name, material)


def _size(replay: Replay, parameter: str) -> tuple[float, float]:
    """The largest entry of a gradient, and the largest sum of the magnitudes of an entry's terms."""
    name = adjoint_name(parameter)
    if name not in replay.memory:
        return 0.0, 0.0
    terms = 0.0
    for equation, scan in replay.writers(name):
        if equation.index and scan == ():
            kept = {node.name for formula in equation.index for node in walk(formula) if isinstance(node, Index)}
            axes = tuple(at for at, (index, _) in enumerate(equation.ranges) if index not in kept)
            values = np.abs(replay.values(equation.expr, equation.ranges)).sum(axis=axes)
            terms += float(values.max(initial=0))
    return float(np.abs(replay.memory[name]).max(initial=0)), terms


def _without(name: str, material: Material) -> Diagnostic:
    label = line_label(material.place(name), f"here `{name}`", material.source)
    helps = ("leave it out: what follows takes it away, or nothing depends on it (a bias before a normalization is "
             "`use_bias = false`)",)
    return problem("NN0802", label[0].span if label else None, label[0].text if label else "", helps=helps, name=name)


def saturating(material: Material) -> Iterator[Diagnostic]:
    """Advice where moving an output's argument far out leaves the loss large and its gradient nothing."""
    model, source = material.model, material.source
    for output in model.output_tensors:
        cut = _argument(model.learn, output)
        if cut is None or adjoint_name(cut.out) not in model.learn.tensors:
            continue
        tensor = model.learn.tensors[cut.out]
        steps = tuple(s for s in model.learn.steps if not (isinstance(s, Equation) and s.out == cut.out))
        tensors = {**model.learn.tensors, cut.out: replace(tensor, role="input")}
        if all(_lost(model, Program(tensors, steps), cut.out, seed) for seed in range(1, POINTS + 1)):
            label = line_label(_loss_place(model), "with this loss", source) or line_label(_output_place(material, cut),
                                                                                           "this output", source)
            helps = ("take the cross-entropy that goes with the output's function, or an output without it",)
            yield problem("NN0803", label[0].span if label else None, label[0].text if label else "", helps=helps)


def _output_place(material: Material, cut: Equation) -> str:
    weights = [r.tensor for r in reads(cut.expr) if material.model.learn.tensors[r.tensor].role == "parameter"]
    return material.place(weights[0]) if weights else cut.origin.place


def _loss_place(model: Checked) -> str:
    return next((e.origin.place for e in model.learn.equations() if e.out == model.objective), "")


def _lost(model: Checked, program: Program, cut: str, seed: int) -> bool:
    """Whether some sample has a large loss and no gradient far out, though it has one near zero."""
    points = Points(model, seed)
    arrays = points.arrays()
    shape = tuple(SAMPLES if isinstance(e, str) else e for e in program.tensors[cut].shape)
    random = np.random.default_rng(seed)
    chosen = random.random(shape).argsort(axis=-1) == 0  # of several outputs one stands out
    way = np.where(chosen, 0.5, -0.5) if shape[-1] > 1 else random.choice([-0.5, 0.5], shape)
    for port in model.targets:  # extreme targets, so that half of the outputs are wrong
        if port.dtype == "real":
            arrays[target_name(port.name)] = np.round(arrays[target_name(port.name)])
    near, far = (points.replay(program, {**arrays, cut: size * way}).memory for size in (NEAR, FAR))
    slopes = [float(np.abs(found[adjoint_name(cut)]).max()) for found in (near, far)]
    losses = [float(found[model.objective]) for found in (near, far)]
    return bool(np.isfinite(losses).all() and slopes[1] < LOST * slopes[0] and losses[1] > 0.1 * losses[0] > 0)


def _argument(program: Program, output: str) -> Equation | None:
    """The sum over weights that an output is a function of."""
    writers = {e.out: e for e in program.equations() if not e.origin.note.startswith("adjoint")}
    waiting, seen = [output], set()
    while waiting:
        equation = writers.get(waiting.pop(0))
        if equation is None or equation.out in seen:
            continue
        seen.add(equation.out)
        found = reads(equation.expr)
        if equation.reduce == "sum" and any(program.tensors[r.tensor].role == "parameter" for r in found):
            return equation
        waiting.extend(r.tensor for r in found)
    return None
