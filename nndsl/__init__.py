"""nndsl: a small language for neural networks.

`nndsl.load("model.nn")` gives a model that trains and predicts; `nndsl.activation`, `loss`, `metric`, `optimizer`,
`schedule`, `regularizer`, `initializer` and `layer` give the single pieces of the library.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nndsl.api.model import Model, load, loads, restore
    from nndsl.api.pieces import activation, initializer, layer, loss, metric, optimizer, regularizer, schedule
    from nndsl.diagnostics import NNError
    from nndsl.verify import verify

__version__ = "0.1.0"

__all__ = ["Model", "NNError", "__version__", "activation", "initializer", "layer", "load", "loads", "loss", "metric",
           "optimizer", "regularizer", "restore", "schedule",
           "verify"]

_PLACES = {
    **dict.fromkeys(("Model", "load", "loads", "restore"), "nndsl.api.model"),
    **dict.fromkeys(("activation", "initializer", "layer", "loss", "metric", "optimizer", "regularizer", "schedule"),
                    "nndsl.api.pieces"),
    "NNError": "nndsl.diagnostics",
}


def __getattr__(name: str) -> Any:
    """The public names, found on first use: `nndsl --help` must not wait for NumPy and Numba."""
    if name == "verify":
        return import_module("nndsl.verify")
    if name not in _PLACES:
        raise AttributeError(f"module 'nndsl' has no attribute {name!r}")
    globals()[name] = getattr(import_module(_PLACES[name]), name)
    return globals()[name]


def __dir__() -> list[str]:
    return sorted(__all__)
