"""Numbers that remember how they were computed: a normal form over symbols, and the value at one point.

The generated code runs on them as on any numbers. Sums and products become polynomials over atoms; an atom is a symbol (an
entry that was stored), an elementary function of another value, or a sum in brackets that stands under a power. Two values
whose normal forms agree are equal by algebra alone. A comparison is decided by the values at the point, so that what is
found holds on the piece where the point lies: all points at which every comparison goes the same way.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

Monomial: TypeAlias = tuple[tuple[int, float], ...]
"""Atoms by number, each with its exponent, in the order of their numbers."""

Terms: TypeAlias = dict[Monomial, float]

LARGEST = 2000
"""Products of sums with more terms than this stay in brackets."""

ROUNDING = 1e-13
"""Coefficients are double-precision numbers: what is left of them below this, relative, is rounding."""

FLOATS: Mapping[str, Callable[..., float]] = {
    "exp": math.exp, "log": math.log, "sin": math.sin, "cos": math.cos, "tan": math.tan, "sinh": math.sinh, "cosh": math.cosh,
    "tanh": math.tanh, "asin": math.asin, "acos": math.acos, "atan": math.atan, "erf": math.erf, "pow": math.pow,
}
"""The elementary functions, in double precision."""


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

    def applied(self, function: str, *operands: Value) -> Value:
        """An elementary function of values."""
        try:
            number = FLOATS[function](*(x.number for x in operands))
        except (ValueError, OverflowError, ZeroDivisionError):
            number = math.nan
        if all(x.is_number for x in operands):
            return Value(self, {(): number} if number else {}, number)
        if function in RULES:
            result = RULES[function](self, operands[0])
            if result is not None:
                result.number = number
                return result
        atom = self.number(Atom(function, None, operands), (function, *(x.key() for x in operands)))
        return Value(self, {((atom, 1),): 1}, number)

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
                monomial, whole = _joined(a, b, self.algebra)
                if whole or self.algebra.bound.keys() & {x for x, _ in monomial} and _bound(monomial, self.algebra):
                    expand.append((monomial, c * d))
                else:
                    _put(terms, monomial, c * d)
        result = Value(self.algebra, terms, self.number * other.number)
        for monomial, coefficient in expand:
            result = result + self._opened(monomial) * coefficient
        result.number = self.number * other.number
        return result

    __rmul__ = __mul__

    def _opened(self, monomial: Monomial) -> Value:
        """A monomial with a bracket to a whole power multiplied out."""
        at = next((k for k, (atom, exponent) in enumerate(monomial) if _whole(atom, exponent, self.algebra)), None)
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
        group, exponential = _bound(monomial, self.algebra) or (-1, ())
        inverse = tuple((a, -e) for a, e in exponential)
        rest = _joined(monomial, inverse, self.algebra)[0]
        higher = _joined(rest, ((group, 1),), self.algebra)[0]
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
        number = _number_power(self.number, exponent)
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
            scale, common = abs(first), no_atoms
        else:
            scale, common = first, _common(list(self.terms))
        raised = tuple((a, _tidy(e * exponent)) for a, e in common)
        outer = Value(self.algebra, {raised: _number_power(scale, exponent)}, math.nan)
        inverse = tuple((a, -e) for a, e in common)
        inner = Value(self.algebra, {_joined(m, inverse, self.algebra)[0]: c / scale for m, c in self.terms.items()}, math.nan)
        return outer * Value(self.algebra, {((self.algebra.grouped(inner), exponent),): 1}, math.nan)

    def _monomial_power(self, exponent: float) -> Value:
        (monomial, coefficient), = self.terms.items()
        simple = exponent == int(exponent) or (coefficient > 0 and all(e != int(e) or e % 2 for _, e in monomial)
                                               and len(monomial) <= 1)
        if not simple:
            return Value(self.algebra, {((self.algebra.grouped(self), exponent),): 1}, self.number)
        raised = tuple((atom, _tidy(e * exponent)) for atom, e in monomial)
        return Value(self.algebra, {raised: _number_power(coefficient, exponent)}, self.number)

    def __pow__(self, exponent: Any) -> Value:
        if isinstance(exponent, Value):
            if not exponent.is_number:
                return self.algebra.applied("pow", self, exponent)
            exponent = exponent.number
        return self.power(_tidy(exponent))

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
        return -self if self.number < 0 else self

    def __float__(self) -> float:
        return float(self.number)

    def __int__(self) -> int:
        return int(self.number)


def _common(monomials: list[Monomial]) -> Monomial:
    """The atoms that all monomials share, to the lowest of their exponents."""
    rows = [dict(m) for m in monomials]
    lowest = {a: min(row.get(a, 0) for row in rows) for a in {a for row in rows for a in row}}
    return tuple(sorted((a, e) for a, e in lowest.items() if e))


def _bound(monomial: Monomial, algebra: Algebra) -> tuple[int, Monomial] | None:
    """A bracket (1 + e) below the line of a monomial that has its exponential e above, and that."""
    exponents = dict(monomial)
    for atom, exponent in monomial:
        inner = algebra.bound.get(atom)
        if inner is not None and exponent < 0 and exponent == int(exponent) \
                and all(exponents.get(a, 0) >= e > 0 or exponents.get(a, 0) <= e < 0 for a, e in inner):
            return atom, inner
    return None


def _exp(algebra: Algebra, operand: Value) -> Value | None:
    """The exponential of a sum as the product of the exponentials of its terms."""
    if len(operand.terms) == 1 and next(iter(operand.terms.values())) == 1:
        return None
    result = algebra.constant(1)
    for monomial, coefficient in operand.terms.items():
        if not monomial:
            result = result * math.exp(coefficient)
            continue
        factor = algebra.applied("exp", Value(algebra, {monomial: 1}, math.nan))
        (((atom, _),),) = factor.terms
        result = result * Value(algebra, {((atom, _tidy(coefficient)),): 1}, math.nan)
    return result


def _log(algebra: Algebra, operand: Value) -> Value | None:
    """The logarithm of an exponential, and of a power of one atom."""
    if len(operand.terms) != 1:
        return _log_of_sum(algebra, operand)
    ((monomial, coefficient),) = operand.terms.items()
    outside = [(a, e) for a, e in monomial if algebra.atoms[a].kind == "exp"]
    rest = tuple(x for x in monomial if x not in outside)
    single = len(rest) == 1 and coefficient == 1 and rest[0][1] % 2 == 1 and rest[0][1] != 1
    if not outside and not single:
        return None
    result = algebra.constant(0)
    for atom, exponent in outside:
        result = result + algebra.atoms[atom].operands[0] * exponent
    base = Value(algebra, {((rest[0][0], 1),) if single else rest: coefficient}, math.nan)
    if single and algebra.is_group(rest[0][0]):
        base = algebra.atoms[rest[0][0]].operands[0]
    return result + algebra.applied("log", base) * (rest[0][1] if single else 1)


def _log_of_sum(algebra: Algebra, operand: Value) -> Value | None:
    """The logarithm of a sum, less the exponentials and the size of the coefficient that all terms have in common."""
    outside = tuple((a, e) for a, e in _common(list(operand.terms)) if algebra.atoms[a].kind == "exp")
    inverse = tuple((a, -e) for a, e in outside)
    rest = {_joined(m, inverse, algebra)[0]: c for m, c in operand.terms.items()}
    scale = abs(rest[max(rest, key=lambda m: (len(m), m))])
    if not outside and scale == 1:
        return None
    inner = Value(algebra, {m: c / scale for m, c in rest.items()}, math.nan)
    result = algebra.applied("log", inner) + math.log(scale)
    for atom, exponent in outside:
        result = result + algebra.atoms[atom].operands[0] * exponent
    return result


RULES: Mapping[str, Callable[[Algebra, Value], Value | None]] = {"exp": _exp, "log": _log}
"""What makes functions of one form of those that are equal wherever they are real numbers; None where nothing applies."""


def _plain(other: Any) -> Any:
    return other.number if isinstance(other, Value) else other


def _tidy(exponent: float) -> float:
    return int(exponent) if exponent == int(exponent) else exponent


def _number_power(base: float, exponent: float) -> float:
    try:
        result = base ** exponent
    except (ZeroDivisionError, OverflowError):
        return math.nan
    return result if isinstance(result, (int, float)) else math.nan


def _put(terms: Terms, monomial: Monomial, coefficient: float) -> None:
    before = terms.get(monomial)
    after = coefficient if before is None else before + coefficient
    if before is not None and abs(after) <= ROUNDING * abs(before):
        del terms[monomial]
    else:
        terms[monomial] = after


def _whole(atom: int, exponent: float, algebra: Algebra) -> bool:
    return 0 < exponent <= 4 and exponent == int(exponent) and algebra.is_group(atom) \
        and len(algebra.atoms[atom].operands[0].terms) ** exponent <= LARGEST


def _joined(a: Monomial, b: Monomial, algebra: Algebra) -> tuple[Monomial, bool]:
    """The product of two monomials, and whether a bracket in it can be multiplied out."""
    if not a or not b or a[-1][0] < b[0][0]:
        return a + b, False
    if b[-1][0] < a[0][0]:
        return b + a, False
    exponents = dict(a)
    met = False
    for atom, exponent in b:
        before = exponents.get(atom)
        exponents[atom] = exponent if before is None else _tidy(before + exponent)
        met = met or before is not None
    monomial = tuple(sorted((atom, e) for atom, e in exponents.items() if e))
    return monomial, met and any(_whole(atom, e, algebra) for atom, e in monomial)
