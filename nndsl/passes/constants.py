"""Tensors that hold one number everywhere: who reads them has the number."""

from __future__ import annotations

from collections import Counter

from nndsl.ir.equation import Equation, Program
from nndsl.ir.expression import Expr, Number, Read, rebuild
from nndsl.passes.modes import fills
from nndsl.passes.rewriting import each_formula


def constants(program: Program) -> Program:
    """The program with constant entries as numbers in formulas; a tensor that nobody reads any more is left to `dead`."""
    writes = Counter(name for equation in program.equations() for name in {equation.out, equation.winner})
    known = {step.out: step.expr for step in program.steps
             if isinstance(step, Equation) and writes[step.out] == 1 and _is_constant(step, program)}

    def number(formula: Expr) -> Expr:
        return rebuild(formula, lambda node: known.get(node.tensor) if isinstance(node, Read) and node.other is None else None)

    return each_formula(program, number) if known else program


def _is_constant(equation: Equation, program: Program) -> bool:
    tensor = program.tensors[equation.out]
    whole = tensor.dtype == "real" or isinstance(equation.expr, Number) and isinstance(equation.expr.value, int)
    return (isinstance(equation.expr, Number) and whole and tensor.role == "temporary"
            and not (equation.accumulate or equation.reduce) and fills(equation, tensor))
