"""Writes formulas and other parts of a line as .nn source, with the brackets they need and no others."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from typing import Any

from nndsl.syntax import tree
from nndsl.syntax.numbers import read_number

ELSE, PIPE, OR, AND, NOT, COMPARISON, SUM, PRODUCT, SIGN, POWER, POSTFIX, ATOM = range(12)
"""How tightly a formula holds together, in the grammar's order; but `else` least, so that it always stands in brackets."""

AS_WRITTEN = re.compile(r"[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+%?|%)")
"""Numbers that keep the form in which they were written: 70% and 1e-4 say more than 0.7 and 0.0001."""

BINARY = {
    "or": (OR, OR, AND),
    "and": (AND, AND, NOT),
    "+": (SUM, SUM, PRODUCT),
    "-": (SUM, SUM, PRODUCT),
    "*": (PRODUCT, PRODUCT, SIGN),
    "/": (PRODUCT, PRODUCT, SIGN),
    "//": (PRODUCT, PRODUCT, SIGN),
    "^": (POWER, POSTFIX, SIGN),
}
"""For each operator: how tightly it holds, and how tightly its sides must at least."""


def inline(node: Any, least: int = PIPE) -> str:
    """A formula, or another part of a line, in brackets if it holds together less tightly than `least`.

    Raises:
        ValueError: there is a NaN in it, or a string with quotes.
    """
    shown, holds = INLINE[type(node)](node)
    return f"({shown})" if holds < least else shown


def listed(nodes: Iterable[tree.Node]) -> str:
    """Several parts of a line, with commas between them."""
    return ", ".join([inline(node) for node in nodes])


def _number(node: tree.Number) -> tuple[str, int]:
    value = node.value
    if math.isnan(value):
        raise ValueError("there is no way to write a NaN")
    if math.isinf(value):
        return ("inf", ATOM) if value > 0 else ("-inf", SIGN)
    if isinstance(value, float) and AS_WRITTEN.fullmatch(node.span.text) and read_number(node.span.text) == value:
        return node.span.text, ATOM
    return repr(value), ATOM if value >= 0 and math.copysign(1, value) > 0 else SIGN


def quoted(value: str) -> str:
    """A string in its quotes.

    Raises:
        ValueError: it has a quote or a line end in it.
    """
    if '"' in value or "\n" in value:
        raise ValueError('a string holds no `"` and no line end')
    return f'"{value}"'


def _binary(node: tree.Binary) -> tuple[str, int]:
    holds, left, right = BINARY[node.operator]
    space = "" if node.operator == "^" else " "
    return f"{inline(node.left, left)}{space}{node.operator}{space}{inline(node.right, right)}", holds


def _unary(node: tree.Unary) -> tuple[str, int]:
    if node.operator == "not":
        return f"not {inline(node.operand, NOT)}", NOT
    return f"-{inline(node.operand, SIGN)}", SIGN


def _comparison(node: tree.Comparison) -> tuple[str, int]:
    first, *others = [inline(operand, SUM) for operand in node.operands]
    rest = "".join(f" {operator} {operand}" for operator, operand in zip(node.operators, others, strict=True))
    return first + rest, COMPARISON


def _otherwise(node: tree.Otherwise) -> tuple[str, int]:
    chained = isinstance(node.other, tree.Otherwise)  # `a else b else c` needs no brackets
    return f"{inline(node.value, OR)} else {inline(node.other, ELSE if chained else OR)}", ELSE


def _axis(node: tree.Axis) -> tuple[str, int]:
    extent = f" < {inline(node.extent, SUM)}" if node.extent is not None else ""
    place = f" @ {inline(node.place, SUM)}" if node.place is not None else ""
    return inline(node.value, SUM) + extent + place, ATOM


def _declared(node: tree.Declaration | tree.Parameter) -> tuple[str, int]:
    alias = f" | {node.alias}" if isinstance(node, tree.Parameter) and node.alias else ""
    axes = f"[{listed(node.axes)}]" if node.axes is not None else ""
    bound = f": {inline(node.bound)}" if node.bound else ""
    default = f" = {inline(node.default)}" if node.default is not None else ""
    return node.name + alias + axes + bound + default, ATOM


def _bound(node: tree.Bound) -> tuple[str, int]:
    return node.kind + (f" < {inline(node.limit, SUM)}" if node.limit is not None else ""), ATOM


def _item(node: tree.Item) -> tuple[str, int]:
    if node.rule is not None:
        return f"{listed(node.values)}: {inline(node.rule)}", ATOM
    name = f"{node.name} = " if node.name else ""
    return name + " ".join([inline(value) for value in node.values]), ATOM


CONSTANTS = {True: "true", False: "false", None: "none"}

INLINE: dict[type, Callable[[Any], tuple[str, int]]] = {
    tree.Name: lambda node: (node.name, ATOM),
    tree.Number: _number,
    tree.String: lambda node: (quoted(node.value), ATOM),
    tree.Constant: lambda node: (CONSTANTS[node.value], ATOM),
    tree.ListOf: lambda node: (f"[{listed(node.items)}]", ATOM),
    tree.Group: lambda node: (f"({listed(node.items)})", ATOM),
    tree.Dots: lambda node: ("...", ATOM),
    tree.Unary: _unary,
    tree.Binary: _binary,
    tree.Comparison: _comparison,
    tree.Otherwise: _otherwise,
    tree.Pipe: lambda node: (f"{inline(node.value, PIPE)} -> {inline(node.function, OR)}", PIPE),
    tree.Call: lambda node: (f"{inline(node.function, POSTFIX)}({listed(node.arguments)})", POSTFIX),
    tree.Argument: lambda node: ((f"{node.name} = " if node.name else "") + inline(node.value), ATOM),
    tree.Indexed: lambda node: (f"{inline(node.value, POSTFIX)}[{listed(node.axes)}]", POSTFIX),
    tree.Axis: _axis,
    tree.Member: lambda node: (f"{inline(node.value, POSTFIX)}.{node.name}", POSTFIX),
    tree.Declaration: _declared,
    tree.Parameter: _declared,
    tree.Bound: _bound,
    tree.Item: _item,
    tree.Comment: lambda node: (f"#{node.text}".rstrip(), ATOM),
}
"""How a part of a line is written, and how tightly it holds together."""
