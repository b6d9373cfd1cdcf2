"""Windows that leave their axis, where what stands outside is a number: they read a copy with that number around it.

In `(x[p + i - 1] else 0)` every entry would ask whether it is there, and so would every gradient. Of a copy with a rim,
`x padded[q] = (x[q - 1] else 0)`, only the copying asks. It runs before derivation, so that gradients profit as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import prod

from nndsl.ir.affine import affine, tidy
from nndsl.ir.equation import Equation, Origin, Program, Scan, Step, Tensor
from nndsl.ir.expression import BATCH, Derivative, Expr, Extent, Index, Number, Read, rebuild, walk

MOST = 4
"""A copy is at most so many times as large as what it is made of."""

Key = tuple[str, Number]
"""A tensor and what stands around it."""
Reach = tuple[tuple[int, int], ...]
"""For each axis, how far reads go beyond its start and its end."""


@dataclass(frozen=True)
class _Copy:
    tensor: Tensor
    other: Number
    reach: Reach

    def read(self, entry: Read) -> Read:
        """The entry where it stands in the copy."""
        index = (tidy(i, before) for i, (before, _) in zip(entry.index, self.reach, strict=True))
        return replace(entry, tensor=self.tensor.name, index=tuple(index), other=None)

    def equation(self, source: Tensor, origin: Origin) -> Equation:
        """Fills the copy."""
        names = [f"i{axis}°" for axis in range(len(source.shape))]
        index = tuple(tidy(Index(n), -before) for n, (before, _) in zip(names, self.reach, strict=True))
        return Equation(self.tensor.name, tuple(map(Index, names)), tuple(zip(names, self.tensor.shape, strict=True)),
                        Read(source.name, index, self.other), origin=origin)


def pad(program: Program) -> Program:
    """The program with guarded windows read from padded copies."""
    found = _copies(program)
    tensors = dict(program.tensors) | {copy.tensor.name: copy.tensor for copy in found.values()}
    made: set[str] = set()
    steps: list[Step] = []

    def changed(node: Expr) -> Expr | None:
        copy = found.get(key) if (key := _key(node)) else None
        return copy.read(node) if copy and isinstance(node, Read) and _reach(node, program.tensors, ranges) else None

    for step in program.steps:
        if isinstance(step, Equation):
            ranges = dict(step.ranges)
            new = replace(step, expr=rebuild(step.expr, changed))
            for key, copy in found.items():
                if copy.tensor.name not in made and _reads(new, copy.tensor.name):
                    made.add(copy.tensor.name)
                    steps.append(copy.equation(tensors[key[0]], replace(step.origin, note="padded")))
            step = new
        steps.append(step)
    return Program(tensors, tuple(steps))


def _reads(equation: Equation, tensor: str) -> bool:
    return any(isinstance(node, Read) and node.tensor == tensor for node in walk(equation.expr))


def _key(node: Expr) -> Key | None:
    match node:
        case Read(tensor, _, Number() as other):
            return tensor, other
        case _:
            return None


def _copies(program: Program) -> dict[Key, _Copy]:
    """A copy for each tensor and number that stands around it, as wide as all reads together need."""
    reaches: dict[Key, Reach] = {}
    for equation in program.steps:
        if isinstance(equation, Scan) or any(isinstance(node, Derivative) for node in walk(equation.expr)):
            continue
        for node in walk(equation.expr):
            key = _key(node)
            reach = _reach(node, program.tensors, dict(equation.ranges)) if key and isinstance(node, Read) else None
            if key and reach:
                before = reaches.get(key, reach)
                reaches[key] = tuple((max(a, c), max(b, d)) for (a, b), (c, d) in zip(before, reach, strict=True))
    names = set(program.tensors)
    return {key: _Copy(_padded(program.tensors[key[0]], reach, names), key[1], reach)
            for key, reach in reaches.items() if not _changes(key[0], program)}


def _changes(name: str, program: Program) -> bool:
    """Whether a tensor is written after its first reading, or in a scan."""
    read = False
    for step in program.steps:
        body = step.body if isinstance(step, Scan) else (step,)
        if any(e.out == name for e in body) and (read or isinstance(step, Scan)):
            return True
        read = read or any(_reads(e, name) for e in body)
    return False


def _padded(source: Tensor, reach: Reach, taken: set[str]) -> Tensor:
    name = f"{source.name} padded"
    name = name if name not in taken else next(f"{name} {k}" for k in range(2, 10**6) if f"{name} {k}" not in taken)
    taken.add(name)
    shape = tuple(e if e == BATCH else int(e) + a + b for e, (a, b) in zip(source.shape, reach, strict=True))
    return Tensor(name, shape, source.dtype)


def _reach(entry: Read, tensors: Mapping[str, Tensor], ranges: dict[str, Extent]) -> Reach | None:
    """How far a read goes beyond each axis, or None where that is not known, not far, or too far."""
    tensor = tensors[entry.tensor]
    found: list[tuple[int, int]] = []
    for formula, extent in zip(entry.index, tensor.shape, strict=True):
        form = affine(formula)
        if extent == BATCH:
            if not (isinstance(formula, Index) and ranges.get(formula.name) == BATCH):
                return None
            found.append((0, 0))
            continue
        bounds = form.bounds(ranges) if form and form.coefficients.keys() <= ranges.keys() else None
        low, high = (b.constant for b in bounds) if bounds else (None, None)
        if low is None or high is None:
            return None
        found.append((max(-low, 0), max(high - int(extent) + 1, 0)))
    size, larger = (prod(int(e) + k * (a + b) for e, (a, b) in zip(tensor.shape, found, strict=True) if e != BATCH)
                    for k in (0, 1))
    return tuple(found) if any(map(any, found)) and tensor.dtype == "real" and larger <= MOST * size + 64 else None
