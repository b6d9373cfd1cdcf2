"""How values spread through a model at first values, and how gradients come back: one entry stands for all of its tensor.

Every tensor's entries are represented by equally likely numbers. A sum of many independent terms is normally distributed, with
the terms' mean and variance; all else is computed on the numbers as the formula says. The gradient of an entry with respect to
the first sums of weights is a sum over ways; ways through independent weights of mean 0 are at right angles to each other in
the mean, so the squares of their lengths add up:

    square of the length at `out` = Σ over the entries read of  (how many) · E[(∂out/∂entry)²] · (square of the length there)
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nndsl.derive.scalar import entries, partial
from nndsl.ir.equation import Equation, Program, Scan
from nndsl.ir.expression import BATCH, Draw, Expr, Extent, Index, Number, Read, Scalar, walk
from nndsl.lint.gains import numbers

Array = NDArray[Any]
POINTS = 4096
BATCH_SIZE = 32
TURNS, MOST_TERMS = 64, 64
"""Of recurrences, how many turns are followed; of a maximum, over how many terms at most."""

NORMAL = np.array([NormalDist().inv_cdf((k + 0.5) / POINTS) for k in range(POINTS)])
NORMAL /= NORMAL.std()
UNIFORM = (np.arange(POINTS) + 0.5) / POINTS


@dataclass(frozen=True, eq=False)
class Flow:
    """An entry of a tensor at first values.

    Args:
        values: equally likely ones.
        length: the mean square of the length of its gradient with respect to the entries of the first sums; None if it does not
            depend on weights.
        sums: the sums of weights on the way that counts most, from the first to the last.
        depth: how many there are on the way that has most of them.
    """

    values: Array
    length: float | None = None
    sums: tuple[Sum, ...] = ()
    depth: int = 0


@dataclass(frozen=True, eq=False)
class Sum:
    """A sum over weights.

    Args:
        equation: it.
        weight: the parameter.
        square: the mean square of the result.
        length: as in `Flow`, of the result.
        gain: the deviation of the weights, times the root of how many are summed.
        depth: how many sums over weights lie on the longest way to it, itself among them.
    """

    equation: Equation
    weight: str
    square: float
    length: float
    gain: float
    depth: int


@dataclass
class Following:
    """A forward pass followed.

    Args:
        program: flat.
        first: the first values of parameters and states.
        flows: by tensor, so far; None where nothing is known.
        paths: for every sum over weights, in order, those on the way to it, itself the last.
    """

    program: Program
    first: Mapping[str, Array]
    flows: dict[str, Flow | None] = field(default_factory=dict)
    paths: list[tuple[Sum, ...]] = field(default_factory=list)
    random: np.random.Generator = field(default_factory=lambda: np.random.default_rng(1))
    _slopes: dict[tuple[Expr, Read], Expr] = field(default_factory=dict)
    _parts: dict[str, dict[int, Flow | None]] = field(default_factory=dict)

    def follow(self) -> Following:
        """Go through the whole program."""
        for step in self.program.steps:
            body = step.body if isinstance(step, Scan) else (step,)
            for _ in range(min(step.extent, TURNS) if isinstance(step, Scan) else 1):
                for equation in body:
                    self._equation(equation)
        return self

    def fresh(self, numbers: Array) -> Array:
        """The same numbers, independent of all others."""
        return self.random.permutation(np.resize(numbers, POINTS))

    def _equation(self, equation: Equation) -> None:
        new = self._written(equation)
        parts = self._parts.setdefault(equation.out, {})
        parts[id(equation)] = new
        known = [part for part in parts.values() if part is not None]
        if len(known) < len(parts):
            self.flows[equation.out] = None
        elif len(known) == 1:
            self.flows[equation.out] = new
        else:
            self.flows[equation.out] = self._joined(known, equation.accumulate)

    def _joined(self, parts: list[Flow], added: bool) -> Flow:
        """Of entries that different equations write: any of them; or their sum."""
        lengths = [part.length for part in parts if part.length is not None]
        longest = max(parts, key=lambda part: part.length or 0.0)
        length = None if not lengths else sum(lengths) if added else max(lengths)
        every = np.stack([part.values for part in parts])
        values = every.sum(axis=0) if added else self.fresh(every.ravel()[::len(parts)])
        return Flow(values, length, longest.sums, max(part.depth for part in parts))

    def _written(self, equation: Equation) -> Flow | None:
        """What an equation writes; None where that cannot be told."""
        known = self._known(equation)
        if known is None or equation.reduce in ("prod", "argmax", "argmin"):
            return None
        try:
            terms = np.broadcast_to(np.asarray(numbers(equation.expr, known), float), (POINTS,))
            lengths = list(self._lengths(equation, known))
        except (KeyError, ValueError):
            return None
        if not np.isfinite(terms).all():
            return None
        count = _count(equation)
        longest = max(lengths, key=lambda pair: pair[0], default=(0.0, ()))
        length = math.fsum(length for length, _ in lengths) if lengths else None
        if equation.reduce in ("max", "min"):
            best = np.maximum if equation.reduce == "max" else np.minimum
            terms = best.reduce([self.fresh(terms) for _ in range(min(count, MOST_TERMS))])
        elif equation.reduce == "sum":
            mean = self._mean(equation, known, terms)
            terms = count * mean + math.sqrt(count * max(float(np.mean(terms**2)) - mean**2, 0.0)) * self.fresh(NORMAL)
            length = None if length is None else count * length
        weight = self._weight(equation)
        if length is None and (weight or self._trained(equation)):
            length = 1.0
        sums, depth = longest[1], max((flow.depth for e in entries(equation.expr) if (flow := self._read(e))), default=0)
        if weight and length is not None:
            deviation = float(np.sqrt(np.mean(np.square(self.first[weight]))))
            depth += 1
            here = Sum(equation, weight, float(np.mean(terms**2)), length, deviation * math.sqrt(count), depth)
            sums = (*sums, here)
            self.paths.append(sums)
        return Flow(terms, length, sums, depth)

    def _known(self, equation: Equation) -> dict[Expr, Array] | None:
        """Values of all that stands in a formula."""
        known: dict[Expr, Array] = {}
        extents = dict(equation.ranges)
        for entry in entries(equation.expr):
            flow = self._read(entry)
            if flow is None:
                return None
            known[entry] = flow.values
        for node in walk(equation.expr):
            if isinstance(node, Draw) and node.kind in DRAWS:
                known[node] = self.fresh(DRAWS[node.kind])
            elif isinstance(node, Scalar):
                known[node] = np.asarray({"batch": BATCH_SIZE}.get(node.name, 1))
            elif isinstance(node, Index):
                known[node] = self.fresh(np.arange(_size(extents.get(node.name, 1))))
        return known

    def _read(self, entry: Read) -> Flow | None:
        """What an entry read is like; where nothing was written yet, what stands in its `else`."""
        tensor = self.program.tensors[entry.tensor]
        if entry.tensor in self.flows:
            return self.flows[entry.tensor]
        if entry.tensor in self.first and self.first[entry.tensor].size:
            return Flow(self.fresh(np.asarray(self.first[entry.tensor], float).ravel()))
        if tensor.role in ("input", "target") and tensor.dtype == "real":
            self.flows[entry.tensor] = Flow(self.fresh(NORMAL))
            return self.flows[entry.tensor]
        if isinstance(entry.other, Number):
            return Flow(np.full(POINTS, float(entry.other.value)))
        return self._read(entry.other) if isinstance(entry.other, Read) else None

    def _lengths(self, equation: Equation, known: Mapping[Expr, Array]) -> Iterator[tuple[float, tuple[Sum, ...]]]:
        for entry in entries(equation.expr):
            flow = self.flows.get(entry.tensor)
            if flow is None or flow.length is None or entry.stop:
                continue
            slopes = numbers(self._slope(equation.expr, entry), known)
            if np.isfinite(slopes).all():
                yield float(np.mean(np.square(slopes))) * flow.length, flow.sums

    def _weight(self, equation: Equation) -> str:
        """The parameter whose entries a sum goes over, besides others; "" if it does not."""
        if equation.reduce != "sum":
            return ""
        kept = {node.name for formula in equation.index for node in walk(formula) if isinstance(node, Index)}
        summed = {name for name, _ in equation.ranges} - kept
        found = entries(equation.expr)
        names = [r.tensor for r in found if self.program.tensors[r.tensor].role == "parameter" and r.tensor in self.first
                 and any(isinstance(n, Index) and n.name in summed for i in r.index for n in walk(i))]
        return names[0] if names and len(found) > len(names) else ""

    def _mean(self, equation: Equation, known: Mapping[Expr, Array], terms: Array) -> float:
        """The mean of a sum's terms; of weights drawn around 0, which few draws miss by a little, exactly 0."""
        weight = self._weight(equation)
        if not weight:
            return float(terms.mean())
        drawn = self.first[weight]
        around = float(drawn.mean()) if abs(drawn.mean()) > 4 * drawn.std() / math.sqrt(drawn.size) else 0.0
        entry = next(e for e in entries(equation.expr) if e.tensor == weight)
        return around * float(np.mean(numbers(self._slope(equation.expr, entry), known)))

    def _slope(self, expr: Expr, entry: Read) -> Expr:
        if (expr, entry) not in self._slopes:
            self._slopes[expr, entry] = partial(expr, entry)
        return self._slopes[expr, entry]

    def _trained(self, equation: Equation) -> bool:
        return any(self.program.tensors[r.tensor].role == "parameter" for r in entries(equation.expr))


DRAWS = {"uniform": UNIFORM, "normal": NORMAL, "truncated_normal": NORMAL[np.abs(NORMAL) <= 2]}


def _size(extent: Extent) -> int:
    return BATCH_SIZE if extent == BATCH else int(extent)


def _count(equation: Equation) -> int:
    """How many points a reduction runs over."""
    kept = {node.name for formula in equation.index for node in walk(formula) if isinstance(node, Index)}
    return math.prod(_size(extent) for name, extent in equation.ranges if name not in kept)


def followed(program: Program, first: Mapping[str, Array]) -> Following:
    """A forward pass followed from inputs of mean 0 and variance 1, at first values."""
    return Following(program, first).follow()
