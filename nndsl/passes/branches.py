"""What stands in a branch stays in it: definitions that may have no finite slope move to where they are chosen.

With `a = log(x)` and `y = where(x > 0, a, 0)` each equation is harmless, yet at x = 0 the gradient of a is 0, that of x is 0
times infinity, and the network is lost. With `y = where(x > 0, log(x), 0)` the gradient is chosen as the value is. (Where a is
stored anyway, sharing reads it again.)
"""

from __future__ import annotations

from nndsl.ir.expression import Apply, Expr, Read, rebuild, walk
from nndsl.passes.matching import Unfold

BRANCHING = ("where", "min", "max", "clip")
SINGULAR = ("div", "log", "log1p", "sqrt", "pow", "exp", "expm1", "sinh", "cosh", "tan", "asin", "acos")
"""Operations whose slope is infinite somewhere, or overflows."""

LARGEST = 60  # nodes; a longer definition stays where it is


def kept_in_branches(expr: Expr, unfold: Unfold) -> Expr:
    """A formula in which no branch reads what may have no finite slope."""
    def outside(node: Expr) -> Expr | None:
        if isinstance(node, Apply) and node.operation in BRANCHING:
            return Apply(node.operation, tuple(rebuild(x, inside) for x in node.operands))
        return None

    def inside(node: Expr) -> Expr | None:
        if not isinstance(node, Read):
            return None
        definition = unfold(node)
        if definition is None:
            return node
        inner = rebuild(definition, inside)
        nodes = list(walk(inner))
        risky = any(isinstance(x, Apply) and x.operation in SINGULAR for x in nodes)
        return inner if risky and len(nodes) <= LARGEST else node

    return rebuild(expr, outside)
