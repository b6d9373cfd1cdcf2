"""Operations that can meet a number for which they have no value, or no slope."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from nndsl.diagnostics import Diagnostic, problem
from nndsl.diagnostics.places import line_label
from nndsl.ir.equation import Equation, Program, Scan, target_name
from nndsl.ir.expression import Apply, Expr, Number, Read, apply, reads
from nndsl.ir.printer import equation_text, expression_text
from nndsl.ir.replay import Point, Replay
from nndsl.lint.formula_ranges import Known, Ranges, promised
from nndsl.lint.intervals import Interval, point
from nndsl.lint.material import Material

Verdict = tuple[str, str]
"""What happens, and what to do about it."""


NEAR = 1e-3
"""In units of all values that an operand takes at the points tried."""


@dataclass(frozen=True)
class Site:
    """An operation that can leave its domain.

    Args:
        equation: where it stands.
        expr: the operation.
        operand: its operand that can be wrong, and between what that lies.
        verdict: what happens.
    """

    equation: Equation
    expr: Apply
    operand: Expr
    range: Interval
    verdict: Verdict


def leaving(program: Program, ranges: Ranges, sloped: Callable[[Read], bool], runs: Sequence[Replay],
            material: Material, near: float = NEAR) -> Iterator[Diagnostic]:
    """Advice for every operation of a program that can leave its domain.

    Args:
        program: flat, without its backward pass.
        ranges: of its tensors.
        sloped: whether a gradient passes through an entry.
        runs: the program at some points; at one of them an operand must come near to what it must not be, since ranges, which
            take the entries of a formula for independent, may be wider than what can come about.
        material: the model.
        near: how near, in units of all values that the operand takes at those points.
    """
    told: set[tuple[str, str]] = set()
    for step in program.steps:
        body = step.body if isinstance(step, Scan) else (step,)
        last = ((step.index, step.extent - 1, step.extent),) if isinstance(step, Scan) else ()
        for equation in body:
            for site in sites(equation, ranges, sloped):
                key = equation.origin.place, site.verdict[0]
                if key not in told and _met(site, [_values(site, run, last) for run in runs], near):
                    told.add(key)
                    yield _advice(site, ranges, material)


def _values(site: Site, run: Replay, last: Point) -> Interval:
    values = run.values(site.operand, site.equation.ranges, last)
    known = values[np.isfinite(values)]
    return Interval(float(known.min()), float(known.max())) if known.size else Interval(0.0, 0.0)


def _met(site: Site, seen: list[Interval], near: float) -> bool:
    """Whether an operand, at the points tried, comes near the end of its range that is wrong, or goes over it."""
    low, high = min(s.low for s in seen), max(s.high for s in seen)
    room = near * (high - low)
    return DOMAINS[site.expr.operation][1](Interval(low - room, high + room), site.expr, True) is not None


def sites(equation: Equation, ranges: Ranges, sloped: Callable[[Read], bool] = lambda read: False) -> Iterator[Site]:
    """The operations of an equation that can leave their domain, those of a branch under the condition of the branch."""
    yield from _sites(equation, equation.expr, Ranges(ranges.tensors, ranges.writers, dict(equation.ranges)), {}, sloped)


def _sites(equation: Equation, expr: Expr, ranges: Ranges, known: Known, sloped: Callable[[Read], bool]) -> Iterator[Site]:
    if not isinstance(expr, Apply):
        return
    if expr.operation == "where":
        condition, yes, no = expr.operands
        yield from _sites(equation, condition, ranges, known, lambda read: False)
        truth = ranges.of(condition, known)
        for branch, holds in ((yes, True), (no, False)):
            if float(holds) in truth:
                yield from _sites(equation, branch, ranges, promised(condition, holds, ranges, known), sloped)
        return
    for operand in expr.operands:
        yield from _sites(equation, operand, ranges, known, sloped)
    if expr.operation in DOMAINS:
        at, judge = DOMAINS[expr.operation]
        operand = expr.operands[at]
        found = ranges.of(operand, known)
        steep = any(sloped(read) for read in reads(operand) if not read.stop)
        refused = at == 1 and known.get(apply("ne", operand, 0)) == point(1)  # a condition keeps the divisor from being 0
        verdict = None if refused or isinstance(operand, Number) else judge(found, expr, steep)
        if verdict is not None:
            yield Site(equation, expr, operand, found, verdict)



GUARD = "keep it away from 0: `max({x}, 1e-7)`, or `clip({x}, 1e-7, ...)`"
ADD = "keep it away from 0: add a small number, as in `{x} + 1e-7`"


def _logarithm(least: float) -> Callable[[Interval, Apply, bool], Verdict | None]:
    def judge(x: Interval, expr: Apply, steep: bool) -> Verdict | None:
        if x.low > least:
            return None
        return ("a logarithm can meet a number below its domain" if x.low < least else "a logarithm can meet 0"), GUARD
    return judge


def _quotient(x: Interval, expr: Apply, steep: bool) -> Verdict | None:
    if 0 not in x:
        return None
    return "a division by 0 can come about", ADD if x.low == 0 else GUARD


def _root(x: Interval, expr: Apply, steep: bool) -> Verdict | None:
    if x.low < 0:
        return "a square root can meet a negative number", "let nothing below 0 in: `sqrt(max({x}, 0))`"
    if x.low == 0 and steep:
        return "a square root can meet 0, where its slope is infinite", "add a small number under the root: `sqrt({x} + 1e-7)`"
    return None


def _power(x: Interval, expr: Apply, steep: bool) -> Verdict | None:
    exponent = expr.operands[1]
    if not isinstance(exponent, Number):
        return ("a power can meet a negative base", GUARD) if x.low < 0 else None
    whole = float(exponent.value).is_integer()
    if not whole and x.low < 0:
        return "a fractional power can meet a negative number", GUARD
    if exponent.value < 0 and 0 in x:
        return "a division by 0 can come about", ADD
    if 0 < exponent.value < 1 and x.low == 0 and steep:
        return "a fractional power can meet 0, where its slope is infinite", ADD
    return None


def _arc(x: Interval, expr: Apply, steep: bool) -> Verdict | None:
    if x.low < -1 or x.high > 1:
        return "an inverse sine or cosine can meet a number beyond 1", "cut it: `clip({x}, -1, 1)`"
    return None


DOMAINS: dict[str, tuple[int, Callable[[Interval, Apply, bool], Verdict | None]]] = {
    "log": (0, _logarithm(0.0)), "log1p": (0, _logarithm(-1.0)), "div": (1, _quotient), "floordiv": (1, _quotient),
    "mod": (1, _quotient), "sqrt": (0, _root), "pow": (0, _power), "asin": (0, _arc), "acos": (0, _arc),
}
"""Of each operation that is not a number everywhere: which operand decides, and what can happen."""


def _advice(site: Site, ranges: Ranges, material: Material) -> Diagnostic:
    what, remedy = site.verdict
    operand, place = _text(site.operand), site.equation.origin.place
    label = line_label(place, f"`{operand}` lies in {site.range}{_because(site, ranges)}", material.source)
    users = material.users_place(site.equation)
    also = line_label(users, "used here", material.source) if users != place else ()
    labels = (*also, *label)
    return problem("NN0807", labels[0].span if labels else None, labels[0].text if labels else "", also=labels[1:],
                   helps=(remedy.format(x=operand),), what=what, formula=expression_text(site.expr))


def _because(site: Site, ranges: Ranges) -> str:
    """What the range of an operand comes from: the entries it reads, one step further back if it is an entry itself."""
    equation, text = site.equation, ""
    if isinstance(site.operand, Read):
        writer = ranges.writers.get(site.operand.tensor)
        if writer is None:
            return ""
        equation, text = writer, f", as {equation_text(writer)}"
    inner = Ranges(ranges.tensors, ranges.writers, dict(equation.ranges))
    shown = reads(equation.expr if text else site.operand)
    parts = [f"`{_text(read)}` in {inner.of(read)}" for read in shown if read.tensor in ranges.tensors]
    return text + (f", with {', '.join(dict.fromkeys(parts))}" if parts else "")


def _text(expr: Expr) -> str:
    """A formula with short names, but where a target could be taken for the output that it belongs to."""
    return expression_text(expr, short=not any(read.tensor.startswith(target_name("")) for read in reads(expr)))
