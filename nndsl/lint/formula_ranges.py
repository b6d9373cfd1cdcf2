"""Between what a formula lies: what conditions promise in their branches, and what entries have to do with each other."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from nndsl.ir.equation import Equation
from nndsl.ir.expression import BATCH, Apply, Draw, Expr, Extent, Index, Number, Read, Scalar, apply, substitute, walk
from nndsl.lint.intervals import EVERYTHING, INF, OPERATIONS, UNIT, Interval, add, point, scaled, square

Known = Mapping[Expr, Interval]
"""Formulas of which a condition says more than their parts do."""

DRAWN = {"uniform": UNIT, "truncated_normal": Interval(-2.0, 2.0), "orthonormal": Interval(-1.0, 1.0)}
SCALARS = {"batch": Interval(1.0, INF), "step": Interval(0.0, INF), "rate": Interval(0.0, 1.0)}
ALL_SHARES = Interval(1 - 1e-6, 1 + 1e-6)
FLIPPED = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le", "eq": "eq", "ne": "ne"}
DENIED = {"lt": "ge", "ge": "lt", "gt": "le", "le": "gt", "eq": "ne", "ne": "eq"}


@dataclass(frozen=True)
class Ranges:
    """Between what formulas lie.

    Args:
        tensors: the range of each tensor's entries; of those that are not there nothing is known.
        writers: the equation that alone writes a tensor, for those that have one.
        extents: how far indices run, at the equation at hand.
    """

    tensors: Mapping[str, Interval]
    writers: Mapping[str, Equation]
    extents: Mapping[str, Extent] = field(default_factory=dict)

    def of(self, expr: Expr, known: Known | None = None) -> Interval:
        """The range of a formula.

        Args:
            expr: flat.
            known: ranges that conditions promise here.
        """
        known = known or {}
        found = self._of(expr, known)
        return found.cut(known[expr]) if expr in known else found

    def _of(self, expr: Expr, known: Known) -> Interval:
        match expr:
            case Number(number):
                return EVERYTHING if math.isnan(number) else point(number)
            case Read(tensor, _, other):
                entry = self.tensors.get(tensor, EVERYTHING)
                return entry if other is None else entry.hull(self.of(other, known))
            case Draw(kind):
                return DRAWN.get(kind, EVERYTHING)
            case Scalar(name):
                return SCALARS.get(name, EVERYTHING)
            case Index(name):
                extent = self.extents.get(name, BATCH)
                return Interval(0.0, INF if extent == BATCH else float(extent) - 1)
            case Apply("where", (condition, yes, no)):
                truth = self.of(condition, known)
                return OPERATIONS["where"](truth, self.of(yes, promised(condition, True, self, known)),
                                           self.of(no, promised(condition, False, self, known)))
            case Apply(operation, operands):
                return self._applied(operation, operands, known)
            case _:
                return EVERYTHING

    def _applied(self, operation: str, operands: tuple[Expr, ...], known: Known) -> Interval:
        special = self._related(operation, operands, known)
        if special is not None:
            return special
        found = [self.of(x, known) for x in operands]
        return OPERATIONS[operation](*found) if operation in OPERATIONS else EVERYTHING

    def _related(self, operation: str, operands: tuple[Expr, ...], known: Known) -> Interval | None:
        """The range where the operands have to do with each other; None where they do not."""
        if operation not in ("mul", "sub", "div"):
            return None
        left, right = operands
        if left == right and operation == "mul":
            return square(self.of(left, known))
        if left == right and operation == "sub":
            return point(0)
        reduced = self.writers.get(right.tensor) if isinstance(right, Read) else None
        if reduced is None or not isinstance(right, Read) or not _is_term(left, reduced, right):
            return None
        if operation == "sub" and reduced.reduce in ("max", "min"):
            side = Interval(-INF, 0.0) if reduced.reduce == "max" else Interval(0.0, INF)
            return add(self.of(left, known), _negative_of(self.of(right, known))).cut(side)
        if operation == "div" and reduced.reduce == "sum" and self.of(left, known).low >= 0:
            return UNIT
        return None

    def reduced(self, equation: Equation) -> Interval:
        """The range of what an equation writes."""
        inner = Ranges(self.tensors, self.writers, dict(equation.ranges))
        term = inner.of(equation.expr)
        count = _count(equation)
        match equation.reduce:
            case "sum" if inner._of_shares(equation):
                return ALL_SHARES
            case "sum":
                total = scaled(term, count) if count is not None else Interval(min(term.low, scaled(term, INF).low),
                                                                               max(term.high, scaled(term, INF).high))
                total = total.hull(point(0)) if equation.guard else total
                return total if term.low < 0 else Interval(max(total.low, inner._largest_term(equation)), total.high)
            case "prod":
                return UNIT if UNIT.cut(term) == term and term.low >= 0 else Interval(0.0, INF) if term.low >= 0 else EVERYTHING
            case "argmax" | "argmin":
                return Interval(0.0, INF if count is None else count - 1.0)
            case _:
                return term

    def _of_shares(self, equation: Equation) -> bool:
        """Whether what is summed are the terms of a sum, each over that sum; together they are 1."""
        formula = self._spelled_out(equation.expr)
        if not isinstance(formula, Apply) or formula.operation != "div" or not isinstance(formula.operands[1], Read):
            return False
        entry, result = formula.operands
        whole = self.writers.get(result.tensor) if isinstance(result, Read) else None
        if whole is None or not isinstance(result, Read):
            return False
        if whole.reduce != "sum" or _count(whole) != _count(equation) or self.of(entry).low < 0:
            return False
        return any(_is_term(entry, form, result) for form in (whole, replace(whole, expr=self._spelled_out(whole.expr))))

    def _spelled_out(self, formula: Expr) -> Expr:
        """An entry as the formula that it is computed by, as long as that is a formula over plain indices."""
        while isinstance(formula, Read) and formula.other is None and formula.tensor in self.writers:
            writer = self.writers[formula.tensor]
            if writer.reduce or not all(isinstance(i, Index) for i in writer.index):
                break
            names = [i.name for i in writer.index if isinstance(i, Index)]
            formula = substitute(writer.expr, dict(zip(names, formula.index, strict=True)))
        return formula

    def _largest_term(self, equation: Equation) -> float:
        """The least that the term comes to in which the difference from a maximum, or a minimum, is 0.

        A sum of terms that are not negative is at least that: one of exp(x[k] - max(x)) at least 1.
        """
        formula, count = self._spelled_out(equation.expr), _count(equation)
        for node in walk(formula):
            if isinstance(node, Apply) and node.operation == "sub" and isinstance(node.operands[1], Read):
                best = self.writers.get(node.operands[1].tensor)
                if best is not None and best.reduce in ("max", "min") and _count(best) == count and _is_term(
                        node.operands[0], best, node.operands[1]):
                    return self.of(formula, {node: point(0)}).low
        return 0.0


def _negative_of(a: Interval) -> Interval:
    return Interval(-a.high, -a.low)


def _count(equation: Equation) -> int | None:
    """How many points a reduction runs over; None where that depends on the batch."""
    kept = {node.name for formula in equation.index for node in walk(formula) if isinstance(node, Index)}
    extents = [extent for name, extent in equation.ranges if name not in kept]
    return None if BATCH in extents else math.prod(int(extent) for extent in extents)


def _is_term(entry: Expr, equation: Equation, result: Read) -> bool:
    """Whether a formula is one of the terms that an equation reduces to an entry."""
    bound: dict[str, Expr] = {}
    if not _matches(equation.expr, entry, {name for name, _ in equation.ranges}, bound):
        return False
    return all(bound.get(index.name, at) == at for index, at in zip(equation.index, result.index, strict=True)
               if isinstance(index, Index))


def _matches(pattern: Expr, entry: Expr, free: set[str], bound: dict[str, Expr]) -> bool:
    if isinstance(pattern, Index) and pattern.name in free:
        return bound.setdefault(pattern.name, entry) == entry
    if isinstance(pattern, Read) and isinstance(entry, Read):
        return (pattern.tensor == entry.tensor and (pattern.other is None) == (entry.other is None)
                and all(_matches(a, b, free, bound) for a, b in zip(pattern.index, entry.index, strict=True))
                and (pattern.other is None or entry.other == substitute(pattern.other, bound)))
    if isinstance(pattern, Apply) and isinstance(entry, Apply):
        return pattern.operation == entry.operation and len(pattern.operands) == len(entry.operands) and all(
            _matches(a, b, free, bound) for a, b in zip(pattern.operands, entry.operands, strict=True))
    return pattern == entry


# ---------------------------------------------------------------------------------------------------- conditions


def promised(condition: Expr, holds: bool, ranges: Ranges, known: Known) -> Known:
    """What is known where a condition holds, or does not."""
    match condition:
        case Apply("not", (inner,)):
            return promised(inner, not holds, ranges, known)
        case Apply("and" | "or" as joined, (a, b)) if (joined == "and") == holds:
            return promised(b, holds, ranges, promised(a, holds, ranges, known))
        case Apply(operation, (a, b)) if operation in FLIPPED:
            kept = operation if holds else DENIED[operation]
            known = _limited(b, FLIPPED[kept], ranges.of(a, known), ranges, known)
            return _limited(a, kept, ranges.of(b, known), ranges, known)
        case _:
            return known


def _limited(expr: Expr, operation: str, other: Interval, ranges: Ranges, known: Known) -> Known:
    if isinstance(expr, Number) or other == EVERYTHING:
        return known
    now = ranges.of(expr, known)
    if operation == "ne" and other == point(0):
        known = {**known, apply("ne", expr, 0): point(1)}
    return {**known, expr: now.cut(LIMITS[operation](other, now))}


def _unequal(other: Interval, now: Interval) -> Interval:
    if other.low == other.high == now.low:
        return Interval(math.nextafter(now.low, INF), INF)
    return Interval(-INF, math.nextafter(now.high, -INF)) if other.low == other.high == now.high else EVERYTHING


LIMITS: dict[str, Callable[[Interval, Interval], Interval]] = {
    "lt": lambda other, now: Interval(-INF, math.nextafter(other.high, -INF)),
    "le": lambda other, now: Interval(-INF, other.high),
    "gt": lambda other, now: Interval(math.nextafter(other.low, INF), INF),
    "ge": lambda other, now: Interval(other.low, INF),
    "eq": lambda other, now: other,
    "ne": _unequal,
}
"""Where a number lies that compares so with one of the interval `other`."""
