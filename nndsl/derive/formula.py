"""Formulas for readers: as SymPy writes them, conditions and all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import sympy as sp

from nndsl.derive.scalar import partial
from nndsl.ir.equation import Equation, Program
from nndsl.ir.expression import Apply, Expr, Index, Number, Read, reads, rebuild, substitute

READABLE: dict[str, Callable[..., Any]] = {
    "add": sp.Add, "sub": lambda a, b: a - b, "mul": sp.Mul, "div": lambda a, b: a / b, "neg": lambda a: -a, "pow": sp.Pow,
    "floordiv": lambda a, b: sp.floor(a / b), "mod": sp.Mod, "eq": sp.Eq, "ne": sp.Ne, "lt": sp.Lt, "le": sp.Le, "gt": sp.Gt,
    "ge": sp.Ge, "and": sp.And, "or": sp.Or, "not": sp.Not, "exp": sp.exp, "log": sp.log, "log1p": lambda a: sp.log(1 + a),
    "expm1": lambda a: sp.exp(a) - 1, "sqrt": sp.sqrt, "abs": sp.Abs, "sign": sp.sign, "sin": sp.sin, "cos": sp.cos,
    "tan": sp.tan, "sinh": sp.sinh, "cosh": sp.cosh, "tanh": sp.tanh, "asin": sp.asin, "acos": sp.acos, "atan": sp.atan,
    "erf": sp.erf, "floor": sp.floor, "ceil": sp.ceiling, "round": sp.Function("round"), "min": sp.Min, "max": sp.Max,
    "clip": lambda x, low, high: sp.Min(sp.Max(x, low), high), "sigmoid": lambda a: 1 / (1 + sp.exp(-a)),
    "softplus": lambda a: sp.log(1 + sp.exp(a)),
    "where": lambda condition, a, b: sp.Piecewise((a, condition), (b, True)),
}
"""From an operation to what a reader expects to see."""


SYMBOL = sp.Symbol("x", real=True)
"""What an activation is applied to."""


def as_sympy(program: Program) -> tuple[Any, Any]:
    """The formula that a program computes from one input, and its derivative, both in the symbol `x`.

    Args:
        program: elementwise equations; what they read of each other is put in its place.

    Raises:
        ValueError: an entry of the output depends on several entries of the input.
    """
    values: dict[str, Equation] = {}
    last: Expr | None = None
    for equation in program.equations():
        last = _spelled_out(equation, values)
        values[equation.out] = replace(equation, expr=last)
    assert last is not None, "a program computes something"
    entries = reads(last)
    if len(entries) > 1:
        raise ValueError("an entry of the output depends on several entries of the input")
    return _readable(last), _readable(partial(last, entries[0])) if entries else sp.Integer(0)


def in_decimals(expr: Expr) -> Any:
    """A formula of one entry in the symbol `x`, every number the fraction that its decimals say, so that SymPy is exact.

    Raises:
        ValueError: a number has so many digits that it stands for another, as 1.414... for a root.
    """
    def exact(node: Expr) -> Any:
        if isinstance(node, Number) and not float(node.value).is_integer():
            text = repr(float(node.value))
            if len(text.partition("e")[0].lstrip("-0.").replace(".", "")) > LONGEST:
                raise ValueError(f"{text} stands for a number with more digits")
            return sp.Rational(text)
        if isinstance(node, Apply):
            return READABLE[node.operation](*(exact(x) for x in node.operands))
        return _readable(node)

    return exact(expr)


LONGEST = 8
"""Digits of a number that somebody wrote; computed ones have about sixteen."""


def _spelled_out(equation: Equation, values: dict[str, Equation]) -> Expr:
    if equation.reduce:
        raise ValueError("an entry of the output depends on several entries of the input")

    def inner(node: Expr) -> Expr | None:
        if not isinstance(node, Read) or node.tensor not in values:
            return None
        source = values[node.tensor]
        names = [i.name for i in source.index if isinstance(i, Index)]
        return substitute(source.expr, dict(zip(names, node.index, strict=True)))

    return rebuild(equation.expr, inner)


def _readable(expr: Expr) -> Any:
    match expr:
        case Number(value):
            return sp.Integer(int(value)) if float(value).is_integer() else sp.Float(value)
        case Read():
            return SYMBOL
        case Apply(operation, operands):
            return READABLE[operation](*(_readable(x) for x in operands))
        case _:
            raise ValueError("the formula draws, or depends on where an entry stands")
