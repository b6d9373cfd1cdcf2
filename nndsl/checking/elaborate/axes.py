"""Which axis of a tensor each entry between index brackets stands on."""

from __future__ import annotations

from nndsl.checking.elaborate.evaluate import known, whole
from nndsl.checking.elaborate.frame import Place
from nndsl.checking.elaborate.mistakes import mistake
from nndsl.checking.words import number_of
from nndsl.diagnostics import Span
from nndsl.syntax.tree import Axis, Dots, Expression


def axis_number(node: Expression, rank: int, place: Place) -> int:
    """The axis that a number means: as Keras counts, the batch is 0; negative ones count from the end.

    Args:
        node: the number.
        rank: how many axes there are, the batch left out.
        place: where it stands; on a bare array, without a batch, all axes count.

    Raises:
        Mistake: there is no such axis.
    """
    value = whole(known(node, place), node.span)
    position = rank + value if value < 0 else value - place.frame.batched
    if not 0 <= position < rank:
        raise mistake("NN0216", node.span, axis=value, rank=rank)
    return position


def positions(axes: tuple[Axis, ...], rank: int, place: Place,
              span: Span | None = None) -> tuple[list[tuple[Axis, int]], list[int] | None]:
    """The axis that each entry of a bracket stands on, and those that its `...` stands for (None without `...`).

    Args:
        axes: the entries.
        rank: how many axes the tensor has.
        place: where the bracket stands.
        span: what messages point at.

    Raises:
        Mistake: there are too many entries, or too few.
    """
    named = [axis for axis in axes if not isinstance(axis.value, Dots)]
    dots = len(named) < len(axes)
    if len(named) > rank or (len(named) < rank and not dots):
        where = span or axes[0].value.span.to(axes[-1].value.span) if axes else span
        raise mistake("NN0204", where, axes=number_of(rank, "axis", "axes"),
                      indices=number_of(len(named), "index", "indices"))
    said = {id(axis): axis_number(axis.place, rank, place) for axis in named if axis.place is not None}
    left = [position for position in range(rank) if position not in said.values()]
    before = _before_dots(axes, said)
    free = len(left) - (len(named) - len(said))
    rest = left[before:before + free]
    plain = iter(left[:before] + left[before + free:])
    placed = [(axis, said[id(axis)] if id(axis) in said else next(plain)) for axis in named]
    return placed, rest if dots else None


def _before_dots(axes: tuple[Axis, ...], said: dict[int, int]) -> int:
    """How many entries without a place of their own stand before the `...`, or all of them."""
    count = 0
    for axis in axes:
        if isinstance(axis.value, Dots):
            return count
        count += id(axis) not in said
    return count


def ordered(placed: list[tuple[Axis, int]], rest: list[int] | None) -> list[tuple[Axis | None, int]]:
    """Axes and positions in the order of the positions; None stands for an axis of `...`."""
    everything: list[tuple[Axis | None, int]] = [*placed, *((None, position) for position in rest or ())]
    return sorted(everything, key=lambda pair: pair[1])
