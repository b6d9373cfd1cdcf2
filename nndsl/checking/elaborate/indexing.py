"""Entries of tensors: `x[..., i]`, `E[word[t], d]`, `(x[t - 1] else 0)`."""

from __future__ import annotations

import math

from nndsl.checking.elaborate.arrays import choice, shape_text
from nndsl.checking.elaborate.axes import positions
from nndsl.checking.elaborate.bounds import EVERYTHING, interval
from nndsl.checking.elaborate.builder import Builder
from nndsl.checking.elaborate.evaluate import array, as_array, describe, evaluate, rule
from nndsl.checking.elaborate.frame import Place
from nndsl.checking.elaborate.mistakes import mistake
from nndsl.checking.elaborate.recurrence import Backward
from nndsl.checking.elaborate.tensors import side, tensor_of
from nndsl.checking.elaborate.values import Array, Listing, Outputs, Value
from nndsl.ir.expression import BATCH, Apply, Expr, Extent, Index, Number, Read, rebuild
from nndsl.syntax.tree import Axis, Comparison, Dots, Expression, Group, Indexed, Name, Otherwise


@rule(Indexed)
def indexed(node: Indexed, place: Place) -> Value:
    """An entry; with `...` where that leaves axes open, the tensor of the rest."""
    return entry(node, place, None)


@rule(Otherwise)
def otherwise(node: Otherwise, place: Place) -> Value:
    """An entry, or what stands in its place where an index leaves its axis."""
    if not isinstance(node.value, Indexed):
        raise mistake("NN0217", node.value.span)
    other = array(node.other, place.inner())
    if other.axes:
        raise mistake("NN0206", node.other.span, f"is {shape_text(other.shape)}", expected="a number after `else`",
                      found="a tensor")
    return entry(node.value, place, other)


def base(node: Indexed, place: Place) -> Value:
    """What stands before the brackets."""
    analysis = place.analysis
    if analysis is not None and id(node.value) in analysis.values:
        return analysis.values[id(node.value)]
    value = evaluate(node.value, place.inner())
    return value.first if isinstance(value, Outputs) else value


def entry(node: Indexed, place: Place, other: Array | None) -> Value:
    """The entry of what stands before the brackets, which may be a list."""
    value = base(node, place)
    if isinstance(value, (tuple, Listing)):
        return _of_list(value, node, place)
    if not isinstance(value, (Array, bool, int, float)):
        raise mistake("NN0206", node.value.span, expected="a tensor", found=describe(value))
    whole_value = as_array(value, node.value.span, place)
    if other is not None and not isinstance(whole_value.expr, Read):
        whole_value = tensor_of(place.frame, place.frame.called("padded"), side(whole_value.axes), whole_value.expr, node.span)
    return _entry(whole_value, node, place, other)


def _entry(value: Array, node: Indexed, place: Place, other: Array | None) -> Array:
    """The entry of a tensor at the indices between the brackets."""
    placed, rest = positions(node.axes, len(value.axes), place, node.span)
    names = [name for name, _ in value.axes]
    new: dict[int, Expr] = {}
    leaves = False
    for axis, position in placed:
        formula = index_formula(axis, place, value.shape[position])
        leaves |= checked(formula, value.shape[position], axis, place.builder, other is not None)
        new[position] = formula
    open_axes: list[tuple[str, Extent]] = []
    if place.dots is not None and rest is not None and len(rest) != len(place.dots):
        raise mistake("NN0214", node.span, f"stands for {len(rest)} axes here, elsewhere for {len(place.dots)}")
    for number_of_dot, position in enumerate(rest or ()):
        if place.dots is None:
            open_axes.append(value.axes[position])
            new[position] = Index(names[position])
        else:
            new[position] = Index(place.dots[number_of_dot][0])
    expr = value.at(tuple(new[position] for position in range(len(names))))
    if isinstance(expr, Read) and expr.tensor in place.builder.awaited:
        place.builder.backward.append(Backward(expr, node.span))
    if other is not None and leaves:
        assert isinstance(expr, Read)
        expr = Read(expr.tensor, expr.index, other.expr, expr.stop)
    return Array(tuple(open_axes), expr)


def index_formula(axis: Axis, place: Place, extent: Extent) -> Expr:
    """The position on one axis.

    Raises:
        Mistake: it is no whole number.
    """
    if isinstance(axis.value, Group):
        return group_formula(axis.value, place)
    found = array(axis.value, place.inner())
    if found.axes:
        helps = () if not isinstance(axis.value, Name) else (
            f"where it is one number a sample, its declaration says so: `{axis.value.name}[]`",)
        raise mistake("NN0206", axis.value.span, helps=helps, expected="a whole number",
                      found=f"a tensor of the shape {shape_text(found.shape)}")
    if place.builder.kind(found.expr) == "real":
        raise mistake("NN0218", axis.value.span)
    return rebuild(found.expr, _nothing)


def _nothing(node: Expr) -> Expr | None:
    """0 for a product with 0: an index that does not matter must not seem to tell entries apart."""
    return Number(0) if isinstance(node, Apply) and node.operation == "mul" and Number(0) in node.operands else None


def group_formula(node: Group, place: Place) -> Expr:
    """The position on an axis that is split row-major."""
    if len(node.items) == 1 and isinstance(node.items[0], Dots):
        parts: list[tuple[Expr, Extent]] = [(Index(name), extent) for name, extent in place.dots or ()]
    else:
        assert place.analysis is not None
        symbols = place.analysis.groups[id(node)]
        parts = [(_part(item, place), symbol.extent or 1) for item, symbol in zip(node.items, symbols, strict=True)]
    return row_major(parts)


def _part(item: Expression, place: Place) -> Expr:
    return array(item.operands[0] if isinstance(item, Comparison) else item, place.inner()).expr


def row_major(parts: list[tuple[Expr, Extent]]) -> Expr:
    """The position of an entry on an axis that several indices share, the last running fastest."""
    if not parts:
        return Number(0)
    result, *rest = parts
    formula = result[0]
    for index, extent in rest:
        formula = Apply("add", (Apply("mul", (formula, Number(int(extent)))), index))
    return formula


def checked(formula: Expr, extent: Extent, axis: Axis, builder: Builder, excused: bool) -> bool:
    """Whether an index may leave its axis, which takes an `else`.

    A port's own values are not known yet; what they may be is asked of the data.

    Raises:
        Mistake: it may, and there is no `else`.
    """
    low, high = interval(formula, builder)
    last = math.inf if extent == BATCH else int(extent) - 1
    inside = 0 <= low and high <= last
    if extent == BATCH and not isinstance(formula, (Index, Number)):
        inside = False
    if inside or excused:
        return not inside
    port = _port(formula, builder)
    if port is not None and (low, high) == EVERYTHING and extent != BATCH:
        builder.asked[port] = min(builder.asked.get(port, int(extent)), int(extent))
        return False
    helps = ("say what stands there: `(x[...] else 0)`",)
    raise mistake("NN0205", axis.value.span, _reach(low, high), helps=helps, extent=extent)


def _reach(low: float, high: float) -> str:
    ends = ["..." if not math.isfinite(x) else str(int(x)) for x in (low, high)]
    if low == high and math.isfinite(low):
        return f"is {ends[0]}"
    return f"runs from {ends[0]} to {ends[1]}"


def _port(formula: Expr, builder: Builder) -> str | None:
    """The input or target whose entry a formula is, if it is one."""
    if isinstance(formula, Read) and builder.tensors[formula.tensor].role in ("input", "target"):
        return formula.tensor
    return None


def _of_list(value: tuple[Value, ...] | Listing, node: Indexed, place: Place) -> Value:
    """An entry of a list: known if the position is known, else chosen when the model runs."""
    items = value if isinstance(value, tuple) else value.items
    first, *rest = node.axes
    if isinstance(first.value, Dots):
        raise mistake("NN0219", first.value.span)
    position = index_formula(first, place, len(items))
    checked(position, len(items), first, place.builder, False)
    inner = Indexed(node.value, tuple(rest), span=node.span)
    if isinstance(position, Number):
        return _inner(items[int(position.value)], inner, place)
    entries = [as_array(_inner(item, inner, place), node.span, place) for item in items]
    names = tuple(name for name, _ in entries[0].axes)
    if any(x.shape != entries[0].shape for x in entries):
        raise mistake("NN0220", node.span)
    return Array(entries[0].axes, choice(position, tuple(x.renamed(names).expr for x in entries), place.builder))


def _inner(value: Value, node: Indexed, place: Place) -> Value:
    """What the brackets behind the first one say about an entry of a list."""
    if not node.axes:
        return value
    if isinstance(value, (tuple, Listing)):
        return _of_list(value, node, place)
    return _entry(as_array(value, node.span, place), node, place, None)
