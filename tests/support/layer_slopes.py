"""A layer's gradients against differences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

STEP = 1e-3
WEIGHTS = {1: 3 / 4, 2: -3 / 20, 3: 1 / 60}
"""Differences of sixth order."""


def apart(random: np.random.Generator, shape: Sequence[int]) -> np.ndarray:
    """Numbers between -2 and 2, no two of them nearer than steps of the differences reach, and none near 0."""
    count = int(np.prod(shape))
    places = (random.permutation(2 * count)[:count] - count + 0.5) * (2 / count)
    return np.asarray(places).reshape(tuple(shape))


def assert_gradients(layer: Any, inputs: Sequence[np.ndarray], tolerance: float = 1e-6, *, training: bool = True,
                     named: Mapping[str, Any] | None = None) -> None:
    """Every gradient of a built layer agrees with differences along random directions.

    Args:
        layer: what is differentiated; its weights are drawn anew.
        inputs: those of whole numbers are not varied.
        tolerance: relative.
        training: which mode.
        named: optional inputs.
    """
    random = np.random.default_rng(11)
    for name, value in layer.weights.items():
        layer.weights[name] = random.uniform(0.3, 1.2, value.shape) * random.choice([-1, 1], value.shape)
        if name in layer.state:
            layer.weights[name] = np.abs(layer.weights[name])
    kept = {name: value.copy() for name, value in layer.weights.items()}

    def outputs(x: Sequence[np.ndarray], weights: Mapping[str, np.ndarray]) -> tuple[np.ndarray, ...]:
        layer.weights.update(weights)
        found = layer.forward(*x, training=training, **(named or {}))
        layer.weights.update(kept)
        return found if isinstance(found, tuple) else (found,)

    upstream = [random.normal(size=y.shape) for y in outputs(inputs, kept)]

    def slope(moved: Any, direction: np.ndarray) -> float:
        total = 0.0
        for k, weight in WEIGHTS.items():
            for sign in (1, -1):
                found = moved(sign * k * STEP * direction)
                total += sign * weight * sum(float(np.sum(u * y)) for u, y in zip(upstream, found, strict=True))
        return total / STEP

    outputs(inputs, kept)
    gradients = layer.backward(*upstream)
    gradients = gradients if isinstance(gradients, tuple) else (gradients,)
    own = layer.gradients
    for number, gradient in enumerate(gradients):
        if gradient is not None:
            direction = random.uniform(-1, 1, gradient.shape) / 10
            want = slope(lambda by, n=number: outputs([x + by if k == n else x for k, x in enumerate(inputs)], kept), direction)
            _close(gradient, direction, want, tolerance, f"input {number}")
    for name, gradient in own.items():
        direction = random.uniform(-1, 1, gradient.shape) / 10
        want = slope(lambda by, n=name: outputs(inputs, {**kept, n: kept[n] + by}), direction)
        _close(gradient, direction, want, tolerance, name)


def _close(gradient: np.ndarray, direction: np.ndarray, want: float, tolerance: float, what: str) -> None:
    terms = gradient * direction
    scale = max(abs(want), float(np.abs(terms).max(initial=0.0)), 1e-3)
    assert abs(float(terms.sum()) - want) <= tolerance * scale, (what, float(terms.sum()), want)
