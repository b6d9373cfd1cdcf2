"""The jitted code against differences of a slow reference, and single precision against double."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nndsl import cache
from nndsl.compiler import Stages
from nndsl.ir.equation import adjoint_name
from nndsl.ir.interpreter import run
from nndsl.runtime.network import CompiledNetwork
from nndsl.verify.plain import Scalars
from nndsl.verify.subject import Subject

SAMPLES = 6
STEP = 1e-30
TOLERANCE, VALUES = 1e-7, 1e-6
NEAR = 1e-9
ATTEMPTS = 8

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Slopes:
    """The gradient of one tensor against differences.

    Args:
        error: the largest difference, relative to the terms of the gradient along the direction.
        found, wanted: the slopes that lie furthest apart.
    """

    error: float
    found: float
    wanted: float

    @property
    def agree(self) -> bool:
        """Whether they agree."""
        return self.error <= TOLERANCE


def compiled(stages: Stages) -> CompiledNetwork:
    """The jitted network of a compiled model."""
    name = cache.key("verified", stages.artifact.module)
    cache.store(name, stages.artifact, stages.code, {})
    return CompiledNetwork(stages.artifact, cache.load_module(stages.artifact))


def gradients(network: CompiledNetwork, subject: Subject, point: Mapping[str, Array], scalars: Scalars) -> dict[str, Array]:
    """The gradients that the jitted code finds at a point, in double precision."""
    set_to(network, point, scalars)
    network.run("learn", scalars.batch, dict(point))
    kept = network.gradients
    found = {}
    for name in subject.wanted:
        value = kept[name] if name in kept else network.tensor("learn", adjoint_name(name), scalars.batch)
        found[name] = value.astype(np.float64)
    return found


def set_to(network: CompiledNetwork, point: Mapping[str, Array], scalars: Scalars) -> None:
    """Give a network the parameters and states of a point."""
    network.step, network.seed, network.rate = scalars.step, scalars.seed, scalars.rate
    for name, view in network.arrays.items():
        if name in point:
            view[...] = point[name]


def objective(subject: Subject, point: Mapping[str, Array], scalars: Scalars, dtype: Any = np.float64) -> Any:
    """What is differentiated, by the reference: the loss, or the sum of the outputs times their given gradients."""
    program = subject.user
    arrays = {n: a for n, a in point.items() if n in program.tensors}
    found = run(program, arrays, batch=scalars.batch, step=scalars.step, seed=scalars.seed, rate=scalars.rate, dtype=dtype)
    return sum((found[n] * (point[adjoint_name(n)] if seed is None else seed)).sum() for n, seed in subject.seeds.items())


def slope(subject: Subject, point: Mapping[str, Array], scalars: Scalars, name: str, direction: Array) -> float:
    """The slope of what is differentiated along a direction of one tensor, by a complex step, or else by differences."""
    moved = {**point, name: point[name] + 1j * STEP * direction}
    found = float(np.imag(objective(subject, moved, scalars, np.complex128)) / STEP)
    return found if np.isfinite(found) else _differences(subject, point, scalars, name, direction)


def _differences(subject: Subject, point: Mapping[str, Array], scalars: Scalars, name: str, direction: Array) -> float:
    """Richardson's extrapolation of central differences."""
    def central(step: float) -> float:
        ahead, behind = (objective(subject, {**point, name: point[name] + s * step * direction}, scalars) for s in (1, -1))
        return float(ahead - behind) / (2 * step)

    coarse, middle, fine = (central(2e-3 / 2**k) for k in range(3))
    first, second = (4 * middle - coarse) / 3, (4 * fine - middle) / 3
    return (16 * second - first) / 15


def against_differences(network: CompiledNetwork, subject: Subject) -> dict[str, Slopes]:
    """Every wanted gradient against slopes along random directions, at a point away from kinks."""
    scalars = Scalars(SAMPLES)
    found: dict[str, Slopes] = {}
    for name in subject.wanted:
        for seed in range(1, ATTEMPTS):
            point = subject.point(SAMPLES, seed)
            direction = np.random.default_rng(seed).normal(size=np.shape(point[name]))
            wanted = slope(subject, point, scalars, name, direction)
            nudged = {n: a * (1 + NEAR) if a.dtype.kind == "f" else a for n, a in point.items()}
            beside = slope(subject, nudged, scalars, name, direction)
            if np.isfinite(wanted) and abs(wanted - beside) <= 1e-5 * max(abs(wanted), 1e-8):
                found[name] = _compared(gradients(network, subject, point, scalars)[name], direction, wanted)
                break
    return found


def _compared(gradient: Array, direction: Array, wanted: float) -> Slopes:
    terms = gradient * direction
    if not np.isfinite(terms).all():
        return Slopes(np.inf, float("nan"), wanted)
    scale = max(abs(wanted), float(np.abs(terms).max(initial=0)), 1e-8)
    return Slopes(abs(float(terms.sum()) - wanted) / scale, float(terms.sum()), wanted)


def values(network: CompiledNetwork, subject: Subject) -> Iterator[tuple[str, float]]:
    """How far the jitted code's loss and outputs lie from the reference's, relative; those that are seen after a run."""
    scalars, point = Scalars(SAMPLES), subject.point(SAMPLES, 1)
    set_to(network, point, scalars)
    network.run("learn", SAMPLES, dict(point))
    program = subject.user
    wanted = run(program, {n: a for n, a in point.items() if n in program.tensors}, batch=SAMPLES, step=scalars.step,
                 seed=scalars.seed)
    for name in subject.seeds:
        found = network.tensor("learn", name, SAMPLES).astype(np.float64)
        reference = wanted[name].reshape(found.shape)
        largest = max(float(np.abs(reference).max(initial=0)), 1e-9)
        yield name, float(np.abs(found - reference).max(initial=0)) / largest


def single_precision(single: CompiledNetwork, double: CompiledNetwork, subject: Subject) -> dict[str, float]:
    """How far gradients in float32 lie from those in float64, in units of the last place of the largest."""
    scalars = Scalars(SAMPLES)
    point = {n: a.astype(np.float32).astype(np.float64) if a.dtype.kind == "f" else a
             for n, a in subject.point(SAMPLES, 1).items()}
    short, long = (gradients(n, subject, point, scalars) for n in (single, double))
    found = {}
    for name, wanted in long.items():
        unit = float(np.abs(wanted).max(initial=0)) * float(np.finfo(np.float32).eps)
        error = float(np.abs(short[name] - wanted).max(initial=0))
        found[name] = error / unit if unit else error / float(np.finfo(np.float32).tiny)
    return found
