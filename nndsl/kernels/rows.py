"""Sums and extrema of stretches of memory, in vectors.

A sum rounds as its order says, so the compiler may not reorder one; here the order is fixed to one that fills vectors:
the entries go in turn to the lanes of four vectors, the vectors and then the lanes are added pairwise, and what is left
over is added last. The same stretch always gives the same bits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils

from nndsl.kernels.scalar import jitted

VECTOR_BYTES = 64
VECTORS = 4


@dataclass(frozen=True)
class _Reduction:
    """How two values, or two vectors of them, become one.

    Args:
        start: the value that changes nothing.
        write: puts the instruction down.
    """

    start: float
    write: Callable[[ir.IRBuilder, ir.Value, ir.Value], ir.Value]


def _added(builder: ir.IRBuilder, a: ir.Value, b: ir.Value) -> ir.Value:
    return builder.fadd(a, b)


def _extremum(name: str) -> Callable[[ir.IRBuilder, ir.Value, ir.Value], ir.Value]:
    def write(builder: ir.IRBuilder, a: ir.Value, b: ir.Value) -> ir.Value:
        # llvm.maximum gives NaN where either is NaN, as NumPy's maximum
        lanes = f"v{a.type.count}" if isinstance(a.type, ir.VectorType) else ""
        element = a.type.element if lanes else a.type
        suffix = "f32" if isinstance(element, ir.FloatType) else "f64"
        kind = ir.FunctionType(a.type, [a.type] * 2)
        function = cgutils.get_or_insert_function(
            builder.module, kind, f"llvm.{name}.{lanes}{suffix}")
        return builder.call(function, [a, b])

    return write


def _reducer(name: str, reduction: _Reduction, plain: Callable[..., Any], documentation: str) -> Callable[..., Any]:
    """A function `f(x, start, count)` over `x[start : start + count]`, for jitted code and for plain Python."""

    def function(x: Any, start: int, count: int) -> Any:
        return plain(x[start : start + count]) if count else x.dtype.type(reduction.start)

    def write(context: Any, builder: ir.IRBuilder, signature: Any, operands: Any) -> ir.Value:
        array = context.make_array(signature.args[0])(context, builder, operands[0])
        start, count = (context.cast(builder, v, t, types.intp) for v, t in zip(operands[1:], signature.args[1:], strict=True))
        writer = _Writer(builder, reduction, context.get_value_type(signature.args[0].dtype))
        return writer.all(builder.gep(array.data, [start]), count)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = documentation
    jitted(function, (3,), lambda x, start, count: x.dtype, write)
    return function


class _Writer:
    """Writes one reduction as LLVM instructions."""

    def __init__(self, builder: ir.IRBuilder, reduction: _Reduction, element: ir.Type) -> None:
        self.builder, self.reduction, self.element = builder, reduction, element
        self.lanes = VECTOR_BYTES // (4 if isinstance(element, ir.FloatType) else 8)
        self.vector = ir.VectorType(element, self.lanes)

    def all(self, begin: ir.Value, count: ir.Value) -> ir.Value:
        """The reduction of `count` entries from `begin` on."""
        start = ir.Constant(self.vector, [self.reduction.start] * self.lanes)
        at, vectors = self._strides(begin, ir.Constant(count.type, 0), count, VECTORS, [start] * VECTORS)
        while len(vectors) > 1:
            vectors = [self.reduction.write(self.builder, a, b) for a, b in zip(vectors[::2], vectors[1::2], strict=True)]
        at, vectors = self._strides(begin, at, count, 1, vectors)
        return self._rest(begin, at, count, self._folded(vectors[0]))

    def _strides(self, begin: ir.Value, at: ir.Value, count: ir.Value, width: int,
                 values: list[ir.Value]) -> tuple[ir.Value, list[ir.Value]]:
        """Whole groups of `width` vectors, as many as fit: the position after them, and the values so far."""
        step = ir.Constant(count.type, width * self.lanes)

        def body(position: ir.Value, held: list[ir.Value]) -> list[ir.Value]:
            new = []
            for k, value in enumerate(held):
                place = self.builder.gep(begin, [self.builder.add(position, ir.Constant(count.type, k * self.lanes))])
                loaded = self.builder.load(self.builder.bitcast(place, self.vector.as_pointer()))
                loaded.align = VECTOR_BYTES // self.lanes
                new.append(self.reduction.write(self.builder, value, loaded))
            return new

        return self._loop(at, count, step, values, body)

    def _rest(self, begin: ir.Value, at: ir.Value, count: ir.Value, value: ir.Value) -> ir.Value:
        def body(position: ir.Value, held: list[ir.Value]) -> list[ir.Value]:
            return [self.reduction.write(self.builder, held[0], self.builder.load(self.builder.gep(begin, [position])))]

        return self._loop(at, count, ir.Constant(count.type, 1), [value], body)[1][0]

    def _folded(self, vector: ir.Value) -> ir.Value:
        """The lanes of a vector as one: the upper half onto the lower, and again."""
        index = ir.IntType(32)
        half = self.lanes // 2
        while half:
            kind = ir.VectorType(index, half)
            lower, upper = (self.builder.shuffle_vector(vector, vector, ir.Constant(kind, list(range(start, start + half))))
                            for start in (0, half))
            vector = self.reduction.write(self.builder, lower, upper)
            half //= 2
        return self.builder.extract_element(vector, ir.Constant(index, 0))

    def _loop(self, at: ir.Value, count: ir.Value, step: ir.Value, values: list[ir.Value],
              body: Callable[[ir.Value, list[ir.Value]], list[ir.Value]]) -> tuple[ir.Value, list[ir.Value]]:
        """`while at + step <= count: values = body(at, values); at += step`"""
        builder = self.builder
        before, function = builder.block, builder.function
        head, inside, after = (function.append_basic_block(n) for n in ("head", "inside", "after"))
        builder.branch(head)
        builder.position_at_end(head)
        position = builder.phi(count.type)
        position.add_incoming(at, before)
        held = [builder.phi(v.type) for v in values]
        for phi, value in zip(held, values, strict=True):
            phi.add_incoming(value, before)
        builder.cbranch(builder.icmp_signed("<=", builder.add(position, step), count), inside, after)
        builder.position_at_end(inside)
        new = body(position, held)
        position.add_incoming(builder.add(position, step), builder.block)
        for phi, value in zip(held, new, strict=True):
            phi.add_incoming(value, builder.block)
        builder.branch(head)
        builder.position_at_end(after)
        return position, list(held)


sum_of = _reducer("sum_of", _Reduction(0.0, _added), np.sum, "The sum of `x[start : start + count]`; 0 of nothing.")
max_of = _reducer("max_of", _Reduction(-np.inf, _extremum("maximum")), np.max,
                  "The largest of `x[start : start + count]`; NaN if one is NaN; -inf of nothing.")
min_of = _reducer("min_of", _Reduction(np.inf, _extremum("minimum")), np.min,
                  "The smallest of `x[start : start + count]`; NaN if one is NaN; inf of nothing.")
