"""What is known at a point of a kernel while it is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from nndsl.ir.equation import Equation
from nndsl.ir.expression import Apply, Expr, Read, rebuild, walk


@dataclass(frozen=True)
class Scope:
    """What is known at a point of the kernel.

    Args:
        depth: how many loops and conditions stand around.
        indices: what the loops' indices are called.
        known: the variable that holds a formula's value.
        uses: how often a formula occurs from here to the end of the straight line.
    """

    depth: int = 1
    indices: Mapping[str, str] = field(default_factory=dict)
    known: dict[Expr, str] = field(default_factory=dict)
    uses: Counter[Expr] = field(default_factory=Counter)

    def forget(self, tensors: set[str]) -> None:
        """Forget what reads a tensor that was written."""
        for expr in [e for e in self.known if reads_any(e, tensors)]:
            del self.known[expr]

    def deeper(self, indices: Mapping[str, str] | None = None, without: set[str] | None = None) -> Scope:
        """Inside a loop or condition; forgets what reads a tensor of `without`."""
        known = {e: v for e, v in self.known.items() if not reads_any(e, without or set())}
        return Scope(self.depth + 1, {**self.indices, **(indices or {})}, known, self.uses)


def uses(equation: Equation) -> list[Expr]:
    """Every entry and operation an equation's formulas hold, as often as it occurs."""
    plain = unstopped(equation)
    return [x for e in (plain.expr, *plain.index) for x in walk(e) if isinstance(x, (Read, Apply))]


def unstopped(equation: Equation) -> Equation:
    """The equation with the marks for differentiation taken off, so that equal entries are seen to be equal."""
    def bare(node: Expr) -> Expr | None:
        return rebuild(replace(node, stop=False), bare) if isinstance(node, Read) and node.stop else None

    return replace(equation, expr=rebuild(equation.expr, bare))


def reads_any(expr: Expr, tensors: set[str]) -> bool:
    """Whether a formula reads one of these tensors."""
    return any(isinstance(x, Read) and x.tensor in tensors for x in walk(expr))
