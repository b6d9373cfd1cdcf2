"""Whole formulas and equations: the indices of both sides brought together."""

from __future__ import annotations

from dataclasses import dataclass, replace

from nndsl.checking.elaborate.arrays import shape_text
from nndsl.checking.elaborate.axes import axis_number
from nndsl.checking.elaborate.evaluate import as_array, evaluate, hook
from nndsl.checking.elaborate.frame import Frame, Place
from nndsl.checking.elaborate.indexing import row_major
from nndsl.checking.elaborate.mistakes import mistake
from nndsl.checking.elaborate.ranges import analyse
from nndsl.checking.elaborate.symbols import Analysis
from nndsl.checking.elaborate.tensors import Side, alias, heavy, side, tensor_of
from nndsl.checking.elaborate.values import Array, Value
from nndsl.diagnostics import Label, Span
from nndsl.ir.expression import Expr, Extent, Index, Number, Ranges
from nndsl.syntax import tree
from nndsl.syntax.tree import Axis, Dots, Expression, Group, Indexed, Name


@dataclass(frozen=True)
class Entry:
    """One axis of a left side.

    Args:
        index: the position on it.
        extent: how far it runs.
        ranges: the indices that the position is made of.
        place: the number of the axis, where `@` says it.
    """

    index: Expr
    extent: Extent
    ranges: Ranges
    place: Expression | None = None


@dataclass(frozen=True)
class Formula:
    """A formula whose indices are brought together with those of its left side.

    Args:
        left: the left side.
        value: the right side; an Array with no open axes where the left side names indices.
    """

    left: Side
    value: Value


def entered(analysis: Analysis, place: Place, hint: str = "", axes: tuple[Axis, ...] | None = None) -> Place:
    """The place of a formula whose indices were analysed; `axes` are those of its left side, if it has brackets."""
    indices = {name: symbol.unique for name, symbol in analysis.left.items()}
    dots = None if analysis.dots is None else place.builder.indices.open(analysis.dots)
    here = replace(place, analysis=analysis, indices=indices, dots=dots, inline_draws=True, hint=hint)
    stated = axes is not None and any(isinstance(axis.value, tree.Number) for axis in axes)
    entries = opened(analysis, here) if axes is None or stated else written(axes, analysis, here, dots or ())
    return replace(here, left=tuple(name for name, _ in side_of(entries, here).ranges))


@hook
def formula(node: Expression, place: Place, hint: str = "") -> Value:
    """The value of a whole formula without a left side: the indices it leaves open become the axes of the value."""
    analysis = analyse(node, place.frame, None)
    here = entered(analysis, place, hint)
    if not analysis.open:
        return evaluate(node, replace(here, inline_draws=False))
    value = as_array(evaluate(node, here), node.span, here)
    left = side_of(opened(analysis, here), here)
    expr = closed(value, here, left, node.span)
    if left.plain:
        return Array(left.ranges, expr)
    return tensor_of(place.frame, place.frame.called("value"), left, expr, node.span)


def opened(analysis: Analysis, place: Place) -> list[Entry]:
    """The axes of the left side that a formula does without."""
    entries: list[Entry] = []
    for name in analysis.open:
        if name == "...":
            entries.extend(Entry(Index(unique), extent, ((unique, extent),)) for unique, extent in place.dots or ())
        else:
            entries.append(single(name, analysis))
    return entries


def single(name: str, analysis: Analysis) -> Entry:
    """The axis on which an index stands alone."""
    symbol = analysis.left[name]
    extent = symbol.extent or 1
    return Entry(Index(symbol.unique), extent, ((symbol.unique, extent),), analysis.places.get(name))


def written(axes: tuple[Axis, ...], analysis: Analysis, place: Place, rest: Ranges) -> list[Entry]:
    """The axes of a left side that is written out; `rest` is what `...` stands for."""
    entries: list[Entry] = []
    for axis in axes:
        if isinstance(axis.value, Dots):
            entries.extend(Entry(Index(unique), extent, ((unique, extent),)) for unique, extent in rest)
        elif isinstance(axis.value, Group):
            entries.append(replace(grouped(axis.value, analysis, rest), place=axis.place))
        elif isinstance(axis.value, Name):
            entries.append(single(axis.value.name, analysis))
        else:
            raise mistake("NN0211", axis.value.span)
    return entries


def grouped(node: Group, analysis: Analysis, rest: Ranges) -> Entry:
    """An axis that several indices share."""
    if any(isinstance(item, Dots) for item in node.items):
        parts = list(rest)
    else:
        parts = [(symbol.unique, symbol.extent or 1) for symbol in analysis.groups[id(node)]]
    extent = 1
    for _, one in parts:
        extent *= int(one)
    return Entry(row_major([(Index(name), one) for name, one in parts]), extent, tuple(parts))


def side_of(entries: list[Entry], place: Place) -> Side:
    """The left side with these axes, those with a place of their own moved there."""
    placed = {axis_number(e.place, len(entries), place): e for e in entries if e.place is not None}
    plain = iter(e for e in entries if e.place is None)
    order = [placed[n] if n in placed else next(plain) for n in range(len(entries))]
    return Side(tuple(e.index for e in order), tuple(e.extent for e in order), tuple(r for e in order for r in e.ranges))


def closed(value: Array, place: Place, left: Side, span: Span) -> Expr:
    """The entry of the right side at the indices of the left.

    Raises:
        Mistake: the right side has axes that the left does not name.
    """
    if not value.axes:
        return value.expr
    if place.dots is not None and value.shape == tuple(extent for _, extent in place.dots):
        return value.at(tuple(Index(name) for name, _ in place.dots))
    raise mistake("NN0228", span, f"is {shape_text(value.shape)}", shape=shape_text(value.shape))


def sides(target: Expression | None, node: Expression, analysis: Analysis, place: Place) -> Formula:
    """Both sides of an equation.

    Args:
        target: the left side; None, a name, or a name with index brackets.
        node: the right side.
        analysis: its indices.
        place: where the formula stands, entered.
    """
    value = evaluate(node, place if analysis.open or isinstance(target, Indexed) else replace(place, inline_draws=False))
    if isinstance(target, Indexed):
        return _indexed(target, value, node, analysis, place)
    if not analysis.open:
        if isinstance(value, Array):
            return Formula(side(value.axes), Array((), value.expr))
        return Formula(Side((), (), ()), value)
    found = as_array(value, node.span, place)
    left = side_of(opened(analysis, place), place)
    return Formula(left, Array((), closed(found, place, left, node.span)))


def _indexed(target: Indexed, value: Value, node: Expression, analysis: Analysis, place: Place) -> Formula:
    found = as_array(value, node.span, place)
    if target.axes and all(isinstance(axis.value, tree.Number) for axis in target.axes):
        return _shaped(target, found, node.span)
    rest = place.dots or ()
    if place.dots is None and any(isinstance(axis.value, Dots) for axis in _flat(target.axes)):
        rest, found = found.axes, Array((), found.expr)
    left = side_of(written(target.axes, analysis, place, rest), place)
    return Formula(left, Array((), closed(found, place, left, node.span)))


def _flat(axes: tuple[Axis, ...]) -> list[Axis]:
    groups = (item for axis in axes if isinstance(axis.value, Group) for item in axis.value.items)
    return [*axes, *(Axis(item) for item in groups)]


def _shaped(target: Indexed, value: Array, span: Span) -> Formula:
    """`p[1] = x -> dense(1)`: numbers between the brackets state the shape."""
    stated = tuple(axis.value.value for axis in target.axes if isinstance(axis.value, tree.Number))
    if value.shape != stated:
        also = (Label(target.span, f"says {shape_text(stated)}"),)  # type: ignore[arg-type]
        raise mistake("NN0202", span, f"is {shape_text(value.shape)}", also=also, first=shape_text(stated),  # type: ignore[arg-type]
                      second=shape_text(value.shape))
    return Formula(side(value.axes), Array((), value.expr))


def tensor(formula: Formula, frame: Frame, wanted: str, span: Span, copy: bool = False, awaited: str = "") -> Value:
    """What the name on the left side of an equation means from now on.

    In a layer or model it is a tensor of its own, unless the right side is a whole tensor already; elsewhere a short formula
    is put into those that use it.

    Args:
        formula: both sides.
        frame: where the equation stands.
        wanted: the tensor's full name.
        span: the right side.
        copy: whether a second tensor is wanted even for a whole one.
        awaited: the tensor, where it was declared beforehand since it refers to its own entries.
    """
    if not isinstance(formula.value, Array):
        return formula.value
    left, expr = formula.left, formula.value.expr
    whole = Array(left.ranges, expr)
    if left.plain and not copy and not awaited:
        inlined = frame.inlines and not heavy(whole, frame)
        if inlined or alias(whole) or (not left.ranges and is_constant(expr)):
            return whole
    return tensor_of(frame, wanted, left, expr, span, awaited=awaited)


def is_constant(expr: Expr) -> bool:
    """Whether a formula is a lone number."""
    return isinstance(expr, Number)
