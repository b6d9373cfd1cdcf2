"""Whether the turns of a nest's outermost loop may be done by different threads."""

from __future__ import annotations

from nndsl.ir.access import accesses
from nndsl.ir.equation import Equation
from nndsl.ir.expression import Draw, Expr, Index, Read, children, indices, walk
from nndsl.passes.collapse import numbers
from nndsl.passes.nest import Loop, Nest, leaves


def outermost(nest: Nest) -> Loop | None:
    """The loop around all of a nest, if each of its turns writes entries of its own and needs nothing of another turn.

    It must not be used as a number either, so that a thread may count its share of the turns from 0.
    """
    if len(nest.body) != 1 or not isinstance(nest.body[0], Loop):
        return None
    loop = nest.body[0]
    equations = [leaf.equation for leaf in leaves(loop.body)]
    written = {name for e in equations for name in (e.out, e.winner) if name}
    plain = not any(_counts(equation, loop.index) for equation in equations)
    return loop if plain and all(_own(name, equations, loop.index) for name in written) else None


def _own(tensor: str, equations: list[Equation], index: str) -> bool:
    """Whether all that is touched of a tensor lies where one of its axes has just the value of the index."""
    touched = [set(axes) for e in equations for axes in _axes(tensor, e, index)]
    return bool(set.intersection(*touched)) if touched else False


def _axes(tensor: str, equation: Equation, index: str) -> list[list[int]]:
    return [[axis for axis, formula in enumerate(access.index) if formula == Index(index)]
            for access in accesses(equation) if access.tensor == tensor]


def _counts(equation: Equation, index: str) -> bool:
    """Whether an equation uses the index as a number, to draw, or to ask whether an entry is there."""
    formulas = (equation.expr, *equation.index)
    return (any(index in indices(formula) for formula, _ in equation.guard)
            or index in numbers(equation.expr)
            or any(isinstance(node, Draw) or _asks(node, index) for f in formulas for node in walk(f)))


def _asks(node: Expr, index: str) -> bool:
    """Whether the index decides if an entry is there, or stands in the position of one otherwise than added."""
    if not isinstance(node, Read):
        return False
    asked = node.other is not None and any(index in indices(formula) for formula in node.index)
    return asked or any(_inside(formula, index) for formula in node.index)


def _inside(formula: Expr, index: str) -> bool:
    """Whether a position uses the index in a remainder or a quotient."""
    if isinstance(formula, Read):
        return False
    here = getattr(formula, "operation", "add") not in ("add", "sub", "mul", "neg")
    return any((here and index in numbers(child)) or _inside(child, index) for child in children(formula))
