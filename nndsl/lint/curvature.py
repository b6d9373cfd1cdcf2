"""The largest curvature of a loss, by power iteration."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nndsl.runtime.network import CompiledNetwork

Array = NDArray[Any]
Product = Callable[[Array], Array]

ROUNDS = 40
SETTLED = 0.01
"""The iteration ends where an estimate moves by less than this part of itself."""
SMALL = 1e-3
"""How far to go for a difference of gradients, in units of the weights' length."""
SAMPLES = 512


def largest_curvature(network: CompiledNetwork, arrays: Mapping[str, Array], seed: int = 0) -> float | None:
    """The largest eigenvalue of the Hessian of the mean loss, at the weights at hand; None if it is not finite.

    Args:
        network: with a loss.
        arrays: samples.
        seed: of the vector that the iteration begins with.

    H v is the difference of the gradients at w + h v and w - h v, over 2 h. What is found is a quotient vᵀHv / vᵀv, so at most
    the eigenvalue itself.
    """
    product = hessian_product(network, arrays)
    size = sum(network.arrays[name].size for name in _trained(network))
    start = np.random.default_rng(seed).normal(size=size)
    found = _dominant(product, start)
    if found is not None and found < 0:  # the eigenvalue of the largest magnitude is negative: look from there upwards
        lowest = found
        shifted = _dominant(lambda v: product(v) - lowest * v, start)
        found = None if shifted is None else shifted + lowest
    return found


def _dominant(product: Product, start: Array) -> float | None:
    """The eigenvalue of the largest magnitude."""
    vector, value = start / np.linalg.norm(start), math.inf
    for _ in range(ROUNDS):
        image = product(vector)
        before, value = value, float(vector @ image)
        length = float(np.linalg.norm(image))
        if not math.isfinite(length):
            return None
        if length == 0 or abs(value - before) <= SETTLED * abs(value):
            break
        vector = image / length
    return value


def hessian_product(network: CompiledNetwork, arrays: Mapping[str, Array]) -> Product:
    """The Hessian at the weights at hand, as what it does to a vector."""
    names = _trained(network)
    network.gradient(arrays)  # the first call may move the arenas
    start = np.concatenate([network.arrays[name].ravel() for name in names]).astype(np.float64)
    step = SMALL * max(float(np.linalg.norm(start)), 1e-3)

    def gradient_at(weights: Array) -> Array:
        _set(network, names, weights)
        network.gradient(arrays)
        return np.concatenate([network.gradients[name].ravel() for name in names]).astype(np.float64)

    def product(vector: Array) -> Array:
        length = float(np.linalg.norm(vector)) or 1.0
        h = step / length
        change = gradient_at(start + h * vector) - gradient_at(start - h * vector)
        _set(network, names, start)
        return np.asarray(change / (2 * h))

    return product


def _trained(network: CompiledNetwork) -> list[str]:
    return [v.name for v in network.variables if v.kind == "parameter" and v.trainable]


def _set(network: CompiledNetwork, names: list[str], weights: Array) -> None:
    at = 0
    for name in names:
        view = network.arrays[name]
        view[...] = weights[at : at + view.size].reshape(view.shape)
        at += view.size
