"""A program of one input and one output as a SymPy expression."""

from __future__ import annotations

import sympy as sp

from nndsl.derive.symbols import Translation
from nndsl.ir.equation import Equation, Program
from nndsl.ir.expression import Expr, Read, rebuild


def as_sympy(program: Program, name: str = "x") -> sp.Expr:
    """The output's formula in the symbol `name`, which stands for an entry of the input.

    Args:
        program: elementwise equations; what they read of each other is put in its place.
        name: of the symbol.

    Raises:
        ValueError: an entry of the output depends on several of the input.
    """
    values: dict[str, Expr] = {}
    last: Expr | None = None
    for equation in program.equations():
        last = values[equation.out] = _spelled_out(equation, values)
    assert last is not None, "a program computes something"
    translation = Translation(lambda _: True)
    found = translation.to_sympy(last)
    symbols = sorted(found.free_symbols, key=str)
    if len(symbols) > 1:
        raise ValueError("an entry of the output depends on several entries of the input")
    return found.subs({symbols[0]: sp.Symbol(name, real=True)}) if symbols else found


def _spelled_out(equation: Equation, values: dict[str, Expr]) -> Expr:
    def inner(node: Expr) -> Expr | None:
        return values.get(node.tensor) if isinstance(node, Read) else None

    return rebuild(equation.expr, inner)
