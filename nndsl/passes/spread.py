"""Transposed windows: sums that ask whether an entry is reached become entries that spread over what they reach.

In `z[p] = Σ_i where(mod(p - i, 2) == 0, (x[(p - i) // 2] else 0), 0) · w[i]` most terms are 0. With p counting the entries
of x instead, the same sum is `z[2 p + i] += x[p] · w[i]`, without a question or a division. It runs before derivation: the
gradients are windows then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from nndsl.ir.affine import Affine, affine, formula, number, tidy
from nndsl.ir.equation import Equation, Program, Step, Tensor
from nndsl.ir.expression import BATCH, Apply, Expr, Extent, Index, Number, Read, apply, indices
from nndsl.ir.verifier import reduced_ranges


@dataclass(frozen=True)
class _Division:
    """A position `form // step`, where that leaves no rest."""

    form: Affine
    step: int


@dataclass(frozen=True)
class _Transposed:
    """What an equation sums: an entry where divisions leave no rest, times a factor."""

    divisions: tuple[_Division, ...]
    entry: Read
    factor: Expr


@dataclass(frozen=True)
class _Turned:
    """An equation that spreads: where it writes, how far its indices run, where it reads."""

    places: tuple[Expr, ...]
    ranges: dict[str, Extent]
    entry: Read


def spread(program: Program) -> Program:
    """The program with transposed windows written as what each entry gives."""
    tensors = dict(program.tensors)
    steps: list[Step] = []
    for step in program.steps:
        steps += _spread(step, tensors) if isinstance(step, Equation) else [step]
    return Program(tensors, tuple(steps))


def _spread(equation: Equation, tensors: dict[str, Tensor]) -> list[Equation]:
    summed, out = _transposed(equation), tensors[equation.out]
    if summed is None or out.role != "temporary" or out.order:
        return [equation]
    turned = _turned(equation, summed, tensors[summed.entry.tensor])
    if turned is None:
        return [equation]
    ranges = tuple((name, turned.ranges[name]) for name, _ in equation.ranges)
    new = replace(equation, index=turned.places, ranges=ranges, expr=apply("mul", turned.entry, summed.factor), accumulate=True)
    new = new if reduced_ranges(new) else replace(new, reduce="")
    return _within(new, equation, tensors)


def _transposed(equation: Equation) -> _Transposed | None:
    match equation:
        case Equation(reduce="sum", accumulate=False, guard=(), expr=Apply("mul", (Apply("where", parts), factor))):
            pass
        case Equation(reduce="sum", accumulate=False, guard=(), expr=Apply("mul", (factor, Apply("where", parts)))):
            pass
        case _:
            return None
    condition, entry, otherwise = parts
    divisions = _asked(condition)
    plain = all(isinstance(i, Index) for i in equation.index) and len(set(equation.index)) == len(equation.index)
    if not (divisions and plain and isinstance(entry, Read) and _is_zero(otherwise) and _is_zero(entry.other)):
        return None
    return _Transposed(divisions, entry, factor)


def _asked(condition: Expr) -> tuple[_Division, ...]:
    """The divisions that must leave no rest; none if something else is asked as well."""
    match condition:
        case Apply("and", (left, right)):
            first, second = _asked(left), _asked(right)
            return (*first, *second) if first and second else ()
        case Apply("eq", (Apply("mod", (above, Number(step))), Number(0))) if (form := affine(above)) and step == int(step) > 0:
            return (_Division(form, int(step)),)
        case _:
            return ()


def _is_zero(expr: Expr | None) -> bool:
    return isinstance(expr, Number) and expr.value == 0


def _turned(equation: Equation, summed: _Transposed, source: Tensor) -> _Turned | None:
    """The equation with an index over the entries of x for each division; None if it is not of that form."""
    places = {i.name: i for i in equation.index if isinstance(i, Index)}
    ranges, new, left = dict(equation.ranges), dict[str, Expr](places), list(summed.divisions)
    positions: list[Expr] = []
    for position, reach in zip(summed.entry.index, source.shape, strict=True):
        division = _division(position)
        if division is None and isinstance(position, Index) and ranges.get(position.name) == reach:
            positions.append(position)
            continue
        name = division and _index_of(division, summed.divisions, places, summed.factor)
        if division not in left or not name or BATCH in (reach, ranges[name]):
            return None
        left.remove(division)
        rest = division.form + Affine({name: number(-1)})
        place = formula(Affine({name: number(division.step)}) + rest.scaled(number(-1)))
        if place is None:
            return None
        new[name], ranges[name] = place, reach
        positions.append(Index(name))
    entry = replace(summed.entry, index=tuple(positions), other=None)
    return None if left else _Turned(tuple(new[n] for n in places), ranges, entry)


def _division(position: Expr) -> _Division | None:
    match position:
        case Apply("floordiv", (above, Number(step))) if (form := affine(above)):
            return _Division(form, int(step))
        case _:
            return None


def _index_of(division: _Division, divisions: Sequence[_Division], places: dict[str, Index], factor: Expr) -> str | None:
    """The index of the result that a division determines: it stands nowhere else."""
    for name in places:
        alone = sum(bool(d.form.of(name)) for d in divisions) == 1 and name not in indices(factor)
        if alone and division.form.of(name) == number(1):
            return name
    return None


def _within(new: Equation, given: Equation, tensors: dict[str, Tensor]) -> list[Equation]:
    """The new equation, if it leaves its tensor by way of a larger one from which the tensor is cut."""
    out, ranges = tensors[given.out], dict(new.ranges)
    before, shape = [], []
    for place, extent in zip(new.index, out.shape, strict=True):
        bounds = None if extent == BATCH else (form.bounds(ranges) if (form := affine(place)) else None)
        low, high = (b.constant for b in bounds) if bounds else (0, 0)
        if low is None or high is None:
            return [given]
        before.append(max(-low, 0))
        shape.append(extent if extent == BATCH else before[-1] + max(high + 1, int(extent)))
    if tuple(shape) == out.shape:
        return [new]
    name = f"{out.name} spread"
    name = name if name not in tensors else next(f"{name} {k}" for k in range(2, 10**6) if f"{name} {k}" not in tensors)
    tensors[name] = Tensor(name, tuple(shape))
    index = tuple(tidy(i, b) if b else i for i, b in zip(new.index, before, strict=True))
    inside = tuple(tidy(i, b) if b else i for i, b in zip(given.index, before, strict=True))
    kept = {i.name for i in given.index if isinstance(i, Index)}
    whole = tuple(r for r in given.ranges if r[0] in kept)
    cut = Equation(given.out, given.index, whole, Read(name, inside), origin=given.origin)
    return [replace(new, out=name, index=index), cut]
