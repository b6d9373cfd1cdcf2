"""Products of atoms with exponents: what normal forms are sums of. Atoms are known by number."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TypeAlias

Monomial: TypeAlias = tuple[tuple[int, float], ...]
"""Atoms by number, each with its exponent, in the order of their numbers."""

Terms: TypeAlias = dict[Monomial, float]
"""Coefficients by monomial; none is 0."""

ROUNDING = 1e-13
"""Coefficients are double-precision numbers: what is left of them below this, relative, is rounding."""


def multiplied(a: Monomial, b: Monomial) -> tuple[Monomial, bool]:
    """The product of two monomials, and whether they have an atom in common."""
    if not a or not b or a[-1][0] < b[0][0]:
        return a + b, False
    if b[-1][0] < a[0][0]:
        return b + a, False
    exponents = dict(a)
    met = False
    for atom, exponent in b:
        before = exponents.get(atom)
        exponents[atom] = exponent if before is None else tidy(before + exponent)
        met = met or before is not None
    return tuple(sorted((atom, e) for atom, e in exponents.items() if abs(e) > ROUNDING)), met


def inverse(monomial: Monomial) -> Monomial:
    """One over a monomial."""
    return tuple((atom, -exponent) for atom, exponent in monomial)


def common(monomials: Iterable[Monomial]) -> Monomial:
    """The atoms that all monomials share, to the lowest of their exponents."""
    rows = [dict(m) for m in monomials]
    lowest = {a: min(row.get(a, 0) for row in rows) for a in {a for row in rows for a in row}}
    return tuple(sorted((a, e) for a, e in lowest.items() if e))


def put(terms: Terms, monomial: Monomial, coefficient: float) -> None:
    """Add to a sum."""
    before = terms.get(monomial)
    after = coefficient if before is None else before + coefficient
    if before is not None and abs(after) <= ROUNDING * abs(before):
        del terms[monomial]
    else:
        terms[monomial] = after


def tidy(exponent: float) -> float:
    """An exponent as a whole number where it is one."""
    return int(exponent) if exponent == int(exponent) else exponent


def number_power(base: float, exponent: float) -> float:
    """A number to a power; nan where that is no real number."""
    try:
        result = base ** exponent
    except (ZeroDivisionError, OverflowError):
        return math.nan
    return result if isinstance(result, (int, float)) else math.nan
