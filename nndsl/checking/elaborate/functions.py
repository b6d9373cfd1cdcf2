"""Applying functions: their formulas are put in the place of the call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nndsl.checking.elaborate.binding import assign, bind, listed, parameters
from nndsl.checking.elaborate.blocks import block
from nndsl.checking.elaborate.builder import SAMPLE, free
from nndsl.checking.elaborate.evaluate import as_array, hook, look_up
from nndsl.checking.elaborate.frame import Entry, Frame, Place, Thunk
from nndsl.checking.elaborate.mistakes import Mistake, mistake
from nndsl.checking.elaborate.sizes import bind_sizes
from nndsl.checking.elaborate.stable import stable_value
from nndsl.checking.elaborate.tensors import alias, side, tensor_of
from nndsl.checking.elaborate.values import Array, Chain, Closure, Given, Outputs, Value
from nndsl.checking.rules import RULES
from nndsl.diagnostics import Span
from nndsl.ir.expression import BATCH, Index, Number, Ranges, Scalar, substitute
from nndsl.syntax.tree import Call, Definition, Name, Parameter, Stable

DEEPEST = 40
"""How many applications may stand inside each other."""

Apply = Callable[[Closure, tuple[Given, ...], Place, Span], Value]

APPLICATIONS: dict[tuple[str, str], Apply] = {}
"""How definitions of a kind are applied in formulas of a kind, where that differs from putting their formulas there."""

SPECIAL: dict[str, dict[str, Entry]] = {"schedule": {"step": Array((), Scalar("step"))}}
"""Names that formulas of a kind may use without defining them."""


def frame_for(closure: Closure, place: Place, path: str, span: Span, hint: str = "") -> Frame:
    """A frame for applying a definition.

    Raises:
        Mistake: too many stand inside each other, as when a definition applies itself.
    """
    outer = place.frame
    if outer.depth >= DEEPEST:
        raise mistake("NN0236", span, name=closure.name)
    found = closure.found
    user = outer.applied if outer.scope.file is None and outer.applied else span
    label = closure.path.rpartition(".")[2] or closure.name
    return Frame(found.kind, found.scope, path, outer.context, outer.builder, label=label, training=outer.training,
                 ambient=outer.ambient, batched=outer.batched, hint=hint, trainable=outer.trainable, depth=outer.depth + 1,
                 applied=user, left=(*outer.left, *place.left), sums=outer.sums)


@hook
def call_definition(value: Closure | Chain, given: tuple[Given, ...], node: Call, place: Place) -> Value:
    """A call of a definition in a formula."""
    if isinstance(value, Chain) or value.found.kind in ("layer", "model", "optimizer", "initializer"):
        kind = "pipeline" if isinstance(value, Chain) else value.found.kind
        raise mistake("NN0237", node.function.span, kind=kind)
    apply = APPLICATIONS.get((place.frame.kind, value.found.kind), apply_function)
    return apply(value, given, place, node.span)


def apply_function(closure: Closure, given: tuple[Given, ...], place: Place, span: Span) -> Value:
    """The value of a function.

    Args:
        closure: the function with its settings.
        given: what it is applied to.
        place: where.
        span: the call.
    """
    return value_of(called(closure, given, place, span), place, span)


@dataclass(frozen=True)
class Called:
    """A function whose block was elaborated.

    Args:
        closure: the function.
        frame: its names.
        seen: the indices outside over which it saw its arguments as tensors.
    """

    closure: Closure
    frame: Frame
    seen: Ranges


def called(closure: Closure, given: tuple[Given, ...], place: Place, span: Span, path: str = "") -> Called:
    """Elaborate the block of a function."""
    definition = closure.found.definition
    assert isinstance(definition, Definition)
    frame = frame_for(closure, place, path or place.frame.called(definition.name), span, place.hint)
    frame.names.update(SPECIAL.get(definition.kind, {}))
    found, _ = assign(closure, given, span)
    try:
        bind(definition, found, frame)
        seen = tensors(definition, frame, place)
        block((*definition.body, *definition.attributes), frame)
    except Mistake as error:
        raise frame.located(error) from None
    return Called(closure, frame, seen)


def value_of(call: Called, place: Place, span: Span) -> Value:
    """What a function gives."""
    definition = call.closure.found.definition
    assert isinstance(definition, Definition)
    value = result(call.frame, definition, span)
    for statement in (*definition.body, *definition.attributes):
        if isinstance(statement, Stable):
            value = stable_value(statement, value, call.frame)
    if call.frame.whole_batch and isinstance(value, Array) and value.shape[:1] == (BATCH,):
        value = per_sample(value)
    return indexed(value, call.seen, span, definition.name, place) if call.seen else value


def result(frame: Frame, definition: Definition, span: Span) -> Value:
    """What the block of a frame gives out."""
    outputs = frame.result.outputs
    if frame.result.broken:
        raise Mistake
    if not outputs:
        raise mistake("NN0235", span, name=definition.name)
    return outputs[0][1] if len(outputs) == 1 else Outputs(tuple(outputs))


# ------------------------------------------------------------------------------------- arguments with index brackets


def tensors(definition: Definition, frame: Frame, place: Place) -> Ranges:
    """Bind the arguments whose signature has brackets; gives the indices outside over which they are seen as tensors."""
    arguments = parameters(definition)[:RULES[definition.kind].arguments]
    bracketed = [p for p in parameters(definition) if p.axes is not None]
    values = {p.name: look_up(frame.names[p.name]) for p in bracketed}
    arrays = [v for v in values.values() if isinstance(v, Array)]
    seen = indices_seen(arrays, frame, place, definition)
    if arrays:
        frame.batched = not frame.context.bare and any(SAMPLE in free(v.expr) for v in arrays)
    for p in bracketed:
        value = values[p.name]
        if value is not None:
            _bracketed(p, value, frame, seen, p in arguments or isinstance(value, Array), place)
    return seen


def _bracketed(p: Parameter, value: Value, frame: Frame, seen: Ranges, argument: bool, place: Place) -> None:
    entry = frame.names[p.name]
    span = entry.node.span if isinstance(entry, Thunk) else p.span
    assert p.axes is not None
    if not argument:
        frame.names[p.name] = listed(value, p.axes, frame, span)
        return
    found = whole_tensor(as_array(value, span, frame.place()), frame, p.name, seen, span)
    if any(isinstance(axis.value, Name) and axis.value.name == BATCH for axis in p.axes):
        found, frame.whole_batch = over_batch(found, frame), True
    bind_sizes(p.axes, found.shape, frame, span, p.name)
    frame.names[p.name] = found
    if p.alias:
        frame.names[p.alias] = found


def over_batch(value: Array, frame: Frame) -> Array:
    """An argument whose signature names the batch: that is an axis like the others."""
    sample = frame.builder.indices.new("n", BATCH)
    return Array(((sample, BATCH), *value.axes), substitute(value.expr, {SAMPLE: Index(sample)}))


def per_sample(value: Array) -> Array:
    """A value whose first axis is the batch, as one that is given for each sample."""
    (first, _), *rest = value.axes
    return Array(tuple(rest), substitute(value.expr, {first: Index(SAMPLE)}))


def indices_seen(arrays: list[Array], frame: Frame, place: Place, definition: Definition) -> Ranges:
    """The indices of the formula outside that arguments depend on, in the order of its left side.

    Raises:
        Mistake: one belongs to a reduction, so that the function cannot see the tensor over it.
    """
    outside = place.frame.outside()
    names = {name for value in arrays for name in free(value.expr)} - outside
    names -= {name for value in arrays for name, _ in value.axes}
    order = [name for name in frame.left if name in names]
    bound = names.difference(order)
    if bound:
        name = min(bound, key=frame.builder.indices.order)
        raise mistake("NN0233", frame.applied, name=name.split("°")[0], function=definition.name)
    return tuple((name, frame.builder.indices.extents[name]) for name in order)


def whole_tensor(value: Array, frame: Frame, name: str, seen: Ranges, span: Span) -> Array:
    """An argument as a tensor over the indices seen and its own axes."""
    opened = Array((*seen, *value.axes), value.expr)
    if alias(opened) or (not opened.axes and isinstance(value.expr, Number)):
        fresh = frame.builder.indices.open(opened.shape)
        return opened.renamed(tuple(name for name, _ in fresh))
    return tensor_of(frame, frame.called(name), side(opened.axes), value.expr, span)


def indexed(value: Value, seen: Ranges, span: Span, name: str, place: Place) -> Value:
    """The entry of a result at the indices over which the arguments were seen.

    Raises:
        Mistake: the result has other axes.
    """
    found = as_array(value, span, place)
    if not found.axes and not free(found.expr):
        return found
    if found.shape[: len(seen)] != tuple(extent for _, extent in seen):
        raise mistake("NN0234", span, name=name)
    own = found.axes[len(seen):]
    index = (*(Index(one) for one, _ in seen), *(Index(one) for one, _ in own))
    return Array(own, found.at(index))
