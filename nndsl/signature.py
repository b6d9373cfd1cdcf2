"""What goes into a model, what comes out, and what it keeps: the part of a model that its user sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Port:
    """Something that goes in or comes out.

    Args:
        name: the user's.
        shape: per sample.
        dtype: `real` or `int`.
        limit: for an int, one more than the largest value allowed; None if anything goes.
        default: for an input that may be left out, its value everywhere; None if it must be given.
    """

    name: str
    shape: tuple[int, ...]
    dtype: Literal["real", "int"] = "real"
    limit: int | None = None
    default: float | None = None


@dataclass(frozen=True)
class Variable:
    """Something kept from step to step.

    Args:
        name: its path, as `dense_1.kernel`; an optimizer's is the weight's path, a colon and its own (`dense_1.kernel:m`).
        shape: its extents; () for a number.
        kind: `parameter`, `state` (a model's) or `optimizer`.
        trainable: whether the optimizer changes it.
        place: `file:line` of its declaration.
    """

    name: str
    shape: tuple[int, ...]
    kind: Literal["parameter", "state", "optimizer"] = "parameter"
    trainable: bool = True
    place: str = ""


@dataclass(frozen=True)
class Metric:
    """A figure of an epoch.

    Args:
        name: how it is reported, as `accuracy`; with several outputs `kind_accuracy`.
        result: the tensor of role `result` that `finish` computes.
    """

    name: str
    result: str


@dataclass(frozen=True)
class Instance:
    """A layer applied once or several times, for `inspect`: one row of the layer table.

    Args:
        name: its path, as `dense_1`.
        definition: the name of its definition.
        inputs, outputs: shapes per sample.
        parameters: paths of its own parameters and states.
        place: `file:line` of its first application.
        span: the characters of that file which apply it: the first, and the one after the last.
    """

    name: str
    definition: str
    inputs: tuple[tuple[int, ...], ...]
    outputs: tuple[tuple[int, ...], ...]
    parameters: tuple[str, ...]
    place: str
    span: tuple[int, int] = (0, 0)
