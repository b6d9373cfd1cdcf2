"""Elementary functions of values, brought to one form where two forms are equal wherever they are real numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from nndsl.verify.algebra import Algebra, Value
from nndsl.verify.monomials import common, inverse, multiplied, tidy

FLOATS: Mapping[str, Callable[..., float]] = {
    "exp": math.exp, "log": math.log, "sin": math.sin, "cos": math.cos, "tan": math.tan, "sinh": math.sinh, "cosh": math.cosh,
    "tanh": math.tanh, "asin": math.asin, "acos": math.acos, "atan": math.atan, "erf": math.erf, "pow": math.pow,
}
"""The elementary functions, in double precision."""


LARGEST_EXPONENT = 700
"""The exponential of a larger number is none in double precision."""


def applied(algebra: Algebra, function: str, *operands: Value) -> Value:
    """An elementary function of values."""
    try:
        number = FLOATS[function](*(x.number for x in operands))
    except (ValueError, OverflowError, ZeroDivisionError):
        number = math.nan
    if all(x.is_number for x in operands):
        return Value(algebra, {(): number} if number else {}, number)
    result = RULES[function](algebra, operands[0]) if function in RULES else None
    result = algebra.function(function, *operands) if result is None else result
    result.number = number
    return result


def _exp(algebra: Algebra, operand: Value) -> Value | None:
    """The exponential of a sum as the product of the exponentials of its terms."""
    if len(operand.terms) == 1 and next(iter(operand.terms.values())) == 1:
        return None
    if operand.terms.get((), 0.0) > LARGEST_EXPONENT:
        return None
    result = algebra.constant(1)
    for monomial, coefficient in operand.terms.items():
        if not monomial:
            result = result * math.exp(coefficient)
            continue
        factor = algebra.function("exp", Value(algebra, {monomial: 1}, math.nan))
        (((atom, _),),) = factor.terms
        result = result * Value(algebra, {((atom, tidy(coefficient)),): 1}, math.nan)
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
    base = Value(algebra, {((rest[0][0], 1),) if single else rest: coefficient}, math.nan)
    if single and algebra.is_group(rest[0][0]):
        base = algebra.atoms[rest[0][0]].operands[0]
    result = _log_of_exponentials(algebra, outside)
    return result + applied(algebra, "log", base) * (rest[0][1] if single else 1)


def _log_of_sum(algebra: Algebra, operand: Value) -> Value | None:
    """The logarithm of a sum, less the exponentials and the size of the coefficient that all terms have in common."""
    outside = tuple((a, e) for a, e in common(operand.terms) if algebra.atoms[a].kind == "exp")
    rest = {multiplied(m, inverse(outside))[0]: c for m, c in operand.terms.items()}
    scale = abs(rest[max(rest, key=lambda m: (len(m), m))])
    if (not outside and scale == 1) or not math.isfinite(scale):
        return None
    inner = Value(algebra, {m: c / scale for m, c in rest.items()}, math.nan)
    return _log_of_exponentials(algebra, outside) + applied(algebra, "log", inner) + math.log(scale)


def _log_of_exponentials(algebra: Algebra, factors: Sequence[tuple[int, float]]) -> Value:
    result = algebra.constant(0)
    for atom, exponent in factors:
        result = result + algebra.atoms[atom].operands[0] * exponent
    return result


def _hyperbolic(sign: int) -> Callable[[Algebra, Value], Value | None]:
    """Half the sum, or difference, of an exponential and its inverse."""
    def rule(algebra: Algebra, operand: Value) -> Value | None:
        return (applied(algebra, "exp", operand) + applied(algebra, "exp", -operand) * sign) * 0.5
    return rule


RULES: Mapping[str, Callable[[Algebra, Value], Value | None]] = {
    "exp": _exp, "log": _log, "cosh": _hyperbolic(1), "sinh": _hyperbolic(-1),
}
"""What makes functions of one form of those that are equal; None where nothing applies."""
