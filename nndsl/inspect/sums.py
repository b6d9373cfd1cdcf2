"""Several contributions to one gradient, written as one sum."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from nndsl.ir.equation import Equation
from nndsl.ir.expression import Expr, Index, Read, Reduce, apply, indices, rebuild, substitute, walk
from nndsl.passes.simplify import simplified


def merged(equations: Sequence[Equation]) -> list[Equation]:
    """The equations, those that add to every entry of one tensor put together, in the place of the last of them.

    An entry that is gathered, as `x[n,label[n]]`, becomes a condition: `where(c == label[n], ..., 0)`.
    """
    by_tensor: dict[str, list[Equation]] = {}
    for equation in equations:
        by_tensor.setdefault(equation.out, []).append(equation)
    joined = {name: _joined(parts) for name, parts in by_tensor.items() if len(parts) > 1}
    found: list[Equation] = []
    seen: dict[str, int] = {}
    for equation in equations:
        seen[equation.out] = seen.get(equation.out, 0) + 1
        new = joined.get(equation.out)
        if new is None:
            found.append(replace(equation, accumulate=equation.accumulate or not is_whole(equation)))
        elif seen[equation.out] == len(by_tensor[equation.out]):
            found.append(replace(new, origin=equation.origin))
    return found


def spelled_out(equations: Sequence[Equation], known: Collection[str]) -> list[Equation]:
    """The equations without gradients that only the compiler named, where these are short, or used once.

    Args:
        equations: each above those that read it.
        known: the gradients that readers know by name.
    """
    written = [e.out for e in equations]
    asked = Counter(node.tensor for e in equations for node in walk(e.expr) if isinstance(node, Read))
    values: dict[str, Equation] = {}
    found: list[Equation] = []
    for equation in equations:
        new = replace(equation, expr=rebuild(equation.expr, lambda node: _value(node, values)))
        size = sum(not isinstance(node, Index) for node in walk(new.expr))
        plain = is_whole(new) and not (new.reduce or new.accumulate) and not any(isinstance(n, Reduce) for n in walk(new.expr))
        hidden = new.out.startswith("∂") and new.out not in known and written.count(new.out) == 1
        if plain and hidden and (asked[new.out] <= 1 or size <= FEW):
            values[new.out] = new
        else:
            found.append(new)
    return found


FEW = 3
"""A formula of so many numbers, entries and operations takes no more room than a name."""


def _value(node: Expr, values: Mapping[str, Equation]) -> Expr | None:
    if not isinstance(node, Read) or node.tensor not in values:
        return None
    source = values[node.tensor]
    names = {i.name: new for i, new in zip(source.index, node.index, strict=True) if isinstance(i, Index)}
    return substitute(source.expr, names)


def _joined(parts: Sequence[Equation]) -> Equation | None:
    """One equation for all; None where the parts do not cover the same entries."""
    whole = next((e for e in parts if is_whole(e)), None)
    if whole is None or not all(is_whole(e) or _is_gathered(e) for e in parts):
        return None
    total: Expr | None = None
    for part in sorted(parts, key=lambda e: not is_whole(e)):
        term = _term(part, whole)
        total = term if total is None else simplified(apply("add", total, term))
    assert total is not None
    kept = {name for i in whole.index for name in indices(i)}
    return replace(whole, expr=total, reduce="", accumulate=False, ranges=tuple(r for r in whole.ranges if r[0] in kept))


def is_whole(equation: Equation) -> bool:
    """Whether an equation gives every entry of a tensor once, in one go."""
    if not set(indices(equation.expr)) <= {n for n, _ in equation.ranges}:  # one step of a recurrence
        return False
    names = [i.name for i in equation.index if isinstance(i, Index)]
    free = set(names) <= {n for n, _ in equation.ranges}
    return len(set(names)) == len(equation.index) and free and not equation.guard and equation.reduce in ("", "sum")


def _is_gathered(equation: Equation) -> bool:
    names = {name for i in equation.index if isinstance(i, Index) for name in indices(i)}
    gathers = all(isinstance(i, Index) or any(isinstance(n, Read) for n in walk(i)) for i in equation.index)
    return gathers and not (equation.reduce or equation.guard) and {n for n, _ in equation.ranges} == names


def _term(part: Equation, whole: Equation) -> Expr:
    """A contribution under the indices of the whole; those it sums over get names of their own."""
    names: dict[str, Expr] = {i.name: new for i, new in zip(part.index, whole.index, strict=True) if isinstance(i, Index)}
    summed = tuple((name, extent) for name, extent in part.ranges if name not in names) if part.reduce else ()
    fresh = {name: f"{name}°{part.origin.note}" if any(Index(name) == i for i in whole.index) else name for name, _ in summed}
    names |= {name: Index(new) for name, new in fresh.items()}
    expr = substitute(part.expr, names)
    for formula, index in zip(part.index, whole.index, strict=True):
        if not isinstance(formula, Index):
            expr = apply("where", apply("eq", index, substitute(formula, names)), expr, 0)
    return Reduce("sum", tuple((fresh[name], extent) for name, extent in summed), expr) if summed else expr
