"""Scalar formulas as Python text, typed: real ones in the model's precision, integer ones, and conditions."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from nndsl.ir.equation import Tensor
from nndsl.ir.expression import Apply, Expr, Number
from nndsl.ir.kinds import kind

FUNCTIONS = {"min": "minimum", "max": "maximum", "pow": "power", "round": "nearest", "abs": "absolute"}
"""Operations whose function in the kernels is called otherwise, mostly so as not to hide Python's own."""

_COMPARISONS = {"eq", "ne", "lt", "le", "gt", "ge"}
_LOGIC = {"and", "or", "not"}
_PYTHON_SIGNS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "floordiv": "//", "mod": "%", "and": "and", "or": "or",
                 "eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_BINDING = {"or": 1, "and": 2, "not": 3, "eq": 4, "ne": 4, "lt": 4, "le": 4, "gt": 4, "ge": 4, "add": 5, "sub": 5, "mul": 6,
            "div": 6, "floordiv": 6, "mod": 6, "neg": 7}
_ATOM = 9


@dataclass(frozen=True)
class Writer:
    """Writes formulas as Python.

    Args:
        tensors: the tensors they read, for their types.
        literal: how a number of the model's precision is written: `f4` or `f8`.
        name: the text that stands for a read or an index.
        known: formulas that stand in a variable already, by the variable's name.
    """

    tensors: Mapping[str, Tensor]
    literal: str
    name: Callable[[Expr], str]
    known: Mapping[Expr, str]

    def real(self, expr: Expr) -> str:
        """A formula as a number of the model's precision."""
        return self._real(expr)[0]

    def integer(self, expr: Expr) -> str:
        """A formula as an integer."""
        return self._integer(expr)[0]

    def factor(self, expr: Expr) -> str:
        """A formula as an integer, in brackets if a product would tear it apart."""
        return _wrap(self._integer(expr), _BINDING["mul"])

    def condition(self, expr: Expr) -> str:
        """A formula as a truth value."""
        return self._condition(expr)[0]

    def _real(self, expr: Expr) -> tuple[str, int]:
        if isinstance(expr, Number):
            return _number(float(expr.value), self.literal), _ATOM
        found = kind(expr, self.tensors)
        if found == "int":
            return f"{self.literal}({self.integer(expr)})", _ATOM
        if expr in self.known:
            return self.known[expr], _ATOM
        if found == "bool":
            return f"where({self.condition(expr)}, {self.literal}(1), {self.literal}(0))", _ATOM
        if isinstance(expr, Apply):
            return self._apply(expr, self._real)
        return self.name(expr), _ATOM

    def _integer(self, expr: Expr) -> tuple[str, int]:
        if isinstance(expr, Number):
            return str(int(expr.value)), _ATOM
        found = kind(expr, self.tensors)
        if found == "real":
            return f"int({self.real(expr)})", _ATOM
        if found == "bool":
            return f"int({self.condition(expr)})", _ATOM
        if expr in self.known:
            return self.known[expr], _ATOM
        if isinstance(expr, Apply):
            return self._apply(expr, self._integer)
        return self.name(expr), _ATOM

    def _condition(self, expr: Expr) -> tuple[str, int]:
        if isinstance(expr, Number):
            return str(bool(expr.value)), _ATOM
        found = kind(expr, self.tensors)
        if found != "bool":
            side, zero = (self._real, f"{self.literal}(0)") if found == "real" else (self._integer, "0")
            return f"{_wrap(side(expr), 5)} != {zero}", 4
        assert isinstance(expr, Apply)
        if expr.operation in _LOGIC:
            return self._apply(expr, self._condition)
        real = any(kind(x, self.tensors) == "real" for x in expr.operands)
        return self._apply(expr, self._real if real else self._integer)

    def _apply(self, expr: Apply, side: Callable[[Expr], tuple[str, int]]) -> tuple[str, int]:
        operation, operands = expr.operation, expr.operands
        if operation == "neg" or operation == "not":
            sign = "-" if operation == "neg" else "not "
            return sign + _wrap(side(operands[0]), _BINDING[operation]), _BINDING[operation]
        if operation == "where":
            return f"where({self.condition(operands[0])}, {side(operands[1])[0]}, {side(operands[2])[0]})", _ATOM
        sign = _PYTHON_SIGNS.get(operation, "")
        if sign and not (operation in ("mod", "floordiv") and side == self._real):
            binding = _BINDING[operation]
            tight = binding + (operation in _COMPARISONS)
            return f"{_wrap(side(operands[0]), tight)} {sign} {_wrap(side(operands[1]), binding + 1)}", binding
        return f"{FUNCTIONS.get(operation, operation)}({', '.join(side(x)[0] for x in operands)})", _ATOM


def _wrap(text: tuple[str, int], binding: int) -> str:
    return text[0] if text[1] >= binding else f"({text[0]})"


def _number(value: float, literal: str) -> str:
    if math.isnan(value):
        return f"{literal}(inf - inf)"
    if math.isinf(value):
        return f"{literal}({'-' if value < 0 else ''}inf)"
    return f"{literal}({int(value)})" if value.is_integer() and abs(value) < 2**24 else f"{literal}({value!r})"
