"""Programs evaluated entry by entry, on any kind of number: what the equations mean, point by point."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any, cast

from nndsl.ir.equation import Equation, Program, Scan, Tensor
from nndsl.ir.expression import BATCH, Apply, Draw, Expr, Extent, Index, Number, Read, Scalar, indices
from nndsl.verify.cells import Cells
from nndsl.verify.functions import OPERATIONS
from nndsl.verify.plain import Arithmetic, Scalars, draw

Point = dict[str, int]
Formula = Callable[[Point], Any]


def shape_of(tensor: Tensor, batch: int) -> tuple[int, ...]:
    """A tensor's extents."""
    return tuple(batch if e == BATCH else int(e) for e in tensor.shape)


def points_of(program: Program, batch: int) -> int:
    """How many points the equations of a program have altogether: what it costs to look at each."""
    total = 0
    for step in program.steps:
        times = step.extent if isinstance(step, Scan) else 1
        for equation in step.body if isinstance(step, Scan) else (step,):
            total += times * prod(batch if e == BATCH else int(e) for _, e in equation.ranges)
    return total


def run_program(program: Program, cells: Cells, arithmetic: Arithmetic, scalars: Scalars,
                stopped: Callable[[Any], Any] = lambda value: value) -> None:
    """Evaluate all equations, in order; after each, what it stored is cut.

    Args:
        program: with flat formulas.
        cells: all its tensors; those that are given are filled.
        arithmetic: how literals and draws become numbers.
        scalars: batch size and the like.
        stopped: what becomes of an entry through which no gradient passes.
    """
    machine = _Machine(program.tensors, cells, arithmetic, scalars, stopped)
    for step in program.steps:
        if isinstance(step, Scan):
            bodies = [machine.prepared(e, ((step.index, step.extent),)) for e in step.body]
            values = range(step.extent)
            for value in reversed(values) if step.reverse else values:
                for body in bodies:
                    body({step.index: value})
        else:
            machine.prepared(step, ())({})


@dataclass
class _Machine:
    tensors: Mapping[str, Tensor]
    cells: Cells
    arithmetic: Arithmetic
    scalars: Scalars
    stopped: Callable[[Any], Any]

    def extent(self, extent: Extent) -> int:
        """How far an index runs."""
        return self.scalars.batch if extent == BATCH else int(extent)

    def prepared(self, equation: Equation, around: tuple[tuple[str, Extent], ...]) -> Callable[[Point], None]:
        """What evaluates an equation, given the index of a scan around."""
        kept = {name for formula in equation.index for name in indices(formula)}
        outer = [(n, e) for n, e in equation.ranges if n in kept]
        inner = [(n, e) for n, e in equation.ranges if n not in kept]
        place = self._place(equation.out, equation.index)
        winner = self._place(equation.winner, equation.index) if equation.winner else None
        value = self.formula(equation.expr, (*around, *equation.ranges))
        guards = [(self.formula(f, ()), self.extent(e)) for f, e in equation.guard]
        reduced = REDUCED.get(equation.reduce, _sum)
        whole = self.tensors[equation.out].dtype == "int"

        def counts(point: Point) -> bool:
            return all(0 <= f(point) < limit for f, limit in guards)

        def evaluate(start: Point) -> None:
            for point in self.all_points(outer, start):
                inside = ((k, value(p)) for k, p in enumerate(self.all_points(inner, point)) if counts(p))
                found = next(inside, None) if not equation.reduce else (0, None)
                if found is None:
                    continue
                at, result = reduced(inside) if equation.reduce else found
                if at is None and guards:
                    continue
                if equation.reduce in ("argmax", "argmin"):
                    result = at
                self._store(place(point), int(cast(int, result)) if whole else result, equation.accumulate)
                if winner is not None:
                    self._store(winner(point), at, False)
            self.cells.cut()

        return evaluate

    def _store(self, position: int, value: Any, accumulate: bool) -> None:
        if accumulate:
            value = value if self.cells.values[position] is None else self.cells.get(position) + value
        value = self.arithmetic.number(value) if isinstance(value, (bool, float)) else value
        self.cells.set(position, value)

    def all_points(self, ranges: list[tuple[str, Extent]], start: Point) -> Iterator[Point]:
        """Every value of some indices."""
        names = [name for name, _ in ranges]
        for values in product(*(range(self.extent(e)) for _, e in ranges)):
            yield {**start, **dict(zip(names, values, strict=True))}

    def _place(self, tensor: str, index: tuple[Expr, ...]) -> Callable[[Point], int]:
        shape, start = self.cells.shapes[tensor], self.cells.places[tensor].start
        strides = [prod(shape[axis + 1:]) for axis in range(len(shape))]
        formulas = [self.formula(i, ()) for i in index]

        def position(point: Point) -> int:
            found = [int(f(point)) for f in formulas]
            assert all(0 <= i < extent for i, extent in zip(found, shape, strict=True)), f"an index of {tensor} leaves its axis"
            return start + sum(i * stride for i, stride in zip(found, strides, strict=True))

        return position

    def formula(self, expr: Expr, ranges: tuple[tuple[str, Extent], ...]) -> Formula:
        """What evaluates a formula at a point."""
        match expr:
            case Number(number):
                constant = number if isinstance(number, int) else self.arithmetic.number(number)
                return lambda point: constant
            case Index(name):
                return lambda point: point[name]
            case Scalar(name):
                scalar = getattr(self.scalars, name)
                return lambda point: scalar
            case Read():
                return self._read(expr, ranges)
            case Apply("where", (condition, yes, no)):
                test, a, b = (self.formula(x, ranges) for x in (condition, yes, no))
                return lambda point: a(point) if test(point) else b(point)
            case Apply(operation, operands):
                return self._applied(operation, [self.formula(x, ranges) for x in operands])
            case Draw(kind, stream):
                return self._draw(kind, stream, ranges)
            case _:
                raise ValueError(f"{type(expr).__name__} in a flat formula")

    def _applied(self, operation: str, inner: list[Formula]) -> Formula:
        function = OPERATIONS[operation]
        if operation == "div":
            number = self.arithmetic.number
            return lambda point: function(number(inner[0](point)), number(inner[1](point)))
        if len(inner) == 2:
            first, second = inner
            return lambda point: function(first(point), second(point))
        return lambda point: function(*(f(point) for f in inner))

    def _read(self, read: Read, ranges: tuple[tuple[str, Extent], ...]) -> Formula:
        shape = self.cells.shapes[read.tensor]
        cells, stopped = self.cells, self.stopped
        place = self._place(read.tensor, read.index)
        if read.other is not None:
            formulas = [self.formula(i, ()) for i in read.index]
            other = self.formula(read.other, ranges)

            def guarded(point: Point) -> Any:
                inside = all(0 <= f(point) < extent for f, extent in zip(formulas, shape, strict=True))
                return cells.get(place(point)) if inside else other(point)

            return guarded if not read.stop else lambda point: stopped(guarded(point))
        if read.stop:
            return lambda point: stopped(cells.get(place(point)))
        return lambda point: cells.get(place(point))

    def _draw(self, kind: str, stream: int, ranges: tuple[tuple[str, Extent], ...]) -> Formula:
        limits = [(name, self.extent(e)) for name, e in ranges]

        def drawn(point: Point) -> Any:
            position = 0
            for name, limit in limits:
                position = position * limit + point[name]
            value = draw(kind, self.scalars.seed, self.scalars.step, stream, position)
            return self.arithmetic.drawn(kind, stream, position, value)

        return drawn


def _sum(values: Iterator[tuple[int, Any]]) -> tuple[int | None, Any]:
    last, total = None, 0
    for at, value in values:
        last, total = at, total + value
    return last, total


def _prod(values: Iterator[tuple[int, Any]]) -> tuple[int | None, Any]:
    last, total = None, 1
    for at, value in values:
        last, total = at, total * value
    return last, total


def _best(sign: int) -> Callable[[Iterator[tuple[int, Any]]], tuple[int | None, Any]]:
    def reduced(values: Iterator[tuple[int, Any]]) -> tuple[int | None, Any]:
        at, best = None, None
        for k, value in values:
            if best is None or (value > best if sign > 0 else value < best):
                at, best = k, value
        return at, best
    return reduced


REDUCED: Mapping[str, Callable[[Iterator[tuple[int, Any]]], tuple[int | None, Any]]] = {
    "sum": _sum, "prod": _prod, "max": _best(1), "min": _best(-1), "argmax": _best(1), "argmin": _best(-1)}
"""Each reduction of numbered values: the number of the last one or of the one that won, and the result."""
