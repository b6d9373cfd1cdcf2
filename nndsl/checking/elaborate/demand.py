"""Names on demand: what defines a name is elaborated when the name is first needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from nndsl.checking.elaborate.blocks import defined_name
from nndsl.checking.elaborate.equations import entered, side_of, written
from nndsl.checking.elaborate.evaluate import hook
from nndsl.checking.elaborate.frame import BROKEN, Broken, Deferred, Frame
from nndsl.checking.elaborate.mistakes import Mistake, mistake
from nndsl.checking.elaborate.ranges import analyse, extents_of
from nndsl.checking.elaborate.recurrence import Written
from nndsl.checking.elaborate.several import single
from nndsl.checking.elaborate.symbols import Analysis, Unfinished, Untold
from nndsl.checking.elaborate.uses import from_uses
from nndsl.checking.elaborate.values import Value
from nndsl.checking.names import output_name
from nndsl.ir.expression import Extent
from nndsl.syntax.tree import Dots, Equation, Indexed, Node, Output, Statement

Definer = Callable[[Any, Frame, Deferred], Value]
D = TypeVar("D", bound=Callable[..., Value])

DEFINERS: dict[type[Node], Definer] = {}
"""What each statement that defines a name makes it mean."""


def definer(*nodes: type[Node]) -> Callable[[D], D]:
    """File a function as what makes these statements' names mean something."""
    def file(function: D) -> D:
        DEFINERS.update(dict.fromkeys(nodes, function))
        return function
    return file


@hook
def force(deferred: Deferred) -> Value | Broken:
    """What a name means whose statement is elaborated when it is first needed."""
    if deferred.state == "done":
        return deferred.value
    if deferred.state == "busy":
        return again(deferred)
    deferred.state = "busy"
    try:
        statement = meant(deferred)
        deferred.value = DEFINERS[type(statement)](statement, deferred.frame, deferred)
    except Mistake as error:
        deferred.frame.tell(error)
        deferred.value = BROKEN
    deferred.state = "done"
    return deferred.value


def meant(deferred: Deferred) -> Statement:
    """The statement that defines a name, each of its own names standing for one axis."""
    if deferred.meant is None:
        deferred.meant = single(deferred.statement, deferred.frame)
    return deferred.meant


def again(deferred: Deferred) -> Value:
    """What a name means inside its own definition: a tensor's earlier entries.

    Raises:
        Mistake: it is not a tensor with indices.
    """
    statement, frame = meant(deferred), deferred.frame
    name = defined_name(statement) or ""
    tensor = isinstance(statement, (Equation, Output)) and isinstance(statement.target, Indexed)
    shape = shape_of(deferred) if tensor else None
    if shape is None or not isinstance(statement, (Equation, Output)):
        raise mistake("NN0231", statement.span, name=name)
    return frame.context.recurrent(deferred, full_name(statement, frame), Written(name, statement.span), shape)


def full_name(statement: Equation | Output, frame: Frame) -> str:
    """What the tensor that a statement defines is to be called: the first output of a layer as whoever applies it asks."""
    if isinstance(statement, Output):
        return frame.hint if frame.hint and not frame.result.outputs else frame.called(output_name(statement) or "output")
    return frame.called(defined_name(statement) or "")


@hook
def shape_of(deferred: Deferred) -> tuple[Extent, ...] | None:
    """The shape of what a name means, without elaborating its formula where its left side has indices.

    None where that depends on what is being looked at just now.
    """
    statement = meant(deferred)
    if deferred.state == "done" or not isinstance(statement, (Equation, Output)) or not isinstance(statement.target, Indexed):
        if deferred.state == "busy":
            return None
        value = force(deferred)
        if isinstance(value, Broken):
            raise Mistake
        return extents_of(value)
    if deferred.shaping or deferred.asking:
        return None
    deferred.shaping = True
    try:
        return left_shape(statement, deferred)
    except Unfinished:
        return None
    finally:
        deferred.shaping = False


def left_shape(statement: Equation | Output, deferred: Deferred) -> tuple[Extent, ...] | None:
    """The shape that a left side with brackets has."""
    assert isinstance(statement.target, Indexed)
    frame = deferred.frame
    if deferred.analysis is None:
        deferred.analysis = analysed(statement, frame, deferred)
    place = entered(deferred.analysis, frame.place(), axes=statement.target.axes)
    if place.dots is None and any(isinstance(axis.value, Dots) for axis in statement.target.axes):
        return None
    return side_of(written(statement.target.axes, deferred.analysis, place, place.dots or ()), place).shape


def analysed(statement: Equation | Output, frame: Frame, deferred: Deferred | None) -> Analysis:
    """What is known about the indices of an equation; where its own formula does not tell, what its uses tell."""
    axes = statement.target.axes if isinstance(statement.target, Indexed) else None
    name = defined_name(statement) or ""
    try:
        return analyse(statement.value, frame, axes, filled(statement, frame), own=name)
    except Untold:
        if deferred is None or axes is None or deferred.asking or isinstance(statement, Output):
            raise
        deferred.asking = True
        try:
            extents = from_uses(name, axes, frame)
        finally:
            deferred.asking = False
        if not extents:
            raise
        return analyse(statement.value, frame, axes, filled(statement, frame), extents, name)


def filled(statement: Statement, frame: Frame) -> tuple[Extent, ...] | None:
    """The shape that an initializer's output is to have."""
    return frame.shape if isinstance(statement, Output) else None
