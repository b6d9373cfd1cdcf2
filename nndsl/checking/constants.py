"""Values that a file states outright: numbers, and what can be computed from them and from top-level `let`s."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from nndsl.diagnostics import Span
from nndsl.syntax.tree import Binary, Constant, Expression, Let, ListOf, Name, Number, String, Unary

Known = bool | int | float | str | None | tuple["Known", ...]

ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "^": math.pow,  # in floating point, so that 9^9^9 overflows instead of filling the memory
}
NUMBERS = {"pi": math.pi, "inf": math.inf}


class NotConstant(Exception):
    """Something is no value that a file can state outright.

    Args:
        span: what it is.
        name: an unknown name, if that is the reason; else "".
    """

    def __init__(self, span: Span, name: str = "") -> None:
        self.span, self.name = span, name
        super().__init__(span.text)


@dataclass
class Constants:
    """Computes values.

    Args:
        lets: the top-level `let`s.
        read: those that were read.
    """

    lets: Mapping[str, Let]
    read: set[str] = field(default_factory=set)
    _open: set[str] = field(default_factory=set)

    def value(self, expression: Expression) -> Known:
        """The value of an expression.

        Raises:
            NotConstant: it has none.
        """
        rule = _RULES.get(type(expression))
        if rule is None:
            raise NotConstant(expression.span)
        result: Known = rule(self, expression)
        return result

    def _name(self, node: Name) -> Known:
        if node.name in NUMBERS:
            return NUMBERS[node.name]
        if node.name not in self.lets:
            raise NotConstant(node.span, node.name)
        self.read.add(node.name)
        if node.name in self._open:
            raise NotConstant(node.span)
        self._open.add(node.name)
        try:
            return self.value(self.lets[node.name].value)
        except NotConstant:
            raise NotConstant(node.span) from None
        finally:
            self._open.remove(node.name)

    def _computed(self, node: Expression, compute: Callable[..., float], *operands: Expression) -> Known:
        numbers = tuple(self.value(operand) for operand in operands)
        if not all(isinstance(number, (int, float)) for number in numbers):
            raise NotConstant(node.span)
        try:
            return compute(*numbers)
        except (ArithmeticError, ValueError):
            raise NotConstant(node.span) from None

    def _unary(self, node: Unary) -> Known:
        if node.operator == "not":
            raise NotConstant(node.span)
        return self._computed(node, operator.neg, node.operand)

    def _binary(self, node: Binary) -> Known:
        if node.operator not in ARITHMETIC:
            raise NotConstant(node.span)
        return self._computed(node, ARITHMETIC[node.operator], node.left, node.right)


_RULES: dict[type[Any], Callable[[Constants, Any], Known]] = {
    Number: lambda _, node: node.value,
    String: lambda _, node: node.value,
    Constant: lambda _, node: node.value,
    ListOf: lambda constants, node: tuple(constants.value(item) for item in node.items),
    Name: Constants._name,
    Unary: Constants._unary,
    Binary: Constants._binary,
}
