"""The elementwise operations that formulas are made of: one row each.

Later floors add a column of their own, keyed by the same names: derive/ the SymPy constructor, emit/ the Python text,
kernels/ the function, ir/interpreter.py the NumPy function.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["real", "int", "bool"]


@dataclass(frozen=True)
class Operation:
    """An elementwise operation.

    Args:
        arity: how many operands it takes.
        result: `same` (int or bool operands give int, a real one gives real), or a fixed kind.
        infix: its sign in a formula, or "" where it is written as a call.
        binding: how tightly the sign binds, for printing; calls bind tightest.
        language: whether a user may call it by this name (arithmetic is written with signs, some are only found by passes).
    """

    arity: int
    result: Literal["same", "real", "int", "bool"] = "real"
    infix: str = ""
    binding: int = 100
    language: bool = True


def _sign(infix: str, binding: int, result: Literal["same", "real", "int", "bool"] = "same", arity: int = 2) -> Operation:
    return Operation(arity, result, infix, binding, language=False)


OPERATIONS: dict[str, Operation] = {
    "or": _sign("or", 10, "bool"),
    "and": _sign("and", 20, "bool"),
    "not": _sign("not", 30, "bool", 1),
    "eq": _sign("==", 40, "bool"),
    "ne": _sign("!=", 40, "bool"),
    "lt": _sign("<", 40, "bool"),
    "le": _sign("<=", 40, "bool"),
    "gt": _sign(">", 40, "bool"),
    "ge": _sign(">=", 40, "bool"),
    "add": _sign("+", 50),
    "sub": _sign("-", 50),
    "mul": _sign("*", 60),
    "div": _sign("/", 60, "real"),
    "floordiv": _sign("//", 60),
    "neg": _sign("-", 70, arity=1),
    "pow": _sign("^", 80),
    "mod": Operation(2, "same"),
    "exp": Operation(1),
    "log": Operation(1),
    "log1p": Operation(1),
    "expm1": Operation(1),
    "sqrt": Operation(1),
    "abs": Operation(1, "same"),
    "sign": Operation(1, "same"),
    "sin": Operation(1),
    "cos": Operation(1),
    "tan": Operation(1),
    "sinh": Operation(1),
    "cosh": Operation(1),
    "tanh": Operation(1),
    "asin": Operation(1),
    "acos": Operation(1),
    "atan": Operation(1),
    "erf": Operation(1),
    "floor": Operation(1, "same"),
    "ceil": Operation(1, "same"),
    "round": Operation(1, "same"),
    "min": Operation(2, "same"),
    "max": Operation(2, "same"),
    "clip": Operation(3, "same"),
    "where": Operation(3, "same"),
    # found by the stabilise pass: 1 / (1 + exp(-x)) and log(1 + exp(x)) in forms that neither overflow nor cancel
    "sigmoid": Operation(1, language=False),
    "softplus": Operation(1, language=False),
}

CONSTANT = frozenset({"or", "and", "not", "eq", "ne", "lt", "le", "gt", "ge", "floordiv", "floor", "ceil", "round", "sign"})
"""Operations that are constant wherever they have a derivative at all."""

POSITIONS = ("argmax", "argmin")
"""Reductions of which the same is true."""

REDUCTIONS = ("sum", "prod", "max", "min", "argmax", "argmin")
"""What an equation may do over the indices that its left side lacks; argmax and argmin give the flat position."""

NESTED_REDUCTIONS = (*REDUCTIONS, "mean", "logsumexp", "softmax")
"""What a formula may say; lowering writes the last three with the others. softmax keeps its index."""

DRAWS = ("uniform", "normal", "truncated_normal")
"""Standard draws: uniform in (0, 1), normal with deviation 1, and the same cut at two deviations."""

MATRIX_DRAW = "orthonormal"
"""The entries of a matrix whose rows are orthonormal: alone on the right of an equation over its rows and its columns, of which
there are at least as many. Only for first values."""

SCALARS: dict[str, Kind] = {"batch": "int", "step": "int", "rate": "real"}
"""Numbers known only at run time: samples at hand, updates so far, and a factor on the learning rate."""
