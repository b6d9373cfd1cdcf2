"""The single pieces of the library, from Python: each is compiled for the shapes it meets."""

from __future__ import annotations

from typing import Any

from nndsl.api.pieces.activations import Activation
from nndsl.api.pieces.compiled import piece
from nndsl.api.pieces.layers import Layer
from nndsl.api.pieces.losses import Loss
from nndsl.api.pieces.metrics import Metric
from nndsl.api.pieces.numbers import Initializer, Regularizer, Schedule
from nndsl.api.pieces.optimizers import Optimizer

__all__ = ["activation", "initializer", "layer", "loss", "metric", "optimizer", "regularizer", "schedule"]


def activation(name: str, *settings: Any, precision: str = "float64", source: str | None = None, **named: Any) -> Activation:
    """The activation `name` with settings, as `activation("leaky_relu", negative_slope=0.1)`.

    Args:
        name: of the library, or of the file `source`.
        settings, named: as in the language; strings name definitions where one is expected.
        precision: float64 or float32.
        source: a .nn file whose definitions may be used too.

    Raises:
        NNError: for an unknown name or setting.
    """
    return Activation(piece("activation", name, settings, named, source), precision)


def loss(name: str, *settings: Any, precision: str = "float64", source: str | None = None, **named: Any) -> Loss:
    """The loss `name` with settings; arguments as for `activation`."""
    return Loss(piece("loss", name, settings, named, source), precision)


def metric(name: str, *settings: Any, precision: Any = "float64", source: str | None = None, **named: Any) -> Metric:
    """The metric, or the loss to be averaged, `name` with settings; arguments as for `activation`.

    A `precision` that is no string is the metric's setting of that name.
    """
    if not isinstance(precision, str):
        named, precision = {**named, "precision": precision}, "float64"
    return Metric(piece("metric", name, settings, named, source), precision)


def optimizer(name: str, *settings: Any, precision: str = "float64", source: str | None = None, **named: Any) -> Optimizer:
    """The optimizer `name` with settings; arguments as for `activation`."""
    return Optimizer(piece("optimizer", name, settings, named, source), precision)


def schedule(name: str, *settings: Any, precision: str = "float64", source: str | None = None, **named: Any) -> Schedule:
    """The schedule `name` with settings; arguments as for `activation`."""
    return Schedule(piece("schedule", name, settings, named, source), precision)


def regularizer(name: str, *settings: Any, precision: str = "float64", source: str | None = None, **named: Any) -> Regularizer:
    """The regularizer `name` with settings; arguments as for `activation`."""
    return Regularizer(piece("regularizer", name, settings, named, source), precision)


def initializer(name: str, *settings: Any, precision: str = "float64", source: str | None = None, **named: Any) -> Initializer:
    """The initializer `name` with settings; arguments as for `activation`."""
    return Initializer(piece("initializer", name, settings, named, source), precision)


def layer(name: str, *settings: Any, precision: str = "float64", source: str | None = None, **named: Any) -> Layer:
    """The layer `name` with settings; `.build(shape)` draws its weights. Arguments as for `activation`."""
    return Layer(piece("layer", name, settings, named, source), precision)
