"""Entries that may leave their axis, in layers of a user's: values against NumPy, gradients against differences."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nndsl

SHAPE = (7, 3)


def shifted(x: np.ndarray, by: int, fill: float = 0.0) -> np.ndarray:
    """x[t + by], `fill` where that leaves the axis."""
    out = np.full_like(x, fill)
    for t in range(x.shape[1]):
        if 0 <= t + by < x.shape[1]:
            out[:, t] = x[:, t + by]
    return out


LAYERS: dict[str, tuple[str, Callable[[np.ndarray], Any]]] = {
    "differences": (
        "output y[t < T, c < C] = (x[t + 1, c] else 0) - (x[t - 1, c] else 0)",
        lambda x: shifted(x, 1) - shifted(x, -1)),
    "a number other than zero": ("output y[t < T, c < C] = exp(x[t - 2, c] else -1)", lambda x: np.exp(shifted(x, -2, -1.0))),
    "a formula instead": (
        "output y[t < T, c < C] = (x[t + 1, c] else x[0, c]^2)",
        lambda x: np.concatenate([x[:, 1:], x[:, :1] ** 2], 1)),
    "a window": (
        "output y[t < T, c < C] = sum[k < 3](k * (x[t + k - 1, c] else 0))",
        lambda x: x + 2 * shifted(x, 1)),
    "the largest of a window": (
        "output y[p < 4, c] = max[k < 3]((x[p * 2 + k - 1, c] else -1e30))",
        lambda x: np.stack([np.pad(x, ((0, 0), (1, 1), (0, 0)), constant_values=-1e30)[:, 2 * p:2 * p + 3].max(1)
                            for p in range(4)], 1)),
    "two axes": (
        "output y[t < T, c < C] = (x[t + 1, c - 1] else 0.5)",
        lambda x: np.where((np.arange(7) == 6)[:, None] | (np.arange(3) == 0), 0.5, np.roll(x, (-1, 1), (1, 2)))),
    "of an equation": (
        "h[t, c] = tanh(x[t, c]); output y[t, c] = h[t, c] * (h[t - 1, c] else 0)",
        lambda x: np.tanh(x) * shifted(np.tanh(x), -1)),
    "of a formula": (
        "output y[t < T, c < C] = ((2 * x)[t - 1, c] else 0)",
        lambda x: 2 * shifted(x, -1)),
    "dilated": (
        "output y[t < T, c < C] = (x[t - 4, c] else 0) + (x[t + 2, c] else 0)",
        lambda x: shifted(x, -4) + shifted(x, 2)),
    "upsampled with zeros": (
        "output y[t < 13, c] = where(mod(t, 2) == 0, (x[t // 2, c] else 0), 0)",
        lambda x: np.stack([x[:, t // 2] * (t % 2 == 0) for t in range(13)], 1)),
    "shown backwards": (
        "output y[t < T, c < C] = (x[5 - t, c] else 0)",
        lambda x: np.stack([x[:, 5 - t] if t <= 5 else 0 * x[:, 0] for t in range(7)], 1)),
}


@pytest.fixture(params=LAYERS)
def case(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Any, Callable[[np.ndarray], Any]]:
    body, expected = LAYERS[request.param]
    path = tmp_path / "windows.nn"
    path.write_text(f"layer window() {{\n    input x[T, C]\n    {body}\n}}\n")
    return nndsl.layer("window", source=str(path)).build(SHAPE), expected


def test_windows(case: tuple[Any, Callable[[np.ndarray], Any]]) -> None:
    layer, expected = case
    random = np.random.default_rng(3)
    x = random.normal(size=(4, *SHAPE))
    np.testing.assert_allclose(layer.forward(x), expected(x), rtol=1e-12, atol=1e-12)
    upstream, direction = random.normal(size=np.shape(expected(x))), random.normal(size=x.shape)
    gradient = layer.backward(upstream)
    step = 1e-5
    slope = np.sum(upstream * (expected(x + step * direction) - expected(x - step * direction))) / (2 * step)
    np.testing.assert_allclose(np.sum(gradient * direction), slope, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize(("read", "expected"), [
    ("(h[t - 1, c] else 5)", lambda h: shifted(h, -1, 5.0)), ("(h[t - 2, c] else 5)", lambda h: shifted(h, -2, 5.0)),
    ("(h[t + 1, c] else 5)", lambda h: shifted(h, 1, 5.0)), ("(h[t - 1, c + 1] else 5)", lambda h: np.pad(
        h, ((0, 0), (1, 0), (0, 1)), constant_values=5.0)[:, :-1, 1:])])
def test_what_stands_beside_a_recurrence_for_others(read: str, expected: Callable, tmp_path: Path) -> None:
    """Another formula says itself what stands before the first step; that is not where the recurrence starts."""
    path = tmp_path / "beside.nn"
    path.write_text("layer beside() {\n    input x[T, C]\n    h[t, c] = x[t, c] + (h[t - 1, c] else 2) / 2\n"
                    f"    output y[t < T, c < C] = {read}\n}}\n")
    x = np.random.default_rng(6).normal(size=(2, *SHAPE))
    h = [2 + 0 * x[:, 0]]
    for t in range(SHAPE[0]):
        h.append(x[:, t] + h[-1] / 2)
    np.testing.assert_allclose(nndsl.layer("beside", source=str(path)).build(SHAPE).forward(x), expected(np.stack(h[1:], 1)))


def test_places_from_data(tmp_path: Path) -> None:
    """A position told by the data may leave its axis too; then nothing flows back."""
    path = tmp_path / "lookup.nn"
    path.write_text("layer lookup() {\n    input x[T, C], word[S]: int\n    output y[s, c] = (x[word[s], c] else 0.25)\n}\n")
    layer = nndsl.layer("lookup", source=str(path)).build(SHAPE, (5,))
    x, word = np.random.default_rng(4).normal(size=(2, *SHAPE)), np.array([[0, 3, -1, 7, 3], [6, 6, 9, -3, 1]])
    inside = (word >= 0) & (word < 7)
    got = layer.forward(x, word)
    want = np.where(inside[..., None], np.take_along_axis(x, np.where(inside, word, 0)[..., None], 1), 0.25)
    np.testing.assert_allclose(got, want)
    gradient, nothing = layer.backward(np.ones_like(want))
    counts = np.array([[np.sum(row == t) for t in range(7)] for row in word])
    np.testing.assert_allclose(gradient, np.broadcast_to(counts[..., None], x.shape))
    assert nothing is None
