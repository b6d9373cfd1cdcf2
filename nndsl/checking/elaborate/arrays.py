"""What can be done with numbers: elementwise operations, reductions, choosing from a list."""

from __future__ import annotations

import math

from nndsl.checking.elaborate.bounds import interval
from nndsl.checking.elaborate.builder import Builder, free
from nndsl.checking.elaborate.fold import fold
from nndsl.checking.elaborate.frame import Place
from nndsl.checking.elaborate.mistakes import mistake
from nndsl.checking.elaborate.values import Array
from nndsl.diagnostics import Label, Span
from nndsl.ir.expression import BATCH, Apply, Expr, Extent, Index, Number, Ranges, Reduce, Scalar, rebuild, substitute


def shape_text(shape: tuple[Extent, ...]) -> str:
    """A shape as messages write it."""
    return f"[{', '.join(str(extent) for extent in shape)}]"


# ------------------------------------------------------------------------------------------------------ elementwise


def elementwise(operation: str, operands: tuple[Array, ...], spans: tuple[Span, ...], place: Place) -> Array:
    """An operation entry by entry: open axes must be equal, or a number stands beside a tensor.

    Raises:
        Mistake: the shapes differ.
    """
    widest = next((x for x in operands if x.axes), operands[0])
    for operand, span in zip(operands, spans, strict=True):
        if operand.axes and operand.shape != widest.shape:
            there = Label(spans[operands.index(widest)], f"is {shape_text(widest.shape)}")
            raise mistake("NN0202", span, f"is {shape_text(operand.shape)}", also=(there,),
                          first=shape_text(widest.shape), second=shape_text(operand.shape))
    names = tuple(name for name, _ in widest.axes)
    entries = tuple(x.renamed(names).expr if x.axes else x.expr for x in operands)
    return Array(widest.axes, applied(operation, entries, place.builder))


def applied(operation: str, operands: tuple[Expr, ...], builder: Builder) -> Expr:
    """An operation on entries. Whole numbers raised to what may be negative are real numbers first."""
    if operation == "pow" and builder.kind(operands[0]) != "real" and interval(operands[1], builder)[0] < 0:
        operands = (Apply("mul", (operands[0], Number(1.0))), operands[1])
    return Apply(operation, operands)


# -------------------------------------------------------------------------------------------------------- reductions


def reduced(kind: str, ranges: Ranges, body: Array, builder: Builder) -> Array:
    """A reduction over indices that stand free in `body`; its open axes stay. Ranges over a list's entries are written out."""
    fresh = {name: builder.indices.new(name, extent) for name, extent in ranges}
    builder.indices.listed.update(fresh[name] for name in fresh if name in builder.indices.listed)
    inner = substitute(body.expr, {old: Index(new) for old, new in fresh.items()})
    renamed = tuple((fresh[name], extent) for name, extent in ranges)
    return Array(body.axes, written_out(kind, renamed, inner, builder) or Reduce(kind, renamed, inner))


def reduced_whole(kind: str, value: Array, builder: Builder) -> Array:
    """A reduction over all open axes; a lone number is its own."""
    return reduced(kind, value.axes, Array((), value.expr), builder) if value.axes else value


FOLDS = {"sum": "add", "mean": "add", "prod": "mul", "max": "max", "min": "min"}
"""What adds one more entry to a reduction that is written out."""


def written_out(kind: str, ranges: Ranges, body: Expr, builder: Builder) -> Expr | None:
    """A reduction over the entries of a list, as a chain of operations; None where no index chooses from a list."""
    listed = [(name, int(extent)) for name, extent in ranges if name in builder.indices.listed]
    if not listed or kind not in FOLDS:
        return None
    rest = tuple((name, extent) for name, extent in ranges if name not in builder.indices.listed)
    terms = [body]
    for name, extent in listed:
        terms = [folded(substitute(term, {name: Number(value)})) for term in terms for value in range(extent)]
    if rest:
        terms = [Reduce("sum" if kind == "mean" else kind, rest, term) for term in terms]
    result = terms[0]
    for term in terms[1:]:
        result = Apply(FOLDS[kind], (result, term))
    return divided(result, ranges) if kind == "mean" else result


def divided(total: Expr, ranges: Ranges) -> Expr:
    """A sum over ranges, divided by how many points they have."""
    points = math.prod(int(extent) for _, extent in ranges if extent != BATCH)
    batches = sum(extent == BATCH for _, extent in ranges)
    count: Expr = Scalar(BATCH) if batches and points == 1 else Number(points)
    for _ in range(batches - (points == 1)):
        count = Apply("mul", (count, Scalar(BATCH)))
    return Apply("div", (total, count))


def choice(position: Expr, entries: tuple[Expr, ...], builder: Builder) -> Expr:
    """The entry of a list at a position that is only known when the model runs."""
    builder.indices.listed.update(free(position))
    return _choice(position, entries, 0)


def _choice(position: Expr, entries: tuple[Expr, ...], start: int) -> Expr:
    if len(entries) == 1:
        return entries[0]
    half = len(entries) // 2
    low, high = _choice(position, entries[:half], start), _choice(position, entries[half:], start + half)
    return Apply("where", (Apply("lt", (position, Number(start + half))), low, high))


def folded(expr: Expr) -> Expr:
    """The formula with every choice made whose condition is known."""
    def change(node: Expr) -> Expr | None:
        if isinstance(node, Apply) and node.operation == "where":
            condition = constant(node.operands[0])
            return None if condition is None else folded(node.operands[1] if condition else node.operands[2])
        return None
    return rebuild(expr, change)


def constant(expr: Expr) -> float | int | None:
    """The value of a formula that holds only numbers; None for others, and for those without a value."""
    if isinstance(expr, Number):
        return expr.value
    if not isinstance(expr, Apply):
        return None
    operands = [constant(x) for x in expr.operands]
    known = tuple(x for x in operands if x is not None)
    try:
        return fold(expr.operation, known) if len(known) == len(operands) else None
    except (ArithmeticError, ValueError):
        return None
