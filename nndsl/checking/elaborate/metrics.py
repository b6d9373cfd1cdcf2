"""Metrics: sums over the samples of an epoch, and what is made of them in the end."""

from __future__ import annotations

from dataclasses import replace

from nndsl.checking.checked import Metric
from nndsl.checking.elaborate.arrays import reduced_whole
from nndsl.checking.elaborate.blocks import HANDLERS, defined_name
from nndsl.checking.elaborate.builder import SAMPLE, Builder, Sums, origin
from nndsl.checking.elaborate.context import Context
from nndsl.checking.elaborate.demand import DEFINERS
from nndsl.checking.elaborate.equations import entered, formula, sides
from nndsl.checking.elaborate.evaluate import as_array, describe
from nndsl.checking.elaborate.frame import Deferred, Frame, Place
from nndsl.checking.elaborate.functions import APPLICATIONS, SPECIAL, value_of
from nndsl.checking.elaborate.losses import alone, apply_loss, compared
from nndsl.checking.elaborate.mistakes import mistake
from nndsl.checking.elaborate.models import Built
from nndsl.checking.elaborate.objective import sample_weight, train_frame
from nndsl.checking.elaborate.ranges import analyse
from nndsl.checking.elaborate.references import reference
from nndsl.checking.elaborate.statements import need
from nndsl.checking.elaborate.tensors import Side, side
from nndsl.checking.elaborate.values import Array, Closure, Given, Value
from nndsl.checking.scope import METRICS
from nndsl.checking.training import TrainFormula
from nndsl.diagnostics import Span
from nndsl.ir.equation import SAMPLE_WEIGHT, Equation, Tensor
from nndsl.ir.expression import BATCH, Apply, Expr, Index, Number, Ranges, Read, reads
from nndsl.syntax.tree import Count, Indexed, Total


def metric(item: TrainFormula, built: Built, context: Context, finish: Builder) -> tuple[Metric, tuple[str, ...]]:
    """Write the totals of a metric into the model's program, and its result into `finish`.

    Returns:
        the metric, and the names of its totals.
    """
    frame = train_frame(built, context, built.run.builder, "")
    frame.kind = "metrics"
    frame.sums = sums = Sums(item.name, finish)
    sample_weight(frame.builder)  # so that formulas can read it
    node, place = item.expression, replace(frame.place(), hint=item.name)
    if item.applied:
        value = as_array(formula(node, place), node.span, place)
    else:
        closure = reference(node, place, METRICS)
        if not isinstance(closure, Closure):
            raise mistake("NN0206", node.span, expected="a metric", found=describe(closure))
        given = alone(frame, node.span)
        apply = apply_loss if closure.found.kind == "loss" else apply_metric
        value = as_array(apply(closure, given, place, node.span), node.span, place)
    return Metric(item.name, finished(value, sums, frame, node.span)), tuple(sums.tensors)


def finished(value: Array, sums: Sums, frame: Frame, span: Span) -> str:
    """The tensor of a result. What is not made of totals is averaged over the samples first."""
    if not made_of_totals(value.expr, sums):
        value = averaged(value, sums, frame, span)
    builder = sums.finish
    name = builder.free_name(sums.name + " result")
    builder.declare(Tensor(name, value.shape, role="result"), span)
    builder.add(Equation(name, tuple(Index(n) for n, _ in value.axes), value.axes, value.expr, origin=origin(span)), span)
    return name


def made_of_totals(expr: Expr, sums: Sums) -> bool:
    """Whether a formula reads what `finish` knows."""
    return bool(reads(expr)) and all(read.tensor in sums.finish.tensors for read in reads(expr))


def averaged(value: Array, sums: Sums, frame: Frame, span: Span) -> Array:
    """The weighted mean over the samples of an epoch."""
    one = reduced_whole("mean", value, frame.builder)
    hit = total(f"{sums.name} sum", side(()), one.expr, sums, frame, span)
    count = total(f"{sums.name} count", side(()), Number(1.0), sums, frame, span)
    empty = Apply("eq", (count.expr, Number(0)))
    return Array((), Apply("div", (hit.expr, Apply("where", (empty, Number(1.0), count.expr)))))


def total(wanted: str, left: Side, expr: Expr, sums: Sums, frame: Frame, span: Span, weight: Expr | None = None) -> Array:
    """A new total: the sum over the samples of weight times formula; the weight is the sample's unless another is given."""
    builder = frame.builder
    name = builder.free_name(wanted)
    for program in (builder, sums.finish):
        program.declare(Tensor(name, left.shape, role="total"), span)
    weighted = Apply("mul", (weight or sample_weight(builder), expr))
    ranges: Ranges = (*left.ranges, (SAMPLE, BATCH))
    builder.add(Equation(name, left.index, ranges, weighted, "sum", True, origin=origin(span)), span)
    sums.tensors.append(name)
    return sums.finish.whole(name, left.shape, False)


# --------------------------------------------------------------------------------------------------- metrics as blocks


def apply_metric(closure: Closure, given: tuple[Given, ...], place: Place, span: Span) -> Value:
    """A metric in the formula of `train`: what it makes of its totals, or a number a sample."""
    call = compared(closure, given, place, span)
    value = as_array(value_of(call, place, span), span, place)
    sums = place.frame.sums
    if sums is not None and made_of_totals(value.expr, sums):
        return value
    return reduced_whole("mean", value, place.builder)


APPLICATIONS["metrics", "metric"] = apply_metric
APPLICATIONS["metrics", "loss"] = apply_loss
SPECIAL["metric"] = {"sample_weight": Array((), Read(SAMPLE_WEIGHT, (Index(SAMPLE),)))}


def define_total(statement: Total, frame: Frame, deferred: Deferred) -> Value:
    """`total hit[m] = formula`; without brackets it is a number, summed over all axes.

    Raises:
        Mistake: it stands in no metric of `train`.
    """
    axes = statement.target.axes if isinstance(statement.target, Indexed) else None
    analysis = analyse(statement.value, frame, axes)
    place = entered(analysis, frame.place(), axes=axes)
    found = sides(statement.target, statement.value, analysis, place)
    value = as_array(found.value, statement.value.span, place)
    left, expr = found.left, value.expr
    if axes is None:
        expr, left = reduced_whole("sum", Array(left.ranges, expr), frame.builder).expr, side(())
    wanted = frame.called(defined_name(statement) or "")
    if frame.sums is None:
        raise mistake("NN0248", statement.span)
    return total(wanted, left, expr, frame.sums, frame, statement.value.span, counting(frame))


def counting(frame: Frame) -> Expr | None:
    """What a sample counts for in the totals of a metric, where `count` says it.

    Raises:
        Mistake: it is no number.
    """
    said = next((s for s in frame.statements if isinstance(s, Count)), None)
    if said is None:
        return None
    value = as_array(formula(said.value, frame.place()), said.value.span, frame.place())
    if value.axes:
        raise mistake("NN0206", said.value.span, expected="a number", found="a tensor")
    return value.expr


DEFINERS[Total] = define_total
HANDLERS[Total] = need
