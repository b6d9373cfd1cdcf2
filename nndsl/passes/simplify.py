"""Formulas without idle work, by identities that change no result beyond the last rounding of constants.

What happens:
- operations on numbers alone are done, in 64 bits;
- the rules of EXACT: they hold bit for bit in floating point, but for the sign of a zero and the kind of a NaN;
- `powers`, run last: exponents 2, 3, 4 become products, halves square roots, negative ones quotients; each operation rounds
  correctly, so the result is as near to the exact value as a library's power (within two units in the last place).

What does not: nothing is reordered, no sum or product is regrouped, `x / 3` stays a division, `0 * x` stays a product (x may
be infinite). So in floating point the program still does what the file says.
"""

from __future__ import annotations

import math

import numpy as np

from nndsl.ir.elementwise import ELEMENTWISE, unified
from nndsl.ir.equation import Program
from nndsl.ir.expression import Apply, Expr, Number, apply, rebuild
from nndsl.ir.operations import OPERATIONS
from nndsl.passes.matching import exactly
from nndsl.passes.patterns import Rule, Term, a, b, c, c2, function, x, y
from nndsl.passes.rewriting import each_formula

opposite, absolute, sign, invert = (function(name) for name in ("neg", "abs", "sign", "not"))
minimum, maximum, where = (function(name) for name in ("min", "max", "where"))
ODD = ("tanh", "sinh", "sin", "tan", "atan", "asin", "erf", "sign")
EVEN = ("cosh", "cos")


def _power_of_two(expr: Expr) -> bool:
    return isinstance(expr, Number) and math.isfinite(expr.value) and abs(math.frexp(expr.value)[0]) == 0.5


EXACT = (
    Rule(x * 1, x),
    Rule(x / 1, x),
    Rule(x + 0, x),
    Rule(x - 0, x),
    Rule(0 - x, -x),
    Rule(x * -1, -x),
    Rule(x / -1, -x),
    Rule(opposite(opposite(x)), x),
    Rule(x + -y, x - y),
    Rule(x - -y, x + y),
    Rule(-x + y, y - x),
    Rule(-x * -y, x * y),
    Rule(-x / -y, x / y),
    Rule(-(x - y), y - x),
    Rule(-(c * x), -c * x),
    Rule(-(c / x), -c / x),
    Rule(c * -x, -c * x),
    Rule(c / -x, -c / x),
    Rule(-x / c, x / -c),
    Rule(x * -y, -(x * y)),
    Rule(x / -y, -(x / y)),
    Rule(-x / y, -(x / y)),
    Rule(x + x, 2 * x),
    Rule((c * x) * c2, (c * c2) * x, given=lambda bound: _power_of_two(bound["?c"]) or _power_of_two(bound["?c2"])),
    Rule(x ** 1, x),
    Rule(x ** 0, Term(Number(1))),
    Rule(absolute(-x), absolute(x)),
    Rule(absolute(absolute(x)), absolute(x)),
    *(Rule(f(-x), -f(x)) for f in map(function, ODD)),
    *(Rule(f(-x), f(x)) for f in map(function, EVEN)),
    Rule(minimum(x, x), x),
    Rule(maximum(x, x), x),
    Rule(where(x, a, a), a),
    Rule(where(invert(x), a, b), where(x, b, a)),
    Rule(where(x > 0, 1, where(x < 0, -1, 0)), sign(x)),
    Rule(where(x > 0, -1, where(x < 0, 1, 0)), -sign(x)),
)
"""Identities that hold in floating point too."""

BY_OPERATION = {operation: tuple(rule for rule in EXACT if isinstance(rule.pattern.expr, Apply)
                                 and rule.pattern.expr.operation == operation) for operation in OPERATIONS}


def simplify(program: Program) -> Program:
    """The program with every formula simplified."""
    return each_formula(program, simplified)


def powers(program: Program) -> Program:
    """The program with small whole powers written as products, and square roots as such."""
    return each_formula(program, as_products)


def simplified(expr: Expr) -> Expr:
    """A formula without idle work; index formulas stay as they are."""
    if not isinstance(expr, Apply):
        return expr
    expr = Apply(expr.operation, tuple(simplified(x) for x in expr.operands))
    for step in (_folded, _chosen, _scaled, _ruled):
        new = step(expr)
        if new is not None:
            return simplified(new)
    return expr


def _ruled(expr: Apply) -> Expr | None:
    return next((new for rule in BY_OPERATION.get(expr.operation, ()) if (new := exactly(rule, expr)) is not None), None)


def _folded(expr: Apply) -> Expr | None:
    """The value of an operation on numbers; whole numbers stay whole."""
    if not all(isinstance(x, Number) for x in expr.operands):
        return None
    operands = [np.asarray(x.value) for x in expr.operands if isinstance(x, Number)]
    with np.errstate(all="ignore"):
        value = ELEMENTWISE[expr.operation](*unified(operands, np.dtype(np.float64)))
    if value.dtype.kind in "bi":
        return Number(int(value)) if abs(int(value)) < 2**53 else None
    return Number(float(value)) if math.isfinite(value) else None


def _chosen(expr: Apply) -> Expr | None:
    """`where`, `and`, `or` whose condition is known."""
    match expr:
        case Apply("where", (Number(value), yes, no)):
            return yes if value else no
        case _:
            return None


def _scaled(expr: Apply) -> Expr | None:
    """A division by a power of two as a product: exact, and faster."""
    match expr:
        case Apply("div", (above, Number(value))) if not isinstance(above, Number):
            return apply("mul", above, 1 / value) if _power_of_two(Number(value)) and abs(value) < 2**60 else None
        case _:
            return None


def as_products(expr: Expr) -> Expr:
    """A formula with small powers written out."""
    def change(node: Expr) -> Expr | None:
        match node:
            case Apply("pow", (base, Number(exponent))) if 0 < abs(exponent) <= 4 and 2 * exponent == int(2 * exponent):
                product = _power(as_products(base), abs(exponent))
                return product if exponent > 0 else apply("div", 1, product)
            case _:
                return None
    return rebuild(expr, change)


def _power(base: Expr, exponent: float) -> Expr:
    factors = [base] * int(exponent) + ([apply("sqrt", base)] if exponent != int(exponent) else [])
    if len(factors) == 4:
        square = apply("mul", base, base)
        return apply("mul", square, square)
    product, *others = factors
    for factor in others:
        product = apply("mul", product, factor)
    return product
