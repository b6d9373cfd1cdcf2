"""Learning rates that the update rule does not bear."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nndsl import cache
from nndsl.build import build
from nndsl.diagnostics import Diagnostic, problem
from nndsl.diagnostics.places import line_label
from nndsl.lint.curvature import SAMPLES, largest_curvature
from nndsl.lint.material import Material
from nndsl.lint.stability import Rule, radius, rule
from nndsl.runtime.network import CompiledNetwork

Array = NDArray[Any]

TIMES = (0.0, 0.25, 0.5, 0.75)
"""When, as parts of the run, a rule that changes with the steps is looked at."""
BEARABLE = 1.02


def too_fast(material: Material, settings: Mapping[str, str]) -> Iterator[Diagnostic]:
    """Advice where a rule that is linear in the gradient diverges on a quadratic as curved as the loss is at first."""
    model, data = material.equations, material.data
    if data is None or not model.objective or not model.update.steps:
        return
    found = rule(model, material.first)
    bounds = [] if found is None else [found.stable_curvature(step) for step in _steps(material)]
    known = [bound for bound in bounds if bound is not None]
    if found is None or not known or len(known) < len(bounds):
        return
    curvature = _curvature(material, settings)
    if curvature is not None and curvature > BEARABLE * max(known):
        yield _advice(material, found, curvature, max(known))


def _steps(material: Material) -> list[int]:
    train, data = material.checked.train, material.data
    samples = len(next(iter(data.values()))) if data else 1
    total = train.epochs * -(-samples // train.batch) if train else 1
    return sorted({int(part * total) for part in TIMES})


def _curvature(material: Material, settings: Mapping[str, str]) -> float | None:
    """The largest curvature on samples spread over the training part, at first values."""
    data = material.data
    assert data is not None
    artifact = build(material.source, settings)
    network = CompiledNetwork(artifact, cache.load_module(artifact))
    network.initialize(artifact.train.seed if artifact.train else 0)
    count = len(next(iter(data.values())))
    rows = np.unique(np.linspace(0, count - 1, min(SAMPLES, count)).astype(int))
    return largest_curvature(network, {name: array[rows] for name, array in data.items()})


def _advice(material: Material, found: Rule, curvature: float, bound: float) -> Diagnostic:
    matrices = found.matrices(0)
    assert matrices is not None
    times, step = curvature / bound, max(abs(float(matrix[0, 1])) for matrix in matrices)
    text = f"on a quadratic of this curvature every step multiplies the error by {radius(matrices, curvature):.3g}"
    label = line_label(_place(material, found), text, material.source)
    helps = (f"divide the learning rate by {times:.3g} or more, or begin with less (a warm-up) and see whether the loss "
             "gets flatter, or scale inputs and targets, which makes the loss less curved",)
    return problem("NN0808", label[0].span if label else None, label[0].text if label else "", helps=helps,
                   times=f"{times:.3g}", curvature=f"{curvature:.3g}", step=f"{step:.3g}", bound=f"{step / times:.3g}")


def _place(material: Material, found: Rule) -> str:
    """The line of the user's file that the update comes from, if one of its equations says it."""
    places = [e.origin.place for e in found.program.equations()]
    return next((p for p in places if p.rpartition(":")[0] == material.source.name), places[0])
