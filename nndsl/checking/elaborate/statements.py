"""Blocks: what each statement does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, TypeVar

from nndsl.checking.elaborate.arrays import reduced_whole
from nndsl.checking.elaborate.equations import entered, formula, side_of, sides, tensor, written
from nndsl.checking.elaborate.evaluate import as_array, evaluate_alone, hook, known_truth
from nndsl.checking.elaborate.frame import BROKEN, Branching, Broken, Deferred, Frame
from nndsl.checking.elaborate.mistakes import Mistake, mistake
from nndsl.checking.elaborate.ranges import Analysis, Unfinished, Untold, analyse, extents_of
from nndsl.checking.elaborate.sizes import bind_sizes
from nndsl.checking.elaborate.uses import from_uses
from nndsl.checking.elaborate.values import Value
from nndsl.checking.names import output_name, target_name
from nndsl.ir.expression import Extent
from nndsl.syntax.tree import (
    Count,
    Declaration,
    Dots,
    Equation,
    Exact,
    If,
    Indexed,
    Input,
    Let,
    Name,
    Node,
    Output,
    Param,
    Penalty,
    Require,
    Shape,
    State,
    Statement,
    Total,
)

Handler = Callable[[Any, Frame], None]
Definer = Callable[[Any, Frame, Deferred], Value]
H = TypeVar("H", bound=Callable[..., None])
D = TypeVar("D", bound=Callable[..., Value])

HANDLERS: dict[type[Node], Handler] = {}
"""What each statement does when its turn comes. Lines such as `also` and `example` do nothing here."""

DEFINERS: dict[type[Node], Definer] = {}
"""What each statement that defines a name makes it mean."""


def block(statements: Iterable[Statement], frame: Frame) -> None:
    """Elaborate a block: names first, then inputs and sizes, then the rest in order."""
    statements = tuple(statements)
    register(statements, frame)
    for statement in statements:
        if not isinstance(statement, (Input, Shape)):
            run(statement, frame)


def register(statements: tuple[Statement, ...], frame: Frame) -> None:
    """Make the names of a block known, and what all else depends on."""
    frame.statements.extend(statements)
    for statement in statements:
        defined = defined_name(statement)
        if defined is not None:
            frame.names[defined] = Deferred(statement, frame)
        if isinstance(statement, If):
            branching = frame.branchings[id(statement)] = Branching(statement, lambda b: choose(b, frame))
            for name in branch_names(statement):
                if not isinstance(frame.names.get(name), Deferred):
                    frame.names[name] = branching
    for statement in statements:
        if isinstance(statement, (Input, Shape)):
            first(statement, frame)


def branch_names(statement: If) -> Iterator[str]:
    """The names that a branch of an `if` may define."""
    for inner in (*statement.then, *statement.otherwise):
        if isinstance(inner, If):
            yield from branch_names(inner)
        elif isinstance(inner, Input):
            yield inner.declaration.name
        elif (name := defined_name(inner)) is not None:
            yield name


def choose(branching: Branching, frame: Frame) -> None:
    """Choose the branch of an `if`, and make its names known."""
    statement = branching.statement
    try:
        taken = statement.then if known_truth(statement.condition, frame.place()) else statement.otherwise
        register(taken, frame)
        branching.taken = taken
    except Mistake as error:
        frame.tell(error)
        frame.result.broken = True
        frame.names.update(dict.fromkeys(branch_names(statement), BROKEN))


def first(statement: Statement, frame: Frame) -> None:
    """Do what a statement says that all others depend on; a mistake in it ends the block."""
    chosen = frame.handlers.get(type(statement)) or HANDLERS[type(statement)]
    chosen(statement, frame)


def run(statement: Statement, frame: Frame) -> None:
    """Do what a statement says; a mistake in it stops nothing else."""
    chosen = frame.handlers.get(type(statement)) or HANDLERS.get(type(statement))
    if chosen is not None:
        frame.guarded(lambda: chosen(statement, frame))


def defined_name(statement: Statement) -> str | None:
    """The name that a statement gives to something computed on demand, or None."""
    match statement:
        case Let(name=name):
            return name
        case Param(declaration=Declaration(name=name)) | State(declaration=Declaration(name=name)):
            return name
        case Equation(target=target) | Total(target=target) | Output(target=target):
            found = target_name(target)
            return found.name if found else None
        case _:
            return None


# ----------------------------------------------------------------------------------------------------- names on demand


@hook
def force(deferred: Deferred) -> Value | Broken:
    """What a name means whose statement is elaborated when it is first needed."""
    if deferred.state == "done":
        return deferred.value
    if deferred.state == "busy":
        return again(deferred)
    deferred.state = "busy"
    try:
        deferred.value = DEFINERS[type(deferred.statement)](deferred.statement, deferred.frame, deferred)
    except Mistake as error:
        deferred.frame.tell(error)
        deferred.value = BROKEN
    deferred.state = "done"
    return deferred.value


def again(deferred: Deferred) -> Value:
    """What a name means inside its own definition: a tensor's earlier entries.

    Raises:
        Mistake: it is not a tensor with indices.
    """
    statement, frame = deferred.statement, deferred.frame
    name = defined_name(statement) or ""
    shape = shape_of(deferred) if isinstance(statement, (Equation, Output)) and isinstance(statement.target, Indexed) else None
    if shape is None:
        raise mistake("NN0231", statement.span, name=name)
    return frame.context.recurrent(frame, frame.called(name), shape, statement.span)


@hook
def shape_of(deferred: Deferred) -> tuple[Extent, ...] | None:
    """The shape of what a name means, without elaborating its formula where its left side has indices.

    None where that depends on what is being looked at just now.
    """
    statement = deferred.statement
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
    try:
        return analyse(statement.value, frame, axes, filled(statement, frame))
    except Untold:
        if deferred is None or axes is None or deferred.asking or isinstance(statement, Output):
            raise
        deferred.asking = True
        try:
            extents = from_uses(defined_name(statement) or "", axes, frame)
        finally:
            deferred.asking = False
        if not extents:
            raise
        return analyse(statement.value, frame, axes, filled(statement, frame), extents)


def filled(statement: Statement, frame: Frame) -> tuple[Extent, ...] | None:
    """The shape that an initializer's output is to have."""
    return frame.shape if isinstance(statement, Output) else None


def definer(*nodes: type[Node]) -> Callable[[D], D]:
    """File a function as what makes these statements' names mean something."""
    def file(function: D) -> D:
        DEFINERS.update(dict.fromkeys(nodes, function))
        return function
    return file


def handler(*nodes: type[Node]) -> Callable[[H], H]:
    """File a function as what these statements do."""
    def file(function: H) -> H:
        HANDLERS.update(dict.fromkeys(nodes, function))
        return function
    return file


# ------------------------------------------------------------------------------------------------------- definitions


@definer(Equation)
def equation(statement: Equation, frame: Frame, deferred: Deferred) -> Value:
    """`z[u] = formula`"""
    return defined(statement, frame, deferred, frame.called(defined_name(statement) or ""))


@definer(Output)
def output(statement: Output, frame: Frame, deferred: Deferred | None) -> Value:
    """`output y[u] = formula` and `output formula`"""
    first = not frame.result.outputs
    wanted = frame.hint if frame.hint and first else frame.called(output_name(statement) or "output")
    return defined(statement, frame, deferred, wanted)


@definer(Let)
def let(statement: Let, frame: Frame, deferred: Deferred) -> Value:
    """`let n = ...`: something known, or one instance of a layer."""
    return frame.context.bound(statement, frame)


def defined(statement: Equation | Output, frame: Frame, deferred: Deferred | None, wanted: str) -> Value:
    """What the left side of an equation means."""
    target, node = statement.target, statement.value
    axes = target.axes if isinstance(target, Indexed) else None
    analysis = deferred.analysis if deferred is not None and deferred.analysis else analysed(statement, frame, deferred)
    unnamed = [name for name in analysis.open if name != "..."]
    if isinstance(statement, Equation) and unnamed:
        raise mistake("NN0212", analysis.left[unnamed[0]].span, name=unnamed[0])
    named = "" if target is None else wanted
    place = replace(entered(analysis, frame.place(), wanted, axes), own=named)
    return tensor(sides(target, node, analysis, place), frame, wanted, node.span)


# ---------------------------------------------------------------------------------------------------------- handlers


@handler(Let, Param, State, Equation)
def need(statement: Statement, frame: Frame) -> None:
    """What defines a name is elaborated when its turn comes at the latest."""
    entry = frame.names.get(defined_name(statement) or "")
    if isinstance(entry, Deferred):
        force(entry)


@handler(Output)
def give(statement: Output, frame: Frame) -> None:
    """Keep an output."""
    name = output_name(statement) or ""
    entry = frame.names.get(name) if statement.target is not None else None
    try:
        value = force(entry) if isinstance(entry, Deferred) else output(statement, frame, None)
    except Mistake:
        frame.result.broken = True
        raise
    if isinstance(value, Broken):
        frame.result.broken = True
    else:
        frame.result.outputs.append((name, value))


@handler(If)
def decide(statement: If, frame: Frame) -> None:
    """Elaborate the branch that is taken."""
    branching = frame.branchings[id(statement)]
    branching.decide()
    for inner in branching.taken:
        if not isinstance(inner, (Input, Shape)):
            run(inner, frame)


@handler(Require)
def require(statement: Require, frame: Frame) -> None:
    """Refuse what the definition does not allow.

    Raises:
        Mistake: the condition does not hold.
    """
    if not known_truth(statement.condition, frame.place()):
        raise mistake("NN0330", statement.condition.span, message=filled_in(statement.message, frame))


def filled_in(message: str, frame: Frame) -> str:
    """A message with the values of the names in braces."""
    def value(match: re.Match[str]) -> str:
        try:
            return str(evaluate_alone(Name(match[1]), frame.place()))
        except Mistake:
            return match[0]
    return re.sub(r"\{(\w+)\}", value, message)


@handler(Penalty)
def penalty(statement: Penalty, frame: Frame) -> None:
    """Add to the objective: the sum of all entries, sample by sample."""
    value = as_array(formula(statement.value, frame.place()), statement.value.span, frame.place())
    frame.context.penalize(reduced_whole("sum", value, frame.builder))


@handler(Count)
def count(statement: Count, frame: Frame) -> None:
    """Say what a loss divides by."""
    frame.result.count = as_array(formula(statement.value, frame.place()), statement.value.span, frame.place())


@handler(Exact)
def exact(statement: Exact, frame: Frame) -> None:
    """Keep the form to be used where the argument comes straight from softmax or sigmoid."""
    frame.result.exact = statement


@handler(Shape)
def shape(statement: Shape, frame: Frame) -> None:
    """Name the sizes of something that is there already."""
    declaration = statement.declaration
    value = evaluate_alone(Name(declaration.name, span=declaration.span), frame.place())
    bind_sizes(declaration.axes or (), as_array(value, declaration.span, frame.place()).shape, frame, declaration.span,
               declaration.name)
