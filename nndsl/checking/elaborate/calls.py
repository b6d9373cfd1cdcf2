"""Calls in formulas: elementwise functions, reductions, draws, and the few other primitives."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

from nndsl.checking.elaborate import einsum
from nndsl.checking.elaborate.arrays import elementwise, reduced, reduced_whole
from nndsl.checking.elaborate.axes import axis_number
from nndsl.checking.elaborate.builder import SAMPLE
from nndsl.checking.elaborate.derivatives import derivative
from nndsl.checking.elaborate.evaluate import ABOVE, applicable, array, as_array, describe, evaluate, known, rule
from nndsl.checking.elaborate.formulas import operate
from nndsl.checking.elaborate.frame import Place, Thunk
from nndsl.checking.elaborate.indexing import row_major
from nndsl.checking.elaborate.mistakes import mistake
from nndsl.checking.elaborate.rearrange import join, permute, reshape
from nndsl.checking.elaborate.tensors import Side, side, tensor_of
from nndsl.checking.elaborate.values import Array, Given, Operation, Value
from nndsl.checking.primitives import REDUCTIONS, WITHOUT_BRACKETS
from nndsl.checking.walking import is_reduction
from nndsl.ir.expression import BATCH, Derivative, Draw, Expr, Index, Ranges, Read, Reduce, rebuild, substitute
from nndsl.ir.operations import MATRIX_DRAW, OPERATIONS
from nndsl.syntax.tree import Axis, Call, Dots, Indexed, Name

Special = Callable[[Call, Place], Value]


@rule(Call)
def call(node: Call, place: Place) -> Value:
    """A call: of a primitive, unless the definition around it knows the name, or else of a definition."""
    function = node.function
    if is_reduction(function):
        return reduction(node, place)
    name = ABOVE.primitive(function, place) or ""
    if name in SPECIAL:
        return SPECIAL[name](node, place)
    if name in OPERATIONS and OPERATIONS[name].language:
        return elementwise_call(node, name, place)
    if name in WITHOUT_BRACKETS:
        return reduced_whole(name, array(node.arguments[0].value, place.inner()), place.builder)
    value = applicable(ABOVE.callee(function, place), function.span)
    if isinstance(value, Operation):
        return elementwise_call(node, value.name, place)
    given = tuple(Given(a.name, Thunk(a.value, place.inner()), a.span) for a in node.arguments)
    return ABOVE.call_definition(value, given, node, place)


def elementwise_call(node: Call, operation: str, place: Place) -> Value:
    """An elementwise primitive; `max(x)` with one argument reduces."""
    arity = OPERATIONS[operation].arity
    if operation in REDUCTIONS and len(node.arguments) == 1:
        return reduced_whole(operation, array(node.arguments[0].value, place.inner()), place.builder)
    if len(node.arguments) != arity:
        raise mistake("NN0223", node.span, name=operation, arity=arity, given=len(node.arguments))
    values = tuple(evaluate(a.value, place.part()) for a in node.arguments)
    return operate(operation, values, tuple(a.value.span for a in node.arguments), node.span, place)


# -------------------------------------------------------------------------------------------------------- reductions


def reduction(node: Call, place: Place) -> Value:
    """`sum[i](...)` and its kin."""
    function = node.function
    assert isinstance(function, Indexed) and isinstance(function.value, Name) and place.analysis is not None
    if function.value.name == "softmax":
        return softmax(node, function, place)
    symbols = place.analysis.bound[id(function)]
    dots = place.dots
    if any(isinstance(axis.value, Dots) for axis in function.axes):
        extents = place.analysis.dots if place.analysis.dots is not None else place.frame.dots
        if extents is None:
            raise mistake("NN0224", function.span)
        dots = place.builder.indices.open(extents)
    inner = place.within({name: symbol.unique for name, symbol in symbols.items()}, dots)
    body = array(node.arguments[0].value, inner)
    ranges: Ranges = ()
    for axis in function.axes:
        if _is_batch(axis):
            body, sample = over_batch(body, place, node)
            ranges += ((sample, BATCH),)
        elif isinstance(axis.value, Dots):
            ranges += dots or ()
        elif isinstance(axis.value, Name):
            symbol = symbols[axis.value.name]
            ranges += ((symbol.unique, symbol.extent or 1),)
    if not ranges:
        return body
    return reduced(function.value.name, ranges, body, place.builder)


def _is_batch(axis: Axis) -> bool:
    return isinstance(axis.value, Name) and axis.value.name == BATCH


def over_batch(body: Array, place: Place, node: Call) -> tuple[Array, str]:
    """The body of a reduction over the batch, with an index of its own for the samples.

    Raises:
        Mistake: a prediction would depend on the other samples.
    """
    if place.frame.training is False:
        raise mistake("NN0225", node.function.span)
    sample = place.builder.indices.new("n", BATCH)
    return Array(body.axes, substitute(body.expr, {SAMPLE: Index(sample)})), sample


def softmax(node: Call, function: Indexed, place: Place) -> Value:
    """`softmax[i](...)` keeps its index."""
    body = array(node.arguments[0].value, place.inner())
    names: list[str] = []
    for axis in function.axes:
        if isinstance(axis.value, Dots):
            names.extend(name for name, _ in place.dots or ())
        elif isinstance(axis.value, Name) and axis.value.name in place.indices:
            names.append(place.indices[axis.value.name])
        else:
            raise mistake("NN0211", axis.value.span)
    ranges = tuple((name, place.builder.indices.extents[name]) for name in names)
    return Array(body.axes, Reduce("softmax", ranges, body.expr))


# ------------------------------------------------------------------------------------------------------------- draws


def draw(kind: str) -> Special:
    """A random number: a standard draw, scaled."""
    def special(node: Call, place: Place) -> Value:
        a, b = (evaluate(argument.value, place.inner()) for argument in node.arguments)
        spans = (node.span, node.span)
        width = operate("sub", (b, a), spans, node.span, place) if kind == "uniform" else b
        scaled = operate("mul", (width, drawn(kind, node, place)), spans, node.span, place)
        return operate("add", (a, scaled), spans, node.span, place)
    return special


def bernoulli(node: Call, place: Place) -> Value:
    """1 with the given probability, else 0."""
    chance = array(node.arguments[0].value, place.inner())
    return elementwise("lt", (drawn("uniform", node, place), chance), (node.span, node.span), place)


def drawn(kind: str, node: Call, place: Place) -> Array:
    """A standard draw per sample and per index in scope; in an initializer, per entry of the weight.

    Where the formula around it may have other indices than those in scope, the draws are a tensor of their own.
    """
    value = Draw(kind, place.builder.stream())
    if place.inline_draws or place.frame.kind == "initializer":
        return Array((), value)
    indices = place.builder.indices
    scope = tuple(dict.fromkeys((*place.indices.values(), *(name for name, _ in place.dots or ()))))
    left = tuple((name, indices.extents[name]) for name in scope)
    index: tuple[Expr, ...] = tuple(Index(name) for name in scope)
    wanted = place.frame.called("draws")
    tensor = tensor_of(place.frame, wanted, Side(index, tuple(e for _, e in left), left), value, node.span)
    return Array((), tensor.at(index))


# --------------------------------------------------------------------------------------------------- other primitives


def stop(node: Call, place: Place) -> Value:
    """The same numbers, through which no gradient passes."""
    value = array(node.arguments[0].value, place.part())

    def change(expr: Expr) -> Expr | None:
        return replace(expr, stop=True) if isinstance(expr, (Read, Derivative)) else None
    return Array(value.axes, rebuild(value.expr, change))


def rank(node: Call, place: Place) -> Value:
    """How many axes a tensor has, the batch left out."""
    return len(_array(node, place).axes)


def extent(node: Call, place: Place) -> Value:
    """How far an axis of a tensor runs."""
    value = _array(node, place)
    return int(value.shape[axis_number(node.arguments[1].value, len(value.axes), place)])


def _array(node: Call, place: Place) -> Array:
    argument = node.arguments[0].value
    return as_array(evaluate(argument, place.inner()), argument.span, place)


def contains(node: Call, place: Place) -> Value:
    """Whether a list holds a value."""
    values = known(node.arguments[0].value, place)
    if not isinstance(values, tuple):
        raise mistake("NN0206", node.arguments[0].span, expected="a list", found=describe(values))
    return known(node.arguments[1].value, place) in values


def orthonormal(node: Call, place: Place) -> Value:
    """The entries of a random matrix whose columns are orthonormal, or its rows if there are fewer; the last axis makes the
    columns.

    Raises:
        Mistake: it does not stand in an initializer, or what that fills is no matrix.
    """
    frame, builder = place.frame, place.builder
    if frame.kind != "initializer" or frame.shape is None or len(frame.shape) < 2:
        raise mistake("NN0252", node.span)
    axes = builder.indices.open(frame.shape)
    first = row_major([(Index(name), extent) for name, extent in axes[:-1]])
    rows, columns = math.prod(frame.shape[:-1]), frame.shape[-1]
    turned = rows > columns
    matrix = builder.indices.open((columns, rows) if turned else (rows, columns))
    made = tensor_of(frame, frame.called("orthonormal"), side(matrix), Draw(MATRIX_DRAW, builder.stream()), node.span)
    last = Index(axes[-1][0])
    return Array(axes, made.at((last, first) if turned else (first, last)))


SPECIAL: Mapping[str, Special] = {
    "uniform": draw("uniform"),
    "normal": draw("normal"),
    "truncated_normal": draw("truncated_normal"),
    "bernoulli": bernoulli,
    "orthonormal": orthonormal,
    "stop": stop,
    "rank": rank,
    "extent": extent,
    "contains": contains,
    "d": derivative,
    "reshape": reshape,
    "permute": permute,
    "join": join,
    "einsum": einsum.einsum,
    "einsum_shape": einsum.shape,
    "einsum_terms": einsum.terms,
}
"""Primitives whose arguments are not simply numbers."""
