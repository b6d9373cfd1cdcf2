"""Functions of one number in a chain, whose slopes multiply."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from nndsl.derive.scalar import entries, partial
from nndsl.diagnostics import Diagnostic, Source, problem
from nndsl.diagnostics.places import line_label
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


def vanishing(program: Program, source: Source) -> Iterator[Diagnostic]:
    """Advice where a chain of functions leaves less than LEAST of a gradient, once a model.

    Args:
        program: the forward pass of training, flat.
        source: the model file.
    """
    weakest, where = Chain(), None
    chains: dict[str, Chain] = {}
    known: dict[Expr, float] = {}
    for equation in program.equations():
        chains[equation.out] = _after(equation, program, chains, known)
        if chains[equation.out].slope < weakest.slope:
            weakest, where = chains[equation.out], equation
    if where is None or weakest.slope > math.log(LEAST):
        return
    each = math.exp(weakest.slope / weakest.count)
    helps = ("take functions whose slope reaches 1 (`relu`, `selu`), put `batch_normalization` between the layers, "
             "or add what comes in to what goes out",)
    label = line_label(where.origin.place, f"each slope at most {each:.3g}, {weakest.count} times: {each:.3g}^{weakest.count}",
                       source)
    yield problem("NN0801", label[0].span if label else None, label[0].text if label else "", helps=helps,
                  count=weakest.count, bound=f"{math.exp(weakest.slope):.1e}")


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
