"""Whether two equations mean the same, whatever their indices are called and in whatever order they add."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, permutations
from typing import Any, Literal

import mpmath
import numpy as np

from nndsl.derive.equality import equal
from nndsl.derive.precise import DIGITS, value
from nndsl.derive.scalar import entries
from nndsl.ir.equation import Equation, Program, Scan, renamed
from nndsl.ir.expression import BATCH, Apply, Draw, Expr, Index, Number, Read, Scalar, rebuild, walk
from nndsl.ir.printer import expression_text
from nndsl.ir.replay import Replay

POINTS = 60
WIDTH = 3.0
"""Points are drawn up to so far from 0."""
ORDERS = 24
SAMPLES, TRIES = 3, 5
CLOSE = 1e-9
SEPARATE = 1e-12
"""A difference of formulas this small, at 50 digits, is one all the same; of numbers in 64 bits it may be rounding."""


@dataclass(frozen=True)
class Verdict:
    """What is known of two formulas.

    Args:
        kind: the same letter for letter; the same by proof, or at all points tried; or different.
        at: how they differ: where, of the points tried, the difference is largest; "" where nothing can be said.
    """

    kind: Literal["same", "proved", "sampled", "changed"]
    at: str = ""


def compared(old: Equation, new: Equation) -> Verdict:
    """Compare two equations that write the same tensor."""
    first = ordered(old)
    for candidate in islice(orders(new), ORDERS):
        if candidate == first:
            return Verdict("same")
        if _frame(candidate) == _frame(first):
            verdict = equal(first.expr, candidate.expr)
            if isinstance(verdict, str):
                return Verdict(verdict)
    last = ordered(new)
    if _frame(last) != _frame(first):
        return Verdict("changed")
    others = [sorted({e.tensor for e in entries(x)}) for x in (first.expr, last.expr)]
    if others[0] != others[1]:
        gone, come = ([n for n in others[k] if n not in others[1 - k]] for k in (0, 1))
        return Verdict("changed", _otherwise(gone, come))
    return Verdict("changed", _largest(first.expr, last.expr, equal(first.expr, last.expr)))


def _otherwise(gone: list[str], come: list[str]) -> str:
    if not come:
        return f"it no longer reads {_and(gone)}"
    return f"it reads {_and(come)}" + (f" in place of {_and(gone)}" if gone else " too")


def _and(names: list[str]) -> str:
    return " and ".join(f"`{name}`" for name in names)


def _frame(equation: Equation) -> tuple[Any, ...]:
    return equation.index, equation.ranges, equation.reduce, equation.accumulate, equation.guard


def ordered(equation: Equation) -> Equation:
    """An equation whose indices are called by their order, so that names do not matter."""
    return next(orders(equation))


def orders(equation: Equation) -> Iterator[Equation]:
    """An equation with its indices called by their order, for every order of those that are reduced."""
    kept = list(dict.fromkeys(node.name for f in equation.index for node in walk(f) if isinstance(node, Index)))
    for rest in permutations([name for name, _ in equation.ranges if name not in kept]):
        names = {name: f"i{number}" for number, name in enumerate([*kept, *rest])}
        again = renamed(replace(equation, expr=_with_draws_numbered(equation.expr)), names)
        yield replace(again, ranges=tuple(sorted(again.ranges)), winner="")


def _with_draws_numbered(expr: Expr) -> Expr:
    """A formula whose draws are numbered by itself: which of a model's numbers are drawn has no meaning."""
    streams = list(dict.fromkeys(node.stream for node in walk(expr) if isinstance(node, Draw)))
    return rebuild(expr, lambda node: replace(node, stream=streams.index(node.stream)) if isinstance(node, Draw) else None)


def _free(expr: Expr) -> Iterator[Expr]:
    """What a formula depends on: entries, draws, numbers known at run time, and indices that count as numbers."""
    if isinstance(expr, Apply):
        for operand in expr.operands:
            yield from _free(operand)
    elif not isinstance(expr, Number):
        yield expr


def _point(free: Sequence[Expr], generator: random.Random) -> dict[Expr, Any]:
    point: dict[Expr, Any] = {}
    for each in free:
        if isinstance(each, Scalar):
            number: float = RUN_TIME.get(each.name, 1)
        elif isinstance(each, Index):
            number = generator.randrange(4)
        else:
            number = round(generator.uniform(-WIDTH, WIDTH), 2)
        point[each] = mpmath.mpf(number)
    return point


RUN_TIME = {"batch": 32, "step": 9}


def _largest(old: Expr, new: Expr, known: Any) -> str:
    """The largest difference of two formulas at many points, and where it is."""
    generator = random.Random(11)
    free = list(dict.fromkeys([*_free(old), *_free(new)]))
    points = [_point(free, generator) for _ in range(POINTS)]
    if isinstance(known, dict):
        points.append({entry: mpmath.mpf(known.get(entry, 1)) for entry in free})
    with mpmath.workdps(DIGITS):
        rows = [(number, _at(old, point), _at(new, point)) for number, point in enumerate(points)]
        both = [(abs(one - two), -number, one, two) for number, one, two in rows if one is not None and two is not None]
        inside = [row for row in both if row[1] > -POINTS and row[0] > SEPARATE] or [row for row in both if row[0] > SEPARATE]
        if inside:
            difference, number, one, two = max(inside, key=lambda row: row[:2])
            return f"differs by up to {_short(difference)}, where {_where(points[-number])}: {_short(one)} and {_short(two)}"
        for number, one, two in rows:
            if (one is None) != (two is None):
                return f"differs where {_where(points[number])}: {_short(one)} and {_short(two)}"
    return ""


def _where(point: dict[Expr, Any]) -> str:
    """A point, entries by the shortest names that tell them apart."""
    names = {}
    for each in point:
        short, full = (expression_text(each, short=short) for short in (True, False))
        bare = short.partition("[")[0] if isinstance(each, Read) else short
        names[each] = (bare, short, full)
    level = next((k for k in range(2) if len({row[k] for row in names.values()}) == len(names)), 2)
    return " and ".join(f"{names[each][level]} = {float(number):.4g}" for each, number in point.items()) or "it stands"


def _short(number: Any) -> str:
    return "no number" if number is None else str(mpmath.nstr(number, 4))


def _at(formula: Expr, point: dict[Expr, Any]) -> Any:
    try:
        found = mpmath.mpmathify(value(formula, point) + 0)
    except (ValueError, ZeroDivisionError, OverflowError):
        return None
    return found if isinstance(found, mpmath.mpf) and mpmath.isfinite(found) else None


# ---------------------------------------------------------------------------------------------------- programs


def compared_in_numbers(name: str, old: Program, new: Program, shared: Sequence[str]) -> Verdict:
    """Compare how two programs compute a tensor from those that they share, at random points in 64 bits.

    Args:
        name: the tensor.
        old, new: the programs.
        shared: names of tensors that both have, which are given the same numbers.
    """
    parts = [_part(program, name, set(shared) - {name}) for program in (old, new)]
    shapes = [{n: t.shape for n, t in part.tensors.items() if t.role == "input"} for part in parts]
    if parts[0].tensors[name].shape != parts[1].tensors[name].shape or any(
            shapes[0][n] != shapes[1][n] for n in shapes[0].keys() & shapes[1].keys()):
        return Verdict("changed")
    worst, where = 0.0, 0
    for seed in range(TRIES):
        one, two = (_numbers(part, name, seed) for part in parts)
        apart = np.abs(one - two) / np.maximum(1.0, np.abs(one))
        here = float(np.nan_to_num(apart, nan=0.0, posinf=np.inf).max(initial=0))
        if (np.isnan(one) != np.isnan(two)).any():
            here = float("inf")
        worst, where = max((worst, where), (here, seed), key=lambda row: row[0])
    if worst <= CLOSE:
        return Verdict("sampled")
    return Verdict("changed", f"relative difference up to {worst:.3g}, at random point {where + 1} of {TRIES}")


def _part(program: Program, name: str, given: set[str]) -> Program:
    """The steps that lead to a tensor from given ones, which become inputs."""
    needed, size = {name}, 0
    while size < len(needed):
        size = len(needed)
        for equation in program.equations():
            if equation.out in needed - given:
                formulas = (equation.expr, *equation.index, *(f for f, _ in equation.guard))
                needed |= {node.tensor for f in formulas for node in walk(f) if isinstance(node, Read)}
    written = {e.out for e in program.equations()} - given
    steps = tuple(s for s in program.steps if any(e.out in needed - given for e in (s.body if isinstance(s, Scan) else (s,))))
    tensors = {n: replace(t, role="temporary" if n in written else "input") for n, t in program.tensors.items()
               if n in needed or any(e.out == n for s in steps for e in (s.body if isinstance(s, Scan) else (s,)))}
    return Program(tensors, steps)


def _numbers(program: Program, name: str, seed: int) -> Any:
    arrays = {}
    for each in sorted(n for n, t in program.tensors.items() if t.role == "input"):
        tensor = program.tensors[each]
        random = np.random.default_rng([seed, *each.encode()])
        shape = tuple(SAMPLES if e == BATCH else int(e) for e in tensor.shape)
        arrays[each] = random.integers(0, 2, shape) if tensor.dtype == "int" else random.normal(size=shape)
    return Replay(program, arrays, batch=SAMPLES, step=3, seed=seed, rate=1.0, dtype=np.float64).memory[name]


