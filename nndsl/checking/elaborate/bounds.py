"""The least and greatest value of an integer formula, so that an index that may leave its axis is found."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from nndsl.checking.elaborate.builder import Builder
from nndsl.ir.expression import BATCH, Apply, Expr, Index, Number, Read, Reduce

Interval = tuple[float, float]
"""Least and greatest value; an index over the batch reaches to infinity."""

EVERYTHING: Interval = (-math.inf, math.inf)


def _products(a: Interval, b: Interval) -> Interval:
    found = [0 if 0 in (x, y) else x * y for x in a for y in b]
    return min(found), max(found)


def _quotient(a: Interval, b: Interval) -> Interval:
    if b[0] != b[1] or not b[0] > 0:
        return EVERYTHING
    return tuple(x // b[0] if math.isfinite(x) else x for x in a)  # type: ignore[return-value]


def _remainder(a: Interval, b: Interval) -> Interval:
    if b[0] != b[1] or not b[0] > 0:
        return EVERYTHING
    return a if 0 <= a[0] and a[1] < b[0] else (0, b[0] - 1)


def _absolute(a: Interval) -> Interval:
    return (0, max(-a[0], a[1])) if a[0] < 0 < a[1] else (min(abs(a[0]), abs(a[1])), max(abs(a[0]), abs(a[1])))


RULES: Mapping[str, Callable[..., Interval]] = {
    "add": lambda a, b: (a[0] + b[0], a[1] + b[1]),
    "sub": lambda a, b: (a[0] - b[1], a[1] - b[0]),
    "neg": lambda a: (-a[1], -a[0]),
    "mul": _products,
    "floordiv": _quotient,
    "mod": _remainder,
    "min": lambda a, b: (min(a[0], b[0]), min(a[1], b[1])),
    "max": lambda a, b: (max(a[0], b[0]), max(a[1], b[1])),
    "clip": lambda x, low, high: (min(max(x[0], low[0]), high[0]), min(max(x[1], low[1]), high[1])),
    "where": lambda _, a, b: (min(a[0], b[0]), max(a[1], b[1])),
    "abs": _absolute,
}


def interval(expr: Expr, builder: Builder) -> Interval:
    """The least and greatest value of an integer formula, or a wider interval."""
    match expr:
        case Number(value):
            return value, value
        case Index(name):
            extent = builder.indices.extents[name]
            return 0, math.inf if extent == BATCH else int(extent) - 1
        case Read(tensor):
            return builder.limits.get(tensor, EVERYTHING)
        case Apply(operation, operands):
            if builder.kind(expr) == "bool":
                return 0, 1
            row = RULES.get(operation)
            return row(*(interval(x, builder) for x in operands)) if row else EVERYTHING
        case Reduce("argmax" | "argmin", ranges):
            return 0, math.prod(math.inf if extent == BATCH else int(extent) for _, extent in ranges) - 1
        case Reduce("max" | "min", _, body):
            return interval(body, builder)
        case _:
            return EVERYTHING
