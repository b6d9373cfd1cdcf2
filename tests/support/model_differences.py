"""Gradients of whole models, held against differences of their loss."""

from __future__ import annotations

import numpy as np

import nndsl

SAMPLES = 6


def assert_gradients_of_model(model: nndsl.Model, *, tolerance: float = 1e-7, seed: int = 3) -> None:
    """Every gradient of a float64 model agrees with differences of its loss along a random direction."""
    generator = np.random.default_rng(seed)
    x, y = random_arrays(model.network.inputs, generator), random_arrays(model.network.targets, generator)
    for name, value in model.weights.items():  # away from zero biases, where many things are flat
        model.weights[name] = value + 0.1 * generator.normal(size=value.shape)
    loss, gradients = model.loss_and_gradients(x, y)
    assert np.isfinite(loss) and set(gradients) <= set(model.weights)
    for name, gradient in gradients.items():
        found = any(agrees(model, x, y, name, gradient, generator, tolerance) for _ in range(6))
        assert found, f"{name}: every direction crosses a kink"


def random_arrays(ports: tuple, generator: np.random.Generator) -> dict[str, np.ndarray]:
    """Values that fit the ports: whole ones below their limit, where they have one, or else 0, 1 and 2."""
    return {port.name: generator.integers(0, port.limit or 3, (SAMPLES, *port.shape)) if port.dtype == "int"
            else generator.normal(size=(SAMPLES, *port.shape)) for port in ports}


def agrees(model: nndsl.Model, x: dict, y: dict, name: str, gradient: np.ndarray, generator: np.random.Generator,
           tolerance: float = 1e-7) -> bool:
    """Compare a gradient with differences along a random direction; False where a kink within the steps forbids it."""
    direction = generator.normal(size=gradient.shape)
    direction /= np.linalg.norm(direction)
    start = model.weights[name].copy()

    def slope(step: float) -> float:
        values = []
        for sign in (1, -1):
            model.weights[name] = start + sign * step * direction
            values.append(model.loss_and_gradients(x, y)[0])
        return (values[0] - values[1]) / (2 * step)

    coarse, middle, fine = (slope(4e-5 / 2**k) for k in range(3))
    model.weights[name] = start
    once = (4 * middle - coarse) / 3, (4 * fine - middle) / 3
    wanted = (16 * once[1] - once[0]) / 15
    scale = max(abs(wanted), float(np.abs(gradient * direction).max(initial=0)), 1e-3)
    if abs(once[1] - once[0]) > tolerance * scale:
        return False
    assert abs(float((gradient * direction).sum()) - wanted) <= tolerance * scale, name
    return True
