"""How equations touch tensors: what decides in which order they may run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from nndsl.ir.equation import Equation
from nndsl.ir.expression import Expr


@dataclass(frozen=True)
class Access:
    """How an equation touches a tensor.

    Args:
        tensor: which.
        index: at which entries.
        kind: `read`, `write`, or `add` for what is accumulated, in whatever order.
    """

    tensor: str
    index: tuple[Expr, ...]
    kind: Literal["read", "write", "add"]


def accesses(equation: Equation) -> Iterator[Access]:
    """Everything that an equation writes and reads."""
    yield Access(equation.out, equation.index, "add" if equation.accumulate else "write")
    if equation.winner:
        yield Access(equation.winner, equation.index, "write")
    yield from (Access(read.tensor, read.index, "read") for read in equation.reads())
