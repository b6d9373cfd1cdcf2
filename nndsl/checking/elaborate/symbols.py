"""The indices of a formula, and how far each runs."""

from __future__ import annotations

from dataclasses import dataclass, field

from nndsl.checking.elaborate.builder import Indices
from nndsl.checking.elaborate.mistakes import Mistake, mistake
from nndsl.checking.elaborate.values import Value
from nndsl.diagnostics import Label, Span
from nndsl.ir.expression import BATCH, Extent
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
        computed: where it is part of an index, and how far the axis runs on which that stands.
    """

    name: str
    span: Span
    extent: Extent | None = None
    said: bool = False
    where: Span | None = None
    unique: str = ""
    computed: tuple[Span, Extent] | None = None


@dataclass(frozen=True)
class Standing:
    """Symbols that share an axis: alone, or as parts of a group."""

    parts: tuple[Symbol, ...]
    extent: Extent
    span: Span


@dataclass(frozen=True)
class Alike:
    """Two symbols on one axis of the tensor that is being defined: that of its left side, and one where it is read."""

    left: Symbol
    read: Symbol
    span: Span

    def told(self) -> bool:
        """Conclude the extent of one from the other's, or compare; whether something new was found."""
        for one, other in ((self.left, self.read), (self.read, self.left)):
            if one.extent is None and other.extent is not None:
                settle(Standing((one,), other.extent, self.span), [one])
                return True
        if self.left.extent is not None:
            settle(Standing((self.read,), self.left.extent, self.span), [])
        return False


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


def solve(analysis: Analysis, standing: list[Standing], alike: list[Alike], indices: Indices, cut: bool) -> None:
    """Give every symbol its extent.

    Args:
        analysis: the symbols.
        standing: where they stand alone, or share an axis with others.
        alike: which run along the same axis.
        indices: names them.
        cut: whether a formula that is still being looked at may say more.

    Raises:
        Mistake: an index runs to two different extents, or nothing says how far.
    """
    left = list(standing)
    progress = True
    while progress:
        progress = False
        for one in list(left):
            missing = [symbol for symbol in one.parts if symbol.extent is None]
            if len(missing) <= 1:
                left.remove(one)
                settle(one, missing)
                progress = True
        progress |= any(list(map(Alike.told, alike)))
    for symbol in (*analysis.left.values(), *(s for bound in analysis.bound.values() for s in bound.values())):
        if symbol.extent is None:
            raise (Unfinished if cut else Untold)(_unknown(symbol).diagnostic)
        symbol.unique = symbol.unique or indices.new(symbol.name, symbol.extent)


def _unknown(symbol: Symbol) -> Mistake:
    """Nothing says how far an index runs."""
    if symbol.computed is None:
        return mistake("NN0210", symbol.span, name=symbol.name, helps=(f"say it: `{symbol.name} < extent`",))
    where, extent = symbol.computed
    also = (Label(where, f"stands on an axis of {extent} entries, and `{symbol.name}` alone on none"),)
    helps = (f"say it: `{symbol.name} < {extent}`", f"where `{where.text}` then leaves the axis: `(x[...] else 0)`")
    return mistake("NN0210", symbol.span, also=also, helps=helps, name=symbol.name)


def settle(standing: Standing, missing: list[Symbol]) -> None:
    """Conclude the extent of the one symbol of an axis that is unknown, or compare."""
    if len(standing.parts) == 1:
        symbol = standing.parts[0]
        if missing:
            symbol.extent, symbol.where = standing.extent, standing.span
        elif not symbol.said and symbol.extent != standing.extent:
            also = (Label(symbol.where, f"runs to {symbol.extent}"),) if symbol.where else ()
            raise mistake("NN0201", standing.span, f"runs to {standing.extent}", also=also, name=symbol.name,
                          first=symbol.extent, second=standing.extent)
        return
    product = 1
    for symbol in standing.parts:
        product *= int(symbol.extent) if symbol.extent not in (None, BATCH) else 1
    if standing.extent == BATCH or int(standing.extent) % product or (not missing and product != standing.extent):
        raise mistake("NN0215", standing.span, extent=standing.extent, product=product)
    for symbol in missing:
        symbol.extent, symbol.where = int(standing.extent) // product, standing.span
