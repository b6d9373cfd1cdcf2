"""Sums of products of formulas as sums of products of entries, which are matrix products.

In `z[n,u] = Σ_i f(x[n,i]) · W[i,u] · g[u]` the formula f would be computed for every u, and nothing would show that this is a
matrix product. So each factor that is not an entry becomes a tensor of its own first: `f(x[n,i])` and `W[i,u] · g[u]`. It runs
before derivation, and the gradients are matrix products as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nndsl.ir.equation import Equation, Origin, Program, Scan, Step, Tensor
from nndsl.ir.expression import BATCH, Draw, Expr, Index, Ranges, Read, apply, indices, walk
from nndsl.ir.verifier import reduced_ranges
from nndsl.passes.matching import PRODUCT, Part


def factors(program: Program) -> Program:
    """The program with both factors of every sum of products stored, where they are formulas."""
    tensors = dict(program.tensors)
    steps: list[Step] = []
    for step in program.steps:
        if isinstance(step, Scan):
            running = ((step.index, step.extent),)
            steps.append(replace(step, body=tuple(e for equation in step.body for e in _stored(equation, tensors, running))))
        else:
            steps.extend(_stored(step, tensors, ()))
    return Program(tensors, tuple(steps))


def _stored(equation: Equation, tensors: dict[str, Tensor], running: Ranges) -> list[Equation]:
    """An equation after those of its factors; `running` is the index of the scan that it stands in."""
    if equation.reduce != "sum" or equation.guard:
        return [equation]
    two = _two_factors(equation, running)
    if two is None:
        return [equation]
    before: list[Equation] = []
    entries: list[Expr] = []
    for number, formula in enumerate(two, 1):
        if isinstance(formula, Read):
            entries.append(formula)
        else:
            before.append(_equation(f"factor {number} of {equation.out}", formula, equation, tensors, running))
            entries.append(Read(before[-1].out, before[-1].index))
    return [*before, replace(equation, expr=apply("mul", *entries))]


def _two_factors(equation: Equation, running: Ranges) -> list[Expr] | None:
    """The two factors of a matrix product, in the order written, if one of them is a formula; None if it is none."""
    parts = PRODUCT.parts(equation.expr)
    widest = _widest(parts)
    if len(widest) != 2 or not _is_matrix_product(widest, equation):
        return None
    groups: list[list[Part]] = [[], []]
    for flipped, part in parts:
        fitting = [number for number, names in enumerate(widest) if names >= _names(part)]
        # what fits both goes where there is less of it: to the weights, not to the samples
        groups[min(fitting, key=lambda number: _size(widest[number], (*running, *equation.ranges)))].append((flipped, part))
    two = [PRODUCT.join(group) for group in groups]
    new = [formula for formula in two if not isinstance(formula, Read)]
    return two if new and all(_is_plain(formula, running) for formula in new) else None


def _widest(parts: Sequence[Part]) -> list[frozenset[str]]:
    """The index sets of the parts that lie in no other's."""
    sets = list(dict.fromkeys(_names(part) for _, part in parts))
    return [names for names in sets if not any(names < other for other in sets)]


def _names(expr: Expr) -> frozenset[str]:
    return frozenset(indices(expr))


def _is_matrix_product(widest: Sequence[frozenset[str]], equation: Equation) -> bool:
    """Whether each factor has an index of the result that the other lacks, and they share one that is summed over."""
    one, two = widest
    summed = {name for name, _ in reduced_ranges(equation)}
    return bool((one - two) - summed and (two - one) - summed and one & two & summed)


def _is_plain(part: Expr, running: Ranges) -> bool:
    """Whether a factor is over plain indices: not a window, of which a tensor would hold many copies of each entry."""
    entries = [node for node in walk(part) if isinstance(node, Read)]
    fixed = {name for name, _ in running}
    return not any(isinstance(node, Draw) for node in walk(part)) and all(
        entry.other is None and all(isinstance(i, Index) or set(indices(i)) <= fixed for i in entry.index) for entry in entries)


def _size(names: frozenset[str], ranges: Ranges) -> float:
    """Roughly how many entries a factor has."""
    size = 1.0
    for name, extent in ranges:
        size *= (1e6 if extent == BATCH else int(extent)) if name in names else 1
    return size


def _equation(name: str, formula: Expr, equation: Equation, tensors: dict[str, Tensor], running: Ranges) -> Equation:
    while name in tensors:  # another equation writes another part of the same tensor
        name += "'"
    order = _order(formula)
    axes = tuple(sorted((x for x in (*running, *equation.ranges) if x[0] in order),
                        key=lambda x: (x[1] != BATCH, order.index(x[0]))))
    tensors[name] = Tensor(name, tuple(extent for _, extent in axes))
    return Equation(name, tuple(Index(name) for name, _ in axes), tuple(x for x in axes if x not in running), formula,
                    origin=Origin(equation.origin.place, f"factor of {equation.out}"))


def _order(formula: Expr) -> list[str]:
    """The indices of a factor, in the order in which its widest entry has them, so that it lies in memory as that does."""
    entries = [node for node in walk(formula) if isinstance(node, Read)]
    widest = max(entries, key=lambda entry: len(_names(entry)), default=formula)
    return list(dict.fromkeys([*indices(widest), *indices(formula)]))
