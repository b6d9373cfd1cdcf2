"""Steps put between those of a program, each as soon as all it reads is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from nndsl.ir.equation import Equation, Scan, Step
from nndsl.ir.expression import Index, Read, walk


class Order:
    """The steps of a program, to which others are added.

    Args:
        steps: the program's, or the body of a scan.
        index: that of the scan; what is read at another value of it was written before. "" outside.
    """

    def __init__(self, steps: Iterable[Step], index: str = "") -> None:
        self._index = index
        self._missing = Counter(name for step in steps for name in _written(step))  # writers that are still to come
        self._steps: list[Step] = []
        self._waiting: list[Equation] = []

    def add(self, step: Step, *others: Equation) -> None:
        """The next step of the program, and new ones that read it."""
        self._append(step)
        for other in others:
            self._missing.update(_written(other))
        self._waiting += others
        before = len(self._waiting) + 1
        while before > len(self._waiting):
            before = len(self._waiting)
            self._release()

    def finished(self) -> tuple[Step, ...]:
        """All steps."""
        return (*self._steps, *self._waiting)

    def _append(self, step: Step) -> None:
        self._missing.subtract(_written(step))
        self._steps.append(step)

    def _release(self) -> None:
        """Append what waits no longer; equations that write to the same tensor stay in order."""
        waiting, self._waiting = self._waiting, []
        held: set[str] = set()
        for equation in waiting:
            if equation.out in held or any(self._missing[name] > 0 for name in self._read(equation)):
                self._waiting.append(equation)
                held.add(equation.out)
            else:
                self._append(equation)

    def _read(self, equation: Equation) -> Iterator[str]:
        formulas = (*equation.index, equation.expr, *(formula for formula, _ in equation.guard))
        return (entry.tensor for formula in formulas for entry in walk(formula) if isinstance(entry, Read)
                and (not self._index or Index(self._index) in entry.index))


def _written(step: Step) -> list[str]:
    body = step.body if isinstance(step, Scan) else (step,)
    return [name for equation in body for name in (equation.out, equation.winner) if name]
