"""The forward rule: from the equations of a program to how all they write changes with one entry of each sample.

For `out[I] = Σ_R f(a[A], b[B], ...)` the tangent is

    out'[I] = Σ_R  ∂f/∂a · a'[A] + ∂f/∂b · b'[B] + ...

with the partial derivatives by SymPy. The tangents of a matrix product are matrix products, and what is derived is again
equations. Each sample is on its own: what is computed over the batch, and what belongs to other samples, counts as given.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from nndsl.derive.dependence import inside, same_sample
from nndsl.derive.lanes import Lanes, same_entry
from nndsl.derive.order import Order
from nndsl.derive.reductions import LINEAR, NOWHERE
from nndsl.derive.scalar import ZERO, entries, is_number, partial, times
from nndsl.ir.equation import Equation, Origin, Program, Scan, Tensor
from nndsl.ir.expression import Expr, Index, Number, Read, apply, substitute
from nndsl.ir.verifier import reduced_ranges


@dataclass
class Tangents:
    """What is known of derivatives by one pick of entries.

    Args:
        lanes: the entries. A tangent has an axis for each that is picked as a whole, after the batch.
        names: for each tensor that has a tangent, the tangent's name.
    """

    lanes: Lanes
    names: dict[str, str] = field(default_factory=dict)


def tangents(program: Program, known: Tangents, needed: dict[str, str]) -> Program:
    """A program with equations of tangents, each right after the one it is the tangent of, or after the last that it reads.

    Args:
        program: with flat formulas, its draws and winners stored.
        known: gets the new ones; what depends on the entries nowhere is not among them, for its tangent is 0.
        needed: the tensors that are to have a tangent, each with the tangent's name.
    """
    writers = Counter(equation.out for equation in program.equations())
    within = {equation.out for step in program.steps if isinstance(step, Scan) for equation in step.body}
    pieces = {name for name in needed if writers[name] > 1 or name in within}
    rule = _Rule(dict(program.tensors), known, needed, pieces)
    order = Order(program.steps)
    for step in program.steps:
        if isinstance(step, Scan):
            order.add(rule.scan(step))
        else:
            order.add(step, *rule.equation(step))
    return Program(rule.tensors, order.finished())


@dataclass(frozen=True)
class _Term:
    """What one entry adds to a tangent.

    Args:
        slope: the partial derivative by the entry.
        change: the tangent of the entry; 1 where it is itself an entry differentiated by.
        same: pairs of positions that must agree for it to be that one.
    """

    slope: Expr
    change: Expr
    same: tuple[tuple[Expr, Expr], ...] = ()


@dataclass
class _Rule:
    tensors: dict[str, Tensor]
    known: Tangents
    needed: dict[str, str]
    pieces: set[str]  # written piece by piece: each piece needs its tangent, be it 0

    def scan(self, scan: Scan) -> Scan:
        """A recurrence with its tangent."""
        for equation in scan.body:  # what it carries depends on itself
            if equation.out in self.needed:
                self.declare(equation.out)
        order = Order(scan.body, scan.index)
        for equation in scan.body:
            order.add(equation, *self.equation(equation))
        return replace(scan, body=tuple(e for e in order.finished() if isinstance(e, Equation)))

    def declare(self, name: str) -> str:
        """The tangent of a tensor."""
        tangent = self.needed[name]
        self.tensors.setdefault(tangent, replace(self.known.lanes.tensor(self.tensors[name]), name=tangent, role="temporary"))
        self.known.names[name] = tangent
        return tangent

    def equation(self, equation: Equation) -> Iterator[Equation]:
        """The equations of a tangent: one, but for a sum one for each entry that changes."""
        if equation.out not in self.needed or equation.reduce in NOWHERE:
            return
        linear = LINEAR[equation.reduce](equation, self.needed[equation.out], self.tensors)
        terms = [term for entry in entries(linear.equation.expr)
                 for term in self.terms(linear.equation.expr, entry, equation)]
        if not terms and (equation.accumulate or equation.out not in self.pieces):
            return
        self.declare(equation.out)
        yield from linear.before
        if linear.equation.reduce in ("sum", "prod"):
            yield from self.sums(linear.equation, linear.factor, terms)
        else:
            total: Expr = Number(0.0)
            for number, term in enumerate(terms):
                value = _valued(term)
                total = apply("add", total, value) if number else value
            yield self.made(linear.equation, total)

    def sums(self, equation: Equation, factor: Expr, terms: list[_Term]) -> Iterator[Equation]:
        """The tangent of a sum, entry by entry: so each is a matrix product where the sum is one."""
        if not terms:
            kept = reduced_ranges(equation)
            yield self.made(replace(equation, ranges=tuple(x for x in equation.ranges if x not in kept), guard=(), reduce=""),
                            Number(0.0))
        for number, term in enumerate(terms):
            chosen, value = _chosen(replace(equation, accumulate=equation.accumulate or number > 0),
                                    replace(term, slope=times(factor, term.slope)))
            yield self.made(chosen, value)

    def made(self, equation: Equation, value: Expr) -> Equation:
        """The equation of a tangent, over the ranges and with the guard of the equation it belongs to."""
        lanes = self.known.lanes
        ranges = lanes.around(equation)
        reduce = "sum" if reduced_ranges(equation) else ""
        return Equation(self.needed[equation.out], lanes.index(equation.index), ranges, value, reduce, equation.accumulate,
                        equation.guard, origin=Origin(equation.origin.place, f"tangent of {equation.out}"))

    def terms(self, expr: Expr, entry: Read, equation: Equation) -> list[_Term]:
        """What an entry of a formula adds; nothing if it does not change, or the formula does not with it."""
        change = self.change(entry, equation)
        if change is None or is_number(slope := partial(expr, entry), 0):
            return []
        return [replace(change, slope=slope)]

    def change(self, entry: Read, equation: Equation) -> _Term | None:
        """The tangent of an entry, with a slope of 1."""
        if entry.stop:
            return None
        found = self.there(entry, equation)
        instead = None if entry.other is None else self.formula(entry.other, equation)
        if instead is None or is_number(instead, 0):
            return found
        here: Expr = ZERO if found is None else _valued(found)
        return _Term(Number(1), apply("where", inside(entry, self.tensors), here, instead))

    def there(self, entry: Read, equation: Equation) -> _Term | None:
        """The tangent of an entry inside its tensor; 0 outside."""
        if not same_sample(entry, equation, self.tensors):
            return None
        lanes = self.known.lanes
        if entry.tensor == lanes.pick.tensor:
            shape = self.tensors[entry.tensor].shape[1:]
            same = tuple(pair for pair, extent in zip(zip(entry.index[1:], lanes.position(), strict=True), shape, strict=True)
                         if extent != 1 or entry.other is not None)
            apart = is_number(same_entry(entry.index[1:], lanes.position()), 0)
            return None if apart else _Term(Number(1), Number(1), same)
        if entry.tensor not in self.known.names:
            return None
        other = None if entry.other is None else ZERO
        return _Term(Number(1), Read(self.known.names[entry.tensor], lanes.index(entry.index), other))

    def formula(self, expr: Expr, equation: Equation) -> Expr:
        """The tangent of a formula that stands in an `else`."""
        total: Expr = ZERO
        for entry in entries(expr):
            for term in self.terms(expr, entry, equation):
                total = _valued(term) if is_number(total, 0) else apply("add", total, _valued(term))
        return total


def _valued(term: _Term) -> Expr:
    """A term as a formula."""
    value = times(term.change, term.slope)
    condition = same_entry(tuple(here for here, _ in term.same), tuple(there for _, there in term.same))
    return value if isinstance(condition, Number) else apply("where", condition, value, ZERO)


def _chosen(equation: Equation, term: _Term) -> tuple[Equation, Expr]:
    """A sum in which one entry alone changes is no sum: the index of the entry is known."""
    for here, there in term.same:
        free = {name for name, _ in reduced_ranges(equation)}
        if isinstance(here, Index) and here.name in free:
            at = {here.name: there}
            equation = replace(equation, ranges=tuple(x for x in equation.ranges if x[0] != here.name),
                               guard=tuple((substitute(formula, at), extent) for formula, extent in equation.guard))
            same = tuple((substitute(a, at), b) for a, b in term.same if a is not here)
            term = _Term(substitute(term.slope, at), term.change, same)
            return _chosen(equation, term)
    return equation, _valued(term)


