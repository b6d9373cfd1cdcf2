"""Between what every tensor of a program lies, from what goes in: range analysis."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from nndsl.ir.equation import Equation, Program, Scan
from nndsl.lint.formula_ranges import Ranges
from nndsl.lint.intervals import EVERYTHING, INF, Interval, add, point

ROUNDS = 3
"""How often what leads to itself is gone through before a bound that still moves is given up."""


def ranges(program: Program, given: Mapping[str, Interval]) -> Ranges:
    """The range of every tensor of a program.

    Args:
        program: with flat formulas, without its backward pass.
        given: the ranges of what goes in, of parameters and of states when a step begins; EVERYTHING where it is not there.

    States and recurrences are gone through until nothing moves; a bound that moves for ever is none.
    """
    counts = Counter(equation.out for equation in program.equations())
    writers = {e.out: e for e in program.equations() if counts[e.out] == 1 and not e.accumulate}
    found = {name: given.get(name, EVERYTHING) for name, tensor in program.tensors.items() if tensor.role in GIVEN}
    states = {name for name in found if program.tensors[name].role == "state" and name in counts}
    walk = _Walk(program, writers)
    for number in range(2 * ROUNDS):
        before = {name: found[name] for name in states}
        after = walk.through(found)
        found |= {name: before[name].hull(after[name]) for name in states}
        if all(found[name] == before[name] for name in states):
            break
        if number >= ROUNDS:
            found |= {name: _given_up(before[name], found[name]) for name in states}
    return Ranges({**walk.through(found), **{name: found[name] for name in states}}, writers)


GIVEN = ("input", "target", "parameter", "state", "gradient", "total")


def _given_up(before: Interval, after: Interval) -> Interval:
    """An interval without the bounds that moved."""
    return Interval(after.low if after.low == before.low else -INF, after.high if after.high == before.high else INF)


class _Walk:
    """One way through a program.

    Args:
        program: with flat formulas.
        writers: by tensor, where there is only one.
    """

    def __init__(self, program: Program, writers: Mapping[str, Equation]) -> None:
        self.program, self.writers = program, writers

    def through(self, given: Mapping[str, Interval]) -> dict[str, Interval]:
        """The ranges after a step."""
        found = dict(given)
        written: set[str] = set()
        for step in self.program.steps:
            if isinstance(step, Scan):
                self._scan(step, found, written)
            else:
                self._equation(step, found, written)
        return found

    def _equation(self, equation: Equation, found: dict[str, Interval], written: set[str]) -> None:
        new = Ranges(found, self.writers).reduced(equation)
        role = self.program.tensors[equation.out].role
        if equation.accumulate:
            new = add(new, found[equation.out]) if equation.out in written else new.hull(point(0))
        elif equation.out in written and role not in ("state", "parameter"):
            new = new.hull(found[equation.out])
        found[equation.out] = new
        written.add(equation.out)

    def _scan(self, scan: Scan, found: dict[str, Interval], written: set[str]) -> None:
        """What is written at one value of the index is read at the next; what stood there before is nothing yet."""
        names = {e.out for e in scan.body}
        outside = {name: found[name] for name in names if name in found}
        start = {name: outside.get(name) for name in names}
        for number in range(2 * ROUNDS):
            before = {name: found.get(name) for name in names}
            found |= {name: NOTHING for name in names if before[name] is None}
            for equation in scan.body:
                self._equation(equation, found, set(written) & set(outside))
            for name in names:
                earlier = before[name] or start[name]
                found[name] = found[name] if earlier is None else earlier.hull(found[name])
            if all(found[name] == before[name] for name in names):
                break
            if number >= ROUNDS:
                found |= {name: _given_up(before[name] or found[name], found[name]) for name in names}
        written |= names


NOTHING = Interval(INF, -INF)
"""What holds no number; its hull with an interval is that interval."""
