"""What differs in meaning between two models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Literal

import mpmath

from nndsl.checking.checked import Checked
from nndsl.checking.lower import lower
from nndsl.derive.equality import equal
from nndsl.derive.precise import DIGITS, value
from nndsl.ir.equation import Equation, Program, renamed
from nndsl.ir.expression import Index
from nndsl.ir.printer import equation_text, expression_text

PROGRAMS = ("forward", "learn", "update", "initial")
"""Those whose formulas are compared; a formula that several hold is told once."""


@dataclass(frozen=True)
class Change:
    """One difference, or a formula written otherwise that means the same.

    Args:
        kind: added, removed, changed, or proved or sampled for the same in other words.
        what: a layer, parameter, setting or tensor.
        how: one line.
    """

    kind: Literal["added", "removed", "changed", "proved", "sampled"]
    what: str
    how: str


def changes(before: Checked, after: Checked) -> list[Change]:
    """Everything that differs: layers, parameters, settings, formulas, in this order."""
    layers = [{i.name: f"{i.definition} {i.inputs} -> {i.outputs}" for i in m.instances} for m in (before, after)]
    weights = [{v.name: f"{v.kind} {list(v.shape)}{'' if v.trainable or v.kind != 'parameter' else ', not trained'}"
                for v in m.variables} for m in (before, after)]
    found = [*_named(*layers), *_named(*weights)]
    for block in ("data", "train"):
        found.extend(_named(*({f"{block}.{k}": v for k, v in _settings(getattr(m, block)).items()} for m in (before, after))))
    one, two = lower(before), lower(after)
    seen: dict[Change, None] = {}
    for program in PROGRAMS:
        seen.update(dict.fromkeys(_formulas(getattr(one, program), getattr(two, program))))
    return [*found, *seen]


def _named(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Change]:
    for name in dict.fromkeys([*before, *after]):
        if name not in after:
            yield Change("removed", name, before[name])
        elif name not in before:
            yield Change("added", name, after[name])
        elif before[name] != after[name]:
            yield Change("changed", name, f"{before[name]} became {after[name]}")


def _settings(block: Any) -> dict[str, str]:
    if not is_dataclass(block):
        return {}
    return {f.name: str(getattr(block, f.name)) for f in fields(block)}


# ---------------------------------------------------------------------------------------------------- formulas


def _formulas(before: Program, after: Program) -> Iterator[Change]:
    """Formulas of tensors that both have; what only one has belongs to a layer that was added, removed or rewritten."""
    one, two = _written(before), _written(after)
    for name in one:
        if name not in two:
            continue
        if len(one[name]) != len(two[name]):
            yield Change("changed", name, f"{len(one[name])} equations became {len(two[name])}")
            continue
        for old, new in zip(one[name], two[name], strict=True):
            yield from _compared(name, old, new)


def _written(program: Program) -> dict[str, list[Equation]]:
    found: dict[str, list[Equation]] = {}
    for equation in program.equations():
        found.setdefault(equation.out, []).append(equation)
    return found


def _compared(name: str, old: Equation, new: Equation) -> Iterator[Change]:
    old, new = _alike(old), _alike(new)
    if old == new:
        return
    became = f"{equation_text(old)} became {equation_text(new)}"
    if (old.index, old.ranges, old.reduce, old.accumulate, old.guard) != (
            new.index, new.ranges, new.reduce, new.accumulate, new.guard):
        yield Change("changed", name, became)
        return
    verdict = equal(old.expr, new.expr)
    if isinstance(verdict, str):
        yield Change("proved" if verdict == "proved" else "sampled", name, became)
        return
    with mpmath.workdps(DIGITS):
        point = {entry: mpmath.mpf(number) for entry, number in verdict.items()}
        where = " and ".join(f"{expression_text(entry)} = {float(number):.4g}" for entry, number in point.items())
        values = [_at(formula, point) for formula in (old.expr, new.expr)]
    yield Change("changed", name, f"{became}; where {where or 'it stands'}: {values[0]} and {values[1]}")


def _at(formula: Any, point: Mapping[Any, Any]) -> str:
    try:
        return str(mpmath.nstr(value(formula, point), 6))
    except (ValueError, ZeroDivisionError):
        return "no number"


def _alike(equation: Equation) -> Equation:
    """An equation whose indices are called by their order, so that names do not matter."""
    kept = [f.name for f in equation.index if isinstance(f, Index)]
    order = [*kept, *(name for name, _ in equation.ranges if name not in kept)]
    named = renamed(equation, {name: f"i{number}" for number, name in enumerate(order)})
    return replace(named, ranges=tuple(sorted(named.ranges)), winner="")
