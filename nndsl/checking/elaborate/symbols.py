"""The indices of a formula, and how far each runs."""

from __future__ import annotations

from dataclasses import dataclass, field

from nndsl.checking.elaborate.mistakes import Mistake
from nndsl.checking.elaborate.values import Value
from nndsl.diagnostics import Span
from nndsl.ir.expression import Extent
from nndsl.syntax.tree import Expression


@dataclass(eq=False)
class Symbol:
    """An index of a formula.

    Args:
        name: what the user calls it.
        span: where it is introduced.
        extent: how far it runs, once known.
        said: whether that was said with `<`.
        where: where it was found out.
        unique: its own name, once its extent is known.
    """

    name: str
    span: Span
    extent: Extent | None = None
    said: bool = False
    where: Span | None = None
    unique: str = ""


@dataclass(frozen=True)
class Standing:
    """Symbols that share an axis: alone, or as parts of a group."""

    parts: tuple[Symbol, ...]
    extent: Extent
    span: Span


@dataclass(eq=False)
class Analysis:
    """What is known about the indices of one formula.

    Args:
        left: the symbols that its left side names, and those it leaves open, in order of appearance.
        bound: the symbols of each reduction, by the identity of its `sum[i]` node.
        groups: the parts of each group, by the identity of its node; a part that is no index has a symbol of its own.
        dots: the extents of the axes that `...` stands for; None where nothing says.
        values: what has been elaborated already, by the identity of the node.
        open: the indices that the left side does not name, and "..." where that is one of them, in order of appearance.
        places: the `axis` of each `c @ axis`.
        alone: the heads of pipelines that are formulas with indices of their own, by the identity of the node.
    """

    left: dict[str, Symbol] = field(default_factory=dict)
    bound: dict[int, dict[str, Symbol]] = field(default_factory=dict)
    groups: dict[int, tuple[Symbol, ...]] = field(default_factory=dict)
    dots: tuple[Extent, ...] | None = None
    values: dict[int, Value] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)
    places: dict[str, Expression] = field(default_factory=dict)
    alone: set[int] = field(default_factory=set)


class Untold(Mistake):
    """Nothing in a formula says how far one of its indices runs."""


class Unfinished(Untold):
    """The same, but a formula that is still being looked at may say it."""
