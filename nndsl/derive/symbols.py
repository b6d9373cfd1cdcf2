"""Formulas to SymPy and back.

SymPy sees symbols of generated names and numbers, never a user's text. Whatever need not be looked into (a condition, a part
that is constant here, an entry read) goes over as one opaque symbol and comes back as it was, so that the user's form stays.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import sympy as sp

from nndsl.derive.definitions import PIECES
from nndsl.ir.expression import Apply, Expr, Number, apply


class Pieces(sp.Function):  # type: ignore[misc]
    """A piecewise operation: stands as itself, and its derivative is that of its pieces, the first argument."""

    def _eval_derivative(self, symbol: sp.Symbol) -> sp.Expr:
        return self.args[0].diff(symbol)


class Sigmoid(sp.Function):  # type: ignore[misc]
    """1 / (1 + exp(-x)); its derivative in the form that neither overflows nor needs a second exp."""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        """The derivative."""
        return self * (1 - self)


class Softplus(sp.Function):  # type: ignore[misc]
    """log(1 + exp(x))"""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        """The derivative, in the form that does not overflow."""
        return Sigmoid(*self.args)


class Log1p(sp.Function):  # type: ignore[misc]
    """log(1 + x)"""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        """The derivative."""
        return 1 / (1 + self.args[0])


class Expm1(sp.Function):  # type: ignore[misc]
    """exp(x) - 1"""

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        """The derivative."""
        return sp.exp(self.args[0])


class Power(sp.Function):  # type: ignore[misc]
    """a^b where b is not a number; the third argument is the condition a != 0.

    SymPy's own a^b has the derivative b a^b / a, which is not a number at a = 0.
    """

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        """The derivative by the base, and by the exponent: there 0 where the base is 0, the limit for b > 0."""
        a, b, nonzero = self.args
        if argindex == 1:
            return b * Power(a, b - 1, nonzero)
        return sp.Piecewise((self * sp.log(a), nonzero), (0, True)) if argindex == 2 else sp.Integer(0)


CONSTRUCTORS: dict[str, Callable[..., sp.Expr]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "neg": lambda a: -a,
    "exp": sp.exp,
    "log": sp.log,
    "log1p": Log1p,
    "expm1": Expm1,
    "sqrt": sp.sqrt,
    "sin": sp.sin,
    "cos": sp.cos,
    "tan": sp.tan,
    "sinh": sp.sinh,
    "cosh": sp.cosh,
    "tanh": sp.tanh,
    "asin": sp.asin,
    "acos": sp.acos,
    "atan": sp.atan,
    "erf": sp.erf,
    "sigmoid": Sigmoid,
    "softplus": Softplus,
}
"""Operations that SymPy takes as they are. `where`, `pow` and the piecewise ones need their conditions as well."""

FUNCTIONS: dict[Any, str] = {row: name for name, row in CONSTRUCTORS.items() if isinstance(row, type)}
FUNCTIONS |= {sp.Abs: "abs", sp.sign: "sign", sp.Not: "not"}
PIECEWISE_CLASSES = {name: type(name, (Pieces,), {}) for name in PIECES}
CHAINS: dict[Any, str] = {sp.And: "and", sp.Or: "or"}


@dataclass
class Translation:
    """One formula's way to SymPy and back.

    Args:
        inside: whether to look into a formula; others become opaque symbols, equal ones the same symbol.
    """

    inside: Callable[[Expr], bool]
    symbols: dict[Expr, sp.Symbol] = field(default_factory=dict)
    meanings: dict[sp.Basic, Expr] = field(default_factory=dict)

    def symbol(self, expr: Expr) -> sp.Symbol:
        """The symbol that stands for a formula."""
        if expr not in self.symbols:
            self.symbols[expr] = sp.Symbol(f"v{len(self.symbols):04d}", real=True)
            self.meanings[self.symbols[expr]] = expr
        return self.symbols[expr]

    def to_sympy(self, expr: Expr) -> sp.Expr:
        """A formula as a SymPy expression. What SymPy leaves whole comes back just as it stood here."""
        found = self._to_sympy(expr)
        if not found.is_number:
            self.meanings.setdefault(found, expr)
        return found

    def _to_sympy(self, expr: Expr) -> sp.Expr:
        match expr:
            case Number(value) if math.isfinite(value):
                return sp.Integer(value) if isinstance(value, int) else _float(value)
            case Apply("where", (condition, a, b)) if self.inside(expr):
                return sp.Piecewise((self.to_sympy(a), self.symbol(condition)), (self.to_sympy(b), True))
            case Apply("pow", (base, exponent)) if self.inside(expr):
                return self._power(base, exponent)
            case Apply(operation, operands) if operation in PIECES and self.inside(expr):
                definition = self.to_sympy(PIECES[operation](*operands))
                return PIECEWISE_CLASSES[operation](definition, *(self.to_sympy(x) for x in operands))
            case Apply(operation, operands) if operation in CONSTRUCTORS and self.inside(expr):
                return CONSTRUCTORS[operation](*(self.to_sympy(x) for x in operands))
            case _:
                return self.symbol(expr)

    def _power(self, base: Expr, exponent: Expr) -> sp.Expr:
        if isinstance(exponent, Number) and math.isfinite(exponent.value):
            twice = 2 * exponent.value
            exact = sp.Rational(int(twice), 2) if twice == int(twice) else _float(exponent.value)
            return sp.Pow(self.to_sympy(base), exact)
        return Power(self.to_sympy(base), self.to_sympy(exponent), self.symbol(apply("ne", base, 0)))

    # ------------------------------------------------------------------------------------------------ back

    def from_sympy(self, expr: sp.Basic) -> Expr:
        """A SymPy expression as a formula."""
        if expr in self.meanings:
            return self.meanings[expr]
        if expr.is_number:
            return _number(expr)
        if isinstance(expr, Pieces):
            return Apply(type(expr).__name__, tuple(self.from_sympy(x) for x in expr.args[1:]))
        for kinds, convert in _BACK:
            if isinstance(expr, kinds):
                return convert(self, expr)
        return Apply(FUNCTIONS[expr.func], tuple(self.from_sympy(x) for x in expr.args))


def _float(value: float | int) -> sp.Float:
    return sp.Float(float(value), precision=53)


def _number(expr: sp.Expr) -> Expr:
    """A constant; what is no finite real number (as 1/0) is not a number here either."""
    if expr.is_Integer:
        return Number(int(expr))
    if expr.is_Rational:
        return _fraction(int(expr.p), int(expr.q))
    return Number(float(expr) if expr.is_extended_real else math.nan)


def _fraction(above: int, below: int) -> Expr:
    """A quotient of integers; as one number where that is exact."""
    return apply("div", above, below) if below & (below - 1) else Number(above / below)


def _sum(translation: Translation, expr: sp.Add) -> Expr:
    """Terms in SymPy's order, those that are subtracted last."""
    terms = [(_is_negative(term), term) for term in expr.args]
    first = [translation.from_sympy(term) for negative, term in terms if not negative]
    last = [translation.from_sympy(-term) for negative, term in terms if negative]
    total = _chain("add", first) if first else apply("neg", last.pop(0))
    for term in last:
        total = apply("sub", total, term)
    return total


def _is_negative(term: sp.Expr) -> bool:
    return bool(term.as_coeff_Mul()[0].is_negative)


def _product(translation: Translation, expr: sp.Expr) -> Expr:
    """A number and factors over a number and factors; a sign goes to the number if there is one."""
    coefficient, rest = expr.as_coeff_Mul()
    above: list[sp.Expr] = []
    below: list[sp.Expr] = []
    for factor in sp.Mul.make_args(rest):
        exponent = sp.Integer(1) if factor in translation.meanings else factor.as_base_exp()[1]
        under = exponent.is_number and exponent.is_negative
        if factor.is_number:
            coefficient = _float(float(coefficient * factor))
        else:
            (below if under else above).append(1 / factor if under else factor)
    if coefficient.is_Rational and (coefficient.p in (1, -1) or coefficient.q & (coefficient.q - 1)):
        below[:0] = [sp.Integer(coefficient.q)] if coefficient.q != 1 else []
        coefficient = sp.Integer(coefficient.p)
    factors = [translation.from_sympy(x) for x in above]
    if coefficient not in (1, -1) or not factors:
        factors.insert(0, _number(coefficient))
        coefficient = sp.Integer(1)
    result = _chain("mul", factors)
    if below:
        result = apply("div", result, _chain("mul", [translation.from_sympy(x) for x in below]))
    return apply("neg", result) if coefficient == -1 else result


def _raised(translation: Translation, expr: sp.Pow) -> Expr:
    base, exponent = expr.args
    if exponent.is_number and exponent.is_negative:
        return _product(translation, expr)
    inner = translation.from_sympy(base)
    if not exponent.is_number or not (2 * exponent).is_integer:
        return apply("pow", inner, translation.from_sympy(exponent))
    whole, half = int(exponent), exponent != int(exponent)
    factors: list[Expr] = [inner if whole == 1 else apply("pow", inner, whole)] if whole else []
    return _chain("mul", [*factors, *([apply("sqrt", inner)] if half else [])])


def _choice(translation: Translation, expr: sp.Piecewise) -> Expr:
    *pieces, (last, _) = expr.args
    result = translation.from_sympy(last)
    for value, condition in reversed(pieces):
        result = apply("where", translation.from_sympy(condition), translation.from_sympy(value), result)
    return result


def _chained(translation: Translation, expr: sp.Basic) -> Expr:
    return _chain(CHAINS[expr.func], [translation.from_sympy(x) for x in expr.args])


def _chain(operation: str, parts: Iterable[Expr]) -> Expr:
    result, *rest = parts
    for part in rest:
        result = apply(operation, result, part)
    return result


def _power_back(translation: Translation, expr: Power) -> Expr:
    return apply("pow", *(translation.from_sympy(x) for x in expr.args[:2]))


_BACK: tuple[tuple[Any, Callable[[Translation, Any], Expr]], ...] = (
    (sp.Add, _sum),
    (sp.Mul, _product),
    (sp.exp, lambda translation, expr: apply("exp", translation.from_sympy(expr.args[0]))),
    (sp.Pow, _raised),
    (sp.Piecewise, _choice),
    ((sp.And, sp.Or), _chained),
    (Power, _power_back),
)
"""From a SymPy class to the formula; what is not here is a function of the same name."""
