"""Dropout in recurrent layers: the same features in all steps of a sample, others in other samples, none in inference."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from plain_module import plain_module
from recurrent_cells import drawn, lstm, sigmoid, simple_rnn

import nndsl
from nndsl import cache

SAMPLES, STEPS, UNITS, WIDTH = 3, 6, 3, 4
X = np.random.default_rng(4).normal(size=(SAMPLES, STEPS, WIDTH))
GATES = {"simple_rnn": 1, "gru": 3, "lstm": 4}


@pytest.fixture(autouse=True)
def in_plain_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "load_module", lambda artifact: plain_module(cache.module_path(artifact).read_text()))


def built(name: str, **settings: Any) -> Any:
    return nndsl.layer(name, UNITS, return_sequences=True, **settings).build((STEPS, WIDTH))


def walked(name: str, w: list[np.ndarray], kept: np.ndarray, held: np.ndarray) -> np.ndarray:
    """All outputs where inputs are multiplied by `kept`, and outputs before, gate by gate, by `held`."""
    h, c, outputs = np.zeros((SAMPLES, UNITS)), np.zeros((SAMPLES, UNITS)), []
    for t in range(STEPS):
        x = X[:, t] * kept
        parts = [(h * held[:, g]) @ block for g, block in enumerate(np.split(w[1], GATES[name], axis=1))]
        eye = [w[0], np.eye(UNITS * GATES[name]), w[2]]  # the recurrent product is done already
        if name == "simple_rnn":
            h = simple_rnn(x, parts[0], eye)
        elif name == "lstm":
            h, c = lstm(x, np.concatenate(parts, 1), c, eye)
        else:
            zx, rx, nx = np.split(x @ w[0] + w[2][0], 3, axis=1)
            zh, rh, nh = (part + bias for part, bias in zip(parts, np.split(w[2][1], 3), strict=True))
            z = sigmoid(zx + zh)
            h = z * h + (1 - z) * np.tanh(nx + sigmoid(rx + rh) * nh)
        outputs.append(h)
    return np.stack(outputs, 1)


@pytest.mark.parametrize("name", GATES)
def test_inputs_lose_the_same_features_in_all_steps(name: str) -> None:
    """A layer whose steps show their inputs: what is missing is told by them."""
    layer = built(name, dropout=0.5)
    weights = drawn(layer)
    found = layer.forward(X, training=True)
    kept = np.zeros((SAMPLES, WIDTH))
    for n in range(SAMPLES):  # of the sixteen ways to drop features, one gives all steps
        ways = [np.array([(k >> i & 1) * 2.0 for i in range(WIDTH)]) for k in range(2**WIDTH)]
        errors = [np.abs(walked(name, weights, np.tile(way, (SAMPLES, 1)), np.ones((SAMPLES, GATES[name], UNITS)))[n]
                         - found[n]).max() for way in ways]
        assert min(errors) < 1e-12
        kept[n] = ways[int(np.argmin(errors))]
    assert len(np.unique(kept, axis=0)) > 1
    np.testing.assert_allclose(layer.forward(X), walked(name, weights, np.ones((SAMPLES, WIDTH)),
                                                        np.ones((SAMPLES, GATES[name], UNITS))), rtol=1e-10)


@pytest.mark.parametrize("name", GATES)
def test_outputs_before_lose_the_same_features_in_all_steps(name: str) -> None:
    """Of all the ways to drop features, gate by gate, just one explains every step of a sample."""
    layer = built(name, recurrent_dropout=0.5)
    weights = drawn(layer)
    found, whole = layer.forward(X, training=True), np.ones((SAMPLES, WIDTH))
    count = GATES[name] * UNITS
    explained: list[set[int]] = [set() for _ in range(SAMPLES)]
    for k in range(2**count):
        held = np.array([(k >> i & 1) * 2.0 for i in range(count)]).reshape(GATES[name], UNITS)
        errors = np.abs(walked(name, weights, whole, np.tile(held, (SAMPLES, 1, 1))) - found).max((1, 2))
        for n in np.flatnonzero(errors < 1e-12):
            explained[n].add(k)
    assert all(len(ways) == 1 for ways in explained) and len(set().union(*explained)) > 1
