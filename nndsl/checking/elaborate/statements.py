"""What each statement does."""

from __future__ import annotations

import re
from dataclasses import replace

from nndsl.checking.elaborate.arrays import reduced_whole
from nndsl.checking.elaborate.blocks import defined_name, handler, run
from nndsl.checking.elaborate.demand import analysed, definer, force, full_name
from nndsl.checking.elaborate.equations import entered, formula, sides, tensor
from nndsl.checking.elaborate.evaluate import as_array, evaluate_alone, known_truth
from nndsl.checking.elaborate.frame import Broken, Deferred, Frame
from nndsl.checking.elaborate.mistakes import Mistake, mistake
from nndsl.checking.elaborate.several import single
from nndsl.checking.elaborate.sizes import bind_sizes
from nndsl.checking.elaborate.values import Value
from nndsl.checking.names import output_name
from nndsl.syntax.tree import (
    Count,
    Equation,
    Exact,
    If,
    Indexed,
    Input,
    Let,
    Name,
    Output,
    Param,
    Penalty,
    Require,
    Shape,
    State,
    Statement,
)

# ------------------------------------------------------------------------------------------------------- definitions


@definer(Equation)
def equation(statement: Equation, frame: Frame, deferred: Deferred) -> Value:
    """`z[u] = formula`"""
    return defined(statement, frame, deferred)


@definer(Output)
def output(statement: Output, frame: Frame, deferred: Deferred | None) -> Value:
    """`output y[u] = formula` and `output formula`"""
    return defined(statement, frame, deferred)


@definer(Let)
def let(statement: Let, frame: Frame, deferred: Deferred) -> Value:
    """`let n = ...`: something known, or one instance of a layer."""
    return frame.context.bound(statement, frame)


def defined(statement: Equation | Output, frame: Frame, deferred: Deferred | None) -> Value:
    """What the left side of an equation means."""
    wanted = full_name(statement, frame)
    target, node = statement.target, statement.value
    axes = target.axes if isinstance(target, Indexed) else None
    analysis = deferred.analysis if deferred is not None and deferred.analysis else analysed(statement, frame, deferred)
    unnamed = [name for name in analysis.open if name != "..."]
    if isinstance(statement, Equation) and unnamed:
        raise mistake("NN0212", analysis.left[unnamed[0]].span, name=unnamed[0])
    named = "" if target is None else wanted
    place = replace(entered(analysis, frame.place(), wanted, axes), own=named)
    found = sides(target, node, analysis, place)
    return tensor(found, frame, wanted, node.span, awaited=deferred.tensor if deferred is not None else "")


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
        value = force(entry) if isinstance(entry, Deferred) else output(single(statement, frame), frame, None)
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
    value = as_array(formula(single(statement.value, frame), frame.place()), statement.value.span, frame.place())
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
