"""Reductions as sums: for each kind, the equation and the factor that make the rules for a sum its own.

`max` and `min` are, where they have a derivative, the entry that won: its position is kept, as comparing values would count
ties twice. In a product each factor's slope is the product of all others, which is right at zeros, where dividing is not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import prod

from nndsl.ir.equation import Equation, Origin, Program, Scan, Step, Tensor
from nndsl.ir.expression import BATCH, Expr, Extent, Index, Number, Ranges, Read, Scalar, apply, substitute
from nndsl.ir.verifier import reduced_ranges

LARGEST_WINDOW = 64
"""The entries of a window that are asked whether they won."""

NOWHERE = ("argmax", "argmin")
"""Reductions to a position: constant, or without a derivative."""


@dataclass(frozen=True)
class Linear:
    """An equation that changes with each of its entries like a sum of `factor` times its formula.

    Args:
        equation: with its formula and ranges; it is not computed again.
        factor: over the equation's ranges; held fixed.
        before: what must be computed first.
        where: a condition over the equation's ranges; nothing is given where it does not hold. None for everywhere.
    """

    equation: Equation
    factor: Expr = Number(1)
    before: tuple[Equation, ...] = ()
    where: Expr | None = None


def _sum(equation: Equation, label: str, tensors: dict[str, Tensor]) -> Linear:
    return Linear(equation)


def _extremum(equation: Equation, label: str, tensors: dict[str, Tensor]) -> Linear:
    """The entry that won: the indices reduced over are those of its position."""
    reduced = reduced_ranges(equation)
    at = positions(Read(equation.winner, equation.index), reduced)
    names = {name for name, _ in reduced}
    guard = tuple((substitute(formula, at), extent) for formula, extent in equation.guard)
    ranges = tuple((name, extent) for name, extent in equation.ranges if name not in names)
    chosen = replace(equation, ranges=ranges, expr=substitute(equation.expr, at), guard=guard, reduce="", winner="")
    return Linear(chosen)


def _asked(equation: Equation, label: str, tensors: dict[str, Tensor]) -> Linear:
    """Each entry of a small window is asked whether it won: nothing is divided, and neighbours stay neighbours."""
    reduced = reduced_ranges(equation)
    if prod(LARGEST_WINDOW + 1 if extent == BATCH else extent for _, extent in reduced) > LARGEST_WINDOW:
        return _extremum(equation, label, tensors)
    won = apply("eq", Read(equation.winner, equation.index), _position(reduced))
    return Linear(replace(equation, reduce="", winner=""), where=won)


def _position(ranges: Ranges) -> Expr:
    """The flat, row-major position over `ranges`."""
    found: Expr | None = None
    for name, extent in ranges:
        found = Index(name) if found is None else apply("add", apply("mul", found, _limit(extent)), Index(name))
    return found or Number(0)


def positions(flat: Expr, ranges: Ranges) -> dict[str, Expr]:
    """The indices that a flat, row-major position over `ranges` stands for."""
    found: dict[str, Expr] = {}
    for number, (name, extent) in enumerate(ranges):
        inner = [later for _, later in ranges[number + 1:]]
        index = apply("floordiv", flat, _product(inner)) if inner else flat
        found[name] = apply("mod", index, _limit(extent)) if number else index
    return found


def _limit(extent: Extent) -> Expr:
    return Scalar("batch") if extent == BATCH else Number(extent)


def _product(extents: list[Extent]) -> Expr:
    size = Number(prod(int(extent) for extent in extents if extent != BATCH))
    batches = extents.count(BATCH)
    return size if not batches else apply("mul", Scalar("batch"), size)


def _product_of_others(equation: Equation, label: str, tensors: dict[str, Tensor]) -> Linear:
    """Each factor gets the product of the others, in a tensor over all ranges."""
    reduced = reduced_ranges(equation)
    renamed = {name: Index(name + "°") for name, _ in reduced}
    same: Expr = Number(1)
    for name, new in renamed.items():
        same = apply("eq", Index(name), new) if same == Number(1) else apply("and", same, apply("eq", Index(name), new))
    name = f"others of {label}"
    tensors[name] = Tensor(name, tuple(extent for _, extent in equation.ranges))
    index = tuple(Index(name) for name, _ in equation.ranges)
    others = Equation(name, index, (*equation.ranges, *((name + "°", extent) for name, extent in reduced)),
                      apply("where", same, 1, substitute(equation.expr, renamed)), "prod",
                      guard=tuple((substitute(formula, renamed), extent) for formula, extent in equation.guard),
                      origin=Origin(equation.origin.place, f"adjoint of {equation.out}"))
    return Linear(equation, Read(name, index), (others,))


LINEAR: Mapping[str, Callable[[Equation, str, dict[str, Tensor]], Linear]] = {
    "": _sum, "sum": _sum, "max": _extremum, "min": _extremum, "prod": _product_of_others,
}
"""For each reduction, its linear form: given the equation, the name of the derivative it is for, and the tensors, to which
it may add."""

BACKWARDS: Mapping[str, Callable[[Equation, str, dict[str, Tensor]], Linear]] = {**LINEAR, "max": _asked, "min": _asked}
"""The same for gradients that go backwards, from results to entries."""


def with_winners(program: Program) -> Program:
    """The program with the position of the winner kept for every `max` and `min` that reduces."""
    tensors = dict(program.tensors)

    def kept(equation: Equation) -> Equation:
        if equation.reduce not in ("max", "min") or equation.winner:
            return equation
        name = f"winner of {equation.out}"
        tensors[name] = Tensor(name, tensors[equation.out].shape, "int", order=tensors[equation.out].order)
        return replace(equation, winner=name)

    steps: list[Step] = [replace(step, body=tuple(kept(e) for e in step.body)) if isinstance(step, Scan) else kept(step)
                         for step in program.steps]
    return Program(tensors, tuple(steps))
