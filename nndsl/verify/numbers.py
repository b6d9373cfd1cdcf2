"""The jitted code against differences of a slow reference, and single precision against double."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from nndsl import cache
from nndsl.compiler import Stages
from nndsl.ir.equation import adjoint_name
from nndsl.runtime.network import CompiledNetwork
from nndsl.verify.plain import Scalars
from nndsl.verify.points import At, Point
from nndsl.verify.subject import Subject
from nndsl.verify.watching import watched

SAMPLES = 6
STEP = 1e-30
TOLERANCE, VALUES = 1e-7, 1e-6
NEAR = 1e-9

TRIED = (*(At(SAMPLES, seed) for seed in range(1, 5)), *(At(SAMPLES, seed, positive=True) for seed in range(5, 7)),
         At(SAMPLES, 7, spread=0.1), At(SAMPLES, 8, spread=0.3, positive=True, whole=True))
"""Points that are tried, until one lies away from kinks."""

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


def kept(stages: Stages) -> str:
    """Keep a compiled model in the cache; gives its key there."""
    name = cache.key("verified", stages.artifact.module)
    cache.store(name, stages.artifact, stages.code, {})
    return name


def compiled(stages: Stages) -> CompiledNetwork:
    """The jitted network of a compiled model."""
    kept(stages)
    return CompiledNetwork(stages.artifact, cache.load_module(stages.artifact))


def gradients(network: CompiledNetwork, subject: Subject, point: Point, scalars: Scalars) -> dict[str, Array]:
    """The gradients that the jitted code finds at a point, in double precision."""
    set_to(network, point, scalars)
    network.run("learn", scalars.batch, dict(point))
    views = network.gradients
    found = {}
    for name in subject.wanted:
        value = views[name] if name in views else network.tensor("learn", adjoint_name(name), scalars.batch)
        found[name] = value.astype(np.float64)
    return found


def set_to(network: CompiledNetwork, point: Point, scalars: Scalars) -> None:
    """Give a network what it keeps, as it is at a point."""
    network.step, network.seed, network.rate = scalars.step, scalars.seed, scalars.rate
    for name, view in network.kept.items():
        if name in point:
            view[...] = point[name]


@dataclass(frozen=True)
class Reference:
    """What is differentiated, by the reference at one point: the loss, or the sum of the outputs times their given gradients.

    Args:
        subject: the model.
        point, scalars: where.
        stopping: whether what passes no gradient stays as it is at the point.
    """

    subject: Subject
    point: Point
    scalars: Scalars
    stopping: bool = True

    @cached_property
    def _held(self) -> list[Array]:
        return watched(self.subject.user, self.point, self.scalars).passing

    def objective(self, changed: Point, dtype: Any = np.float64) -> Any:
        """Its value where some tensors have other entries."""
        held = self._held if self.stopping else None
        found = watched(self.subject.user, {**self.point, **changed}, self.scalars, dtype=dtype, held=held).memory
        seeds = self.subject.seeds.items()
        return sum((found[n] * (self.point[adjoint_name(n)] if seed is None else seed)).sum() for n, seed in seeds)

    def slope(self, name: str, direction: Array) -> float:
        """The slope along a direction of one tensor, by a complex step, or else by differences."""
        moved = {name: self.point[name] + 1j * STEP * direction}
        found = float(np.imag(self.objective(moved, np.complex128)) / STEP)
        return found if np.isfinite(found) else self._differences(name, direction)

    @cached_property
    def finite(self) -> bool:
        """Whether its value is a number: a complex step would go on from a logarithm that is none."""
        return bool(np.isfinite(self.objective({})))

    def _differences(self, name: str, direction: Array) -> float:
        """Richardson's extrapolation of central differences."""
        def central(step: float) -> float:
            ahead, behind = (self.objective({name: self.point[name] + s * step * direction}) for s in (1, -1))
            return float(ahead - behind) / (2 * step)

        coarse, middle, fine = (central(2e-3 / 2**k) for k in range(3))
        first, second = (4 * middle - coarse) / 3, (4 * fine - middle) / 3
        return (16 * second - first) / 15


def against_differences(network: CompiledNetwork, subject: Subject) -> dict[str, Slopes]:
    """Every wanted gradient against slopes along random directions, at a point away from kinks."""
    found: dict[str, Slopes] = {}
    for at in TRIED:
        left = [name for name in subject.wanted if name not in found]
        if not left:
            break
        scalars, point = Scalars(at.batch), subject.point(at)
        here = Reference(subject, point, scalars)
        beside = Reference(subject, {n: a * (1 + NEAR) if a.dtype.kind == "f" else a for n, a in point.items()}, scalars)
        computed: dict[str, Array] | None = None
        for name in left if here.finite else ():
            direction = np.random.default_rng(at.seed).normal(size=np.shape(point[name]))
            wanted = here.slope(name, direction)
            if np.isfinite(wanted) and abs(wanted - beside.slope(name, direction)) <= 1e-5 * max(abs(wanted), 1e-8):
                computed = gradients(network, subject, point, scalars) if computed is None else computed
                found[name] = _compared(computed[name], direction, wanted)
    return found


def _compared(gradient: Array, direction: Array, wanted: float) -> Slopes:
    terms = gradient * direction
    if not np.isfinite(terms).all():
        return Slopes(np.inf, float("nan"), wanted)
    scale = max(abs(wanted), float(np.abs(terms).max(initial=0)), 1e-8)
    return Slopes(abs(float(terms.sum()) - wanted) / scale, float(terms.sum()), wanted)


def without_stops(subject: Subject) -> Iterator[tuple[str, float, float]]:
    """The wanted tensors from whose slope a `stop` takes something: with it and without, along a random direction."""
    at = TRIED[0]
    point, scalars = subject.point(at), Scalars(at.batch)
    kept, whole = (Reference(subject, point, scalars, stopping) for stopping in (True, False))
    if not watched(subject.user, point, scalars).passing:
        return
    for name in subject.wanted:
        direction = np.random.default_rng(at.seed).normal(size=np.shape(point[name]))
        slopes = kept.slope(name, direction), whole.slope(name, direction)
        if np.isfinite(slopes).all() and abs(slopes[0] - slopes[1]) > TOLERANCE * max(*map(abs, slopes), 1e-6):
            yield name, *slopes


def values(network: CompiledNetwork, subject: Subject) -> Iterator[tuple[str, float]]:
    """How far the jitted code's loss and outputs lie from the reference's, relative; those that are seen after a run."""
    for at in TRIED:
        scalars, point = Scalars(at.batch), subject.point(at)
        wanted = watched(subject.user, point, scalars).memory
        if all(np.isfinite(wanted[name]).all() for name in subject.seeds):
            break
    set_to(network, point, scalars)
    network.run("learn", at.batch, dict(point))
    for name in subject.seeds:
        yield name, apart(network.tensor("learn", name, at.batch), wanted[name])


def apart(found: Array, wanted: Array) -> float:
    """How far two arrays lie apart, relative to the largest entry; nan, and infinities, agree with themselves only."""
    found, wanted = found.astype(np.float64).reshape(-1), wanted.astype(np.float64).reshape(-1)
    finite = np.isfinite(wanted)
    if not np.array_equal(found[~finite], wanted[~finite], equal_nan=True):
        return math.inf
    largest = max(float(np.abs(wanted[finite]).max(initial=0)), 1e-9)
    error = float(np.abs(found[finite] - wanted[finite]).max(initial=0)) / largest
    return error if math.isfinite(error) else math.inf



def single_precision(single: CompiledNetwork, double: CompiledNetwork, subject: Subject) -> dict[str, float]:
    """How far gradients in float32 lie from those in float64, in units of the last place of the largest."""
    at = TRIED[0]
    scalars = Scalars(at.batch)
    point = {n: a.astype(np.float32).astype(np.float64) if a.dtype.kind == "f" else a for n, a in subject.point(at).items()}
    short, long = (gradients(n, subject, point, scalars) for n in (single, double))
    found = {}
    for name, wanted in long.items():
        unit = float(np.abs(wanted).max(initial=0)) * float(np.finfo(np.float32).eps)
        error = float(np.abs(short[name] - wanted).max(initial=0))
        found[name] = error / unit if unit else error / float(np.finfo(np.float32).tiny)
    return found
