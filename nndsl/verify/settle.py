"""Whether a difference of two values is 0: by algebra, by SymPy, or at random points."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import mpmath
import sympy as sp

from nndsl.verify.algebra import Algebra, Value
from nndsl.verify.calculus import evaluated, symbols, to_sympy
from nndsl.verify.monomials import Monomial

Verdict = Literal["proved", "sampled"]

Decisions: TypeAlias = dict[str, Verdict | None]
"""What was decided of differences, by their shape."""

RANGES = ((0.2, 1.7), (0.05, 0.9), (-1.4, 1.4), (1.1, 4.0))
DIGITS = 50
CLOSE = mpmath.mpf(10) ** -13
"""Coefficients are double-precision numbers, so that differences are told from 0 only to this share of their terms."""

LARGEST, LARGEST_RATIONAL, FEW = 60, 600, 4
"""SymPy's simplification of more operations than this may run for minutes, of more than a few symbols sooner; that of quotients
of polynomials goes further."""

HIGH: dict[str, Callable[..., Any]] = {
    "exp": mpmath.exp, "log": mpmath.log, "sin": mpmath.sin, "cos": mpmath.cos, "tan": mpmath.tan, "sinh": mpmath.sinh,
    "cosh": mpmath.cosh, "tanh": mpmath.tanh, "asin": mpmath.asin, "acos": mpmath.acos, "atan": mpmath.atan, "erf": mpmath.erf,
    "pow": lambda a, b: a ** b,
}


@dataclass
class Judge:
    """Decides whether values are 0; remembers the shapes it has seen, so that equal layers cost one decision.

    Args:
        algebra: of the values.
        linear: the atoms by whose coefficients a value is taken apart.
        decisions: made before, on shapes like these.
    """

    algebra: Algebra
    linear: Callable[[int], bool]
    decisions: Decisions = field(default_factory=dict)

    def zero(self, value: Value) -> Verdict | None:
        """`proved`, `sampled` (0 at random points, but SymPy cannot tell), or None: not 0 for all values of its symbols."""
        worst: Verdict = "proved"
        for coefficient in self._coefficients(value):
            found = self._shape(coefficient)
            if found is None:
                return None
            worst = "sampled" if found == "sampled" else worst
        return worst

    def _coefficients(self, value: Value) -> Iterator[Value]:
        """What stands before each product of linear atoms."""
        parts: dict[Monomial, dict[Monomial, float]] = {}
        for monomial, coefficient in value.terms.items():
            outer = tuple(x for x in monomial if self.linear(x[0]))
            parts.setdefault(outer, {})[tuple(x for x in monomial if x not in outer)] = coefficient
        yield from (Value(self.algebra, terms, float("nan")) for terms in parts.values())

    def _shape(self, value: Value) -> Verdict | None:
        if value.is_number:
            return "proved" if not value.terms else None
        numbers: dict[int, int] = {}
        key = _text(value, numbers)
        if key not in self.decisions:
            self.decisions[key] = self._decided(value)
        return self.decisions[key]

    def _decided(self, value: Value) -> Verdict | None:
        if not self._zero_at_points(value):
            return None
        free = list(symbols(value))
        positive: set[int] = set()
        _needs_positive(value, positive)
        expr = to_sympy(value, {a: sp.Symbol(f"v{k:03d}", real=True, positive=a in positive or None)
                                for k, a in enumerate(free)})
        operations = sp.count_ops(expr)
        if operations <= LARGEST_RATIONAL and _rational(expr) == 0:
            return "proved"
        if operations > (LARGEST if len(free) <= FEW else LARGEST / 2):
            return "sampled"
        return "proved" if any(attempt(expr) == 0 for attempt in ATTEMPTS) else "sampled"

    def _zero_at_points(self, value: Value) -> bool:
        generator = random.Random(5)
        free, seen = list(symbols(value)), 0
        with mpmath.workdps(DIGITS):
            for low, high in (*RANGES, *RANGES):
                numbers: dict[int, Any] = {a: mpmath.mpf(generator.uniform(low, high)) for a in free}
                try:
                    parts = [evaluated(Value(self.algebra, {m: c}, 0.0), numbers, HIGH) for m, c in value.terms.items()]
                except (ZeroDivisionError, ValueError, OverflowError):
                    continue
                total = mpmath.mpmathify(sum(parts))
                if not mpmath.isfinite(total):
                    continue
                seen += 1
                if abs(total) > CLOSE * sum(abs(p) for p in parts):
                    return False
        return seen > 0


def _needs_positive(value: Value, found: set[int]) -> None:
    """The symbols that stand alone under a logarithm or a root."""
    for monomial in value.terms:
        for atom, exponent in monomial:
            inner = value.algebra.atoms[atom]
            if exponent != int(exponent):
                found.add(atom)
            if inner.kind in ("log", "pow") and len(inner.operands[0].terms) == 1:
                found.update(a for a, _ in next(iter(inner.operands[0].terms)))
            for operand in inner.operands:
                _needs_positive(operand, found)


def _text(value: Value, numbers: dict[int, int]) -> str:
    """A value's shape: its symbols numbered as they come."""
    parts = []
    for monomial, coefficient in value.terms.items():
        inner = []
        for atom, exponent in monomial:
            found = value.algebra.atoms[atom]
            name = str(numbers.setdefault(atom, len(numbers))) if found.kind == "symbol" else \
                f"{found.kind}({','.join(_text(x, numbers) for x in found.operands)})"
            inner.append(f"{name}^{exponent}")
        parts.append(f"{coefficient:.12g}*{'*'.join(inner)}")
    return "+".join(parts)


def _rational(expr: sp.Expr) -> sp.Expr:
    """The numerator of an expression, its functions and broken powers taken as they stand."""
    def apart(e: sp.Basic) -> bool:
        return isinstance(e, sp.Function) or (isinstance(e, sp.Pow) and not e.exp.is_Integer)

    names: dict[sp.Basic, sp.Symbol] = {}
    plain = expr.replace(apart, lambda e: names.setdefault(e, sp.Dummy()))
    return sp.expand(sp.numer(sp.together(plain)))


ATTEMPTS: tuple[Callable[[sp.Expr], sp.Expr], ...] = (
    lambda expr: expr,
    sp.expand,
    sp.simplify,
    lambda expr: sp.simplify(sp.expand_log(expr)),
    lambda expr: sp.simplify(sp.expand(expr.rewrite(sp.exp))),
    lambda expr: sp.simplify(sp.expand(sp.powsimp(sp.exp(expr).rewrite(sp.exp)))) - 1,  # e^d = 1 says d = 0 for real d
)
"""Ways to see that a difference is 0, the cheap ones first."""
