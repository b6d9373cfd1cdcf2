"""Functions of one number in a chain, whose slopes multiply."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from nndsl.derive.scalar import entries, partial
from nndsl.inspect.doc.slope import Curve, meetings, slope_range
from nndsl.ir.equation import Equation, Program
from nndsl.ir.expression import Apply, Expr, Number, Read, rebuild

LEAST = 1e-3
"""Less than this part of a gradient is said to vanish."""


@dataclass(frozen=True)
class Chain:
    """The best way from the inputs to a tensor.

    Args:
        slope: the product of the slopes' bounds on it, as a logarithm.
        count: functions on it whose slope is bounded below 1.
    """

    slope: float = 0.0
    count: int = 0


@dataclass(frozen=True)
class Bound(Chain):
    """The chain that leaves least of a gradient, the weights aside.

    Args:
        where: the equation it ends in; None without a chain.
    """

    where: Equation | None = None


def bounded(program: Program) -> Bound:
    """The chain of functions that leaves least of a gradient.

    Args:
        program: the forward pass of training, flat.
    """
    weakest = Bound()
    chains: dict[str, Chain] = {}
    known: dict[Expr, float] = {}
    for equation in program.equations():
        found = chains[equation.out] = _after(equation, program, chains, known)
        if found.slope < weakest.slope:
            weakest = Bound(found.slope, found.count, equation)
    return weakest


def _after(equation: Equation, program: Program, chains: dict[str, Chain], known: dict[Expr, float]) -> Chain:
    """The chain that an equation's result ends; one that rescales by what it computes begins anew."""
    read = [r for r in entries(equation.expr) if program.tensors[r.tensor].role not in ("parameter", "state")]
    if len(read) != 1:
        return max((chains.get(r.tensor, Chain()) for r in read), key=lambda c: c.slope, default=Chain()) \
            if _linear(equation.expr) else Chain()
    before = chains.get(read[0].tensor, Chain())
    if equation.reduce or _linear(equation.expr):
        return before
    bare = rebuild(equation.expr, lambda node: Number(0) if isinstance(node, Read) and node != read[0] else None)
    shape = rebuild(bare, lambda node: Read("x") if node == read[0] else None)
    if shape not in known:
        known[shape] = greatest_slope(shape)
    return Chain(before.slope + math.log(known[shape]), before.count + 1) if 0 < known[shape] < 1 else before


def _linear(expr: Expr) -> bool:
    return all(node.operation in ("add", "sub", "neg") for node in _applied(expr))


def _applied(expr: Expr) -> Iterator[Apply]:
    if isinstance(expr, Apply):
        yield expr
        for operand in expr.operands:
            yield from _applied(operand)


def greatest_slope(formula: Expr) -> float:
    """The bound on the magnitude of the slope of a formula in the entry `x`; infinite where it is not known."""
    entry = Read("x")
    curve = Curve(formula, partial(formula, entry), entry)
    found = slope_range(curve, meetings(curve))
    if found is None:
        return math.inf
    return max(abs(float(found.least.value)), abs(float(found.greatest.value)))
