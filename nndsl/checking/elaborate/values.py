"""What an expression can mean while a model is built."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nndsl.checking.scope import Found
from nndsl.diagnostics import Span
from nndsl.ir.expression import Expr, Extent, Index, Number, Ranges, substitute

if TYPE_CHECKING:
    from nndsl.checking.elaborate.frame import Thunk

Known = bool | int | float | str | None | tuple["Known", ...]
"""What is known when the model is built: settings, sizes, `let`s; a tuple is a list."""


@dataclass(frozen=True)
class Array:
    """Numbers that are computed when the model runs.

    Args:
        axes: an index and an extent for each axis that is open; () for a single number. The indices stand free in `expr`.
        expr: the entry at those indices. Other free indices belong to the formula that is being written, or to the batch.
    """

    axes: Ranges
    expr: Expr

    @property
    def shape(self) -> tuple[Extent, ...]:
        """The extents of its open axes."""
        return tuple(extent for _, extent in self.axes)

    def at(self, index: tuple[Expr, ...]) -> Expr:
        """The entry at these indices, one an open axis."""
        return substitute(self.expr, {name: new for (name, _), new in zip(self.axes, index, strict=True)})

    def renamed(self, names: tuple[str, ...]) -> Array:
        """The same numbers over axes with other names."""
        return Array(tuple(zip(names, self.shape, strict=True)), self.at(tuple(Index(name) for name in names)))


def number(value: bool | int | float) -> Array:
    """A known number as an array; a truth value counts as 0 or 1."""
    return Array((), Number(int(value) if isinstance(value, bool) else value))


@dataclass(frozen=True)
class Listing:
    """A list that holds more than known values: `[x[0], 0]`, `[forward, backward]`, and what `inputs` takes."""

    items: tuple[Value, ...]


@dataclass(frozen=True)
class Bundle:
    """Several inputs: `(u, v)`."""

    items: tuple[Value, ...]


@dataclass(frozen=True)
class Outputs:
    """What a layer or model with several outputs gives; taken as one value it is the first."""

    items: tuple[tuple[str, Value], ...]

    @property
    def first(self) -> Value:
        """The output that stands for all where one is asked for."""
        return self.items[0][1]


@dataclass(frozen=True)
class Operation:
    """An elementwise primitive as a function: the `tanh` of `dense(8, tanh)`."""

    name: str


@dataclass(frozen=True)
class Given:
    """An argument of a call: `rate = 0.2`, or without a name."""

    name: str | None
    value: Thunk
    span: Span


@dataclass(frozen=True, eq=False)
class Closure:
    """A definition with some of its settings given.

    Args:
        found: the definition, and the scope its own names are looked up in.
        given: the settings, in the order they were given.
        span: where it was named.
        path: the name of the one instance that a `let` made of a layer; "" for a definition that each use makes new.
    """

    found: Found
    given: tuple[Given, ...]
    span: Span
    path: str = ""

    @property
    def name(self) -> str:
        """The definition's."""
        return self.found.definition.name


@dataclass(frozen=True, eq=False)
class Chain:
    """Layers composed with `->`, or copies made by `repeat`.

    Args:
        parts: applied one after the other.
        span: where it stands.
        path: as of a Closure.
        copies: whether the parts are copies of one layer, to be numbered.
    """

    parts: tuple[Closure | Chain | Operation, ...]
    span: Span
    path: str = ""
    copies: bool = False


Function = Closure | Operation
Applicable = Closure | Chain | Operation
Value = Known | Array | Listing | Bundle | Outputs | Closure | Chain | Operation
