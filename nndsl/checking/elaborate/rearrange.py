"""`reshape`, `permute`, `join`, and lists of tensors: the same entries in another order."""

from __future__ import annotations

import math
from itertools import accumulate

from nndsl.checking.elaborate.axes import axis_number
from nndsl.checking.elaborate.builder import origin
from nndsl.checking.elaborate.evaluate import array, as_array, describe, evaluate, hook, known, whole
from nndsl.checking.elaborate.frame import Place
from nndsl.checking.elaborate.indexing import row_major
from nndsl.checking.elaborate.mistakes import mistake
from nndsl.checking.elaborate.tensors import Side, outer, tensor_of
from nndsl.checking.elaborate.values import Array, Listing, Value
from nndsl.diagnostics import Label, Span
from nndsl.ir.equation import Equation, Tensor
from nndsl.ir.expression import Apply, Expr, Extent, Index, Number, Read
from nndsl.syntax.tree import Call, Expression


def _tensor(node: Expression, place: Place) -> Array:
    return array(node, place.inner())


def _whole_list(node: Expression, place: Place) -> tuple[int, ...]:
    value = known(node, place)
    items = value if isinstance(value, tuple) else (value,)
    return tuple(whole(item, node.span) for item in items)


# ------------------------------------------------------------------------------------------------------------ reshape


def reshape(node: Call, place: Place) -> Value:
    """`reshape(x, [2, 3])`: the same entries, row-major; one -1 is worked out."""
    value = _tensor(node.arguments[0].value, place)
    shape = _completed(_whole_list(node.arguments[1].value, place), value, node.arguments[1].value.span)
    return reshaped(value, shape, place, node.span)


def reshaped(value: Array, shape: tuple[int, ...], place: Place, span: Span) -> Array:
    """The entries of a tensor in another shape of as many."""
    if shape == value.shape:
        return value
    flat = value if len(value.axes) == 1 else _flattened(value, place, span)
    if len(shape) == 1:
        return flat
    axes = place.builder.indices.open(shape)
    return Array(axes, flat.at((row_major([(Index(name), extent) for name, extent in axes]),)))


def _flattened(value: Array, place: Place, span: Span) -> Array:
    index = row_major([(Index(name), extent) for name, extent in value.axes])
    entries = math.prod(int(extent) for extent in value.shape)
    return tensor_of(place.frame, place.frame.called("flat"), Side((index,), (entries,), value.axes), value.expr, span)


def _completed(shape: tuple[int, ...], value: Array, span: Span) -> tuple[int, ...]:
    entries = math.prod(int(extent) for extent in value.shape)
    rest = math.prod(extent for extent in shape if extent != -1)
    if shape.count(-1) == 1 and rest > 0 and entries % rest == 0:
        shape = tuple(entries // rest if extent == -1 else extent for extent in shape)
    if math.prod(shape) != entries or any(extent < 1 for extent in shape):
        raise mistake("NN0245", span, found=list(value.shape), wanted=list(shape))
    return shape


# ------------------------------------------------------------------------------------------------------------ permute


def permute(node: Call, place: Place) -> Value:
    """`permute(x, [2, 1])`: the axes in another order, counted from 1 as in Keras."""
    value = _tensor(node.arguments[0].value, place)
    order = _whole_list(node.arguments[1].value, place)
    first = int(place.frame.batched)
    if sorted(order) != list(range(first, len(value.axes) + first)):
        raise mistake("NN0246", node.arguments[1].value.span, order=list(order), rank=len(value.axes))
    return Array(tuple(value.axes[axis - first] for axis in order), value.expr)


# --------------------------------------------------------------------------------------------------------------- join


def join(node: Call, place: Place) -> Value:
    """`join([a, b], -1)`: tensors one after the other along an axis."""
    value = evaluate(node.arguments[0].value, place.inner())
    span = node.arguments[0].value.span
    if not isinstance(value, (Listing, tuple)):
        raise mistake("NN0206", span, expected="a list of tensors", found=describe(value))
    items = _entries(value, span, place)
    axis = axis_number(node.arguments[1].value, len(items[0].axes), place)
    rests = [(*item.shape[:axis], *item.shape[axis + 1:]) for item in items]
    ranks = [len(item.axes) for item in items]
    wrong = next((n for n, rest in enumerate(rests) if rest != rests[0] or ranks[n] != ranks[0]), None)
    if wrong is not None:
        raise mistake("NN0247", place.frame.applied or span, also=(Label(span),), axis=axis, first=list(items[0].shape),
                      second=list(items[wrong].shape))
    return joined(items, axis, place, span)


def _entries(value: Listing | tuple[Value, ...], span: Span, place: Place) -> list[Array]:
    """The entries of a list, of which there must be one at least."""
    items = [as_array(v, span, place) for v in (value.items if isinstance(value, Listing) else value)]
    if not items:
        raise mistake("NN0206", span, expected="a list with entries", found="an empty list")
    return items


def joined(items: list[Array], axis: int, place: Place, span: Span) -> Array:
    """One tensor, written in as many parts as there are items."""
    starts = [0, *accumulate(int(item.shape[axis]) for item in items)]
    shape = list(items[0].shape)
    shape[axis] = starts[-1]
    lefts = [_part(item, axis, start) for item, start in zip(items, starts, strict=False)]
    return written(lefts, [item.expr for item in items], tuple(shape), "joined", place, span)


def _part(item: Array, axis: int, start: int) -> Side:
    index: list[Expr] = [Index(name) for name, _ in item.axes]
    if start:
        index[axis] = Apply("add", (index[axis], Number(start)))
    return Side(tuple(index), item.shape, item.axes)


def written(lefts: list[Side], entries: list[Expr], shape: tuple[Extent, ...], name: str, place: Place, span: Span) -> Array:
    """A tensor written by several equations, a part each."""
    frame, builder = place.frame, place.builder
    outside = {n for left, expr in zip(lefts, entries, strict=True) for n in outer(expr, left.ranges, frame)}
    before = tuple(sorted(outside, key=builder.indices.order))
    ranges = tuple((n, builder.indices.extents[n]) for n in before)
    wanted = builder.free_name(place.hint or frame.called(name))
    builder.declare(Tensor(wanted, (*(e for _, e in ranges), *shape)), span)
    for left, expr in zip(lefts, entries, strict=True):
        index = (*(Index(n) for n in before), *left.index)
        builder.add(Equation(wanted, index, (*ranges, *left.ranges), expr, origin=origin(span)), span)
    axes = builder.indices.open(shape)
    return Array(axes, Read(wanted, (*(Index(n) for n in before), *(Index(n) for n, _ in axes))))


@hook
def stack(value: Listing | tuple[Value, ...], span: Span, place: Place) -> Array:
    """A list as a tensor with one axis more, in front.

    Raises:
        Mistake: the entries have different shapes.
    """
    items = _entries(value, span, place)
    if any(item.shape != items[0].shape for item in items):
        raise mistake("NN0220", span)
    lefts = [Side((Number(n), *(Index(i) for i, _ in item.axes)), item.shape, item.axes) for n, item in enumerate(items)]
    return written(lefts, [item.expr for item in items], (len(items), *items[0].shape), "listed", place, span)


