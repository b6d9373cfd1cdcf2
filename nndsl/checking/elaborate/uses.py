"""How far an index of a left side runs that its own formula does not tell: as far as those that read the tensor.

`keep[c] = bernoulli(0.8)` says nothing about `c`; `y[t, c] = x[t, c] * keep[c]` does.
"""

from __future__ import annotations

from collections.abc import Iterator

from nndsl.checking.elaborate.frame import Deferred, Frame
from nndsl.checking.elaborate.mistakes import Mistake
from nndsl.checking.elaborate.ranges import analyse
from nndsl.checking.elaborate.several import single
from nndsl.checking.elaborate.symbols import Analysis
from nndsl.checking.walking import walk
from nndsl.ir.expression import Extent
from nndsl.syntax.tree import Axis, Dots, Equation, Expression, Indexed, Name, Output, Statement


def from_uses(name: str, axes: tuple[Axis, ...], frame: Frame) -> dict[str, Extent]:
    """The extents of a left side's indices, as far as equations of the same block tell that read the tensor.

    Args:
        name: the tensor's.
        axes: its left side's brackets.
        frame: the definition.

    Raises:
        Mistake: no equation reads it, in the branches that are taken; so nothing need be known of it, and nothing is told.
    """
    for branching in list(frame.branchings.values()):
        branching.decide()
    statements = (single(statement, frame) for statement in frame.statements)
    read = [statement for statement in statements if any(_named(node, name) for node in _expressions(statement))]
    if not read:
        raise Mistake
    found: dict[str, Extent] = {}
    for statement in read:
        analysis = _analysis(statement, frame)
        for use in _expressions(statement) if analysis is not None else ():
            if analysis is not None and isinstance(use, Indexed) and _every_axis(use, name, len(axes)):
                for axis, there in zip(axes, use.axes, strict=True):
                    extent = _extent(there, analysis)
                    if isinstance(axis.value, Name) and extent is not None:
                        found.setdefault(axis.value.name, extent)
    return found


def _expressions(statement: Statement) -> Iterator[Expression]:
    """Every part of the formula of a statement."""
    value = getattr(statement, "value", None)
    return iter(()) if value is None else walk(value)


def _named(node: Expression, name: str) -> bool:
    return isinstance(node, Name) and node.name == name


def _every_axis(node: Indexed, name: str, rank: int) -> bool:
    """Whether an expression is an entry of the tensor, every axis named."""
    return _named(node.value, name) and len(node.axes) == rank and not any(isinstance(axis.value, Dots) for axis in node.axes)


def _analysis(statement: Statement, frame: Frame) -> Analysis | None:
    """What is known about the indices of an equation; None where a mistake stands in the way."""
    if not isinstance(statement, (Equation, Output)):
        return None
    target = statement.target
    deferred = next((d for d in frame.names.values() if isinstance(d, Deferred) and statement in (d.statement, d.meant)), None)
    if deferred is not None and (deferred.shaping or deferred.analysis is not None):
        return deferred.analysis
    try:
        return analyse(statement.value, frame, target.axes if isinstance(target, Indexed) else None)
    except Mistake:
        return None


def _extent(axis: Axis, analysis: Analysis) -> Extent | None:
    """How far an index runs, on the left side or in a reduction."""
    if not isinstance(axis.value, Name):
        return None
    tables = (analysis.left, *analysis.bound.values())
    return next((table[axis.value.name].extent for table in tables if axis.value.name in table), None)
