"""Two loops as one, where memory runs on from the end of a row to the start of the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from nndsl.ir.affine import Poly, flat
from nndsl.ir.equation import Equation, Tensor
from nndsl.ir.expression import BATCH, Draw, Expr, Extent, Index, Number, Read, children, reads, substitute, walk
from nndsl.passes.nest import Block, Loop, leaves


def collapsed(loop: Loop, tensors: Mapping[str, Tensor]) -> Loop:
    """A loop that holds nothing but another, as one loop, if every entry they touch lies where the one loop would find it."""
    if len(loop.body) != 1 or not isinstance(loop.body[0], Loop):
        return loop
    inner = loop.body[0]
    inside = [leaf.equation for leaf in leaves(inner.body)]
    if not all(_runs_on(e, loop.index, inner.index, inner.extent, tensors) for e in inside):
        return loop
    size = (loop.extent * inner.extent).constant
    body = tuple(_without(b, loop.index, inner.index, size or BATCH) for b in inner.body)
    return collapsed(Loop(inner.index, loop.extent * inner.extent, body), tensors)


def _runs_on(equation: Equation, outer: str, inner: str, extent: Poly, tensors: Mapping[str, Tensor]) -> bool:
    """Whether a step of the outer loop goes just as far as all steps of the inner one, in every tensor touched."""
    if equation.guard or {outer, inner} & set(numbers(equation.expr)):
        return False
    places = [flat(tensors[n], equation.index) for n in (equation.out, equation.winner) if n]
    found = reads(equation.expr)
    if any(r.other is not None for r in found) or not _draws_run_on(equation, outer, inner):
        return False
    places += [flat(tensors[r.tensor], r.index) for r in found]
    return all(p.form.of(outer) == p.form.of(inner) * extent and not {outer, inner} & _named(p.rest) for p in places)


def _draws_run_on(equation: Equation, outer: str, inner: str) -> bool:
    """Whether draws, numbered by their place among the ranges, count on too: for that the two must be neighbours there."""
    names = [n for n, _ in equation.ranges]
    extents = dict(equation.ranges)
    together = names.index(inner) == names.index(outer) + 1 and BATCH not in (extents[outer], extents[inner])
    return together or not any(isinstance(x, Draw) for x in walk(equation.expr))


def numbers(expr: Expr) -> Iterator[str]:
    """The indices that a formula uses as numbers, not to find an entry."""
    if isinstance(expr, Index):
        yield expr.name
    elif not isinstance(expr, Read):
        for child in children(expr):
            yield from numbers(child)


def _named(rest: tuple[tuple[Poly, Expr], ...]) -> set[str]:
    return {x.name for _, e in rest for x in walk(e) if isinstance(x, Index)}


def _without(block: Block, outer: str, inner: str, extent: Extent) -> Block:
    """The block with the outer index at 0: the inner one now counts on instead, as far as `extent`."""
    if isinstance(block, Loop):
        return replace(block, body=tuple(_without(b, outer, inner, extent) for b in block.body))
    new: dict[str, Expr] = {outer: Number(0)}
    equation = block.equation
    index = tuple(substitute(i, new) for i in equation.index)
    ranges = tuple((n, extent if n == inner else e) for n, e in equation.ranges if n != outer)
    return replace(block, equation=replace(equation, index=index, expr=substitute(equation.expr, new), ranges=ranges))
