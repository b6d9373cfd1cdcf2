"""Formulas as patterns, so that a rewriting is one line of a table: `Rule(1 / (1 + exp(x)), sigmoid(-x))`.

A pattern is built with Python's own signs. `x`, `y`, `a`, `b` stand for any formula, `r` for any positive one, `c` for any
number. Sums and products match in any order; what a rule does not mention of a sum or product stays. `-x` matches every
formula and binds its negation, so that one rule serves both signs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from nndsl.ir.expression import Apply, Expr, Number, Read, apply, rebuild, walk

HOLE = "?"
"""Names of a pattern's variables begin with this sign, which no tensor's does."""


@dataclass(frozen=True)
class Term:
    """A formula under construction."""

    expr: Expr

    def __add__(self, other: Operand) -> Term:
        return _term("add", self, other)

    def __radd__(self, other: Operand) -> Term:
        return _term("add", other, self)

    def __sub__(self, other: Operand) -> Term:
        return _term("sub", self, other)

    def __rsub__(self, other: Operand) -> Term:
        return _term("sub", other, self)

    def __mul__(self, other: Operand) -> Term:
        return _term("mul", self, other)

    def __rmul__(self, other: Operand) -> Term:
        return _term("mul", other, self)

    def __truediv__(self, other: Operand) -> Term:
        return _term("div", self, other)

    def __rtruediv__(self, other: Operand) -> Term:
        return _term("div", other, self)

    def __pow__(self, other: Operand) -> Term:
        return _term("pow", self, other)

    def __neg__(self) -> Term:
        return _term("neg", self)

    def __lt__(self, other: Operand) -> Term:
        return _term("lt", self, other)

    def __gt__(self, other: Operand) -> Term:
        return _term("gt", self, other)


Operand = Term | float | int


def _term(operation: str, *operands: Operand) -> Term:
    return Term(apply(operation, *(x.expr if isinstance(x, Term) else x for x in operands)))


def function(operation: str) -> Callable[..., Term]:
    """An operation written as a call."""
    return lambda *operands: _term(operation, *operands)


def variable(name: str) -> Term:
    """What stands for any formula; `r...` for a positive one, `c...` for a number."""
    return Term(Read(HOLE + name))


x, y, a, b, r, c, c2 = (variable(name) for name in ("x", "y", "a", "b", "r", "c", "c2"))
exp, log, log1p, expm1, sqrt = (function(name) for name in ("exp", "log", "log1p", "expm1", "sqrt"))
sigmoid, softplus, tanh, sinh, cosh = (function(name) for name in ("sigmoid", "softplus", "tanh", "sinh", "cosh"))
absolute = function("abs")

Bound = dict[str, Expr]


@dataclass(frozen=True)
class Rule:
    """A formula and what it is rewritten to.

    Args:
        pattern, replacement: equal wherever the pattern is a real number.
        across: whether the pattern is also looked for through the equations that define the entries read.
        given: what the bound formulas must fulfil besides.
        proof: `proved` by SymPy, or `sampled` at 50 digits where SymPy does not decide it.
    """

    pattern: Term
    replacement: Term
    across: bool = False
    given: Callable[[Bound], bool] = lambda bound: True
    proof: str = "proved"

    @cached_property
    def root(self) -> str:
        """The operation at the root of the pattern; that of sums is `add`, that of products `mul`."""
        return root(self.pattern.expr)

    @cached_property
    def needs(self) -> frozenset[str]:
        """The operations without which the pattern cannot fit."""
        return frozenset(node.operation for node in walk(self.pattern.expr) if isinstance(node, Apply)) - set(ARITHMETIC)


ARITHMETIC = {"add": "add", "sub": "add", "mul": "mul", "div": "mul", "neg": "neg"}
"""Operations that may be written in several ways, with the one that stands for them."""


def root(expr: Expr) -> str:
    """The operation at the root of a formula, as `Rule.root` names it; "" if it is none."""
    return ARITHMETIC.get(expr.operation, expr.operation) if isinstance(expr, Apply) else ""


def is_hole(expr: Expr) -> bool:
    """Whether a formula is a pattern's variable."""
    return isinstance(expr, Read) and expr.tensor.startswith(HOLE)


def negated(expr: Expr) -> Expr:
    """The negation of a formula, without a sign where that can be."""
    match expr:
        case Number(value):
            return Number(-value)
        case Apply("neg", (inner,)):
            return inner
        case Apply("sub", (left, right)):
            return apply("sub", right, left)
        case Apply("mul" | "div" as operation, (left, right)) if _is_signed(left):
            return apply(operation, negated(left), right)
        case Apply("mul" | "div" as operation, (left, right)) if _is_signed(right):
            return apply(operation, left, negated(right))
        case _:
            return apply("neg", expr)


def _is_signed(expr: Expr) -> bool:
    """Whether negating a factor is free."""
    match expr:
        case Number() | Apply("neg"):
            return True
        case Apply("mul" | "div", (left, right)):
            return _is_signed(left) or _is_signed(right)
        case _:
            return False


def instantiate(replacement: Expr, bound: Bound) -> Expr:
    """A replacement with its variables filled in."""
    def change(node: Expr) -> Expr | None:
        match node:
            case Read(tensor) if is_hole(node):
                return bound[tensor]
            case Apply("neg", (inner,)):
                return negated(instantiate(inner, bound))
            case _:
                return None
    return rebuild(replacement, change)


def variables_fit(name: str, expr: Expr) -> bool:
    """Whether a pattern's variable may stand for a formula."""
    return not name.startswith(HOLE + "c") or isinstance(expr, Number)
