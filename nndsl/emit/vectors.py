"""Which reductions may run in vectors."""

from __future__ import annotations

from collections.abc import Mapping

from nndsl.ir.affine import flat, number
from nndsl.ir.equation import Equation, Tensor
from nndsl.ir.expression import Read, indices, reads
from nndsl.ir.verifier import reduced_ranges

SHORTEST = 16
"""Fewer terms than this are reduced one by one."""


def along_memory(equation: Equation, tensors: Mapping[str, Tensor]) -> bool:
    """Whether an equation reduces a long stretch of memory, or a formula of several."""
    reduced = reduced_ranges(equation)
    if equation.reduce == "prod" or equation.guard or len(reduced) != 1:
        return False
    name, extent = reduced[0]
    steps = {_step(read, name, tensors) for read in reads(equation.expr)}
    return isinstance(extent, int) and extent >= SHORTEST and 1 in steps and steps <= {0, 1}


def _step(read: Read, name: str, tensors: Mapping[str, Tensor]) -> int | None:
    """How far in memory an entry is from the one before it along an index; None where that is no one number."""
    place = flat(tensors[read.tensor], read.index)
    loose = read.other is not None or any(name in indices(formula) for _, formula in place.rest)
    return next((step for step in (0, 1) if place.form.of(name) == number(step) and not loose), None)
