"""The objective: the mean loss with sample and class weights, plus penalties and regularizers."""

from __future__ import annotations

from collections.abc import Mapping

from nndsl.checking.elaborate.arrays import divided
from nndsl.checking.elaborate.builder import SAMPLE, Builder, free, origin
from nndsl.checking.elaborate.context import Context, Pass
from nndsl.checking.elaborate.frame import Frame
from nndsl.checking.elaborate.losses import Losses, divisor, loss_value
from nndsl.checking.elaborate.mistakes import mistake
from nndsl.checking.elaborate.models import Built, own_tensor
from nndsl.checking.elaborate.values import Array
from nndsl.checking.training import TrainFormula
from nndsl.diagnostics import Span
from nndsl.ir.equation import SAMPLE_WEIGHT, Equation, Tensor
from nndsl.ir.expression import BATCH, Apply, Expr, Index, Number, Read, Reduce

OBJECTIVE = "objective"
LOSS = "loss"
"""The tensor of the losses: one number a sample, or a position where the loss keeps axes."""


def train_frame(built: Built, context: Context, builder: Builder, path: str) -> Frame:
    """Where the formulas of `train` stand: they may use outputs, inputs and targets."""
    frame = Frame("train", context.scope, path, context, builder, training=None)
    frame.names.update({name: built.frame.names[name] for name in context.ports})
    frame.names.update(built.outputs)
    frame.names["target"] = None
    return frame


def objective(loss: TrainFormula | None, built: Built, context: Context, class_weight: Mapping[str, float]) -> str:
    """Write the objective's equations; gives the name of its tensor, "" if there is nothing to be made small."""
    run = built.run
    frame = train_frame(built, context, run.builder, "")
    terms: list[Expr] = []
    span: Span | None = None
    if loss is not None:
        span = loss.expression.span
        losses = loss_value(loss, frame)
        terms.append(weighted_mean(losses, frame, span, class_weights(class_weight, frame, span)))
    terms.extend(mean_over_batch(penalty) for penalty in run.penalties)
    terms.extend(weight.expr for weight in run.weights)
    if not terms:
        return ""
    total = terms[0]
    for term in terms[1:]:
        total = Apply("add", (total, term))
    name = run.builder.declare(Tensor(run.builder.free_name(OBJECTIVE), ())).name
    run.builder.add(Equation(name, (), (), total, origin=origin(span)))
    return name


def sample_weight(builder: Builder) -> Expr:
    """The weight of the sample at hand."""
    if SAMPLE_WEIGHT not in builder.tensors:
        builder.declare(Tensor(SAMPLE_WEIGHT, (BATCH,), role="target"))
    return Read(SAMPLE_WEIGHT, (Index(SAMPLE),))


def weighted_mean(losses: Losses, frame: Frame, span: Span, factor: Expr | None) -> Expr:
    """The sum of the losses times their weights, over how many there are, or as a loss counts."""
    builder = frame.builder
    kept_losses = own_tensor(losses.value, LOSS, frame, span)
    weight = sample_weight(builder)
    if factor is not None:
        weight = Apply("mul", (weight, factor))
    weighted = Array(kept_losses.axes, Apply("mul", (weight, kept_losses.expr)))
    if losses.count is None:
        return mean_over_batch(weighted)
    total = Reduce("sum", ((SAMPLE, BATCH), *weighted.axes), weighted.expr)
    return Apply("div", (total, divisor(losses.count, builder)))


def mean_over_batch(value: Array) -> Expr:
    """The mean over the batch, and over the axes that are left."""
    if SAMPLE not in free(value.expr):
        return Reduce("mean", value.axes, value.expr) if value.axes else value.expr
    ranges = ((SAMPLE, BATCH), *value.axes)
    return divided(Reduce("sum", ranges, value.expr), ranges)


def class_weights(weights: Mapping[str, float], frame: Frame, span: Span) -> Expr | None:
    """The weight of the class that a sample's target names.

    Raises:
        Mistake: there are several targets, or the classes are not numbered.
    """
    if not weights:
        return None
    ports = list(frame.context.targets.ports.values())
    if len(ports) != 1 or not all(label.isdigit() for label in weights):
        raise mistake("NN0339", span)
    target = frame.context.targets.tensor(ports[0].name, frame.builder)
    entry = class_of(target, frame)
    expr: Expr = Number(1.0)
    for label, weight in sorted(weights.items(), key=lambda pair: -int(pair[0])):
        expr = Apply("where", (Apply("eq", (entry, Number(int(label)))), Number(float(weight)), expr))
    return expr


def class_of(target: Array, frame: Frame) -> Expr:
    """The class that a target names: itself, or the place of the largest entry of several."""
    if not target.axes:
        return target.expr
    if len(target.axes) == 1 and target.shape[0] == 1:
        return target.at((Number(0),))
    fresh = frame.builder.indices.open(target.shape)
    return Reduce("argmax", fresh[-1:], target.renamed(tuple(name for name, _ in fresh)).expr)


def pending(run: Pass, builder: Builder) -> None:
    """Write the next values of states, after all that reads their present ones."""
    for equation in run.updates:
        builder.add(equation)
