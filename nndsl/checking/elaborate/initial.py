"""First values: initializers and formulas that fill parameters and states."""

from __future__ import annotations

import math

from nndsl.checking.checked import Variable
from nndsl.checking.elaborate.arrays import shape_text
from nndsl.checking.elaborate.binding import assign, bind
from nndsl.checking.elaborate.blocks import block
from nndsl.checking.elaborate.builder import Builder, free, origin
from nndsl.checking.elaborate.context import Context, Filling
from nndsl.checking.elaborate.evaluate import as_array, look_up
from nndsl.checking.elaborate.frame import Frame, Thunk
from nndsl.checking.elaborate.functions import result
from nndsl.checking.elaborate.mistakes import mistake
from nndsl.checking.elaborate.references import reference
from nndsl.checking.elaborate.values import Array, Closure, Value
from nndsl.checking.rules import INITIAL, RULES
from nndsl.diagnostics import Span
from nndsl.ir.equation import Equation, Role, Tensor
from nndsl.ir.expression import Index, Number
from nndsl.syntax.tree import Definition


def fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """How many inputs feed an entry of a weight, and how many outputs an input feeds, by Keras's rule."""
    if len(shape) < 2:
        return (shape[0], shape[0]) if shape else (1, 1)
    field = math.prod(shape[:-2])
    return shape[-2] * field, shape[-1] * field


def fill(variable: Variable, filling: Filling, builder: Builder, context: Context) -> None:
    """Write the equation that gives a variable its first value."""
    frame = Frame("initializer", filling.frame.scope, variable.name, context, builder, batched=False, shape=variable.shape,
                  applied=filling.frame.applied)
    role: Role = "parameter" if variable.kind == "parameter" else "state"
    builder.declare(Tensor(variable.name, variable.shape, role=role))
    frame.guarded(lambda: _fill(variable, filling, frame))


def _fill(variable: Variable, filling: Filling, frame: Frame) -> None:
    value = as_array(_value(filling, frame), filling.span, frame.place())
    if value.axes and value.shape != variable.shape:
        raise mistake("NN0202", filling.span, first=shape_text(variable.shape), second=shape_text(value.shape))
    axes = value.axes or frame.builder.indices.open(variable.shape)
    outside = set(free(value.expr)) - {name for name, _ in axes}
    if outside:
        raise mistake("NN0240", filling.span)
    expr = value.expr
    if isinstance(expr, Number):
        expr = Number(float(expr.value))
    index = tuple(Index(name) for name, _ in axes)
    frame.builder.add(Equation(variable.name, index, axes, expr, origin=origin(filling.span)), filling.span)


def _value(filling: Filling, frame: Frame) -> Value:
    """What an initializer gives, or a formula."""
    entry = filling.entry
    if not isinstance(entry, Thunk):
        return look_up(entry)
    place = entry.place.frame.place()
    inner = Frame("initializer", entry.place.frame.scope, frame.path, frame.context, frame.builder, batched=False,
                  shape=frame.shape, applied=frame.applied, names=dict(place.frame.names))
    value = reference(entry.node, inner.place(), INITIAL)
    if isinstance(value, Closure) and value.found.kind == "initializer":
        return initialized(value, frame, entry.node.span)
    return value


def initialized(closure: Closure, frame: Frame, span: Span) -> Array:
    """The entries that an initializer gives a weight of the frame's shape."""
    definition = closure.found.definition
    assert isinstance(definition, Definition) and frame.shape is not None
    inner = Frame("initializer", closure.found.scope, frame.path, frame.context, frame.builder, batched=False,
                  shape=frame.shape, applied=frame.applied)
    found, _ = assign(closure, (), span)
    inner.names.update(dict(zip(RULES["initializer"].filled, fans(frame.shape), strict=True)))
    inner.names["w"] = Array(frame.builder.indices.open(frame.shape), Number(0))
    bind(definition, found, inner)
    block(definition.body, inner)
    return as_array(result(inner, definition, span), span, inner.place())
