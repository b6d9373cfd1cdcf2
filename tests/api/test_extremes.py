"""Far out, at ±500, activations, losses and models that lead from one to the other stay finite, value and gradient."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from library import definitions, in_sequence

import nndsl
from nndsl.syntax.tree import Definition

FAR = np.array(list(itertools.product([-500.0, -89, 0, 500], repeat=4)))
OVER_AXES = [d for d in definitions("activation") if d.parameters[0].axes is not None]
LOSSES = [d for d in definitions("loss") if not in_sequence(d)]
SEQUENCES = [d for d in definitions("loss") if in_sequence(d)]
PRECISIONS = pytest.mark.parametrize("precision", ["float32", "float64"])
LOGITS = [d for d in LOSSES if "from_logits" in [p.name for p in d.parameters]]


def whole(definition: Definition) -> bool:
    """Whether targets are numbers of classes."""
    bound = definition.parameters[0].bound
    return bound is not None and bound.kind == "int"


def targets(definition: Definition, samples: int, classes: int) -> np.ndarray:
    right = np.arange(samples) % classes
    return right if whole(definition) else np.eye(classes)[right]


@PRECISIONS
@pytest.mark.parametrize("definition", OVER_AXES, ids=lambda d: d.name)
def test_activations_over_axes(definition: Definition, precision: str) -> None:
    f = nndsl.activation(definition.name, precision=precision)
    value = f(FAR)
    assert np.isfinite(value).all() and np.isfinite(f.gradient(FAR, np.ones_like(value))).all()


@PRECISIONS
@pytest.mark.parametrize("definition", LOGITS, ids=lambda d: d.name)
def test_losses_of_logits(definition: Definition, precision: str) -> None:
    loss = nndsl.loss(definition.name, precision=precision, from_logits=True)
    y = targets(definition, len(FAR), 4)
    assert np.isfinite(loss(y, FAR)).all() and np.isfinite(loss.gradient(y, FAR)).all()


@PRECISIONS
@pytest.mark.parametrize("definition", SEQUENCES, ids=lambda d: d.name)
def test_losses_of_sequences(definition: Definition, precision: str) -> None:
    loss = nndsl.loss(definition.name, precision=precision)
    y, p = np.tile([1, 2], (len(FAR) // 4, 1)), FAR.reshape(-1, 4, 4)
    assert np.isfinite(loss(y, p)).all() and np.isfinite(loss.gradient(y, p)).all()


def is_defined(definition: Definition, y: np.ndarray, p: np.ndarray) -> np.ndarray:
    """The samples at which the loss is a finite number in 50 digits' worth of float64, and not on the edge of where it is."""
    loss = nndsl.loss(definition.name)
    beside = [np.isfinite(loss(y, p + shift)) for shift in (-1e-3, 0, 1e-3)]
    return np.logical_and.reduce(beside)


@PRECISIONS
@pytest.mark.parametrize("definition", LOSSES, ids=lambda d: d.name)
def test_losses_alone(definition: Definition, precision: str) -> None:
    """Of anything that the formula is a number for; what is divided by its sum must have one."""
    p = FAR[FAR.sum(1) != 0]
    y = targets(definition, len(p), 4)
    inside = is_defined(definition, y, p) if nndsl.loss(definition.name)(y, p).shape else np.ones(len(p), bool)
    loss = nndsl.loss(definition.name, precision=precision)
    assert inside.any()
    y, p = y[inside], p[inside]
    assert np.isfinite(loss(y, p)).all() and np.isfinite(loss.gradient(y, p)).all()


def model(activation: str, loss: str, precision: str) -> nndsl.Model:
    text = f"model m {{ input x[3]\n output p = x -> dense(3, {activation}) }}\ntrain {{ loss {loss}\n optimizer sgd }}"
    found = nndsl.loads(text, precision=precision)
    found.weights[next(name for name in found.weights if name.endswith("kernel"))] = np.eye(3)
    return found


@PRECISIONS
@pytest.mark.parametrize("activation", ["softmax", "sigmoid"])
@pytest.mark.parametrize("definition", LOSSES, ids=lambda d: d.name)
def test_models(definition: Definition, activation: str, precision: str) -> None:
    found = model(activation, definition.name, precision)
    x = FAR[::5, :3]
    y = targets(definition, len(x), 3)
    for sample in range(len(x)):
        value, gradients = found.loss_and_gradients(x[sample:sample + 1], y[sample:sample + 1])
        assert math.isfinite(value), x[sample]
        assert all(np.isfinite(g).all() for g in gradients.values()), x[sample]


@PRECISIONS
def test_the_logits_form_is_exact_inside_a_model(precision: str) -> None:
    """No clipping and no normalising far out: the loss of what is wrong by 1000 is 1000."""
    x = np.array([[500.0, -500, 0]])
    for activation, loss, y, want in (("softmax", "categorical_crossentropy", [[0, 1, 0]], 1000),
                                      ("softmax", "sparse_categorical_crossentropy", [1], 1000),
                                      ("sigmoid", "binary_crossentropy", [[0, 1, 0]], (500 + 500 + math.log(2)) / 3)):
        value, gradients = model(activation, loss, precision).loss_and_gradients(x, np.array(y))
        assert value == pytest.approx(want, rel=1e-6)
        bias = next(g for name, g in gradients.items() if name.endswith("bias"))
        assert bias == pytest.approx([1, -1, 0] if activation == "softmax" else [1 / 3, -1 / 3, 1 / 6], abs=1e-6)


@PRECISIONS
@pytest.mark.parametrize("formula", ["1 - p[k]^0.3", "1 - sqrt(p[k])"])
@pytest.mark.parametrize("activation", ["softmax", "sigmoid"])
def test_roots_of_what_underflows(activation: str, formula: str, precision: str) -> None:
    """A root is infinitely steep at 0, but not one of a softmax or sigmoid: what went into these decides."""
    text = (f"loss own(y[K], p[K]) = sum[k](y[k] * ({formula}))\n"
            f"model m {{ input x[3]\n output p = x -> dense(3, {activation}) }}\ntrain {{ loss own\n optimizer sgd }}")
    found = nndsl.loads(text, precision=precision)
    found.weights[next(name for name in found.weights if name.endswith("kernel"))] = np.eye(3)
    value, gradients = found.loss_and_gradients(np.array([[-500.0, 500, 0]]), np.array([[1.0, 0, 0]]))
    assert value == pytest.approx(1, abs=1e-6)
    assert all(np.isfinite(g).all() and abs(g).max() < 1e-6 for g in gradients.values())
