"""Loops that only go where their guard lets them: `x[i] where 0 <= i - 1 < 5` runs over six entries less than it did."""

from __future__ import annotations

from dataclasses import replace

from nndsl.ir.affine import affine, tidy
from nndsl.ir.equation import Equation, Program
from nndsl.ir.expression import BATCH, Apply, Draw, Expr, Extent, Index, Number, Read, indices, rebuild, walk
from nndsl.passes.rewriting import each_equation


def narrow(program: Program) -> Program:
    """The program with guards over one index each turned into the extents of loops."""
    return each_equation(program, _narrowed)


def _narrowed(equation: Equation) -> Equation:
    if equation.winner or equation.reduce not in ("", "sum") or any(isinstance(x, Draw) for x in walk(equation.expr)):
        return equation
    for number, (formula, limit) in enumerate(equation.guard):
        span = _span(formula, limit, dict(equation.ranges))
        if span:
            rest = (*equation.guard[:number], *equation.guard[number + 1:])
            return _narrowed(_between(replace(equation, guard=rest), *span))
    return equation


def _span(formula: Expr, limit: Extent, ranges: dict[str, Extent]) -> tuple[str, int, int] | None:
    """The index of a guard, the first value it lets pass and how many; None if it is not so simple or none passes."""
    form = affine(formula)
    if form is None or len(form.coefficients) != 1 or limit == BATCH:
        return None
    ((name, coefficient),) = form.coefficients.items()
    step, constant, reach = coefficient.constant, form.constant.constant, ranges.get(name, BATCH)
    if step is None or step < 1 or constant is None or reach == BATCH:
        return None
    first = max(-(constant // step), 0)
    last = min((int(limit) - 1 - constant) // step, int(reach) - 1)
    return (name, first, last - first + 1) if last >= first else None


def _between(equation: Equation, name: str, first: int, size: int) -> Equation:
    ranges = tuple((n, size if n == name else e) for n, e in equation.ranges)
    equation = replace(equation, ranges=ranges)
    if not first:
        return equation
    later = Apply("add", (Index(name), Number(first)))

    def shifted(expr: Expr) -> Expr:
        def change(node: Expr) -> Expr | None:
            if node == Index(name):
                return later
            if not (isinstance(node, Read) and name in indices(node)):
                return None
            other = None if node.other is None else shifted(node.other)
            return replace(node, index=tuple(tidy(shifted(i)) for i in node.index), other=other)

        return rebuild(expr, change)

    return replace(equation, index=tuple(tidy(shifted(i)) for i in equation.index), expr=shifted(equation.expr),
                   guard=tuple((tidy(shifted(g)), e) for g, e in equation.guard))
