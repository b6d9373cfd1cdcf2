"""Which points a program is proved at: such as visit many pieces of its formulas, and where what it is for is a number."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from nndsl.ir.equation import Program
from nndsl.verify.plain import Scalars
from nndsl.verify.points import At, Point
from nndsl.verify.reference import points_of
from nndsl.verify.watching import Visits, watched

BUDGET = 400_000
"""Points of a program that are looked at one by one; a model with more is proved at smaller sizes."""

CHEAP = 12_000
"""With fewer, more points are looked at."""

USUAL: Sequence[At] = (At(2, 1), At(1, 2, whole=True), At(3, 3))
"""The points at which a cheap program is proved."""

KINDS: Sequence[At] = (
    At(2, 1), At(2, 2, whole=True, step=0), At(2, 3, positive=True), At(2, 4, spread=4.0), At(2, 5, spread=4.0, whole=True),
    At(2, 6, spread=0.02, step=7), At(2, 7, spread=30.0, whole=True), At(2, 8, spread=0.3, positive=True, whole=True),
    At(2, 9, step=1600), At(2, 10, spread=4.0, step=40_000), At(2, 11, step=140), At(2, 12, empty=True),
)
"""Those of other kinds that are tried."""

MOST = 4
"""Points at which a cheap program is proved besides, where pieces are to be visited still."""


@dataclass(frozen=True)
class Chosen:
    """Points to prove a program at.

    Args:
        points: they; none where it is too large.
        visits: the pieces that they visit.
        finite: whether what the program is for is a number there.
    """

    points: tuple[At, ...]
    visits: Visits
    finite: bool = True


def chosen(program: Program, given: Callable[[At], Point], asked: Collection[str]) -> Chosen:
    """Points for a program: several where that is cheap, and others where they visit pieces that these do not.

    Args:
        program: whose pieces count.
        given: what it is given at a point.
        asked: the tensors that are to be finite numbers.
    """
    usual = _usual(program)
    if not usual:
        return Chosen((), Visits())
    tried = {at: _looked_at(program, at, given(at), asked) for at in _candidates(program, usual[0].batch, usual)}
    finite = {at: seen for at, (seen, numbers) in tried.items() if numbers}
    first = next(iter(finite or tried))
    found, visits = [first], Visits()
    visits.merge(tried[first][0])
    for at in [at for at in usual if at in finite and at != first]:
        found.append(at)
        visits.merge(finite[at])
    for _ in range(_more(program)):
        best = max(finite, key=lambda at: visits.gain(finite[at]), default=None)
        if best is None or not visits.gain(finite[best]):
            break
        found.append(best)
        visits.merge(finite[best])
    return Chosen(tuple(found), visits, bool(finite))


def _usual(program: Program) -> tuple[At, ...]:
    if points_of(program, 1) > BUDGET:
        return ()
    if points_of(program, 2) > BUDGET / 4:
        return (At(1, 1),)
    alike = points_of(program, 1) == points_of(program, 3) > CHEAP / 12  # no batch: other points would show the same
    return (USUAL[0],) if alike or points_of(program, 3) > CHEAP else tuple(USUAL)


def _candidates(program: Program, batch: int, usual: tuple[At, ...]) -> tuple[At, ...]:
    return tuple(dict.fromkeys((*usual, *(replace(at, batch=min(at.batch, batch)) for at in KINDS))))


def _more(program: Program) -> int:
    """How many more points the pieces of a program are worth."""
    return MOST if points_of(program, 3) <= CHEAP else 1 if points_of(program, 2) <= BUDGET / 8 else 0


def _looked_at(program: Program, at: At, point: Point, asked: Collection[str]) -> tuple[Visits, bool]:
    """The pieces that a point visits, and whether what is asked for is finite there."""
    visits = Visits()
    memory = watched(program, point, Scalars(at.batch, step=at.step), visits=visits).memory
    return visits, all(bool(np.isfinite(memory[n]).all()) for n in asked if n in memory)
