"""What the `data` and `train` blocks say, as plain frozen values that turn into JSON and back."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, Literal

T = typing.TypeVar("T")
Value = bool | int | float | str | None
Mode = Literal["auto", "min", "max"]


@dataclass(frozen=True)
class DataSource:
    """Where the data come from: `sklearn("digits")`, `csv("f.csv")`, ...

    Args:
        kind: sklearn, csv, parquet, npz, npy or idx.
        names: what stood in the brackets.
        place: `file:line` of the setting, for messages.
    """

    kind: str
    names: tuple[str, ...]
    place: str = ""


@dataclass(frozen=True)
class Binding:
    """`input x = columns(a, b)`, `target y = c`: which columns or arrays make a port."""

    port: str
    columns: tuple[str, ...]
    place: str = ""


@dataclass(frozen=True)
class Transform:
    """`scale x: standard`, `impute a: median`, `encode a, b: one_hot`.

    Args:
        kind: scale, impute or encode.
        names: ports or columns.
        method: standard, minmax, divide, median, one_hot, ...
        argument: the 255 of `divide(255)`.
    """

    kind: str
    names: tuple[str, ...]
    method: str
    argument: Value = None
    place: str = ""


@dataclass(frozen=True)
class Split:
    """Shares of the data, which add up to at most 1."""

    train: float = 1.0
    validation: float = 0.0
    test: float = 0.0
    stratify: bool = False
    shuffle: bool = True
    seed: int = 0


@dataclass(frozen=True)
class DataSettings:
    """The `data` block."""

    source: DataSource
    inputs: tuple[Binding, ...] = ()
    targets: tuple[Binding, ...] = ()
    weight: str | None = None
    transforms: tuple[Transform, ...] = ()
    split: Split = Split()


@dataclass(frozen=True)
class EarlyStop:
    """`early_stop val_loss, patience = 5, min_delta = 0.001`; `mode` says whether less (`min`) or more (`max`) is better."""

    monitor: str
    patience: int = 0
    min_delta: float = 0.0
    restore_best: bool = False
    mode: Mode = "auto"


@dataclass(frozen=True)
class Checkpoint:
    """`checkpoint best val_loss` or `checkpoint every 5` (epochs); exactly one of the two is not None."""

    best: str | None = None
    every: int | None = None
    mode: Mode = "auto"


@dataclass(frozen=True)
class Plateau:
    """`reduce_on_plateau val_loss, factor = 0.1, patience = 10`"""

    monitor: str
    factor: float = 0.1
    patience: int = 10
    min_delta: float = 1e-4
    mode: Mode = "auto"


@dataclass(frozen=True)
class TrainSettings:
    """The `train` block, less the loss, metrics and optimizer, which are formulas."""

    epochs: int = 1
    batch: int = 32
    seed: int = 0
    shuffle: bool = True
    precision: Literal["float32", "float64"] = "float32"
    class_weight: Mapping[str, float] = field(default_factory=dict)
    early_stop: EarlyStop | None = None
    checkpoint: Checkpoint | None = None
    reduce_on_plateau: Plateau | None = None
    tensorboard: bool = False


def to_json(value: Any) -> Any:
    """Frozen dataclasses, tuples and mappings as plain JSON values."""
    if is_dataclass(value):
        return {f.name: to_json(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {k: to_json(v) for k, v in value.items()}
    if isinstance(value, (tuple, list)):
        return [to_json(v) for v in value]
    return value


def from_json(kind: type[T], value: Any) -> T:
    """The value of type `kind` that `to_json` wrote; unknown fields are an error."""
    return _decode(kind, value)  # type: ignore[no-any-return]


def _decode(kind: Any, value: Any) -> Any:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        if value is None or not any(is_dataclass(a) for a in arguments):
            return value
        return _decode(next(a for a in arguments if is_dataclass(a)), value)
    if origin is tuple:
        inner = [arguments[0]] * len(value) if arguments[1:] == (...,) else list(arguments)
        return tuple(_decode(k, v) for k, v in zip(inner, value, strict=True))
    if origin in (dict, Mapping) or (isinstance(origin, type) and issubclass(origin, Mapping)):
        return {k: _decode(arguments[1], v) for k, v in value.items()}
    if is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return kind(**{k: _decode(hints[k], v) for k, v in value.items()})  # type: ignore[operator]
    return value
