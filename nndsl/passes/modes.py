"""What overwrites and what accumulates: no buffer is cleared that is filled anyway."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import reduce
from itertools import combinations

from nndsl.ir.affine import Flat, Poly, extent, flat, number, product
from nndsl.ir.equation import Equation, Origin, Program, Scan, Step, Tensor
from nndsl.ir.expression import Extent, Index, Number, indices
from nndsl.ir.verifier import injective, never_meet


def modes(program: Program) -> Program:
    """Turn accumulations into nothing into plain writes, or clear the tensor before them.

    Totals are left alone: they go on from batch to batch.
    """
    writes = _writes(program)
    filled = {name for name, found in writes.items() if _share(found, program.tensors)}
    first: dict[int, list[Step]] = {}
    plain = set()
    for name, found in writes.items():
        head = found[0]
        if name in filled:
            plain |= {id(write.equation) for write in found}
        elif not head.equation.accumulate or program.tensors[name].role not in ("temporary", "gradient"):
            continue
        elif head.scan is None and fills(head.equation, program.tensors[name]):
            plain.add(id(head.equation))
        else:
            first.setdefault(head.step, []).append(_cleared(program.tensors[name], head.equation.origin.place))

    def changed(equation: Equation) -> Equation:
        return replace(equation, accumulate=False) if id(equation) in plain else equation

    steps: list[Step] = []
    for number_, step in enumerate(program.steps):
        steps += first.get(number_, [])
        body = tuple(map(changed, step.body)) if isinstance(step, Scan) else ()
        steps.append(replace(step, body=body) if isinstance(step, Scan) else changed(step))
    return Program(program.tensors, tuple(steps))


@dataclass(frozen=True)
class _Write:
    """An equation that writes a tensor.

    Args:
        equation: the equation.
        step: the number of the step that it is or stands in.
        scan: the scan around it, if there is one.
    """

    equation: Equation
    step: int
    scan: Scan | None

    @property
    def ranges(self) -> dict[str, Extent]:
        """Every index that its left side may have, and how far it runs."""
        return dict(self.equation.ranges) | ({self.scan.index: self.scan.extent} if self.scan else {})


def _writes(program: Program) -> dict[str, list[_Write]]:
    """Who writes each tensor, in order; what wins a maximum is written whole."""
    found: dict[str, list[_Write]] = {}
    for at, step in enumerate(program.steps):
        scan = step if isinstance(step, Scan) else None
        for equation in step.body if isinstance(step, Scan) else (step,):
            for name in filter(None, (equation.out, equation.winner)):
                write = _Write(equation if name == equation.out else replace(equation, accumulate=False), at, scan)
                found.setdefault(name, []).append(write)
    return found


def _share(writes: list[_Write], tensors: Mapping[str, Tensor]) -> bool:
    """Whether several writers each fill a part of a tensor of their own, once, and together all of it."""
    tensor = tensors[writes[0].equation.out]
    if tensor.role not in ("temporary", "gradient") or not any(write.equation.accumulate for write in writes):
        return False
    if len(writes) == 1 and writes[0].scan is None or not all(_once(write, tensors) for write in writes):
        return False
    apart = all(any(never_meet(x, a.ranges, y, b.ranges) for x, y in zip(a.equation.index, b.equation.index, strict=True))
                for a, b in combinations(writes, 2))
    total = reduce(lambda x, y: x + y, (_points(write) for write in writes), Poly())
    return apart and total == product(tensor.shape)


def _once(write: _Write, tensors: Mapping[str, Tensor]) -> bool:
    """Whether a writer writes each of its entries once, and all that lie between the first and the last of an index."""
    equation = write.equation
    place = flat(tensors[equation.out], equation.index)
    return not equation.guard and not place.rest and injective(equation, write.ranges, tensors) and (
        write.scan is None or write.scan.index in place.form.coefficients)


def _points(write: _Write) -> Poly:
    used = {name for formula in write.equation.index for name in indices(formula)}
    return reduce(lambda x, y: x * y, (extent(reach) for name, reach in write.ranges.items() if name in used), number(1))


def fills(equation: Equation, tensor: Tensor) -> bool:
    """Whether an equation writes every entry of its tensor exactly once."""
    place = flat(tensor, equation.index)
    if equation.guard or place.rest or place.form.constant:
        return False
    return _covers(place, equation, tensor)


def _covers(place: Flat, equation: Equation, tensor: Tensor) -> bool:
    """Whether the flat position counts through the tensor like the digits of a number, each index a digit."""
    ranges = dict(equation.ranges)
    left = {name: c for name, c in place.form.coefficients.items() if ranges[name] != 1}
    step = number(1)
    while left:
        digit = next((name for name, c in left.items() if c == step), None)
        if digit is None:
            return False
        step = step * extent(ranges[digit])
        del left[digit]
    return step == product(tensor.shape)


def _cleared(tensor: Tensor, place: str) -> Equation:
    names = tuple(f"i{axis}" for axis in range(len(tensor.shape)))
    return Equation(tensor.name, tuple(Index(n) for n in names), tuple(zip(names, tensor.shape, strict=True)), Number(0.0),
                    origin=Origin(place, "cleared"))
