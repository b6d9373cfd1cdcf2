"""Numbers that remember how they were computed: a normal form over symbols, and the value at one point.

The generated code runs on them as on any numbers. Sums and products become polynomials over atoms; an atom is a symbol (an
entry that was stored), an elementary function of another value, or a sum in brackets that stands under a power. Two values
whose normal forms agree are equal by algebra alone. A comparison is decided by the values at the point, so that what is
found holds on the piece where the point lies: all points at which every comparison goes the same way.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, cast

from nndsl.verify.monomials import ROUNDING, Monomial, Terms, common, inverse, multiplied, number_power, put, tidy

LARGEST = 2000
"""Products of sums with more terms than this stay in brackets."""


@dataclass(frozen=True)
class Atom:
    """What normal forms are made of.

    Args:
        kind: `symbol`, `group` (a sum in brackets) or the name of an elementary function.
        key: of a symbol: what it stands for.
        operands: of the others.
    """

    kind: str
    key: Any = None
    operands: tuple[Value, ...] = ()


@dataclass
class Algebra:
    """The atoms met so far, each once."""

    atoms: list[Atom] = field(default_factory=list)
    numbers: dict[Any, int] = field(default_factory=dict)
    bound: dict[int, Monomial] = field(default_factory=dict)
    """Brackets of the form (1 + e), each with its exponential e."""

    def symbol(self, key: Any, number: float = math.nan) -> Value:
        """The symbol that stands for `key`, with its value at the point."""
        return Value(self, {((self.number(Atom("symbol", key), key), 1),): 1}, number)

    def number(self, atom: Atom, key: Any) -> int:
        """The number of an atom."""
        found = self.numbers.get(key)
        if found is None:
            found = self.numbers[key] = len(self.atoms)
            self.atoms.append(atom)
        return found

    def function(self, name: str, *operands: Value) -> Value:
        """An elementary function of values, as it stands; its number is not worked out."""
        atom = self.number(Atom(name, None, operands), (name, *(x.key() for x in operands)))
        return Value(self, {((atom, 1),): 1}, math.nan)

    def grouped(self, value: Value) -> int:
        """The atom of a sum in brackets."""
        atom = self.number(Atom("group", None, (value,)), ("group", value.key()))
        others = [m for m in value.terms if m]
        if len(others) == 1 and len(value.terms) == 2 and value.terms[()] == 1 and value.terms[others[0]] == 1 \
                and all(self.atoms[a].kind == "exp" for a, _ in others[0]):
            self.bound[atom] = others[0]
        return atom

    def constant(self, number: float) -> Value:
        """A plain number."""
        return Value(self, {(): number} if number else {}, float(number))

    def is_group(self, atom: int) -> bool:
        """Whether an atom is a sum in brackets."""
        return self.atoms[atom].kind == "group"

    def opens(self, atom: int, exponent: float) -> bool:
        """Whether an atom to a power is a bracket that can be multiplied out."""
        return 0 < exponent <= 4 and exponent == int(exponent) and self.is_group(atom) \
            and len(self.atoms[atom].operands[0].terms) ** exponent <= LARGEST

    def bound_in(self, monomial: Monomial) -> tuple[int, Monomial] | None:
        """A bracket (1 + e) below the line of a monomial that has its exponential e above, and that."""
        if not self.bound.keys() & {atom for atom, _ in monomial}:
            return None
        exponents = dict(monomial)
        for atom, exponent in monomial:
            inner = self.bound.get(atom)
            if inner is not None and exponent < 0 and exponent == int(exponent) \
                    and all(exponents.get(a, 0) >= e > 0 or exponents.get(a, 0) <= e < 0 for a, e in inner):
                return atom, inner
        return None


class Value:
    """A normal form and its value at the point.

    Args:
        algebra: where its atoms are.
        terms: coefficients by monomial; none is 0.
        number: the value at the point.
    """

    __slots__ = ("algebra", "number", "terms")

    def __init__(self, algebra: Algebra, terms: Terms, number: float) -> None:
        self.algebra, self.terms, self.number = algebra, terms, number

    @property
    def is_number(self) -> bool:
        """Whether it holds no atom."""
        return not self.terms or (len(self.terms) == 1 and () in self.terms)

    def key(self) -> Any:
        """Equal for equal normal forms."""
        return frozenset((m, float(f"{c:.12g}")) for m, c in self.terms.items())

    def of(self, other: Any) -> Value:
        """Another number, as a value."""
        return other if isinstance(other, Value) else self.algebra.constant(other)

    # ------------------------------------------------------------------------------------------ sums

    def __add__(self, other: Any) -> Value:
        if not isinstance(other, Value):
            return self + self.of(other) if other else self
        big, small = (self, other) if len(self.terms) >= len(other.terms) else (other, self)
        terms = dict(big.terms)
        for monomial, coefficient in small.terms.items():
            before = terms.get(monomial)
            if before is None:
                terms[monomial] = coefficient
                continue
            after = before + coefficient
            if abs(after) <= ROUNDING * abs(before):
                del terms[monomial]
            else:
                terms[monomial] = after
        return Value(self.algebra, terms, self.number + other.number)

    __radd__ = __add__

    def __neg__(self) -> Value:
        return Value(self.algebra, {m: -c for m, c in self.terms.items()}, -self.number)

    def __sub__(self, other: Any) -> Value:
        return self.__add__(-other)

    def __rsub__(self, other: Any) -> Value:
        return (-self).__add__(other)

    # ------------------------------------------------------------------------------------------ products

    def __mul__(self, other: Any) -> Value:
        if not isinstance(other, Value):
            scaled: Terms = {m: c * other for m, c in self.terms.items()} if other else {}
            return Value(self.algebra, scaled, self.number * float(other))
        if len(self.terms) * len(other.terms) > LARGEST:
            return self.in_brackets() * other.in_brackets()
        terms: Terms = {}
        expand: list[tuple[Monomial, float]] = []
        for a, c in self.terms.items():
            for b, d in other.terms.items():
                monomial, met = multiplied(a, b)
                if (met and any(self.algebra.opens(*x) for x in monomial)) or self.algebra.bound_in(monomial):
                    expand.append((monomial, c * d))
                else:
                    put(terms, monomial, c * d)
        result = Value(self.algebra, terms, self.number * other.number)
        for monomial, coefficient in expand:
            result = result + self._opened(monomial) * coefficient
        result.number = self.number * other.number
        return result

    __rmul__ = __mul__

    def _opened(self, monomial: Monomial) -> Value:
        """A monomial with a bracket to a whole power multiplied out."""
        at = next((k for k, x in enumerate(monomial) if self.algebra.opens(*x)), None)
        if at is None:
            return self._exchanged(monomial)
        atom, exponent = monomial[at]
        rest = Value(self.algebra, {monomial[:at] + monomial[at + 1:]: 1}, math.nan)
        inner = self.algebra.atoms[atom].operands[0]
        for _ in range(int(exponent)):
            rest = rest * inner
        return rest

    def _exchanged(self, monomial: Monomial) -> Value:
        """A monomial with an exponential over the bracket that holds it: e / (1 + e) = 1 - 1 / (1 + e)."""
        group, exponential = self.algebra.bound_in(monomial) or (-1, ())
        rest = multiplied(monomial, inverse(exponential))[0]
        higher = multiplied(rest, ((group, 1),))[0]
        one = Value(self.algebra, {(): 1}, 1.0)
        return Value(self.algebra, {higher: 1}, math.nan) * one - Value(self.algebra, {rest: 1}, math.nan) * one

    def in_brackets(self) -> Value:
        """The value as one atom, where it has several terms."""
        if len(self.terms) <= 1:
            return self
        return Value(self.algebra, {((self.algebra.grouped(self), 1),): 1}, self.number)

    def __truediv__(self, other: Any) -> Value:
        if isinstance(other, Value):
            return self * other.power(-1)
        return self * (1 / other) if other else Value(self.algebra, {(): math.nan}, math.nan)

    def __rtruediv__(self, other: Any) -> Value:
        return self.power(-1).__mul__(other)

    def power(self, exponent: float) -> Value:
        """The value to a power that is a number."""
        number = number_power(self.number, exponent)
        if exponent == int(exponent) and 0 <= exponent <= 4 and len(self.terms) ** exponent <= LARGEST:
            result = self.algebra.constant(1)
            for _ in range(int(exponent)):
                result = result * self
        elif not self.terms:
            result = self.algebra.constant(number)
        elif len(self.terms) == 1:
            result = self._monomial_power(exponent)
        else:
            result = self._bracket_power(exponent)
        result.number = number
        return result

    def _bracket_power(self, exponent: float) -> Value:
        """A sum to a power: a bracket, before it what all terms have in common, if the power is whole."""
        first, no_atoms = self.terms[min(self.terms)], cast(Monomial, ())
        if exponent != int(exponent):
            scale, shared = abs(first), no_atoms
        else:
            scale, shared = first, common(self.terms)
        raised = tuple((a, tidy(e * exponent)) for a, e in shared)
        outer = Value(self.algebra, {raised: number_power(scale, exponent)}, math.nan)
        under = inverse(shared)
        inner = Value(self.algebra, {multiplied(m, under)[0]: c / scale for m, c in self.terms.items()}, math.nan)
        return outer * Value(self.algebra, {((self.algebra.grouped(inner), exponent),): 1}, math.nan)

    def _monomial_power(self, exponent: float) -> Value:
        (monomial, coefficient), = self.terms.items()
        simple = exponent == int(exponent) or (coefficient > 0 and all(e != int(e) or e % 2 for _, e in monomial)
                                               and len(monomial) <= 1)
        if not simple:
            return Value(self.algebra, {((self.algebra.grouped(self), exponent),): 1}, self.number)
        raised = tuple((atom, tidy(e * exponent)) for atom, e in monomial)
        return Value(self.algebra, {raised: number_power(coefficient, exponent)}, self.number)

    def __pow__(self, exponent: Any) -> Value:
        if isinstance(exponent, Value):
            if not exponent.is_number:
                result = self.algebra.function("pow", self, exponent)
                result.number = number_power(self.number, exponent.number)
                return result
            exponent = exponent.number
        return self.power(tidy(exponent))

    def __rpow__(self, base: Any) -> Value:
        return self.of(base).__pow__(self)

    # ------------------------------------------------------------------------------------------ decisions

    def __lt__(self, other: Any) -> bool:
        return bool(self.number < _plain(other))

    def __le__(self, other: Any) -> bool:
        return bool(self.number <= _plain(other))

    def __gt__(self, other: Any) -> bool:
        return bool(self.number > _plain(other))

    def __ge__(self, other: Any) -> bool:
        return bool(self.number >= _plain(other))

    def __eq__(self, other: object) -> bool:
        return bool(self.number == _plain(other))

    def __ne__(self, other: object) -> bool:
        return bool(self.number != _plain(other))

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        return self.number != 0

    def __abs__(self) -> Value:
        if self.number == 0:  # a piece of its own, on which nothing varies: the slope of abs at 0 is 0
            return Value(self.algebra, {}, 0.0)
        return -self if self.number < 0 else self

    def __float__(self) -> float:
        return float(self.number)

    def __int__(self) -> int:
        return int(self.number)


def _plain(other: Any) -> Any:
    return other.number if isinstance(other, Value) else other
