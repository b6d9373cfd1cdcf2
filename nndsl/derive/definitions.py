"""What operations mean in terms of simpler ones: the pieces of the piecewise, the textbook formulas of the named.

The derivative of a piecewise operation is taken piece by piece from here. At a kink the piece whose condition holds counts:

    abs       slope 0 at 0
    max, min  at a tie the slope is that of the second operand, so max(x, 0) has slope 0 at 0
    clip      slope 1 at both ends, as the ends belong to the middle
"""

from __future__ import annotations

from collections.abc import Callable

from nndsl.ir.expression import Apply, Expr, apply, rebuild

PIECES: dict[str, Callable[..., Expr]] = {
    "abs": lambda x: apply("where", apply("gt", x, 0), x, apply("where", apply("lt", x, 0), apply("neg", x), 0)),
    "max": lambda a, b: apply("where", apply("gt", a, b), a, b),
    "min": lambda a, b: apply("where", apply("lt", a, b), a, b),
    "clip": lambda x, low, high: apply("where", apply("lt", x, low), low, apply("where", apply("gt", x, high), high, x)),
    "mod": lambda a, b: apply("sub", a, apply("mul", apply("floor", apply("div", a, b)), b)),
}

FORMULAS: dict[str, Callable[..., Expr]] = {
    "sigmoid": lambda x: apply("div", 1, apply("add", 1, apply("exp", apply("neg", x)))),
    "softplus": lambda x: apply("log", apply("add", 1, apply("exp", x))),
    "log1p": lambda x: apply("log", apply("add", 1, x)),
    "expm1": lambda x: apply("sub", apply("exp", x), 1),
}


def spelled_out(expr: Expr) -> Expr:
    """A formula in which only SymPy's own functions are left: the named ones are replaced by their textbook formulas."""
    def change(node: Expr) -> Expr | None:
        if isinstance(node, Apply) and node.operation in FORMULAS:
            return FORMULAS[node.operation](*(spelled_out(x) for x in node.operands))
        return None
    return rebuild(expr, change)
