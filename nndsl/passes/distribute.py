"""What does not depend on a recurrence leaves its scan: all input projections of a recurrent layer become one matrix product
before it, and the gradient of its weights one after it.

Two equations of a scan must stay in one if each reads, at some value of the index that runs, what the other wrote at an earlier
one. Everything else is run for all values at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from nndsl.ir.access import Access, accesses
from nndsl.ir.affine import distance
from nndsl.ir.components import components
from nndsl.ir.equation import Equation, Program, Scan, Step
from nndsl.ir.expression import Expr, indices


def distribute(program: Program) -> Program:
    """The program with scans as small as they can be."""
    steps: list[Step] = []
    for step in program.steps:
        steps += _distributed(step) if isinstance(step, Scan) else [step]
    return Program(program.tensors, tuple(steps))


def _distributed(scan: Scan) -> list[Step]:
    needs: list[set[int]] = [set() for _ in scan.body]
    for first, one in enumerate(scan.body):
        for second, other in enumerate(scan.body):
            if any(_before(a, b, first < second, scan) for a, b in _pairs(one, other)):
                needs[second].add(first)
    steps: list[Step] = []
    for group in components([sorted(found) for found in needs]):
        body = tuple(scan.body[at] for at in group)
        alone = None if len(group) > 1 or group[0] in needs[group[0]] else _lifted(body[0], scan)
        steps.append(alone or replace(scan, body=body))
    return steps


def _lifted(equation: Equation, scan: Scan) -> Equation | None:
    """An equation for all values of the index that runs; None if it must be run for one after the other."""
    axis = (scan.index, scan.extent)
    if any(scan.index in indices(formula) for formula in equation.index):
        return replace(equation, ranges=(axis, *equation.ranges))
    if equation.accumulate and equation.reduce in ("", "sum"):
        return replace(equation, ranges=(axis, *equation.ranges), reduce="sum")
    formulas = (equation.expr, *(formula for formula, _ in equation.guard))
    return None if equation.accumulate or any(scan.index in indices(f) for f in formulas) else equation


def _pairs(one: Equation, other: Equation) -> Iterator[tuple[Access, Access]]:
    """The ways in which two equations touch the same tensor, where their order matters."""
    for a in accesses(one):
        for b in accesses(other):
            if a.tensor == b.tensor and {a.kind, b.kind} not in ({"read"}, {"add"}):
                yield a, b


def _before(a: Access, b: Access, listed: bool, scan: Scan) -> bool:
    """Whether what one equation does with an entry comes before what another does with it, for some entry.

    Args:
        a, b: what they do.
        listed: whether the first stands further up in the scan.
        scan: around both.
    """
    for one, other in zip(a.index, b.index, strict=True):
        later = _later(one, other, scan.index)
        if later is not None:
            later = -later if scan.reverse else later
            return later > 0 or (later == 0 and listed)
    return True


def _later(one: Expr, other: Expr, index: str) -> int | None:
    """How much later than the first the second comes to the same position on an axis; None where that is not one number."""
    first, second = distance(one, index), distance(other, index)
    return None if first is None or second is None else first - second
