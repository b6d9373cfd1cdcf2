"""In which order a tensor lies in memory: what a recurrence runs through, the index that runs is slowest.

Then all that one step reads and writes lies together, and all steps of it are one matrix, so that the gradient of a recurrent
weight is one product.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from nndsl.ir.access import accesses
from nndsl.ir.equation import Program, Scan
from nndsl.ir.expression import indices


def layout(program: Program, seen: Collection[str] = ()) -> Program:
    """The program with the temporaries of its scans ordered by the index that runs.

    Args:
        program: may be anything valid.
        seen: temporaries that are looked at from outside; these lie as their axes are.
    """
    tensors = dict(program.tensors)
    for name, axis in _running(program):
        tensor = tensors[name]
        if tensor.role == "temporary" and not tensor.order and name not in seen:
            others = (k for k in range(len(tensor.shape)) if k != axis)
            tensors[name] = replace(tensor, order=(axis, *others))
    return replace(program, tensors=tensors)


def _running(program: Program) -> Iterator[tuple[str, int]]:
    """The tensors that scans touch, each with the axis along which."""
    for scan in (step for step in program.steps if isinstance(step, Scan)):
        for equation in scan.body:
            for access in accesses(equation):
                axis = next((k for k, formula in enumerate(access.index) if scan.index in indices(formula)), None)
                if axis is not None:
                    yield access.tensor, axis
