"""The interpreter of programs, watched: which pieces of piecewise formulas a point visits, and what passes no gradient."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nndsl.ir.elementwise import ELEMENTWISE, unified
from nndsl.ir.equation import Equation, Program
from nndsl.ir.expression import Apply, Draw, Expr, Read, Scalar, walk
from nndsl.ir.interpreter import Machine, Scope, machine_for
from nndsl.ir.printer import expression_text
from nndsl.verify.plain import Scalars
from nndsl.verify.report import Piece, Pieces

Array = NDArray[Any]


PARTS: Mapping[str, tuple[tuple[str, Callable[..., Any]], ...]] = {
    "where": (("{0}", lambda c, a, b: c != 0), ("not ({0})", lambda c, a, b: c == 0)),
    "abs": (("{0} > 0", lambda x: x > 0), ("{0} < 0", lambda x: x < 0)),
    "sign": (("{0} > 0", lambda x: x > 0), ("{0} < 0", lambda x: x < 0)),
    "max": (("{0} > {1}", lambda a, b: a > b), ("{0} < {1}", lambda a, b: a < b)),
    "min": (("{0} < {1}", lambda a, b: a < b), ("{0} > {1}", lambda a, b: a > b)),
    "clip": (("{0} < {1}", lambda x, low, high: x < low), ("{1} < {0} < {2}", lambda x, low, high: (low < x) & (x < high)),
             ("{0} > {2}", lambda x, low, high: x > high)),
}
"""The pieces of each piecewise operation: what holds on them, in words and in numbers."""


Key = tuple[str, str]
"""A piecewise formula: its place, and its text with full names, which is the same in every program of a model."""


@dataclass
class Visits:
    """Which pieces were visited.

    Args:
        formulas: every piecewise formula that was met.
        seen: for each, whether its pieces were.
    """

    formulas: dict[Key, Apply] = field(default_factory=dict)
    seen: dict[Key, tuple[bool, ...]] = field(default_factory=dict)
    _keys: dict[int, tuple[Apply, Key]] = field(default_factory=dict)

    def add(self, place: str, expr: Apply, seen: Iterable[bool]) -> None:
        """Count a visit."""
        if id(expr) not in self._keys:
            self._keys[id(expr)] = expr, (place, expression_text(expr, short=False))
        self._put(self._keys[id(expr)][1], expr, tuple(seen))

    def _put(self, key: Key, expr: Apply, seen: tuple[bool, ...]) -> None:
        before = self.seen.get(key)
        self.formulas.setdefault(key, expr)
        self.seen[key] = tuple(a or b for a, b in zip(before, seen, strict=True)) if before else seen

    def merge(self, other: Visits) -> None:
        """Count the visits of another point or program."""
        for key, expr in other.formulas.items():
            self._put(key, expr, other.seen[key])

    def gain(self, other: Visits) -> int:
        """How many pieces another point would visit first."""
        return sum(b and not a for key, seen in other.seen.items()
                   for a, b in zip(self.seen.get(key, (False,) * len(seen)), seen, strict=True))

    def pieces(self) -> Pieces:
        """How many there are, and which were missed."""
        missed: dict[Piece, None] = {}
        for key, expr in self.formulas.items():
            operands = [expression_text(x) for x in expr.operands]
            for (text, _), seen in zip(PARTS[expr.operation], self.seen[key], strict=True):
                if not seen:
                    missed[Piece(key[0], expression_text(expr), text.format(*operands))] = None
        return Pieces(sum(map(len, self.seen.values())), sum(map(sum, self.seen.values())), tuple(missed))


@dataclass
class Watching(Machine):
    """A machine that notes which pieces are visited, and lets what passes no gradient stay as it was.

    Args:
        visits: where pieces go; None if nobody asks.
        held: the entries through which no gradient passes, in the order in which they are read, as they are to stay; None to
            let them vary.
        passing: filled with the same, as they were.
    """

    visits: Visits | None = None
    held: list[Array] | None = None
    passing: list[Array] = field(default_factory=list)
    place: str = ""

    def equation(self, equation: Equation) -> None:
        """Compute all values of an equation, then write them."""
        self.place = equation.origin.place
        super().equation(equation)

    def value(self, expr: Expr, scope: Scope) -> Array:
        """The values of a formula."""
        if self.visits is None or not isinstance(expr, Apply) or expr.operation not in PARTS:
            return super().value(expr, scope)
        first = self.value(expr.operands[0], scope)
        rest = [self.value(x, inner) for x, inner in zip(expr.operands[1:], self._inside(expr, first, scope), strict=True)]
        operands = unified([first, *rest], self.real)
        if depends_on_data(expr.operands if expr.operation != "where" else expr.operands[:1]):
            counts = True if scope.counts is None else scope.counts
            self.visits.add(self.place, expr, (bool(np.any(holds(*operands) & counts)) for _, holds in PARTS[expr.operation]))
        result = ELEMENTWISE[expr.operation](*operands)
        return result.astype(self.real, copy=False) if result.dtype.kind in "fc" else result

    def _inside(self, expr: Apply, first: Array, scope: Scope) -> list[Scope]:
        """The scopes of the other operands: in a branch, only the points count where it is taken."""
        if expr.operation != "where":
            return [scope] * (len(expr.operands) - 1)
        taken = np.asarray(first != 0)
        return [replace(scope, counts=here if scope.counts is None else scope.counts & here) for here in (taken, ~taken)]

    def _read(self, read: Read, scope: Scope) -> Array:
        found = super()._read(read, scope)
        if not read.stop:
            return found
        self.passing.append(found)
        if self.held is None:
            return found
        return self.held[len(self.passing) - 1].astype(found.dtype)


def depends_on_data(operands: Iterable[Expr]) -> bool:
    """Whether formulas read anything that can vary, besides indices."""
    return any(isinstance(node, (Read, Draw, Scalar)) for x in operands for node in walk(x))


def watched(program: Program, point: Mapping[str, Array], scalars: Scalars, *, dtype: Any = np.float64,
            visits: Visits | None = None, held: list[Array] | None = None) -> Watching:
    """A program run under watch.

    Args:
        program: with flat formulas.
        point: what is given; arrays of tensors that the program has not are passed over.
        scalars: batch size and the like.
        dtype: of real tensors.
        visits: where pieces go.
        held: entries that stay, as another run found them.
    """
    arrays = {n: a for n, a in point.items() if n in program.tensors}
    plain = machine_for(program, arrays, batch=scalars.batch, step=scalars.step, seed=scalars.seed, rate=scalars.rate,
                        dtype=dtype)
    machine = Watching(**vars(plain), visits=visits, held=held)
    machine.run(program)
    return machine
