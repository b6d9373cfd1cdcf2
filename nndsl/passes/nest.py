"""Loop nests: loops around equations, the form between fusing and writing."""

from __future__ import annotations

from dataclasses import dataclass

from nndsl.ir.affine import Poly
from nndsl.ir.equation import Equation
from nndsl.ir.expression import Ranges


@dataclass(frozen=True)
class Leaf:
    """An equation at one point of the loops around it.

    Args:
        equation: its indices carry the names of those loops.
        inner: the reduced ranges it runs over by itself, in a register.
        clear: whether it sets its entry to zero here, to accumulate further in.
        given: the equation as the program has it, for readers; None for a clearing.
        unrolled: whether the inner ranges are written out, point by point.
    """

    equation: Equation
    inner: Ranges = ()
    clear: bool = False
    given: Equation | None = None
    unrolled: bool = False


@dataclass(frozen=True)
class Loop:
    """`for index in range(extent): body`"""

    index: str
    extent: Poly
    body: tuple[Block, ...]


Block = Loop | Leaf


@dataclass(frozen=True)
class Nest:
    """Loops that run together as one kernel."""

    body: tuple[Block, ...]

    def equations(self) -> tuple[Equation, ...]:
        """What it computes, in order; a clearing is not an equation of its own."""
        return tuple(leaf.equation for leaf in leaves(self.body) if not leaf.clear)

    def given(self) -> tuple[Equation, ...]:
        """The program's equations that it computes, in order."""
        return tuple(leaf.given for leaf in leaves(self.body) if leaf.given)


def leaves(body: tuple[Block, ...]) -> list[Leaf]:
    """Every equation inside loops, in order."""
    return [x for b in body for x in (leaves(b.body) if isinstance(b, Loop) else [b])]
