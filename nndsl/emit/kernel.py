"""A jitted function as text, and what one call of it is given."""

from __future__ import annotations

from dataclasses import dataclass

from nndsl.emit.access import View
from nndsl.ir.affine import Poly
from nndsl.ir.expression import Index


@dataclass(frozen=True)
class Share:
    """How the turns of a kernel's outermost loop are shared between threads.

    Args:
        extent: the parameter that says how many there are.
        extents: the parameters whose product is the number of points.
        steps: for each view that moves along, the parameters whose product is how far it goes in a turn.
    """

    extent: str
    extents: tuple[str, ...]
    steps: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Kernel:
    """A jitted function and what one call of it is given.

    Args:
        lines: the body.
        views, numbers, scalars: its parameters, in this order.
        names: every name in the body that depends on the user's, in order of appearance.
        share: how its work may be shared between threads, if it may.
    """

    lines: tuple[str, ...]
    views: tuple[View, ...]
    numbers: tuple[tuple[str, Poly | Index], ...]
    scalars: tuple[str, ...]
    names: tuple[str, ...]
    share: Share | None = None

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of all parameters."""
        return (*(v.name for v in self.views), *(n for n, _ in self.numbers), *self.scalars)
