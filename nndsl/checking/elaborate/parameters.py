"""What a layer keeps and takes: `param`, `state`, `<-`, `input`."""

from __future__ import annotations

from nndsl.checking.checked import Variable
from nndsl.checking.elaborate.arrays import reduced_whole
from nndsl.checking.elaborate.blocks import handler
from nndsl.checking.elaborate.builder import SAMPLE, free, origin
from nndsl.checking.elaborate.context import Filling
from nndsl.checking.elaborate.demand import definer
from nndsl.checking.elaborate.equations import entered, sides
from nndsl.checking.elaborate.evaluate import as_array, evaluate_alone, look_up, sizes
from nndsl.checking.elaborate.frame import Deferred, Entry, Frame, Thunk
from nndsl.checking.elaborate.functions import apply_function
from nndsl.checking.elaborate.mistakes import mistake
from nndsl.checking.elaborate.ranges import analyse
from nndsl.checking.elaborate.references import reference
from nndsl.checking.elaborate.several import single
from nndsl.checking.elaborate.sizes import bind_sizes
from nndsl.checking.elaborate.tensors import alias, side, tensor_of
from nndsl.checking.elaborate.values import Array, Closure, Given, Listing, Outputs, Value
from nndsl.checking.names import target_name
from nndsl.diagnostics import Label, Span
from nndsl.ir.equation import Equation
from nndsl.ir.expression import Extent, Number, Read
from nndsl.syntax.tree import Axis, Declaration, Dots, Indexed, Input, Param, State, Update

# ---------------------------------------------------------------------------------------------- parameters and states


@definer(Param)
def param(statement: Param, frame: Frame, deferred: Deferred) -> Value:
    """`param kernel[In, units] = glorot_uniform`"""
    declaration = statement.declaration
    value = variable(declaration, frame, "parameter")
    option = frame.options.get(declaration.name + "_regularizer")
    if option is not None:
        regularize(value, option, frame, frame.called(declaration.name))
    return value


@definer(State)
def state(statement: State, frame: Frame, deferred: Deferred) -> Value:
    """`state moving_mean[C] = zeros`"""
    return variable(statement.declaration, frame, "state")


def variable(declaration: Declaration, frame: Frame, kind: str) -> Array:
    """A parameter or state as a value."""
    name = frame.called(declaration.name)
    option = frame.options.get(declaration.name + "_initializer")
    entry: Entry
    if option is not None:
        entry = option
    elif declaration.default is not None:
        entry = Thunk(declaration.default, frame.place())
    else:
        raise mistake("NN0336", declaration.span, name=declaration.name)
    trainable = kind == "parameter" and frame.trainable
    made = Variable(name, extents(declaration.axes or (), frame), kind, trainable, declaration.span.place)  # type: ignore[arg-type]
    return frame.context.variable(made, Filling(entry, frame, declaration.span), frame.builder)


def extents(axes: tuple[Axis, ...], frame: Frame) -> tuple[int, ...]:
    """The shape that brackets state; `...` stands for the input's axes, a list for as many axes as it has entries."""
    found: list[int] = []
    for axis in axes:
        if isinstance(axis.value, Dots):
            found.extend(int(extent) for extent in frame.dots or ())
        else:
            found.extend(sizes(axis.value, frame.place()))
    return tuple(found)


def regularize(value: Array, option: Thunk, frame: Frame, name: str) -> None:
    """Add a regularizer of a weight to the objective, once however often the weight is used."""
    regularizer = reference(option.node, option.place, ("regularizer",))
    if regularizer is None or name in frame.context.current.regularized:
        return
    frame.context.current.regularized.add(name)
    if not isinstance(regularizer, Closure) or regularizer.found.kind != "regularizer":
        raise mistake("NN0206", option.node.span, expected="a regularizer", found="something else")
    weight = Thunk(option.node, frame.place())
    weight.value, weight.known = value, True
    penalty = apply_function(regularizer, (Given(None, weight, option.node.span),), frame.place(), option.node.span)
    found = as_array(penalty, option.node.span, frame.place())
    frame.context.current.weights.append(reduced_whole("sum", found, frame.builder))


# ------------------------------------------------------------------------------------------------------- next states


@handler(Update)
def update(statement: Update, frame: Frame) -> None:
    """`moving_mean <- formula`: the state's value in the next step, in training only."""
    if frame.training is not True:
        return
    name = target_name(statement.target)
    current = look_up(frame.names[name.name]) if name and name.name in frame.names else None
    known_state = isinstance(current, Array) and isinstance(current.expr, Read) and \
        frame.builder.tensors[current.expr.tensor].role == "state"
    if not known_state:
        raise mistake("NN0239", statement.target.span)
    assert isinstance(current, Array) and isinstance(current.expr, Read)
    frame.context.current.updates.append(assignment(single(statement, frame), current, frame))


def assignment(statement: Update, current: Array, frame: Frame) -> Equation:
    """The equation that sets a state.

    Raises:
        Mistake: the shapes differ, or the value differs from sample to sample.
    """
    axes = statement.target.axes if isinstance(statement.target, Indexed) else None
    analysis = analyse(statement.value, frame, axes, current.shape if axes is not None else None)
    place = entered(analysis, frame.place(), axes=axes)
    found = sides(statement.target, statement.value, analysis, place)
    value = as_array(found.value, statement.value.span, place)
    shape = found.left.shape or tuple(e for _, e in value.axes)
    if shape and shape != current.shape:
        raise mistake("NN0202", statement.value.span, also=(Label(statement.target.span),), first=list(current.shape),
                      second=list(shape))
    assert isinstance(current.expr, Read)
    left = found.left if found.left.shape else side(frame.builder.indices.open(current.shape))
    outside = set(free(value.expr)) - {n for n, _ in left.ranges}
    if outside:
        raise mistake("NN0240" if SAMPLE in outside else "NN0212", statement.value.span,
                      name=min(outside).split("°")[0])
    return Equation(current.expr.tensor, left.index, left.ranges, value.expr, origin=origin(statement.span))


# -------------------------------------------------------------------------------------------------------------- inputs


@handler(Input)
def take(statement: Input, frame: Frame) -> None:
    """`input x[..., In]`: the next value given, or what the default says."""
    declaration = statement.declaration
    name = declaration.name
    if statement.several:
        frame.names[name] = several(declaration, frame)
        return
    span = frame.applied or declaration.span
    if name in frame.options:
        option = frame.options[name]
        value, span = evaluate_alone(option.node, option.place), option.node.span
    elif frame.inputs:
        value = frame.inputs.pop(0)
    elif declaration.default is not None:
        frame.names[name] = left_out(declaration, frame)
        return
    else:
        raise mistake("NN0335", span, name=name)
    frame.names[name] = given(value, declaration, frame, span)


def given(value: Value, declaration: Declaration, frame: Frame, span: Span) -> Array:
    """A value as an input: a tensor whose shape and kind fit."""
    found = as_array(value.first if isinstance(value, Outputs) else value, span, frame.place())
    if not alias(found) and not isinstance(found.expr, Number):
        found = tensor_of(frame, frame.called(declaration.name), side(found.axes), found.expr, span)
    if declaration.axes is not None:
        frame.produced = made_at(found, frame)
        bind_sizes(declaration.axes, found.shape, frame, span, declaration.name, frame.produced)
    bound = declaration.bound
    if bound is not None and bound.kind == "int" and frame.builder.kind(found.expr) == "real":
        raise mistake("NN0241", span, name=declaration.name)
    return found


def made_at(value: Array, frame: Frame) -> tuple[Label, ...]:
    """Where a value comes from, as a label."""
    if isinstance(value.expr, Read) and value.expr.tensor in frame.builder.produced:
        return (Label(frame.builder.produced[value.expr.tensor], f"produces {list(value.shape)}"),)
    return ()


def left_out(declaration: Declaration, frame: Frame) -> Value:
    """An input that is not given: its default, everywhere."""
    assert declaration.default is not None
    value = evaluate_alone(declaration.default, frame.place())
    found = as_array(value, declaration.default.span, frame.place())
    if declaration.axes is None:
        return found
    if not found.axes:
        axes = frame.builder.indices.open(extents(declaration.axes, frame))
        return Array(axes, found.expr)
    bind_sizes(declaration.axes, found.shape, frame, declaration.default.span, declaration.name)
    return found


def several(declaration: Declaration, frame: Frame) -> Value:
    """`inputs x[N, ...]`: all values given, as one list."""
    span = frame.applied or declaration.span
    values = [v.first if isinstance(v, Outputs) else v for v in frame.inputs]
    frame.inputs.clear()
    if not values:
        raise mistake("NN0335", span, name=declaration.name)
    items = [tensor(as_array(v, span, frame.place()), frame, declaration.name, span) for v in values]
    if declaration.axes:
        first: tuple[Extent, ...] = items[0].shape
        for one in items:
            if one.shape != first:
                raise mistake("NN0202", span, also=made_at(one, frame), first=list(first), second=list(one.shape))
        bind_sizes(declaration.axes, (len(items), *first), frame, span, declaration.name)
    return Listing(tuple(items))


def tensor(value: Array, frame: Frame, name: str, span: Span) -> Array:
    """A value as a tensor."""
    return value if alias(value) else tensor_of(frame, frame.called(name), side(value.axes), value.expr, span)


