"""What Python users see: models and the single pieces of the library."""

from nndsl.api.model import Model, load, loads, restore
from nndsl.api.pieces import activation, initializer, layer, loss, metric, optimizer, regularizer, schedule

__all__ = ["Model", "activation", "initializer", "layer", "load", "loads", "loss", "metric", "optimizer", "regularizer",
           "restore", "schedule"]
