"""Gradients that vanish or explode over the depth, signals that fade or swell: what the weights' first values bring about."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nndsl.derive.scalar import entries
from nndsl.diagnostics import Diagnostic, problem
from nndsl.diagnostics.places import line_label
from nndsl.ir.equation import Equation, Program, adjoint_name
from nndsl.ir.expression import Expr, Number, Read, rebuild
from nndsl.lint.chains import LEAST, Bound, bounded
from nndsl.lint.flow import Sum, followed
from nndsl.lint.gains import ENTRY, gain
from nndsl.lint.material import Material

MOST = 1 / LEAST
"""More than this many times a gradient is said to explode."""
FADED, SWOLLEN = 0.03, 30.0
"""A signal below or above this part of what it was is told of, though gradients still come through."""
SHALLOW = 3
"""Fewer sums of weights than these are no depth over which anything could grow."""
KEPT = (0.8, 1.25)
"""What a layer may leave of a gradient, where the gain that keeps the signal is a remedy."""


@dataclass(frozen=True)
class Growth:
    """What becomes of signal and gradient between the first and the last of some sums of weights.

    Args:
        sums: they, from the first to the last.
        signal, gradient: how many times as large the last sum is as the first, and the gradient at the first as at the last.
        measured: the same two in one pass over a few samples; None where they cannot be.
    """

    sums: tuple[Sum, ...]
    signal: float
    gradient: float
    measured: tuple[float, float] | None

    @property
    def layers(self) -> int:
        """Steps from sum to sum, on the way that has most of them."""
        return self.sums[-1].depth - self.sums[0].depth

    def each(self, total: float) -> float:
        """What every layer contributes to a growth."""
        return float(total ** (1 / self.layers))


def growing(material: Material) -> Iterator[Diagnostic]:
    """Advice on gradients that vanish or explode, and on signals that fade or swell; at most one a model."""
    program = material.forward.learn
    found = [growth for growth in growths(material) if _agrees(growth)]
    bound = bounded(program)
    least = min(found, key=lambda g: g.gradient, default=None)
    most = max(found, key=lambda g: g.gradient, default=None)
    loudest = max(found, key=lambda g: abs(math.log(g.signal)) if 0 < g.signal < math.inf else 0.0, default=None)
    if least is not None and least.gradient < LEAST:
        yield _told("NN0801", least, least.gradient, material, bound)
    elif bound.slope < math.log(LEAST) and (least is None or least.gradient < 0.1):
        yield _bounded(bound, material)
    elif most is not None and most.gradient > MOST:
        yield _told("NN0804", most, most.gradient, material, bound)
    elif loudest is not None and not FADED < loudest.signal < SWOLLEN:
        yield _told("NN0805", loudest, loudest.signal, material, bound)


def growths(material: Material) -> list[Growth]:
    """The growth up to every sum of weights that lies deep enough, and up to which every sum is met once."""
    program = material.forward.learn
    paths = [path for path in followed(program, material.first).paths
             if path[-1].depth - path[0].depth >= SHALLOW - 1 and len({id(s.equation) for s in path}) == len(path)]
    if not paths:
        return []
    squares = _measured(material, {s.equation.out for path in paths for s in path})
    return [_growth(path, squares) for path in paths]


def _growth(path: tuple[Sum, ...], squares: dict[str, tuple[float, float]]) -> Growth:
    first, last = path[0], path[-1]
    signal, gradient = _root(last.square, first.square), _root(last.length, first.length)
    ends = [squares.get(s.equation.out) for s in (first, last)]
    measured = None
    if ends[0] is not None and ends[1] is not None:
        measured = _root(ends[1][0], ends[0][0]), _root(ends[0][1], ends[1][1])
    return Growth(path, signal, gradient, measured)


def _root(above: float, below: float) -> float:
    return math.sqrt(max(above, TINY) / max(below, TINY))


TINY = 1e-300


def _measured(material: Material, names: set[str]) -> dict[str, tuple[float, float]]:
    """Of tensors, the mean square of an entry and the sum of squares of the gradient, on a few samples at first values."""
    memory = material.run(material.model.learn, material.arrays(seed=1))
    return {name: (float(np.mean(memory[name] ** 2)), float(np.sum(memory[adjoint_name(name)] ** 2)))
            for name in names if name in memory and adjoint_name(name) in memory}


def _agrees(growth: Growth) -> bool:
    """Whether what was measured went at least half as far, as a power, in the same direction."""
    if growth.measured is None:
        return False
    pairs = ((growth.signal, growth.measured[0]), (growth.gradient, growth.measured[1]))
    return all(math.isfinite(m) and math.log(m) * math.copysign(1, math.log(t)) >= 0.5 * abs(math.log(t)) - 1 for t, m in pairs)


# ---------------------------------------------------------------------------------------------------- words


def _told(code: str, growth: Growth, total: float, material: Material, bound: Bound) -> Diagnostic:
    middle = len(growth.sums) // 2
    before, typical = growth.sums[middle - 1 : middle + 1]
    function = between(material.forward.learn, before.equation, typical)
    now = gain(function, math.sqrt(before.square)) if function is not None else None
    what = "signal" if code == "NN0805" else "gradient"
    text = f"in each of {growth.layers} layers the {what} is multiplied by about {growth.each(total):.2g}"
    if now is not None:
        root, of = (now.square / now.deviation**2, "f(z)²]/E[z²]") if what == "signal" else (now.slope, "f'(z)²]")
        text += f": weights of gain {typical.gain:.2g}, times √E[{of} = {math.sqrt(root):.2g}"
    label = line_label(material.place(typical.weight), text, material.source)
    return problem(code, label[0].span if label else None, label[0].text if label else "",
                   helps=_remedies(code, typical, function, bound), count=growth.layers, part=_part(total))


def _part(number: float) -> str:
    return f"{number:.2g}" if 1e-2 <= number < 1e4 else f"{number:.0e}"


def _remedies(code: str, last: Sum, function: Expr | None, bound: Bound) -> tuple[str, ...]:
    """What to do: the gain that the weights should have, where one helps; else other functions, or normalization."""
    unit = gain(function) if function is not None else None
    others = ["take functions whose slope reaches 1 (`relu`, `selu`)"] if bound.count else []
    others += ["put `batch_normalization` between the layers"]
    others += ["add what comes in to what goes out"] if code == "NN0801" else []
    other = ", or ".join(others) if len(others) < 3 else f"{others[0]}, {others[1]}, or {others[2]}"
    if unit is None:
        return (other,)
    left = unit.ideal * math.sqrt(unit.slope)
    if KEPT[0] <= left <= KEPT[1]:
        setting = last.weight.rpartition(".")[2] + "_initializer"
        return (f"give the weights the gain {unit.ideal:.3g} = 1/√E[f(z)²], z ~ N(0, 1), which keeps the signal; it is "
                f"{last.gain:.3g} now: `{setting} = variance_scaling(scale = {unit.ideal**2:.3g})`", f"or {other}")
    return (f"{other}; no gain of the weights helps: {unit.ideal:.3g}, which keeps the signal, leaves {left:.2g} of the "
            "gradient in each layer",)


def _bounded(bound: Bound, material: Material) -> Diagnostic:
    each = math.exp(bound.slope / bound.count)
    text = f"each slope at most {each:.3g}, {bound.count} times: {each:.3g}^{bound.count}"
    label = line_label(bound.where.origin.place, text, material.source) if bound.where else ()
    helps = ("take functions whose slope reaches 1 (`relu`, `selu`), put `batch_normalization` between the layers, or add what "
             "comes in to what goes out",)
    part = f"at most {_part(math.exp(bound.slope))}"
    return problem("NN0801", label[0].span if label else None, label[0].text if label else "", helps=helps, count=bound.count,
                   part=part, measured="")


# ---------------------------------------------------------------------------------------------------- functions


def between(program: Program, before: Equation, after: Sum) -> Expr | None:
    """The function of one number that stands between two sums, in ENTRY; None where more comes together there."""
    writers = {e.out: e for e in program.equations()}
    read = [e for e in entries(after.equation.expr) if program.tensors[e.tensor].role not in ("parameter", "state")]
    if len(read) != 1:
        return None
    found: Expr = ENTRY
    name = read[0].tensor
    while name != before.out:
        equation = writers.get(name)
        inner = None if equation is None or equation.reduce else _one(equation.expr, program)
        if inner is None:
            return None
        formula, name = inner
        found = _put_in(found, formula)
    return found


def _put_in(function: Expr, inner: Expr) -> Expr:
    return rebuild(function, lambda node: inner if node == ENTRY else None)


def _one(expr: Expr, program: Program) -> tuple[Expr, str] | None:
    """A formula as a function of the only entry that is no parameter, parameters being 0; and the tensor of that entry."""
    read = [e for e in entries(expr) if program.tensors[e.tensor].role not in ("parameter", "state")]
    if len(read) != 1:
        return None

    def change(node: Expr) -> Expr | None:
        if node == read[0]:
            return ENTRY
        return Number(0) if isinstance(node, Read) else None

    return rebuild(expr, change), read[0].tensor
