"""Formulas as they are written by hand: numbers first, signs in front, and values that have a name under that name."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from nndsl.inspect.doc.equations import rounded
from nndsl.ir.equation import Equation, Program
from nndsl.ir.expression import Apply, Expr, Index, Number, Ranges, Read, Reduce, Scalar, apply, rebuild, substitute
from nndsl.passes.simplify import simplified

SHORT = 5
"""A number in front of a product that is longer than so many characters is told as a division, if it is one: `/ 16`."""


def tidied(program: Program, equations: Sequence[Equation]) -> list[Equation]:
    """The gradients among equations, tidied.

    Args:
        program: with the forward pass, whose values are told by their names.
        equations: those to rewrite.
    """
    known = [named for e in program.equations() if (named := _as_pattern(e))]
    return [replace(e, expr=_tidy(simplified(within(without_stops(e.expr), e.ranges)), known)) if e.out.startswith("∂") else e
            for e in equations]


def within(expr: Expr, ranges: Ranges) -> Expr:
    """The formula without conditions that hold wherever its indices run."""
    limits = {(Index(name), Scalar(e) if isinstance(e, str) else Number(e)) for name, e in ranges}

    def change(node: Expr) -> Expr | None:
        match node:
            case Apply("lt", (index, limit)) if (index, limit) in limits:
                return Number(1)
            case Apply("ge", (Index(), Number(0)) | (Apply("add", (Index(), Number())), Number(0))):
                return Number(1)
            case Apply("and", (left, right)):
                sides = [x for x in (within(left, ranges), within(right, ranges)) if x != Number(1)]
                return Apply("and", (sides[0], sides[1])) if len(sides) == 2 else sides[0] if sides else Number(1)
        return None

    return rebuild(expr, change)


def without_stops(expr: Expr) -> Expr:
    """The formula as mathematics: where gradients stop is no part of its value."""
    def change(node: Expr) -> Expr | None:
        return without_stops(replace(node, stop=False)) if isinstance(node, Read) and node.stop else None

    return rebuild(expr, change)


def _as_pattern(equation: Equation) -> Equation | None:
    """A forward equation whose formula can be recognised in others."""
    plain = all(isinstance(i, Index) for i in equation.index) and not (equation.reduce or equation.guard or equation.accumulate)
    if not plain or equation.out.startswith("∂") or not isinstance(equation.expr, Apply):
        return None
    return replace(equation, expr=without_stops(equation.expr))


def _tidy(expr: Expr, known: Sequence[Equation]) -> Expr:
    match expr:
        case Apply(operation, operands):
            inside = Apply(operation, tuple(_tidy(x, known) for x in operands))
            if operation in ("mul", "div", "neg"):
                return _product(inside, known)
            return _named(inside, known) or _signed(inside)
        case Reduce(kind, ranges, body):
            return Reduce(kind, ranges, _tidy(body, known))
        case _:
            return expr


def _signed(expr: Apply) -> Expr:
    """A sum in which what is negative is subtracted."""
    if expr.operation != "add":
        return expr
    left, right = expr.operands
    positive = _positive(right)
    return expr if positive is None else apply("sub", left, positive)


def _positive(expr: Expr) -> Expr | None:
    """What a formula is the negative of, if it is written with a sign in front."""
    match expr:
        case Number(value) if value < 0:
            return Number(-value)
        case Apply("neg", (inner,)):
            return inner
        case Apply("mul" | "div" as operation, (left, right)):
            positive = _positive(left)
            return None if positive is None else apply(operation, positive, right) if positive != Number(1) else right
        case Apply("where", (condition, value, Number(0))):
            positive = _positive(value)
            return None if positive is None else apply("where", condition, positive, 0)
        case _:
            return None


def _named(expr: Expr, known: Sequence[Equation]) -> Expr | None:
    """The entry whose formula this is."""
    for equation in known:
        free = {i.name for i in equation.index if isinstance(i, Index)}
        found: dict[str, Expr] = {}
        if _matches(equation.expr, expr, free, found) and len(found) == len(free):
            return substitute(Read(equation.out, equation.index), found)
    return None


def _matches(pattern: Expr, expr: Expr, free: set[str], found: dict[str, Expr]) -> bool:
    """Whether a formula is the pattern with its free indices replaced, as `found` then says."""
    match pattern, expr:
        case (Index(name), _) if name in free:
            return found.setdefault(name, expr) == expr
        case (Read(a, i, None), Read(b, j, None)):
            return a == b and all(_matches(x, y, free, found) for x, y in zip(i, j, strict=True))
        case (Apply(a, x), Apply(b, y)):
            return a == b and len(x) == len(y) and all(_matches(p, q, free, found) for p, q in zip(x, y, strict=True))
        case _:
            return pattern == expr


def _product(expr: Apply, known: Sequence[Equation]) -> Expr:
    """A product: one number, the factors in their order, and what they are divided by."""
    number, above, below = _factors(expr)
    for over in above:
        for under in below:
            value = _named(apply("div", over, under), known)
            if value is not None and over in above and under in below:
                above[above.index(over)] = value
                below.remove(under)
    if len(repr(number)) > SHORT and abs(1 / number - (whole := round(1 / number))) < 1e-12 * abs(whole):
        number, below = int(math.copysign(1, whole)), [Number(abs(whole)), *below]
    if number == -1 and above:
        factors = [apply("neg", above[0]), *above[1:]]
    else:
        factors = [*([Number(number)] if number != 1 or not above else []), *above]
    return apply("div", _chain(factors), _chain(below)) if below else _chain(factors)


def _chain(factors: Sequence[Expr]) -> Expr:
    result = factors[0]
    for factor in factors[1:]:
        result = apply("mul", result, factor)
    return result


def _factors(expr: Expr) -> tuple[float | int, list[Expr], list[Expr]]:
    """The number in front, what is multiplied, and what it is divided by."""
    match expr:
        case Number(value):
            return value, [], []
        case Apply("neg", (inner,)):
            number, above, below = _factors(inner)
            return -number, above, below
        case Apply("mul", (left, right)):
            (a, x, y), (b, z, w) = _factors(left), _factors(right)
            return a * b, [*x, *z], [*y, *w]
        case Apply("div", (left, right)):
            (a, x, y), (b, z, w) = _factors(left), _factors(right)
            if b in (1, -1):
                return a * b, [*x, *w], [*y, *z]
            return a, [*x, *w], [Number(b), *y, *z]
        case _:
            return 1, [expr], []


def shown(equation: Equation) -> Equation:
    """A user's formula without idle parts as `1 · x`, and with as many digits as say something."""
    return plain_places(replace(equation, expr=rounded(_plain(without_stops(equation.expr)))))


def plain_places(equation: Equation) -> Equation:
    """The equation without idle parts as `p · 1 + 0` in the places of its entries."""
    return replace(equation, index=tuple(_plain(i) for i in equation.index), expr=_in_reads(equation.expr),
                   guard=tuple((_plain(f), extent) for f, extent in equation.guard))


def _in_reads(expr: Expr) -> Expr:
    def change(node: Expr) -> Expr | None:
        if not isinstance(node, Read):
            return None
        return replace(node, index=tuple(_plain(i) for i in node.index),
                       other=None if node.other is None else _in_reads(node.other))

    return rebuild(expr, change)


def _plain(expr: Expr) -> Expr:
    """A formula without sums with 0, products with 1, and conditions that are known."""
    if isinstance(expr, Reduce):
        return replace(expr, body=_plain(expr.body))
    if not isinstance(expr, Apply):
        return _in_reads(expr)
    inside = Apply(expr.operation, tuple(_plain(x) for x in expr.operands))
    match inside:
        case Apply("add" | "sub", (left, Number(0))) | Apply("mul" | "floordiv" | "pow", (left, Number(1))):
            return left
        case Apply("add", (Number(0), right)) | Apply("mul", (Number(1), right)):
            return right
        case Apply("mul", (Number(0), _)) | Apply("mul", (_, Number(0))):
            return Number(0)
        case Apply("and", (Number(1), rest)) | Apply("and", (rest, Number(1))) | Apply("or", (Number(0), rest)):
            return rest
        case Apply("or", (rest, Number(0))) | Apply("where", (Number(1), rest, _)) | Apply("where", (Number(0), _, rest)):
            return rest
        case Apply("or", (Number(1), _)) | Apply("or", (_, Number(1))):
            return Number(1)
        case _:
            return inside
