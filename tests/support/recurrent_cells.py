"""One step of each recurrent layer, written out in NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np


def sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


def simple_rnn(x: np.ndarray, h: np.ndarray, w: list[np.ndarray]) -> np.ndarray:
    return np.tanh(x @ w[0] + h @ w[1] + w[2])


def gru(x: np.ndarray, h: np.ndarray, w: list[np.ndarray]) -> np.ndarray:
    zx, rx, nx = np.split(x @ w[0] + w[2][0], 3, axis=1)
    zh, rh, nh = np.split(h @ w[1] + w[2][1], 3, axis=1)
    z = sigmoid(zx + zh)
    return z * h + (1 - z) * np.tanh(nx + sigmoid(rx + rh) * nh)


def lstm(x: np.ndarray, h: np.ndarray, c: np.ndarray, w: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    i, f, g, o = np.split(x @ w[0] + h @ w[1] + w[2], 4, axis=1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def drawn(layer: Any) -> list[np.ndarray]:
    """The weights of a layer, drawn anew."""
    random = np.random.default_rng(8)
    for name, value in layer.weights.items():
        layer.weights[name] = random.normal(size=value.shape)
    return [np.array(value) for value in layer.weights.values()]
