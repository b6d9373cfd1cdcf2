"""What the language itself can do in a formula, besides its signs: one row a function."""

from __future__ import annotations

from dataclasses import dataclass

from nndsl.ir.operations import DRAWS, NESTED_REDUCTIONS, OPERATIONS


@dataclass(frozen=True)
class Primitive:
    """A function that no definition stands behind.

    Args:
        least: how many arguments it needs.
        most: how many it takes; None for any number.
        known: whether its value is known when the model is built, whatever it is applied to.
        pipeline: whether it makes layers, so that it stands after `->` and not in a formula.
        activation: whether its bare name is an activation, since it maps one number to one number.
    """

    least: int
    most: int | None
    known: bool = False
    pipeline: bool = False
    activation: bool = False


def _elementwise() -> dict[str, Primitive]:
    return {name: Primitive(op.arity, op.arity, activation=op.arity == 1) for name, op in OPERATIONS.items() if op.language}


PRIMITIVES: dict[str, Primitive] = {
    **_elementwise(),
    # with one argument these two reduce, with two they compare elementwise
    "min": Primitive(1, 2),
    "max": Primitive(1, 2),
    **{name: Primitive(2, 2) for name in DRAWS},
    "bernoulli": Primitive(1, 1),
    "orthonormal": Primitive(0, 0),
    "stop": Primitive(1, 1),
    "d": Primitive(2, None),
    "rank": Primitive(1, 1, known=True),
    "extent": Primitive(2, 2, known=True),
    "contains": Primitive(2, 2, known=True),
    "reshape": Primitive(2, 2),
    "permute": Primitive(2, 2),
    "join": Primitive(2, 2),
    "einsum": Primitive(2, None),
    "einsum_shape": Primitive(4, None, known=True),
    "einsum_terms": Primitive(1, 1, known=True),
    "repeat": Primitive(2, 2, pipeline=True),
}
"""By name. `sum`, `mean` and the like are in `REDUCTIONS`."""

REDUCTIONS: dict[str, Primitive] = {name: Primitive(1, 1) for name in NESTED_REDUCTIONS}
"""What may stand before index brackets, as in `sum[i](...)`. Without brackets, `softmax` is an activation of the library."""

KEEPS_ITS_INDEX = ("softmax",)
"""What is a value at each point of its index, so that the index may be one that is there already."""

WITHOUT_BRACKETS = {name: row for name, row in REDUCTIONS.items() if name not in ("min", "max", "softmax")}
"""Reductions over all axes but the batch."""

NUMBERS = ("pi", "inf")
"""Names that are numbers everywhere."""


def called(name: str) -> Primitive | None:
    """The primitive that `name(...)` calls, or None."""
    return PRIMITIVES.get(name) or WITHOUT_BRACKETS.get(name)


ACTIVATIONS = tuple(name for name, row in PRIMITIVES.items() if row.activation)
"""The primitives whose bare names are activations."""
