"""A model: its inputs, its formulas in inference and in training, its outputs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nndsl.checking.checked import Port
from nndsl.checking.elaborate.blocks import block
from nndsl.checking.elaborate.builder import SAMPLE, Builder, free
from nndsl.checking.elaborate.context import Context, Pass
from nndsl.checking.elaborate.evaluate import as_array, evaluate_alone, known, whole
from nndsl.checking.elaborate.frame import Frame
from nndsl.checking.elaborate.functions import per_sample
from nndsl.checking.elaborate.mistakes import Mistake, mistake
from nndsl.checking.elaborate.parameters import extents
from nndsl.checking.elaborate.sizes import bind_sizes
from nndsl.checking.elaborate.tensors import alias, side, tensor_of
from nndsl.checking.elaborate.values import Array, Outputs, Value
from nndsl.diagnostics import Span
from nndsl.ir.equation import Tensor
from nndsl.ir.expression import BATCH, Read
from nndsl.syntax.tree import Declaration, Input, Model, Name


@dataclass(frozen=True)
class Built:
    """A model elaborated for training or for inference.

    Args:
        frame: its names.
        outputs: the tensors it gives, by port name.
        run: the program with what belongs to the objective.
    """

    frame: Frame
    outputs: dict[str, Array]
    run: Pass


def build(model: Model, context: Context, training: bool) -> Built:
    """Elaborate a model.

    Raises:
        Mistake: an output is missing because of a mistake that was told.
    """
    run = Pass(Builder(context.indices), training)
    context.current = run
    frame = Frame("model", context.scope, "", context, run.builder, training=training, handlers={Input: port},
                  batched=not context.bare)
    block(model.body, frame)
    if frame.result.broken:
        raise Mistake
    outputs: dict[str, Array] = {}
    for label, value in each_output(frame):
        if label in outputs:
            raise mistake("NN0242", model.name_span, name=label)
        outputs[label] = own_tensor(value, label, frame, model.name_span, given_out=not context.loose)
    if not outputs and not run.penalties:
        raise mistake("NN0243", model.name_span, name=model.name)
    return Built(frame, outputs, run)


def each_output(frame: Frame) -> Iterator[tuple[str, Value]]:
    """The outputs with their names; a layer with several outputs that is given out without a name gives all of them."""
    for name, value in frame.result.outputs:
        if isinstance(value, Outputs) and not name:
            yield from ((own or f"output_{number}", one) for number, (own, one) in enumerate(value.items, 1))
        else:
            yield name or "output", value


def own_tensor(value: Value, name: str, frame: Frame, span: Span, given_out: bool = False) -> Array:
    """A value as a tensor of its own.

    Args:
        value: the value.
        name: what the tensor is to be called.
        frame: where it is made.
        span: where it comes from.
        given_out: whether it leaves the model: then it holds real numbers, some for each sample.
    """
    found = as_array(value.first if isinstance(value, Outputs) else value, span, frame.place())
    every = not given_out or SAMPLE in free(found.expr)
    real = not given_out or frame.builder.kind(found.expr) == "real"
    if isinstance(found.expr, Read) and found.expr.tensor == name and alias(found) and every and real:
        return found
    if every:
        return tensor_of(frame, name, side(found.axes), found.expr, span, real=given_out)
    left = side(((SAMPLE, BATCH), *found.axes))
    return per_sample(tensor_of(frame, name, left, found.expr, span, real=True))


def port(statement: Input, frame: Frame) -> None:
    """An input of the model: a tensor that is given from outside."""
    declaration = statement.declaration
    if statement.several:
        raise mistake("NN0244", declaration.span)
    for axis in declaration.axes or ():
        if isinstance(axis.value, Name) and not frame.knows(axis.value.name) and axis.value.name not in frame.scope.lets:
            helps = (f"write a number, or add `let {axis.value.name} = ...`",)
            raise mistake("NN0251", axis.value.span, name=axis.value.name, helps=helps)
    shape = extents(declaration.axes or (), frame)
    made = Port(declaration.name, shape, "int" if is_int(declaration) else "real", limit(declaration, frame),
                default(declaration, frame))
    frame.context.ports[declaration.name] = made
    frame.names[declaration.name] = ported(made, frame, declaration.span)
    if declaration.axes:
        bind_sizes(declaration.axes, shape, frame, declaration.span, declaration.name)


def ported(made: Port, frame: Frame, span: Span) -> Array:
    """The tensor of an input."""
    builder = frame.builder
    builder.declare(Tensor(made.name, (BATCH, *made.shape), made.dtype, "input"), span)
    if made.limit is not None:
        builder.limits[made.name] = (0, made.limit - 1)
    return builder.whole(made.name, made.shape, True)


def is_int(declaration: Declaration) -> bool:
    """Whether an input takes whole numbers."""
    return declaration.bound is not None and declaration.bound.kind == "int"


def limit(declaration: Declaration, frame: Frame) -> int | None:
    """What the whole numbers of an input must stay below."""
    if declaration.bound is None or declaration.bound.limit is None:
        return None
    node = declaration.bound.limit
    return whole(known(node, frame.place()), node.span)


def default(declaration: Declaration, frame: Frame) -> float | None:
    """The value of an input that is left out."""
    if declaration.default is None:
        return None
    value = evaluate_alone(declaration.default, frame.place())
    if not isinstance(value, (bool, int, float)):
        raise mistake("NN0207", declaration.default.span)
    return float(value)
