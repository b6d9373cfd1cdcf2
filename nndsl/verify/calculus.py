"""Derivatives of normal forms: the rules for sums and products here, those of elementary functions by SymPy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import sympy as sp

from nndsl.verify.algebra import Algebra, Value
from nndsl.verify.monomials import Monomial
from nndsl.verify.rules import applied

FUNCTIONS: Mapping[str, Any] = {
    "exp": sp.exp, "log": sp.log, "sin": sp.sin, "cos": sp.cos, "tan": sp.tan, "sinh": sp.sinh, "cosh": sp.cosh,
    "tanh": sp.tanh, "asin": sp.asin, "acos": sp.acos, "atan": sp.atan, "erf": sp.erf, "pow": sp.Pow,
}
"""SymPy's elementary functions."""

NAMES = {function: name for name, function in FUNCTIONS.items() if name not in ("exp", "pow")}


def symbols(value: Value, seen: set[int] | None = None) -> Iterator[int]:
    """The symbols in a value, those inside functions and brackets too, each once."""
    seen = set() if seen is None else seen
    for monomial in value.terms:
        for atom, _ in monomial:
            if atom in seen:
                continue
            seen.add(atom)
            found = value.algebra.atoms[atom]
            if found.kind == "symbol":
                yield atom
            for operand in found.operands:
                yield from symbols(operand, seen)


@dataclass
class Calculus:
    """Partial derivatives of values; remembers those of atoms.

    Args:
        algebra: of the values.
    """

    algebra: Algebra
    _atoms: dict[int, dict[int, Value]] = field(default_factory=dict)
    _rules: dict[tuple[str, int], tuple[list[sp.Symbol], sp.Expr]] = field(default_factory=dict)

    def gradient(self, value: Value) -> dict[int, Value]:
        """The partial derivative by every symbol."""
        found: dict[int, Value] = {}
        for monomial, coefficient in value.terms.items():
            for position, (atom, exponent) in enumerate(monomial):
                outer = self._outer(monomial, position, coefficient * exponent)
                for symbol, inner in self._atom(atom).items():
                    term = outer if inner is ONE else outer * inner
                    found[symbol] = found[symbol] + term if symbol in found else term
        return found

    def _outer(self, monomial: Monomial, position: int, coefficient: float) -> Value:
        atom, exponent = monomial[position]
        lowered = ((atom, exponent - 1),) if exponent != 1 else ()
        return Value(self.algebra, {monomial[:position] + lowered + monomial[position + 1:]: coefficient}, float("nan"))

    def _atom(self, atom: int) -> Mapping[int, Any]:
        found = self.algebra.atoms[atom]
        if found.kind == "symbol":
            return {atom: ONE}
        if atom not in self._atoms:
            result: dict[int, Value] = {}
            for position, operand in enumerate(found.operands):
                inner = self.gradient(operand)
                slope = self._slope(found.kind, position, found.operands) if inner else None
                for symbol, value in inner.items():
                    term = value if slope is None else slope * value
                    result[symbol] = result[symbol] + term if symbol in result else term
            self._atoms[atom] = result
        return self._atoms[atom]

    def _slope(self, function: str, position: int, operands: tuple[Value, ...]) -> Value | None:
        """SymPy's derivative of a function by one operand; None for a bracket."""
        if function == "group":
            return None
        if (function, position) not in self._rules:
            self._rules[function, position] = rule(function, position, len(operands))
        plain, derivative = self._rules[function, position]
        return from_sympy(derivative, dict(zip(plain, operands, strict=True)), self.algebra)


def rule(function: str, position: int, count: int) -> tuple[list[sp.Symbol], sp.Expr]:
    """SymPy's derivative of a function of some operands by one of them: symbols for the operands, and the derivative."""
    plain = [sp.Symbol(f"t{k}", positive=True if function == "pow" else None, real=True) for k in range(count)]
    return plain, sp.diff(FUNCTIONS[function](*plain), plain[position])


ONE = object()
"""The derivative of a symbol by itself."""


def from_sympy(expr: sp.Basic, known: Mapping[Any, Value], algebra: Algebra) -> Value:
    """A SymPy expression as a value."""
    if expr in known:
        return known[expr]
    if expr.is_number:
        return algebra.constant(float(expr))
    inner = [from_sympy(x, known, algebra) for x in expr.args]
    if isinstance(expr, (sp.Add, sp.Mul)):
        result = inner[0]
        for x in inner[1:]:
            result = result + x if isinstance(expr, sp.Add) else result * x
        return result
    if isinstance(expr, sp.exp):
        return applied(algebra, "exp", *inner)
    if isinstance(expr, sp.Pow):
        base, exponent = inner
        return base ** exponent
    return applied(algebra, NAMES[expr.func], *inner)


def to_sympy(value: Value, known: MutableMapping[int, sp.Symbol]) -> sp.Expr:
    """A value as a SymPy expression; `known` gets the symbols."""
    return sp.Add(*(sp.Mul(_exact(c), *(sp.Pow(_atom(value.algebra, a, known), _exact(e)) for a, e in m))
                    for m, c in value.terms.items()))


def _exact(number: float) -> sp.Expr:
    """A coefficient as a fraction: a short one where rounding to double precision is all that keeps it from that."""
    if number == int(number):
        return sp.Integer(int(number))
    short = Fraction(number).limit_denominator(10**6)
    chosen = short if abs(float(short) - number) <= 1e-15 * abs(number) else Fraction(number)
    return sp.Rational(chosen.numerator, chosen.denominator)


def _atom(algebra: Algebra, atom: int, known: MutableMapping[int, sp.Symbol]) -> sp.Expr:
    found = algebra.atoms[atom]
    if found.kind == "symbol":
        return known[atom]
    inner = [to_sympy(x, known) for x in found.operands]
    return inner[0] if found.kind == "group" else FUNCTIONS[found.kind](*inner)


def evaluated(value: Value, numbers: MutableMapping[int, Any], functions: Mapping[str, Callable[..., Any]]) -> Any:
    """What a value comes to.

    Args:
        value: the value.
        numbers: of its symbols; what is found for other atoms is added.
        functions: the elementary functions, over the same kind of number.
    """
    total: Any = 0
    for monomial, coefficient in value.terms.items():
        term: Any = coefficient
        for atom, exponent in monomial:
            if atom not in numbers:
                found = value.algebra.atoms[atom]
                inner = [evaluated(x, numbers, functions) for x in found.operands]
                numbers[atom] = inner[0] if found.kind == "group" else functions[found.kind](*inner)
            term = term * (numbers[atom] if exponent == 1 else numbers[atom] ** exponent)
        total = total + term
    return total
