"""A slow, plain interpreter of programs: what the equations mean, in NumPy.

It is the witness that derivation, passes and generated code are tested against. Every formula is evaluated at all points
of its equation at once: a value is an array with one axis an index in scope, of extent 1 where it does not depend on it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nndsl.ir.elementwise import ELEMENTWISE, unified
from nndsl.ir.equation import Equation, Program, Scan, Tensor
from nndsl.ir.expression import (
    BATCH,
    Apply,
    Derivative,
    Draw,
    Expr,
    Extent,
    Index,
    Number,
    Ranges,
    Read,
    Reduce,
    Scalar,
    indices,
    walk,
)
from nndsl.ir.operations import MATRIX_DRAW, SCALARS

Array = NDArray[Any]

WIDE_ROLES = ("total", "result")


def run(program: Program, arrays: Mapping[str, Array], *, batch: int, step: int = 0, seed: int = 0,
        rate: float = 1.0, dtype: Any = np.float64) -> dict[str, Array]:
    """Run a program and give every tensor's array afterwards.

    Args:
        program: with flat or nested formulas.
        arrays: by tensor name, each in its tensor's shape (the batch axis of extent `batch`); all others start as zeros.
        batch: the number of samples.
        step: updates so far.
        seed: of the random draws.
        rate: the factor on the learning rate.
        dtype: of real tensors: float64, float32, or complex128 for complex-step differences (comparisons, abs, max and
            their kin then look at the real part). Totals and results are always 64 bits wide.

    Raises:
        IndexError: an index leaves its axis and no `else` says what stands there.
        ValueError: an array has the wrong shape, or a formula still holds a derivative `d(u, x)`.
    """
    machine = machine_for(program, arrays, batch=batch, step=step, seed=seed, rate=rate, dtype=dtype)
    machine.run(program)
    return machine.memory


def machine_for(program: Program, arrays: Mapping[str, Array], *, batch: int, step: int = 0, seed: int = 0,
                rate: float = 1.0, dtype: Any = np.float64) -> Machine:
    """A machine that has not done anything yet; arguments as for `run`."""
    real = np.dtype(dtype)
    memory = {name: _initial(tensor, arrays.get(name), batch, real) for name, tensor in program.tensors.items()}
    return Machine(program.tensors, memory, batch, {"batch": batch, "step": step, "rate": rate}, seed, real)


def _wide(dtype: np.dtype[Any]) -> np.dtype[Any]:
    return np.result_type(dtype, np.float64)


def _initial(tensor: Tensor, given: Array | None, batch: int, real: np.dtype[Any]) -> Array:
    shape = tuple(batch if extent == BATCH else int(extent) for extent in tensor.shape)
    dtype = np.dtype(np.int64) if tensor.dtype == "int" else _wide(real) if tensor.role in WIDE_ROLES else real
    if given is None:
        return np.zeros(shape, dtype)
    if np.shape(given) != shape:
        raise ValueError(f"`{tensor.name}` has shape {shape}, the array given {np.shape(given)}")
    return np.array(given, dtype)


@dataclass(frozen=True)
class Scope:
    """Where a formula stands: its axes, the value of a scan's index, and which points count."""

    ranges: Ranges
    fixed: tuple[tuple[str, int, int], ...]  # index of a scan, its value, its extent
    counts: Array | None = None

    def inside(self, ranges: Ranges) -> Scope:
        more = (...,) + (np.newaxis,) * len(ranges)
        return replace(self, ranges=(*self.ranges, *ranges), counts=None if self.counts is None else self.counts[more])


@dataclass
class Machine:
    """Tensors in memory, and what computes with them one equation at a time.

    Args:
        tensors: by name; `memory` holds the array of each.
        batch: the number of samples.
        scalars: the numbers known only at run time.
        seed: of the random draws.
        dtype: of real tensors.
        fixed: indices that have one value now, as that of a scan: name, value, extent.
        real: the type that the equation at hand computes in.
    """

    tensors: Mapping[str, Tensor]
    memory: dict[str, Array]
    batch: int
    scalars: Mapping[str, int | float]
    seed: int
    dtype: np.dtype[Any]
    fixed: tuple[tuple[str, int, int], ...] = ()
    real: np.dtype[Any] = field(default=np.dtype(np.float64))

    def extent(self, extent: Extent) -> int:
        return self.batch if extent == BATCH else int(extent)

    def run(self, program: Program) -> None:
        """Compute all equations, in order."""
        with np.errstate(all="ignore"):
            for item in program.steps:
                if isinstance(item, Scan):
                    order = range(item.extent)
                    for value in reversed(order) if item.reverse else order:
                        self.scanned(item, value)
                else:
                    self.equation(item)

    def scanned(self, scan: Scan, value: int) -> None:
        self.fixed = ((scan.index, value, scan.extent),)
        for equation in scan.body:
            self.equation(equation)
        self.fixed = ()

    # ------------------------------------------------------------------------------------------------ equations

    def equation(self, equation: Equation) -> None:
        """Compute all values of an equation, then write them."""
        names = {equation.out, *(node.tensor for node in walk(equation.expr) if isinstance(node, Read))}
        wide = any(self.tensors[name].role in WIDE_ROLES for name in names)
        self.real = _wide(self.dtype) if wide else self.dtype
        scope = Scope(equation.ranges, self.fixed)
        counts = self._inside_axes(equation.guard, scope)
        scope = replace(scope, counts=counts)
        kept = {name for formula in equation.index for name in indices(formula)}
        axes = tuple(axis for axis, (name, _) in enumerate(equation.ranges) if name not in kept)
        full = tuple(self.extent(extent) for _, extent in equation.ranges)
        values = np.broadcast_to(self.value(equation.expr, scope), full)
        if equation.reduce:
            points = values
            reached = None if counts is None else np.asarray(np.broadcast_to(counts, full).any(axis=axes, keepdims=True))
            scope = replace(scope, counts=reached)
            values = _reduced(equation.reduce, points, axes, counts)
            if equation.winner:
                self._write(equation.winner, equation, _reduced("arg" + equation.reduce, points, axes, counts), scope, axes)
        self._write(equation.out, equation, values, scope, axes)

    def _write(self, tensor: str, equation: Equation, values: Array, scope: Scope, axes: tuple[int, ...]) -> None:
        array = self.memory[tensor]
        shape = tuple(1 if axis in axes else self.extent(extent) for axis, (_, extent) in enumerate(equation.ranges))
        where = [np.broadcast_to(self.value(formula, scope), shape) for formula in equation.index]
        counts = np.broadcast_to(True if scope.counts is None else scope.counts, shape)
        values = np.broadcast_to(values if array.dtype.kind == "c" else values.real, shape).astype(array.dtype)[counts]
        place = tuple(index[counts] for index in where)
        self._check(tensor, place, None)
        if equation.accumulate and tensor == equation.out:
            np.add.at(array, place if place else (), values if place else values.sum())
        elif values.size:
            array[place if place else ...] = values if place else values[0]

    def _check(self, tensor: str, index: Iterable[Array], counts: Array | None) -> None:
        for axis, (positions, extent) in enumerate(zip(index, self.memory[tensor].shape, strict=True)):
            wrong = (positions < 0) | (positions >= extent)
            if (wrong if counts is None else wrong & counts).any():
                raise IndexError(f"an index of `{tensor}` leaves axis {axis}, whose extent is {extent}")

    def _inside_axes(self, guard: Iterable[tuple[Expr, Extent]], scope: Scope) -> Array | None:
        inside: Array | None = None
        for formula, extent in guard:
            value = self.value(formula, scope)
            here = np.asarray((value >= 0) & (value < self.extent(extent)))
            inside = here if inside is None else np.asarray(inside & here)
        return inside

    # ------------------------------------------------------------------------------------------------ formulas

    def value(self, expr: Expr, scope: Scope) -> Array:
        """The values of a formula: an array that broadcasts to the scope's extents."""
        match expr:
            case Number(value):
                return np.asarray(value, np.int64 if isinstance(value, int) else self.real)
            case Scalar(name):
                return np.asarray(self.scalars[name], np.int64 if SCALARS[name] == "int" else self.real)
            case Index(name):
                return self._index(name, scope)
            case Read():
                return self._read(expr, scope)
            case Apply(operation, operands):
                result = ELEMENTWISE[operation](*unified([self.value(x, scope) for x in operands], self.real))
                return result.astype(self.real, copy=False) if result.dtype.kind in "fc" else result
            case Reduce():
                return self._reduce(expr, scope)
            case Draw():
                return self._draw(expr, scope)
            case Derivative():
                raise ValueError("a derivative `d(u, x)` must be derived before a program can run")

    def _index(self, name: str, scope: Scope) -> Array:
        for index, value, _ in scope.fixed:
            if index == name:
                return np.asarray(value, np.int64)
        axis = max(axis for axis, (index, _) in enumerate(scope.ranges) if index == name)
        shape = [1] * len(scope.ranges)
        shape[axis] = -1
        return np.arange(self.extent(scope.ranges[axis][1]), dtype=np.int64).reshape(shape)

    def _read(self, read: Read, scope: Scope) -> Array:
        array = self.memory[read.tensor]
        index = [self.value(formula, scope).astype(np.int64) for formula in read.index]
        if read.other is None:
            self._check(read.tensor, index, scope.counts)
        entry = array[tuple(np.clip(i, 0, max(extent - 1, 0)) for i, extent in zip(index, array.shape, strict=True))]
        entry = np.asarray(entry if array.dtype == np.int64 else entry.astype(self.real))
        if read.other is None:
            return entry
        inside = np.asarray(True)
        for i, extent in zip(index, array.shape, strict=True):
            inside = inside & (i >= 0) & (i < extent)
        inner = replace(scope, counts=~inside if scope.counts is None else scope.counts & ~inside)
        return np.where(inside, *unified([entry, self.value(read.other, inner)], self.real))

    def _reduce(self, expr: Reduce, scope: Scope) -> Array:
        outer, inner = len(scope.ranges), scope.inside(expr.ranges)
        if expr.kind == "softmax":
            return self._softmax(expr, scope)
        values = self.value(expr.body, inner)
        values = values.reshape((1,) * (outer + len(expr.ranges) - values.ndim) + values.shape)
        values = np.broadcast_to(values, values.shape[:outer] + tuple(self.extent(extent) for _, extent in expr.ranges))
        axes = tuple(range(outer, values.ndim))
        return _reduced(expr.kind, values, axes, None).reshape(values.shape[:outer])

    def _softmax(self, expr: Reduce, scope: Scope) -> Array:
        """The entry at hand over the sum of all: its indices are those in scope, hidden inside by its own."""
        total = self._reduce(replace(expr, kind="logsumexp"), scope)
        here = self.value(expr.body, scope)
        return np.asarray(np.exp(here - total))

    def _draw(self, expr: Draw, scope: Scope) -> Array:
        # loaded here because only a program that draws needs the generator, and with it Numba
        from nndsl.kernels.random import draw

        position = np.asarray(0, np.int64)
        for _, value, extent in scope.fixed:
            position = position * extent + value
        for name, limit in scope.ranges:
            position = position * self.extent(limit) + self._index(name, scope)
        precision = np.float32 if self.real == np.float32 else np.float64
        if expr.kind == MATRIX_DRAW:
            normal = draw("normal", self.seed, self.scalars["step"], expr.stream, position, precision)
            return _orthonormal(np.asarray(normal)).astype(self.real)
        return np.asarray(draw(expr.kind, self.seed, self.scalars["step"], expr.stream, position, precision)).astype(self.real)


def _orthonormal(matrix: Array) -> Array:
    """The rows that Gram and Schmidt make of a matrix's rows."""
    q, r = np.linalg.qr(matrix.T)
    return np.asarray((q * np.sign(np.diag(r))).T)


# ---------------------------------------------------------------------------------------------------- reductions


def _first(sign: int) -> Any:
    def position(values: Array) -> Array:
        return np.asarray(np.argmax(sign * values.real, axis=-1))
    return position


def _entry(sign: int) -> Any:
    position = _first(sign)
    return lambda values: np.take_along_axis(values, position(values)[..., None], axis=-1)[..., 0]


def _logsumexp(values: Array) -> Array:
    top = values.real.max(axis=-1, keepdims=True)
    top = np.where(np.isfinite(top), top, 0)
    return np.asarray(np.log(np.exp(values - top).sum(axis=-1)) + top[..., 0])


REDUCED: dict[str, tuple[Any, float]] = {
    "sum": (lambda values: values.sum(axis=-1), 0),
    "prod": (lambda values: values.prod(axis=-1), 1),
    "max": (_entry(1), -math.inf),
    "min": (_entry(-1), math.inf),
    "argmax": (_first(1), -math.inf),
    "argmin": (_first(-1), math.inf),
    "mean": (lambda values: values.mean(axis=-1), 0),
    "logsumexp": (_logsumexp, -math.inf),
}
"""Each reduction over a last axis, and what stands at a point that does not count."""


def _reduced(kind: str, values: Array, axes: tuple[int, ...], counts: Array | None) -> Array:
    """Reduce over `axes`, which are kept with extent 1; positions are row-major in the order of the axes."""
    function, neutral = REDUCED[kind]
    if values.dtype == np.bool_:
        values = values.astype(np.int64)
    if counts is not None:
        values = np.where(counts, values, np.asarray(neutral, values.dtype if values.dtype.kind != "i" else None))
    kept = [axis for axis in range(values.ndim) if axis not in axes]
    shape = tuple(1 if axis in axes else extent for axis, extent in enumerate(values.shape))
    rows = tuple(values.shape[axis] for axis in kept)
    flat = values.transpose([*kept, *axes]).reshape((*rows, math.prod(values.shape[axis] for axis in axes)))
    return np.asarray(function(flat)).reshape(shape)
