"""Activations of bare arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from nndsl.api.pieces.compiled import Chosen, network, real
from nndsl.checking import pieces
from nndsl.ir.equation import adjoint_name
from nndsl.runtime.contract import Array
from nndsl.runtime.network import CompiledNetwork


class Activation:
    """An activation with its settings.

    Args:
        chosen: the definition.
        precision: float32 or float64.
    """

    def __init__(self, chosen: Chosen, precision: str) -> None:
        self.chosen, self.precision = chosen, precision
        pieces.check_activation(chosen.piece)  # at once, before any shape is known

    def __call__(self, x: Any) -> Array:
        """The values at `x`, an array of any shape; all its axes count."""
        x = real(x, self.precision)
        found = self._network(x.shape)
        found.run("forward", 1, {"x": x})
        return found.tensor("forward", found.artifact.output_tensors[0], 1).copy().reshape(found.outputs[0].shape)

    def gradient(self, x: Any, upstream: Any = None) -> Array:
        """The gradient of `sum(upstream * f(x))` with respect to x; upstream is 1 if left out."""
        x = real(x, self.precision)
        found = self._network(x.shape)
        output = found.artifact.output_tensors[0]
        seed = np.broadcast_to(real(1.0 if upstream is None else upstream, self.precision), found.outputs[0].shape)
        found.run("learn", 1, {"x": x, adjoint_name(output): seed})
        return found.tensor("learn", adjoint_name("x"), 1).copy().reshape(x.shape)

    @property
    def formula(self) -> Any:
        """The formula as a SymPy expression in `x`."""
        from nndsl.api.pieces.formulas import formula  # SymPy is loaded only for those who look

        return formula(self.chosen.piece)

    @property
    def derivative(self) -> Any:
        """The derivative of the formula, as a SymPy expression in `x`."""
        from nndsl.api.pieces.formulas import derivative  # as above

        return derivative(self.chosen.piece)

    def _network(self, shape: tuple[int, ...]) -> CompiledNetwork:
        return network(self.chosen, shape, self.precision, lambda p: pieces.activation(p, shape))

