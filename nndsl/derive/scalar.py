"""Partial derivatives of scalar formulas: always SymPy's, formula by formula.

Differentiating is done on a formula's shape, with its entries numbered instead of named, and remembered: twenty equal layers
cost one differentiation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from sympy.core.parameters import distribute

from nndsl.derive.symbols import Translation
from nndsl.ir.expression import Apply, Expr, Number, Read, apply, rebuild
from nndsl.ir.operations import CONSTANT

ZERO = Number(0)


def entries(expr: Expr) -> tuple[Read, ...]:
    """The distinct entries whose values count in a formula, in order of appearance; not those inside indices or `else`."""
    found: dict[Read, None] = {}
    stack: list[Expr] = [expr]
    while stack:
        node = stack.pop()
        if isinstance(node, Read):
            found[node] = None
        elif isinstance(node, Apply):
            stack.extend(reversed(node.operands))
    return tuple(found)


def partial(expr: Expr, entry: Read) -> Expr:
    """The derivative of a flat formula by one of its entries; all others, and all indices, are held fixed.

    At a kink it is the derivative of the piece whose condition holds there (see definitions.py).
    """
    numbered = {read: Read(f"r{number}") for number, read in enumerate(entries(expr))}
    if entry not in numbered:
        return ZERO
    shape = _renamed(expr, numbered)
    result = _partial(_Shape(repr(shape), shape), numbered[entry])
    return _renamed(result, {number: read for read, number in numbered.items()})


def _renamed(expr: Expr, new: dict[Read, Read]) -> Expr:
    return rebuild(expr, lambda node: new.get(node, node) if isinstance(node, Read) else None)


@dataclass(frozen=True)
class _Shape:
    """A formula that is remembered as it is written: 2 and 2.0 are equal as numbers, but not of one kind."""

    text: str
    expr: Expr = field(compare=False)


@lru_cache(maxsize=4096)
def _partial(shape: _Shape, entry: Read) -> Expr:
    translation = Translation(lambda node: _varies(node, entry))
    variable = translation.symbol(entry)
    # SymPy would write 2 (a + b) as 2 a + 2 b: another rounding, and no longer what the forward pass has computed
    with distribute(False):
        return translation.from_sympy(translation.to_sympy(shape.expr).diff(variable))


def _varies(expr: Expr, entry: Read) -> bool:
    """Whether the derivative of a formula by an entry can be other than 0."""
    if expr == entry:
        return True
    return isinstance(expr, Apply) and expr.operation not in CONSTANT and any(_varies(x, entry) for x in expr.operands)


def is_number(expr: Expr, value: float) -> bool:
    """Whether a formula is this literal."""
    return isinstance(expr, Number) and expr.value == value


def times(factor: Expr, slope: Expr) -> Expr:
    """`factor * slope`, kept short. A branch of `where` that is 0 stays 0, whatever the factor."""
    match slope:
        case Number(0):
            return ZERO
        case Number(1):
            return factor
        case Number(-1):
            return apply("neg", factor)
        case Apply("neg", (inner,)):
            return apply("neg", times(factor, inner))
        case Apply("div", (Number() as above, below)):
            return apply("div", times(factor, above), below)
        case Apply("where", (condition, a, b)) if is_number(a, 0) or is_number(b, 0):
            return apply("where", condition, times(factor, a), times(factor, b))
        case _:
            return slope if is_number(factor, 1) else apply("mul", factor, slope)
