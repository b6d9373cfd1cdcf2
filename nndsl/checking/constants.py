"""Values that a file states outright: numbers, and what can be computed from them and from top-level `let`s."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from nndsl.checking.elaborate.fold import fold
from nndsl.diagnostics import Span
from nndsl.ir.operations import OPERATIONS
from nndsl.syntax.tree import Binary, Call, Comparison, Constant, Expression, Let, ListOf, Name, Number, String, Unary

Known = bool | int | float | str | None | tuple["Known", ...]

SIGNS = {row.infix: name for name, row in OPERATIONS.items() if row.infix and row.arity == 2}
UNARY_SIGNS = {"-": "neg", "not": "not"}
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

    def _folded(self, node: Expression, operation: str, *operands: Expression) -> Known:
        numbers = tuple(self.value(operand) for operand in operands)
        if not all(isinstance(number, (int, float)) for number in numbers):
            raise NotConstant(node.span)
        try:
            return fold(operation, numbers)  # type: ignore[arg-type]
        except (ArithmeticError, ValueError):
            raise NotConstant(node.span) from None

    def _call(self, node: Call) -> Known:
        name = node.function.name if isinstance(node.function, Name) else ""
        row = OPERATIONS.get(name)
        if row is None or not row.language or len(node.arguments) != row.arity or any(a.name for a in node.arguments):
            raise NotConstant(node.span)
        return self._folded(node, name, *(argument.value for argument in node.arguments))

    def _comparison(self, node: Comparison) -> Known:
        pairs = zip(node.operators, node.operands, node.operands[1:], strict=False)
        return all(self._folded(node, SIGNS[sign], a, b) for sign, a, b in pairs)


_RULES: dict[type[Any], Callable[[Constants, Any], Known]] = {
    Number: lambda _, node: node.value,
    String: lambda _, node: node.value,
    Constant: lambda _, node: node.value,
    ListOf: lambda constants, node: tuple(constants.value(item) for item in node.items),
    Name: Constants._name,
    Unary: lambda constants, node: constants._folded(node, UNARY_SIGNS[node.operator], node.operand),
    Binary: lambda constants, node: constants._folded(node, SIGNS[node.operator], node.left, node.right),
    Comparison: Constants._comparison,
    Call: Constants._call,
}
