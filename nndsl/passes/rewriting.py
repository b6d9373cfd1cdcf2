"""Passes that work formula by formula."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from nndsl.ir.equation import Equation, Program, Scan, Step
from nndsl.ir.expression import Expr


def each_equation(program: Program, change: Callable[[Equation], Equation]) -> Program:
    """The program with every equation changed, those in scans included."""
    def changed(step: Step) -> Step:
        return replace(step, body=tuple(change(e) for e in step.body)) if isinstance(step, Scan) else change(step)
    return replace(program, steps=tuple(changed(step) for step in program.steps))


def each_formula(program: Program, change: Callable[[Expr], Expr]) -> Program:
    """The program with the formula of every equation changed; left sides and guards stay."""
    return each_equation(program, lambda equation: replace(equation, expr=change(equation.expr)))
