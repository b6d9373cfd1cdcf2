"""How long each tensor is needed, so that those that are not needed at the same time can share memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nndsl.ir.equation import Equation, Tensor
from nndsl.passes.apart import Orthonormal
from nndsl.passes.contract import Product
from nndsl.passes.contraction import Contraction
from nndsl.passes.fuse import Repeated, Task

FOREVER = 1 << 30


@dataclass(frozen=True)
class Life:
    """The first and the last task that touches a tensor, counted from 0; FOREVER if it is looked at afterwards."""

    first: int
    last: int


def lives(tasks: Iterable[Task | Repeated | Orthonormal], tensors: Mapping[str, Tensor], wanted: set[str]) -> dict[str, Life]:
    """The life of every tensor that the tasks touch.

    Args:
        tasks: in order.
        tensors: by name; inputs and targets live from the start.
        wanted: tensors looked at when all is done.
    """
    found: dict[str, Life] = {}
    for at, task in enumerate(tasks):
        equations = (task.equation,) if isinstance(task, (Product, Contraction)) else task.equations()
        for name in dict.fromkeys(n for e in equations for n in _touched(e)):
            given = tensors[name].role in ("input", "target")
            first = found[name].first if name in found else -1 if given else at
            found[name] = Life(first, FOREVER if name in wanted else at)
    return found


def _touched(equation: Equation) -> list[str]:
    return [*(read.tensor for read in equation.reads()), *equation.written]
