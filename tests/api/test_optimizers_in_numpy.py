"""Optimizers at settings of which there is no number of Keras's: against its update rules written out once more in NumPy."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nndsl

State = dict[str, Any]
Rule = Callable[[np.ndarray, np.ndarray, int, State], np.ndarray]
STEPS = 7


def kept(state: State, name: str, w: np.ndarray, value: float = 0.0) -> np.ndarray:
    return state.setdefault(name, np.full_like(w, value))


def moments(w: np.ndarray, g: np.ndarray, state: State, b1: float, b2: float) -> tuple[np.ndarray, np.ndarray]:
    state["m"] = kept(state, "m", w) * b1 + g * (1 - b1)
    state["v"] = kept(state, "v", w) * b2 + g * g * (1 - b2)
    return state["m"], state["v"]


def sgd(w, g, t, state):
    state["m"] = m = 0.8 * kept(state, "m", w) - 0.03 * g
    return w + 0.8 * m - 0.03 * g


def rmsprop(w, g, t, state):
    state["v"] = v = 0.8 * kept(state, "v", w) + 0.2 * g * g
    state["a"] = a = 0.8 * kept(state, "a", w) + 0.2 * g
    state["m"] = m = 0.5 * kept(state, "m", w) + 0.01 * g / np.sqrt(v - a * a + 1e-3)
    return w - m


def adam(w, g, t, state, amsgrad=False):
    m, v = moments(w, g, state, 0.7, 0.95)
    if amsgrad:
        state["top"] = v = np.maximum(kept(state, "top", w), v)
    return w - 0.02 * math.sqrt(1 - 0.95**t) / (1 - 0.7**t) * m / (np.sqrt(v) + 1e-4)


def adagrad(w, g, t, state):
    state["a"] = a = kept(state, "a", w, 0.4) + g * g
    return w - 0.2 * g / np.sqrt(a + 1e-3)


def adadelta(w, g, t, state):
    b = kept(state, "b", w)
    state["a"] = a = 0.7 * kept(state, "a", w) + 0.3 * g * g
    step = -np.sqrt(b + 1e-3) * g / np.sqrt(a + 1e-3)
    state["b"] = 0.7 * b + 0.3 * step * step
    return w + 0.5 * step


def adamax(w, g, t, state):
    m, _ = moments(w, g, state, 0.7, 0.95)
    state["u"] = u = np.maximum(0.95 * kept(state, "u", w), np.abs(g))
    return w - 0.02 * m / ((1 - 0.7**t) * (u + 1e-4))


def nadam(w, g, t, state):
    now, later = (0.7 * (1 - 0.5 * 0.96**k) for k in (t, t + 1))
    state["p"] = p = state.get("p", 1.0) * now
    m, v = moments(w, g, state, 0.7, 0.95)
    ahead = later * m / (1 - p * later) + (1 - now) * g / (1 - p)
    return w - 0.02 * ahead / (np.sqrt(v / (1 - 0.95**t)) + 1e-4)


def ftrl(w, g, t, state):
    a, z = kept(state, "a", w, 0.3), kept(state, "z", w)
    new = a + g * g
    state["z"] = z = z + g + 2 * 0.03 * w - (new**0.6 - a**0.6) / 0.1 * w
    state["a"] = new
    return (np.clip(z, -0.05, 0.05) - z) / (new**0.6 / 0.1 + 2 * (0.02 + 0.2 / (2 * 0.1)))


def lion(w, g, t, state):
    m = kept(state, "m", w)
    state["m"] = 0.8 * m + 0.2 * g
    return w - 0.01 * np.sign(0.6 * m + 0.4 * g)


def lamb(w, g, t, state):
    m, v = moments(w, g, state, 0.7, 0.95)
    r = m / (1 - 0.7**t) / (np.sqrt(v / (1 - 0.95**t)) + 1e-4)
    return w - np.linalg.norm(w) / np.linalg.norm(r) * 0.02 * r


def adafactor(w, g, t, state, relative_step=True):
    size = max(1e-2, math.sqrt(np.mean(w * w))) * (min(0.05, 1 / math.sqrt(t)) if relative_step else 0.05)
    keep, square = 1 - t**-0.6, g * g + 1e-6
    if w.ndim < 2:
        state["v"] = v = keep * kept(state, "v", w) + (1 - keep) * square
    else:
        state["r"] = r = keep * state.get("r", 0) + (1 - keep) * square.mean(-1)
        state["c"] = c = keep * state.get("c", 0) + (1 - keep) * square.mean(-2)
        v = (r / r.mean(-1, keepdims=True))[..., None] * c[..., None, :]
    u = g / np.sqrt(v)
    return w - size * u / max(1, math.sqrt(np.mean(u * u)) / 0.8)


ADAM = {"learning_rate": 0.02, "beta_1": 0.7, "beta_2": 0.95, "epsilon": 1e-4}
FACTOR = {"learning_rate": 0.05, "beta_2_decay": -0.6, "epsilon_1": 1e-6, "epsilon_2": 1e-2, "clip_threshold": 0.8}
OWN: dict[str, tuple[Rule, dict[str, Any]]] = {
    "sgd": (sgd, {"learning_rate": 0.03, "momentum": 0.8, "nesterov": True}),
    "rmsprop": (rmsprop, {"learning_rate": 0.01, "rho": 0.8, "momentum": 0.5, "epsilon": 1e-3, "centered": True}),
    "adam": (lambda *a: adam(*a, amsgrad=True), {**ADAM, "amsgrad": True}),
    "adagrad": (adagrad, {"learning_rate": 0.2, "initial_accumulator_value": 0.4, "epsilon": 1e-3}),
    "adadelta": (adadelta, {"learning_rate": 0.5, "rho": 0.7, "epsilon": 1e-3}),
    "adamax": (adamax, ADAM), "nadam": (nadam, ADAM), "lamb": (lamb, ADAM),
    "lion": (lion, {"learning_rate": 0.01, "beta_1": 0.6, "beta_2": 0.8}),
    "ftrl": (ftrl, {"learning_rate": 0.1, "learning_rate_power": -0.6, "initial_accumulator_value": 0.3, "beta": 0.2,
                    "l1_regularization_strength": 0.05, "l2_regularization_strength": 0.02,
                    "l2_shrinkage_regularization_strength": 0.03}),
}


def compare(name: str, rule: Rule, settings: dict[str, Any], shape: tuple[int, ...] = (4, 3)) -> None:
    random = np.random.default_rng(1)
    found = {"w": random.normal(size=shape)}
    want, state = found["w"].copy(), {}
    optimizer = nndsl.optimizer(name, **settings)
    for t in range(1, STEPS + 1):
        g = 2 * random.normal(size=shape)
        optimizer.step(found, {"w": g})
        want = rule(want, g, t, state)
    np.testing.assert_allclose(found["w"], want, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", OWN)
def test_own_settings(name: str) -> None:
    compare(name, *OWN[name])


@pytest.mark.parametrize("relative_step", [True, False])
@pytest.mark.parametrize("shape", [(4, 3), (5,), (2, 3, 4)])
def test_adafactor(shape: tuple[int, ...], relative_step: bool) -> None:
    settings = {**FACTOR, "relative_step": relative_step}
    compare("adafactor", lambda *a: adafactor(*a, relative_step=relative_step), settings, shape)


def averaged(w, g, t, state):
    w = adam(w, g, t, state)
    state["e"] = w if t == 1 else 0.9 * state["e"] + 0.1 * w
    return state["e"] if t % 3 == 0 else w


def gathered(w, g, t, state):
    state["g"] = state.get("g", 0) + g
    if t % 3:
        return w
    total, state["g"] = state["g"], 0
    return adam(w, total / 3, t // 3, state)


COMMON: dict[str, tuple[Rule, dict[str, Any]]] = {
    "clipnorm": (lambda w, g, t, s: adam(w, g * min(1, 0.7 / np.linalg.norm(g)), t, s), {"clipnorm": 0.7}),
    "global_clipnorm": (lambda w, g, t, s: adam(w, g * min(1, 0.7 / np.linalg.norm(g)), t, s), {"global_clipnorm": 0.7}),
    "clipvalue": (lambda w, g, t, s: adam(w, np.clip(g, -0.3, 0.3), t, s), {"clipvalue": 0.3}),
    "weight_decay": (lambda w, g, t, s: adam(w - 0.02 * 0.3 * w, g, t, s), {"weight_decay": 0.3}),
    "use_ema": (averaged, {"use_ema": True, "ema_momentum": 0.9, "ema_overwrite_frequency": 3}),
    "gradient_accumulation_steps": (gathered, {"gradient_accumulation_steps": 3}),
}


@pytest.mark.parametrize("name", COMMON)
def test_settings_of_every_optimizer(name: str) -> None:
    rule, settings = COMMON[name]
    compare("adam", rule, {**ADAM, **settings})
