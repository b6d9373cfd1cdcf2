"""What depends on what in a differentiable way, and when an entry is there at all."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from nndsl.derive.reductions import NOWHERE
from nndsl.derive.scalar import entries
from nndsl.ir.equation import Equation, Program, Tensor
from nndsl.ir.expression import BATCH, Expr, Index, Number, Read, Scalar, apply


def counting(expr: Expr) -> Iterator[tuple[Read, tuple[Read, ...]]]:
    """The entries whose values count in a formula, each with the entries whose `else` it stands in."""
    for entry in entries(expr):
        if entry.stop:
            continue
        yield entry, ()
        if entry.other is not None:
            for inner, outer in counting(entry.other):
                yield inner, (entry, *outer)


def dependent(program: Program, wanted: Collection[str], *, own: bool = False) -> frozenset[str]:
    """The real tensors that depend on wanted ones in a differentiable way, the wanted ones included.

    Args:
        program: with flat formulas.
        wanted: tensors.
        own: whether a sample's entries count only for entries of the same sample.
    """
    found = set(wanted)
    size = 0
    while size < len(found):  # once is enough but for scans, whose equations read later ones of the value before
        size = len(found)
        for equation in program.equations():
            if _has_slope(equation, program) and any(name in found for name in _sources(equation, program, own)):
                found.add(equation.out)
    return frozenset(found)


def between(program: Program, wanted: Collection[str], results: Collection[str]) -> frozenset[str]:
    """The tensors by which results depend on wanted ones, sample by sample, the results included."""
    needed = set(results)
    size = 0
    while size < len(needed):
        size = len(needed)
        for equation in reversed(tuple(program.equations())):
            if equation.out in needed and _has_slope(equation, program):
                needed.update(_sources(equation, program, True))
    return dependent(program, wanted, own=True) & needed


def _has_slope(equation: Equation, program: Program) -> bool:
    return program.tensors[equation.out].dtype == "real" and equation.reduce not in NOWHERE


def _sources(equation: Equation, program: Program, own: bool) -> Iterator[str]:
    return (entry.tensor for entry, _ in counting(equation.expr)
            if not own or same_sample(entry, equation, program.tensors))


def same_sample(entry: Read, equation: Equation, tensors: Mapping[str, Tensor]) -> bool:
    """Whether an entry belongs to the sample that an equation is about."""
    return (tensors[entry.tensor].batched and tensors[equation.out].batched and isinstance(entry.index[0], Index)
            and entry.index[0] == equation.index[0])


def inside(entry: Read, tensors: Mapping[str, Tensor]) -> Expr:
    """The condition that an entry is there."""
    condition: Expr | None = None
    for formula, extent in zip(entry.index, tensors[entry.tensor].shape, strict=True):
        limit = Scalar("batch") if extent == BATCH else Number(extent)
        here = apply("and", apply("ge", formula, 0), apply("lt", formula, limit))
        condition = here if condition is None else apply("and", condition, here)
    return condition or Number(1)
