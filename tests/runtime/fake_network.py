"""A small network in NumPy with the interface of a compiled one: a softmax layer behind noise, with momentum."""

from __future__ import annotations

import time

import numpy as np

from nndsl.runtime.data import Dataset
from nndsl.signature import Port, Variable


class FakeNetwork:
    """Logistic regression on `inputs` features and `classes` classes.

    Args:
        inputs, classes: sizes.
        pause: seconds that each update takes, for tests that interrupt.
        broken_at: the update whose loss is not finite.
    """

    def __init__(self, inputs: int = 5, classes: int = 3, pause: float = 0.0, broken_at: int = -1) -> None:
        self.inputs = (Port("x", (inputs,)),)
        self.targets = (Port("p", (), "int", classes),)
        self.outputs = (Port("p", (classes,)),)
        self.metric_names = ("accuracy",)
        shapes = {"w": (inputs, classes), "b": (classes,), "mean": ()}
        self.variables = (Variable("w", shapes["w"]), Variable("b", shapes["b"]), Variable("mean", (), "state", False),
                          Variable("w:m", shapes["w"], "optimizer", False), Variable("b:m", shapes["b"], "optimizer", False))
        self.arrays = {v.name: np.zeros(v.shape, np.float32) for v in self.variables}
        self.running = {"totals": np.zeros(3)}
        self.step, self.seed, self.rate = 0, 0, 1.0
        self.pause, self.broken_at = pause, broken_at
        self.calls: list[tuple[int, int]] = []

    def initialize(self, seed: int) -> None:
        self.seed, self.step, self.rate = seed, 0, 1.0
        self.arrays["w"][...] = np.random.default_rng(seed).normal(size=self.arrays["w"].shape) * 0.1
        for name in ("b", "mean", "w:m", "b:m"):
            self.arrays[name][...] = 0
        self.reset_totals()

    def train(self, arrays, order, start, stop, batch):
        self.calls.append((start, stop))
        for first in range(start, stop, batch):
            rows = order[first:min(first + batch, stop)]
            if self.step == self.broken_at:
                return first - start
            self._update(arrays["x"][rows], arrays["target.p"][rows], arrays.get("sample weight"), rows)
            if self.pause:
                time.sleep(self.pause)
        return stop - start

    def _update(self, x, y, weights, rows):
        noise = np.random.default_rng([self.seed, self.step]).normal(size=x.shape).astype(np.float32)
        x = x + np.float32(0.1) * noise
        p = self._softmax(x)
        losses = -np.log(p[np.arange(len(y)), y] + 1e-9)
        factor = 1 if weights is None else weights[rows]
        self.running["totals"] += [float((losses * factor).sum()), len(y), float((p.argmax(1) == y).sum())]
        p[np.arange(len(y)), y] -= 1
        a = self.arrays
        for name, gradient in (("w", x.T @ p / len(y)), ("b", p.mean(0))):
            a[name + ":m"][...] = np.float32(0.9) * a[name + ":m"] + gradient
            a[name][...] -= np.float32(0.1 * self.rate) * a[name + ":m"]
        a["mean"][...] = np.float32(0.99) * a["mean"] + np.float32(0.01) * x.mean()
        self.step += 1

    def _softmax(self, x):
        z = x @ self.arrays["w"] + self.arrays["b"]
        e = np.exp(z - z.max(1, keepdims=True))
        return e / e.sum(1, keepdims=True)

    def totals(self):
        loss, count, hits = self.running["totals"]
        return {"loss": loss / max(count, 1), "accuracy": hits / max(count, 1)}

    def reset_totals(self) -> None:
        self.running["totals"][...] = 0

    def assess(self, arrays, batch=None):
        p, y = self._softmax(arrays["x"]), arrays["target.p"]
        return {"loss": float(-np.log(p[np.arange(len(y)), y] + 1e-9).mean()), "accuracy": float((p.argmax(1) == y).mean())}

    def predict(self, arrays):
        return {"p": self._softmax(arrays["x"])}


def blobs(samples: int = 200, inputs: int = 5, classes: int = 3, seed: int = 0) -> dict[str, np.ndarray]:
    """Classes that a linear model can tell apart, nearly."""
    random = np.random.default_rng(seed)
    y = random.integers(classes, size=samples)
    x = random.normal(size=(samples, inputs)) + np.random.default_rng(99).normal(size=(classes, inputs))[y]
    return {"x": x.astype(np.float32), "target.p": y}


def dataset(samples: int = 200) -> Dataset:
    return Dataset(blobs(samples), blobs(60, seed=1), blobs(80, seed=2))


def bits(network: FakeNetwork) -> dict[str, bytes]:
    """All that a run leaves, to compare to the bit."""
    return {name: array.tobytes() for name, array in network.arrays.items()} | {"step": network.step.to_bytes(8, "big")}
