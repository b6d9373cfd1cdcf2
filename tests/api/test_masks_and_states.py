"""Masks, first states and several outputs, against the layers written out in NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from layer_slopes import apart, assert_gradients
from recurrent_cells import drawn, gru, lstm, simple_rnn

import nndsl

UNITS, STEPS, WIDTH = 3, 6, 4
X = np.random.default_rng(4).normal(size=(3, STEPS, WIDTH))
MASK = np.array([[1, 1, 1, 1, 1, 1], [0, 1, 1, 0, 1, 0], [1, 1, 0, 0, 0, 0]], bool)
START = np.random.default_rng(5).normal(size=(2, 3, UNITS))


SINGLE = {"gru": gru, "simple_rnn": simple_rnn}


def walked(name: str, x: np.ndarray, mask: np.ndarray, w: list[np.ndarray], start: Any = None) -> list[np.ndarray]:
    """All steps of a recurrent layer: every output, then each state after the last step. A masked step changes nothing."""
    state = list(START[:] * 0 if start is None else start)[: 2 if name == "lstm" else 1]
    outputs = []
    for t in range(x.shape[1]):
        new = lstm(x[:, t], *state, w) if name == "lstm" else (SINGLE[name](x[:, t], *state, w),)
        state = [np.where(mask[:, t, None], n, s) for n, s in zip(new, state, strict=True)]
        outputs.append(state[0])
    return [np.stack(outputs, 1), *state]


RECURRENT = ("simple_rnn", "gru", "lstm")


@pytest.mark.parametrize("name", RECURRENT)
@pytest.mark.parametrize("sequences", [False, True])
def test_masked_steps(name: str, sequences: bool) -> None:
    layer = nndsl.layer(name, UNITS, return_sequences=sequences, return_state=True).build((STEPS, WIDTH))
    every, *last = walked(name, X, MASK, drawn(layer))
    found = layer.forward(X, mask=MASK)
    assert len(found) == 1 + len(last)
    for got, wanted in zip(found, [every if sequences else every[:, -1], *last], strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-10, atol=1e-12)
    assert not np.allclose(layer.forward(X)[0], found[0])


@pytest.mark.parametrize("name", RECURRENT)
def test_backwards_the_mask_turns_too(name: str) -> None:
    layer = nndsl.layer(name, UNITS, go_backwards=True, return_sequences=True).build((STEPS, WIDTH))
    every, *_ = walked(name, X[:, ::-1], MASK[:, ::-1], drawn(layer))
    np.testing.assert_allclose(layer.forward(X, mask=MASK), every, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", RECURRENT)
def test_first_states_are_inputs(name: str) -> None:
    layer = nndsl.layer(name, UNITS, return_sequences=True).build((STEPS, WIDTH))
    names = {"simple_rnn": ("start",), "gru": ("h0",), "lstm": ("h0", "c0")}[name]
    given = dict(zip(names, START, strict=False))
    every, *_ = walked(name, X, MASK, drawn(layer), START)
    np.testing.assert_allclose(layer.forward(X, mask=MASK, **given), every, rtol=1e-10, atol=1e-12)
    assert_gradients(layer, [apart(np.random.default_rng(1), X.shape)], named={"mask": MASK, **given})


def test_an_lstm_goes_on_where_another_ended() -> None:
    """Its states, given as first states, make one run of two."""
    layer = nndsl.layer("lstm", UNITS, return_sequences=True, return_state=True).build((3, WIDTH))
    every, *last = walked("lstm", X, np.ones_like(MASK), drawn(layer))
    first, h, c = layer.forward(X[:, :3])
    second, *ended = layer.forward(X[:, 3:], h0=h, c0=c)
    np.testing.assert_allclose(np.concatenate([first, second], 1), every, rtol=1e-10)
    np.testing.assert_allclose(ended, last, rtol=1e-10)


def test_each_output_of_an_lstm_has_a_gradient_of_its_own() -> None:
    layer = nndsl.layer("lstm", UNITS, return_state=True).build((STEPS, WIDTH))
    drawn(layer)
    y, h, c = layer.forward(X)
    np.testing.assert_array_equal(y, h)
    slopes = []
    for chosen in range(3):
        layer.forward(X)
        upstream = [np.zeros_like(y) for _ in range(3)]
        upstream[chosen] += 1
        layer.backward(*upstream)
        slopes.append(layer.gradients["kernel"].copy())
    np.testing.assert_allclose(slopes[0], slopes[1], rtol=1e-10)
    assert not np.allclose(slopes[0], slopes[2])


@pytest.mark.parametrize("merge", ["concat", "sum", "mul", "ave", None])
def test_bidirectional(merge: str | None) -> None:
    inner = nndsl.layer("gru", UNITS, return_sequences=True)
    layer = nndsl.layer("bidirectional", inner, merge_mode=merge).build((STEPS, WIDTH))
    weights = drawn(layer)
    forward = walked("gru", X, MASK, weights[:3])[0] * MASK[..., None]  # what is left out gives zeros
    back = walked("gru", X[:, ::-1], MASK[:, ::-1], weights[3:])[0][:, ::-1] * MASK[..., None]
    wanted = {"concat": np.concatenate([forward, back], -1), "sum": forward + back, "mul": forward * back,
              "ave": (forward + back) / 2, None: (forward, back)}[merge]
    np.testing.assert_allclose(layer.forward(X, mask=MASK), wanted, rtol=1e-10, atol=1e-12)


def test_global_average_pooling1d() -> None:
    layer = nndsl.layer("global_average_pooling1d").build((STEPS, WIDTH))
    wanted = (X * MASK[..., None]).sum(1) / MASK.sum(1)[:, None]
    np.testing.assert_allclose(layer.forward(X, mask=MASK), wanted, rtol=1e-12)


def test_attention_mask() -> None:
    """Several heads, where some queries do not see some keys."""
    layer = nndsl.layer("multi_head_attention", 2, 3).build((STEPS, WIDTH), (5, 2))
    qk, qb, kk, kb, vk, vb, ok, ob = drawn(layer)
    value = np.random.default_rng(6).normal(size=(3, 5, 2))
    seen = np.random.default_rng(7).random((3, STEPS, 5)) < 0.6
    seen[..., 2] = True
    q = np.einsum("nti,ihe->nhte", X, qk) + qb[:, None]
    k = np.einsum("nsi,ihe->nhse", value, kk) + kb[:, None]
    v = np.einsum("nsi,ihe->nhse", value, vk) + vb[:, None]
    scores = np.where(seen[:, None], np.einsum("nhte,nhse->nhts", q, k) / np.sqrt(3), -np.inf)
    weight = np.exp(scores - scores.max(-1, keepdims=True))
    weight /= weight.sum(-1, keepdims=True)
    wanted = np.einsum("nhts,nhse,heo->nto", weight, v, ok) + ob
    np.testing.assert_allclose(layer.forward(X, value, attention_mask=seen), wanted, rtol=1e-10)
