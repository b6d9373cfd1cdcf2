"""Many quotients by the same entry become products with its reciprocal: `x[n,c] / s[n]` is `x[n,c] · (1 / s)[n]`.

A division costs as much as ten products. The result may be off by one more unit in the last place, as `x · (1 / s)` is rounded
twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import prod

from nndsl.ir.equation import Equation, Program, Step, Tensor
from nndsl.ir.expression import BATCH, Apply, Draw, Expr, Index, Number, Ranges, Read, apply, indices, rebuild, substitute, walk

ENOUGH = 16
"""Quotients by an entry, from which on a reciprocal pays."""


def reciprocals(program: Program) -> Program:
    """The program with the reciprocals of what many entries are divided by, but for the equations of scans."""
    found = _Reciprocals(dict(program.tensors))
    steps: list[Step] = []
    for step in program.steps:
        steps.extend(found.used(step) if isinstance(step, Equation) else [step])
        found.forget({name for equation in Program({}, (step,)).equations() for name in equation.written})
    return Program(found.tensors, tuple(steps))


class _Reciprocals:
    """The reciprocals at hand.

    Args:
        tensors: of the program; those of reciprocals are added.
    """

    def __init__(self, tensors: dict[str, Tensor]) -> None:
        self.tensors = tensors
        self._known: dict[tuple[Expr, Ranges], str] = {}

    def used(self, equation: Equation) -> list[Equation]:
        """An equation that multiplies, after those of the reciprocals that it asks for first."""
        before: list[Equation] = []

        def change(node: Expr) -> Expr | None:
            match node:
                case Apply("div", (above, below)) if self._worthwhile(below, equation):
                    return apply("mul", rebuild(above, change), self._reciprocal(below, equation, before))
            return None

        expr = rebuild(equation.expr, change) if not equation.guard else equation.expr
        return [*before, replace(equation, expr=expr)]

    def forget(self, written: set[str]) -> None:
        """Forget the reciprocals of what has been written since."""
        self._known = {key: name for key, name in self._known.items()
                       if not any(isinstance(node, Read) and node.tensor in written for node in walk(key[0]))}

    def _worthwhile(self, below: Expr, equation: Equation) -> bool:
        """Whether a divisor is the same for many points, and can be computed apart from them."""
        nodes, names = list(walk(below)), set(indices(below))
        entries = [node for node in nodes if isinstance(node, Read)]
        plain = all(entry.other is None and all(isinstance(i, Index) for i in entry.index)
                    and self.tensors[entry.tensor].dtype == "real" for entry in entries)
        points = prod(ENOUGH if extent == BATCH else int(extent) for name, extent in equation.ranges if name not in names)
        return bool(entries) and plain and points >= ENOUGH and not any(isinstance(node, Draw) for node in nodes)

    def _reciprocal(self, below: Expr, equation: Equation, before: list[Equation]) -> Read:
        names = indices(below)
        ranges = tuple(axis for axis in equation.ranges if axis[0] in names)
        index = tuple(Index(name) for name, _ in ranges)
        places: Mapping[str, Expr] = {name: Index(f"#{place}") for place, (name, _) in enumerate(ranges)}
        key = substitute(below, places), tuple((f"#{place}", extent) for place, (_, extent) in enumerate(ranges))
        if key not in self._known:
            name = f"reciprocal in {equation.out}"
            while name in self.tensors:
                name += "'"
            self._known[key] = name
            self.tensors[name] = Tensor(name, tuple(extent for _, extent in ranges))
            origin = replace(equation.origin, note=(equation.origin.note + " reciprocal").strip())
            before.append(Equation(name, index, ranges, apply("div", Number(1), below), origin=origin))
        return Read(self._known[key], index)
