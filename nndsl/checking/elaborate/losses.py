"""Losses: applied to targets and outputs, one number a sample."""

from __future__ import annotations

from dataclasses import dataclass, replace

from nndsl.checking.elaborate.arrays import elementwise, reduced, reduced_whole
from nndsl.checking.elaborate.axes import positions
from nndsl.checking.elaborate.binding import assign, bind, parameters
from nndsl.checking.elaborate.builder import SAMPLE, Builder
from nndsl.checking.elaborate.equations import formula
from nndsl.checking.elaborate.evaluate import as_array, describe, evaluate_alone, look_up, whole
from nndsl.checking.elaborate.frame import Frame, Place, Thunk
from nndsl.checking.elaborate.functions import APPLICATIONS, Called, called, frame_for, per_sample, value_of
from nndsl.checking.elaborate.mistakes import mistake
from nndsl.checking.elaborate.references import reference
from nndsl.checking.elaborate.sizes import bind_sizes
from nndsl.checking.elaborate.straight import allows, head
from nndsl.checking.elaborate.tensors import alias
from nndsl.checking.elaborate.values import Array, Closure, Given, Value
from nndsl.checking.names import own_sizes
from nndsl.checking.training import TrainFormula
from nndsl.diagnostics import Span
from nndsl.ir.expression import BATCH, Apply, Expr, Extent, Index, Number, Read, Scalar, substitute
from nndsl.syntax.tree import Axis, Definition, Dots, Member, Name, Parameter


@dataclass(frozen=True)
class Losses:
    """The numbers of a loss.

    Args:
        value: one a sample, or a position.
        count: what the objective divides their sum by the sum of; None for how many there are.
    """

    value: Array
    count: Array | None = None


def apply_loss(closure: Closure, given: tuple[Given, ...], place: Place, span: Span) -> Value:
    """A loss in the formula of `train`: one number a sample, the mean over the positions that it keeps."""
    losses = losses_of(closure, given, place, span)
    if losses.count is not None:
        return counted(losses.value, losses.count, place, span)
    return reduced_whole("mean", losses.value, place.builder)


def losses_of(closure: Closure, given: tuple[Given, ...], place: Place, span: Span) -> Losses:
    """The numbers of a loss applied to a target and an output."""
    call = compared(closure, given, place, span)
    value = exact_value(call, place, span)
    count = call.frame.result.count
    if count is not None and call.frame.whole_batch:
        count = per_sample(count)
    return Losses(value, count)


APPLICATIONS["train", "loss"] = apply_loss


def counted(value: Array, count: Array, place: Place, span: Span) -> Array:
    """The numbers of a loss with `count`, scaled so that their mean over the batch is their sum over the sum of `count`."""
    builder = place.builder
    share = Array((), Apply("div", (Scalar(BATCH), divisor(count, builder))))
    return elementwise("mul", (reduced_whole("sum", value, builder), share), (span, span), place)


def divisor(count: Array, builder: Builder) -> Expr:
    """What the sum of the numbers of a loss is divided by: the sum of its `count` over the batch, or 1 if that is 0."""
    total = reduced_whole("sum", count, builder)
    sample = builder.indices.new("n", BATCH)
    whole = reduced("sum", ((sample, BATCH),), Array((), substitute(total.expr, {SAMPLE: Index(sample)})), builder).expr
    return Apply("where", (Apply("eq", (whole, Number(0))), Number(1), whole))


# --------------------------------------------------------------------------------------------------- targets and outputs


def compared(closure: Closure, given: tuple[Given, ...], place: Place, span: Span) -> Called:
    """A loss or metric applied to a target and an output, the target brought into the shape that the signature asks for."""
    definition = closure.found.definition
    assert isinstance(definition, Definition)
    found, sizes = assign(closure, given, span, own_sizes(definition))
    names = [p.name for p in parameters(definition)[:2]]
    if len(names) == 2 and names[0] in found and names[1] in found:
        y, p = (found[name] for name in names)
        against = as_array(look_up(p.value), p.span, place)
        shape = asked_shape(closure, {**found, **sizes}, against, place, span)
        settle(y, definition.parameters[0], against.shape if shape is None else shape, place)
        target = fitted(as_array(look_up(y.value), y.span, place), shape, against)
        found = {**found, names[0]: replace(y, value=known(target, y))}
    settled = replace(closure, given=tuple(replace(g, name=name) for name, g in found.items()))
    path = place.hint or place.frame.called(definition.name)
    return called(settled, (), place, span, path)


def known(value: Array, given: Given) -> Thunk:
    """A value as an argument."""
    thunk = Thunk(given.value.node, given.value.place)
    thunk.value, thunk.known = value, True
    return thunk


def settle(y: Given, parameter: Parameter, shape: tuple[Extent, ...], place: Place) -> None:
    """Say what a target looks like that stands alone as an argument, if nothing has yet."""
    node = y.value.node
    if isinstance(node, Member) and isinstance(node.value, Name) and node.value.name == "target":
        bound = parameter.bound
        dtype = "int" if bound is not None and bound.kind == "int" else "real"
        targets = place.frame.context.targets
        if node.name in targets.outputs:
            targets.settle(node.name, tuple(int(extent) for extent in shape), dtype)  # type: ignore[arg-type]


def asked_shape(closure: Closure, found: dict[str, Given], against: Array, place: Place,
                span: Span) -> tuple[Extent, ...] | None:
    """The shape per sample that a signature asks of its target, given that of the output; None where it asks for none."""
    definition = closure.found.definition
    assert isinstance(definition, Definition)
    y, p = definition.parameters[:2]
    if y.axes is None:
        return None
    frame = frame_for(closure, place, "", span)
    bind(definition, found, frame)
    for name in (y.name, p.name):
        frame.names.pop(name)
    if p.axes is not None:
        bind_sizes(per_sample_axes(p.axes), against.shape, frame, found[p.name].span, p.name)
    axes = per_sample_axes(y.axes)
    dots = frame.dots or () if any(isinstance(axis.value, Dots) for axis in axes) else ()
    rank = sum(not isinstance(axis.value, Dots) for axis in axes) + len(dots)
    placed, rest = positions(axes, rank, frame.place(), y.span)
    shape: dict[int, Extent] = dict(zip(rest or (), dots, strict=True))
    for axis, position in placed:
        size = frame.names.get(axis.value.name) if isinstance(axis.value, Name) else None
        if isinstance(axis.value, Name) and axis.value.name in own_sizes(definition):
            size = own_size(axis.value.name, position - rank, found, place, span)
        if not isinstance(size, int):
            return None
        shape[position] = size
    return tuple(shape[position] for position in range(rank))


def own_size(name: str, position: int, found: dict[str, Given], place: Place, span: Span) -> int:
    """A size that only a target has: given like a setting, or that of the array where there is one.

    Args:
        name: the size's.
        position: of its axis, from the end.
        found: what the loss is given.
        place, span: where it is applied.

    Raises:
        Mistake: nothing says it.
    """
    if name in found:
        given = found[name]
        return whole(evaluate_alone(given.value.node, given.value.place), given.span)
    arrays = place.frame.context.targets.arrays
    if not arrays:
        raise mistake("NN0257", span, name=name, helps=(f"give it like a setting: `{name} = 12`",))
    shape, = arrays.values()
    return shape[position] if len(shape) >= -position else 1


def per_sample_axes(axes: tuple[Axis, ...]) -> tuple[Axis, ...]:
    """The axes of a signature but for one that names the batch."""
    return tuple(axis for axis in axes if not (isinstance(axis.value, Name) and axis.value.name == BATCH))


def fitted(target: Array, shape: tuple[Extent, ...] | None, against: Array) -> Array:
    """A target whose last axis of size 1 is dropped or added where that makes it fit."""
    wanted = against.shape if shape is None else shape
    if target.shape == (*wanted, 1):
        return Array(target.axes[:-1], substitute(target.expr, {target.axes[-1][0]: Number(0)}))
    if (*target.shape, 1) == wanted and against.axes:
        return Array((*target.axes, (against.axes[-1][0] + "'", 1)), target.expr)
    return target


# ------------------------------------------------------------------------------------------------------------- exactness


def exact_value(call: Called, place: Place, span: Span) -> Array:
    """The value of a loss, in its exact form where the output comes straight from softmax or sigmoid."""
    value = as_array(value_of(call, place, span), span, place)
    statement = call.frame.result.exact
    definition = call.closure.found.definition
    assert isinstance(definition, Definition)
    if statement is None or len(definition.parameters) < 2:
        return value
    output = look_up(call.frame.names[definition.parameters[1].name])
    if not isinstance(output, Array) or not alias(output) or not isinstance(output.expr, Read):
        return value
    ending = head(output.expr.tensor, place.builder)
    if not ending:
        return value
    exact = as_array(formula(statement.value, call.frame.place()), statement.value.span, place)
    return exact if allows(exact.expr, output.expr.tensor, ending) else value


# ------------------------------------------------------------------------------------------------------ the train block


def loss_value(loss: TrainFormula, frame: Frame) -> Losses:
    """What `loss` in `train` gives for each sample, or for each position."""
    node, place = loss.expression, replace(frame.place(), hint="loss")
    if loss.applied:
        return Losses(as_array(formula(node, place), node.span, place))
    closure = reference(node, place, ("loss",))
    if not isinstance(closure, Closure):
        raise mistake("NN0206", node.span, expected="a loss", found=describe(closure))
    return losses_of(closure, alone(frame, node.span), place, node.span)


def alone(frame: Frame, span: Span) -> tuple[Given, ...]:
    """The one target and the one output, for a loss or metric that names neither.

    Raises:
        Mistake: there are several outputs.
    """
    outputs = list(frame.context.targets.outputs)
    if len(outputs) != 1:
        raise mistake("NN0338", span, names=", ".join(f"`{name}`" for name in outputs),
                      helps=(f"name them: `loss(target.{outputs[0]}, {outputs[0]})`",) if outputs else ())
    name = outputs[0]
    target = Member(Name("target", span=span), name, span=span)
    return tuple(Given(None, Thunk(node, frame.place()), span) for node in (target, Name(name, span=span)))
