"""Integer index formulas as affine forms, and where an entry of a tensor stands in flat memory.

Strides are known when a model is built, save for the batch size: an axis slower than the batch axis has a stride in which
the batch size is a factor. So every coefficient is a polynomial in the batch size.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache, reduce

from nndsl.ir.equation import Tensor
from nndsl.ir.expression import BATCH, Apply, Expr, Extent, Index, Number, Read, Scalar


@dataclass(frozen=True)
class Poly:
    """A polynomial in the batch size: `powers[k]` is the coefficient of its k-th power; no trailing zeros."""

    powers: tuple[int, ...] = ()

    def __add__(self, other: Poly) -> Poly:
        longest = max(len(self.powers), len(other.powers))
        return _poly([self._at(k) + other._at(k) for k in range(longest)])

    def __sub__(self, other: Poly) -> Poly:
        return self + other * Poly((-1,))

    def __mul__(self, other: Poly) -> Poly:
        found = [0] * max(len(self.powers) + len(other.powers) - 1, 0)
        for i, a in enumerate(self.powers):
            for j, b in enumerate(other.powers):
                found[i + j] += a * b
        return _poly(found)

    def __bool__(self) -> bool:
        return bool(self.powers)

    def _at(self, k: int) -> int:
        return self.powers[k] if k < len(self.powers) else 0

    @property
    def constant(self) -> int | None:
        """Its value if the batch size does not stand in it, else None."""
        return self._at(0) if len(self.powers) < 2 else None

    def at(self, batch: int) -> int:
        """Its value for a batch size."""
        return sum(c * batch**k for k, c in enumerate(self.powers))

    def __str__(self) -> str:
        """As Python text over the name `batch`."""
        factors = ["", "batch", "batch*batch"]
        terms = [_term(c, factors[k]) for k, c in enumerate(self.powers) if c]
        return " + ".join(reversed(terms)).replace("+ -", "- ") or "0"


def _poly(powers: list[int]) -> Poly:
    while powers and not powers[-1]:
        powers.pop()
    return Poly(tuple(powers))


def _term(coefficient: int, factor: str) -> str:
    if not factor:
        return str(coefficient)
    return factor if coefficient == 1 else f"{coefficient}*{factor}"


def number(value: int) -> Poly:
    """A polynomial that is just a number."""
    return _poly([value])


def extent(value: Extent) -> Poly:
    """How far an index runs, as a polynomial in the batch size."""
    return Poly((0, 1)) if value == BATCH else number(int(value))


def product(values: list[Extent] | tuple[Extent, ...]) -> Poly:
    """The product of extents; 1 of none."""
    return reduce(lambda a, b: a * extent(b), values, number(1))


@dataclass(frozen=True)
class Affine:
    """`constant + sum of coefficients[i] * i`; no coefficient is zero.

    Args:
        coefficients: by index name.
        constant: the rest.
    """

    coefficients: Mapping[str, Poly] = field(default_factory=dict)
    constant: Poly = Poly()

    def __add__(self, other: Affine) -> Affine:
        names = list(dict.fromkeys([*self.coefficients, *other.coefficients]))
        sums = {n: self.of(n) + other.of(n) for n in names}
        return Affine({n: c for n, c in sums.items() if c}, self.constant + other.constant)

    def scaled(self, factor: Poly) -> Affine:
        """This form times a number."""
        scaled = {n: c * factor for n, c in self.coefficients.items()}
        return Affine({n: c for n, c in scaled.items() if c}, self.constant * factor)

    def of(self, index: str) -> Poly:
        """The coefficient of an index, zero if it does not stand here."""
        return self.coefficients.get(index, Poly())

    def bounds(self, ranges: Mapping[str, Extent]) -> tuple[Poly, Poly] | None:
        """The least and greatest value over the ranges, or None where a coefficient's sign depends on the batch size."""
        low = high = self.constant
        for name, coefficient in self.coefficients.items():
            step = coefficient.constant
            if step is None:
                return None
            reach = number(step) * (extent(ranges[name]) - number(1))
            low, high = (low, high + reach) if step > 0 else (low + reach, high)
        return low, high


def affine(expr: Expr) -> Affine | None:
    """An integer formula as an affine form, or None if it is not one."""
    match expr:
        case Number(value) if isinstance(value, int):
            return Affine({}, number(value))
        case Index(name):
            return Affine({name: number(1)})
        case Scalar(name) if name == BATCH:
            return Affine({}, extent(BATCH))
        case Apply("neg", (inner,)):
            found = affine(inner)
            return found and found.scaled(number(-1))
        case Apply("add" | "sub" | "mul" as operation, (left, right)):
            a, b = affine(left), affine(right)
            return None if a is None or b is None else _combine(operation, a, b)
        case _:
            return None


def index_and_rest(formula: Expr) -> tuple[str, Poly] | None:
    """The index and what is added to it, where a formula is one index and what no index stands in."""
    found = affine(formula)
    names = list(found.coefficients) if found else []
    return (names[0], found.constant) if found and len(names) == 1 and found.of(names[0]) == number(1) else None


def distance(formula: Expr, index: str) -> int | None:
    """By how much a formula is more than an index; None if it is not that index and a number."""
    found = index_and_rest(formula)
    return found[1].constant if found and found[0] == index else None


def _combine(operation: str, a: Affine, b: Affine) -> Affine | None:
    if operation != "mul":
        return a + (b if operation == "add" else b.scaled(number(-1)))
    if not a.coefficients:
        return b.scaled(a.constant)
    return a.scaled(b.constant) if not b.coefficients else None


def strides(tensor: Tensor) -> tuple[Poly, ...]:
    """How many entries apart neighbours along each axis of a tensor are."""
    found: dict[int, Poly] = {}
    step = number(1)
    for axis in reversed(tensor.order or range(len(tensor.shape))):
        found[axis] = step
        step = step * extent(tensor.shape[axis])
    return tuple(found[axis] for axis in range(len(tensor.shape)))


@dataclass(frozen=True)
class Flat:
    """Where an entry stands in its tensor's flat memory.

    Args:
        form: the affine part.
        rest: what is not affine, as pairs of a stride and an integer formula.
    """

    form: Affine
    rest: tuple[tuple[Poly, Expr], ...] = ()


@lru_cache(maxsize=1 << 14)
def flat(tensor: Tensor, index: tuple[Expr, ...]) -> Flat:
    """The flat position of `tensor[index]`."""
    form, rest = Affine(), []
    for stride, position in zip(strides(tensor), index, strict=True):
        found = affine(position)
        if found is None:
            rest.append((stride, position))
        else:
            form = form + found.scaled(stride)
    return Flat(form, tuple(rest))


def flat_read(read: Read, tensors: Mapping[str, Tensor]) -> Flat:
    """The flat position of what `read` reads."""
    return flat(tensors[read.tensor], read.index)


def formula(form: Affine) -> Expr | None:
    """An affine form as a formula in the shortest writing, or None where the batch size is a factor of an index."""
    if any(c.constant is None for c in form.coefficients.values()) or form.constant.constant is None:
        return None
    total: Expr | None = None
    for name, coefficient in form.coefficients.items():
        factor = coefficient.constant or 0
        term: Expr = Index(name) if abs(factor) == 1 else Apply("mul", (Index(name), Number(abs(factor))))
        if total is None:
            total = term if factor > 0 else Apply("neg", (term,))
        else:
            total = Apply("add" if factor > 0 else "sub", (total, term))
    constant = form.constant.constant
    if total is None:
        return Number(constant)
    return Apply("add" if constant > 0 else "sub", (total, Number(abs(constant)))) if constant else total


def tidy(expr: Expr, shift: int = 0) -> Expr:
    """An integer formula plus a number, in the shortest writing where it is affine."""
    form = affine(expr)
    short = None if form is None else formula(form + Affine({}, number(shift)))
    if short is not None:
        return short
    return Apply("add", (expr, Number(shift))) if shift else expr
