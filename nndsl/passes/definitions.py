"""What an entry of a tensor was computed from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from nndsl.ir.equation import Equation, Program
from nndsl.ir.expression import Draw, Expr, Index, Read, Reduce, substitute, walk


class Definitions:
    """The elementwise equations of a program, as formulas that may stand for what they write.

    Args:
        program: its tensors that are written by one equation, whole, at plain indices, with no guard, sum or draw, from
            tensors that do not change afterwards.
    """

    def __init__(self, program: Program) -> None:
        written = Counter(equation.out for equation in program.equations())
        kept = {name for name, tensor in program.tensors.items() if tensor.role in ("parameter", "state", "total")}
        self._changing = {name for name, count in written.items() if name in kept}
        self._equations = {equation.out: equation for equation in program.equations()
                           if written[equation.out] == 1 and self._plain(equation, program)}

    def _plain(self, equation: Equation, program: Program) -> bool:
        names = [node.name for node in equation.index if isinstance(node, Index)]
        axes = zip(names, program.tensors[equation.out].shape, strict=False)
        nodes = list(walk(equation.expr))
        return (len(names) == len(equation.index) == len(equation.ranges) and dict(axes) == dict(equation.ranges)
                and not (equation.reduce or equation.accumulate or equation.guard)
                and program.tensors[equation.out].role == "temporary" and program.tensors[equation.out].dtype == "real"
                and not any(isinstance(node, (Draw, Reduce)) for node in nodes)
                and not any(isinstance(node, Read) and node.tensor in {equation.out, *self._changing} for node in nodes))

    def update(self, equation: Equation) -> None:
        """Take note that an equation's formula has been rewritten to an equal one."""
        if equation.out in self._equations:
            self._equations[equation.out] = equation

    def __call__(self, entry: Read) -> Expr | None:
        """The formula of an entry, over the indices it is read at; None if it is none or the gradient stops there."""
        equation = self._equations.get(entry.tensor)
        if equation is None or entry.other is not None or entry.stop:
            return None
        new: Mapping[str, Expr] = {index.name: formula for index, formula in zip(equation.index, entry.index, strict=True)
                                   if isinstance(index, Index)}
        return substitute(equation.expr, new)
