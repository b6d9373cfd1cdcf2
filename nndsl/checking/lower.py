"""Lowering: each formula becomes flat, with at most one reduction, over its whole right side.

Reductions inside formulas become equations of their own, over just the indices they need. The mean is a sum over a count;
softmax and logsumexp are written relative to the largest entry, so that no exponential overflows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce

from nndsl.checking.checked import Checked
from nndsl.ir.equation import Equation, Program, Scan, Step, Tensor
from nndsl.ir.expression import (
    BATCH,
    Apply,
    Draw,
    Expr,
    Index,
    Number,
    Ranges,
    Read,
    Reduce,
    Scalar,
    apply,
    indices,
    rebuild,
    substitute,
    walk,
)
from nndsl.ir.kinds import kind
from nndsl.ir.operations import REDUCTIONS


def lower(checked: Checked) -> Checked:
    """The same model with flat equations."""
    return replace(
        checked, forward=lowered(checked.forward), assess=lowered(checked.assess), learn=lowered(checked.learn),
        update=lowered(checked.update), finish=lowered(checked.finish), initial=lowered(checked.initial),
        final=lowered(checked.final))


def lowered(program: Program) -> Program:
    """The same program with flat equations."""
    writer = _Lowering(dict(program.tensors), dict.fromkeys(program.tensors))
    for step in program.steps:
        writer.step(step)
    return Program(writer.tensors, tuple(writer.steps))


@dataclass
class _Lowering:
    """Writes a program anew.

    Args:
        tensors: those there are.
        taken: their names.
        steps: the equations so far.
        known: reductions that are tensors already, by their formula, for the equation at hand.
        equation: the one at hand.
        running: the index of the scan it stands in.
    """

    tensors: dict[str, Tensor]
    taken: dict[str, None]
    steps: list[Step] = field(default_factory=list)
    known: dict[tuple[Expr, Ranges], Read] = field(default_factory=dict)
    equation: Equation = Equation("", (), (), Number(0))
    running: Ranges = ()

    def step(self, step: Step) -> None:
        """Write one step."""
        if isinstance(step, Scan):
            body = [self.drawn(equation, step) for equation in step.body]
            outside, self.steps, self.running = self.steps, [], ((step.index, step.extent),)
            for equation in body:
                self.flatten(equation)
            inner, self.steps, self.running = tuple(s for s in self.steps if isinstance(s, Equation)), outside, ()
            self.steps.append(replace(step, body=inner))
        else:
            self.flatten(step)

    def drawn(self, equation: Equation, scan: Scan) -> Equation:
        """An equation of a scan with what it draws in tensors of their own, drawn before the scan: nothing else is needed."""
        ranges = ((scan.index, scan.extent), *equation.ranges)
        index = tuple(Index(name) for name, _ in sorted(ranges, key=lambda axis: axis[1] != BATCH))

        def change(node: Expr) -> Expr | None:
            if not isinstance(node, Draw):
                return None
            self.equation = equation
            name = self.name("draw")
            extents = dict(ranges)
            self.tensors[name] = Tensor(name, tuple(extents[i.name] for i in index))
            self.steps.append(Equation(name, index, ranges, node, origin=equation.origin))
            return Read(name, index)

        return replace(equation, expr=rebuild(equation.expr, change))

    def flatten(self, equation: Equation) -> None:
        """Write an equation flat, after those it takes."""
        self.equation, self.known = equation, {}
        expr = _pulled_out(_means(equation.expr))
        terms = list(_summed(expr)) if self.running and not equation.reduce else []
        if len(terms) > 1 and any(map(_is_sum, terms)):
            self.one_by_one(terms)
        elif not equation.reduce and isinstance(expr, Reduce) and expr.kind in REDUCTIONS:
            ranges, body = _merged(expr)
            body = self.flat(body, (*equation.ranges, *ranges))
            self.steps.append(replace(equation, ranges=(*equation.ranges, *ranges), expr=body, reduce=expr.kind))
        elif equation.reduce == "sum" and isinstance(expr, Reduce) and expr.kind == "sum":
            ranges, body = _merged(expr)
            everything = (*equation.ranges, *ranges)
            self.steps.append(replace(equation, ranges=everything, expr=self.flat(body, everything)))
        else:
            self.steps.append(replace(equation, expr=self.flat(expr, equation.ranges)))

    def one_by_one(self, terms: list[Expr]) -> None:
        """Write the terms of a sum one after the other: each may then stand outside the recurrence, or be a matrix product."""
        equation = self.equation
        plain = [term for term in terms if not _is_sum(term)]
        first = [reduce(lambda a, b: apply("add", a, b), plain)] if plain else []
        for number, term in enumerate((*first, *filter(_is_sum, terms))):
            self.flatten(replace(equation, expr=term, accumulate=equation.accumulate or number > 0))

    def flat(self, expr: Expr, scope: Ranges) -> Expr:
        """A formula without reductions; they become tensors.

        Args:
            expr: the formula.
            scope: the indices around it.
        """
        return rebuild(expr, lambda node: RULES[node.kind](self, node, scope) if isinstance(node, Reduce) else None)

    def tensor(self, part: str, expr: Expr, ranges: Ranges, scope: Ranges, by: str = "") -> Read:
        """A new tensor: a formula, reduced over `ranges`, at the indices of `scope` that it needs."""
        key = (Reduce(by, ranges, expr), ())
        if key in self.known:
            return self.known[key]
        needed = set(indices(expr)) - {name for name, _ in ranges}
        kept = tuple((name, extent) for name, extent in self.running_in(scope) if name in needed)
        index = tuple(Index(name) for name, _ in kept)
        name = self.name(part)
        origin = self.equation.origin
        around = tuple(axis for axis in kept if axis not in self.running)
        made = Equation(name, index, (*around, *ranges), expr, by, origin=origin)
        position = by in ("argmax", "argmin") or kind(expr, self.tensors) == "int" and _positions(expr, self.tensors)
        role = "result" if self.tensors[self.equation.out].role == "result" else "temporary"
        self.tensors[name] = Tensor(name, tuple(e for _, e in kept), "int" if position else "real", role)  # type: ignore[arg-type]
        self.steps.append(made)
        self.known[key] = Read(name, index)
        return self.known[key]

    def running_in(self, scope: Ranges) -> Ranges:
        """The indices of a scope with that of the scan around it, behind the batch."""
        if not self.running:
            return scope
        first = [axis for axis in scope if axis[1] == BATCH]
        return (*first, *self.running, *(axis for axis in scope if axis[1] != BATCH))

    def name(self, part: str) -> str:
        """A readable name for a tensor that the equation at hand takes."""
        wanted = name = f"{self.equation.out}.{part}"
        number = 2
        while name in self.taken:
            name, number = f"{wanted}_{number}", number + 1
        self.taken[name] = None
        return name


def _positions(expr: Expr, tensors: Mapping[str, Tensor]) -> bool:
    return any(isinstance(n, Index) or (isinstance(n, Read) and tensors[n.tensor].dtype == "int") for n in walk(expr))


# ----------------------------------------------------------------------------------------------------------- rewriting


def _means(expr: Expr) -> Expr:
    """Every mean as a sum over how many there are."""
    def change(node: Expr) -> Expr | None:
        if isinstance(node, Reduce) and node.kind == "mean":
            return apply("div", Reduce("sum", node.ranges, _means(node.body)), points(node.ranges))
        return None
    return rebuild(expr, change)


def points(ranges: Ranges) -> Expr:
    """How many points ranges have."""
    known = math.prod(int(extent) for _, extent in ranges if extent != BATCH)
    factors: list[Expr] = [Scalar(BATCH) for _, extent in ranges if extent == BATCH]
    if known != 1 or not factors:
        factors.append(Number(known))
    count = factors[0]
    for factor in factors[1:]:
        count = apply("mul", count, factor)
    return count


def _pulled_out(expr: Expr) -> Expr:
    """A sum with a minus sign before it as the sum of the negated, which is the same to the last bit."""
    if isinstance(expr, Apply) and expr.operation == "neg":
        inner = _pulled_out(expr.operands[0])
        if isinstance(inner, Reduce) and inner.kind == "sum":
            return Reduce("sum", inner.ranges, apply("neg", inner.body))
    return expr


def _summed(expr: Expr) -> Iterator[Expr]:
    """The terms of a sum: each reduction by a sum apart, its sign inside, and what lies between them."""
    match expr:
        case Apply("add", (left, right)):
            yield from _summed(left)
            yield from _summed(right)
        case Apply("sub", (left, right)):
            yield from _summed(left)
            yield from (_negated(term) for term in _summed(right))
        case _:
            yield _pulled_out(expr)


def _is_sum(expr: Expr) -> bool:
    return isinstance(expr, Reduce) and expr.kind == "sum"


def _negated(term: Expr) -> Expr:
    return _pulled_out(apply("neg", term))


def _merged(expr: Reduce) -> tuple[Ranges, Expr]:
    """The ranges and body of a reduction; one of the same kind right inside it is merged with it."""
    inner = expr.body
    if isinstance(inner, Reduce) and inner.kind == expr.kind and expr.kind in ("sum", "prod", "max", "min"):
        ranges, body = _merged(inner)
        return (*expr.ranges, *ranges), body
    return expr.ranges, inner


# --------------------------------------------------------------------------------------------------------------- rules


def _plain(writer: _Lowering, node: Reduce, scope: Ranges) -> Expr:
    """A reduction as a tensor."""
    ranges, body = _merged(node)
    body = writer.flat(body, (*scope, *ranges))
    return writer.tensor(node.kind, body, ranges, scope, node.kind)


def _largest(writer: _Lowering, body: Expr, ranges: Ranges, scope: Ranges) -> Expr:
    """The largest entry, through which no gradient need pass since it cancels; where all are -inf, a number all the same."""
    bounded = apply("max", body, -1e30) if any(n == Number(-math.inf) for n in walk(body)) else body
    return replace(writer.tensor("max", bounded, ranges, scope, "max"), stop=True)


def _logsumexp(writer: _Lowering, node: Reduce, scope: Ranges) -> Expr:
    """`max + log(sum(exp(x - max)))`"""
    body = writer.flat(node.body, (*scope, *node.ranges))
    largest = _largest(writer, body, node.ranges, scope)
    total = writer.tensor("sum", apply("exp", apply("sub", body, largest)), node.ranges, scope, "sum")
    return apply("add", largest, apply("log", total))


def _softmax(writer: _Lowering, node: Reduce, scope: Ranges) -> Expr:
    """`exp(x - max) / sum(exp(x - max))`; the indices of the sum are others than that of the entry at hand."""
    body = writer.flat(node.body, scope)
    taken = {name for name, _ in scope}
    other = {name: _fresh(name, taken) for name, _ in node.ranges}
    ranges = tuple((other[name], extent) for name, extent in node.ranges)
    inside = substitute(body, {name: Index(new) for name, new in other.items()})
    largest = _largest(writer, inside, ranges, scope)
    entry = writer.tensor("exp", apply("exp", apply("sub", body, largest)), (), scope)
    entries = Read(entry.tensor, tuple(substitute(i, {name: Index(new) for name, new in other.items()}) for i in entry.index))
    total = writer.tensor("sum", entries, ranges, scope, "sum")
    return apply("div", entry, total)


def _fresh(name: str, taken: set[str]) -> str:
    new, number = f"{name}°2", 3
    while new in taken:
        new, number = f"{name}°{number}", number + 1
    taken.add(new)
    return new


RULES: dict[str, Callable[[_Lowering, Reduce, Ranges], Expr]] = {
    **dict.fromkeys(REDUCTIONS, _plain),
    "logsumexp": _logsumexp,
    "softmax": _softmax,
}
"""How each reduction inside a formula is written; means are gone by then."""

