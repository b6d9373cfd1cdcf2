"""Every entry of the library is held to what it says of itself: examples, finite extremes, gradients against differences."""

from typing import Any

import numpy as np
import pytest
from library import EVALUATED, Stated, definitions, evaluated, examples, in_sequence

import nndsl
from nndsl.syntax.tree import Definition

EXAMPLES = [stated for definition in definitions(*EVALUATED) for stated in examples(definition)]
ACTIVATIONS = list(definitions("activation"))
ELEMENTWISE = [d for d in ACTIVATIONS if d.parameters[0].axes is None]
LOSSES = list(definitions("loss"))


@pytest.mark.parametrize("stated", EXAMPLES, ids=lambda stated: stated.text)
def test_examples(stated: Stated) -> None:
    np.testing.assert_allclose(evaluated(stated), stated.expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("definition", [*ACTIVATIONS, *LOSSES], ids=lambda d: f"{d.kind}.{d.name}")
def test_each_is_documented(definition: Definition) -> None:
    assert definition.documentation.strip()


def built(definition: Definition, **settings: Any) -> Any:
    """An activation at its defaults; where it has none, as its first example has it."""
    if all(p.default is not None for p in definition.parameters[1:]):
        return nndsl.activation(definition.name, **settings)
    first = examples(definition)[0]
    return nndsl.activation(definition.name, *first.positional[1:], **first.named, **settings)


@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize("definition", ELEMENTWISE, ids=lambda d: d.name)
def test_extremes_are_finite(definition: Definition, precision: str) -> None:
    """Wherever the true value can be written in the precision at all, value and gradient are finite."""
    x = np.array([-500.0, -150, -89, -20, -1, -1e-3, 0, 1e-30, 1e-3, 1, 20, 89, 150, 500])
    f = built(definition, precision=precision)
    true = built(definition)(x)
    writable = np.abs(true) < np.finfo(precision).max
    assert np.isfinite(true).all()
    assert np.isfinite(f(x)[writable]).all()
    assert np.isfinite(f.gradient(x)[writable]).all()
    np.testing.assert_allclose(f(x)[writable], true[writable], rtol=1e-4, atol=1e-5)


def slope(value: Any, x: np.ndarray, upstream: np.ndarray, direction: np.ndarray) -> float:
    """The slope of `sum(upstream * value(x))` along a direction, by differences of sixth order."""
    step = 1e-3
    weights = {1: 3 / 4, 2: -3 / 20, 3: 1 / 60}
    return sum(w * float(np.sum(upstream * (value(x + k * step * direction) - value(x - k * step * direction))))
               for k, w in weights.items()) / step


@pytest.mark.parametrize("definition", ACTIVATIONS, ids=lambda d: d.name)
def test_gradients_of_activations(definition: Definition) -> None:
    """Between multiples of a half, where the kinks of the library lie, and away from ties."""
    random = np.random.default_rng(5)
    x = (random.permutation(24).reshape(4, 6) - 12) / 2 + random.uniform(0.1, 0.4, (4, 6))
    f = built(definition)
    upstream = random.normal(size=f(x).shape)
    gradient = f.gradient(x, upstream)
    for direction in random.uniform(-1, 1, (4, *x.shape)):
        np.testing.assert_allclose(np.sum(gradient * direction), slope(f, x, upstream, direction), rtol=1e-7, atol=1e-9)


def batch(definition: Definition) -> tuple[np.ndarray, np.ndarray]:
    """Targets and predictions that any loss takes: probabilities, or whole classes."""
    random = np.random.default_rng(6)
    p = random.uniform(0.2, 1, (6, 4))
    y, p = random.uniform(0.1, 0.9, (6, 4)), p / p.sum(1, keepdims=True)
    bound = definition.parameters[0].bound
    if in_sequence(definition):
        return random.integers(1, 4, (6, 2)), random.normal(size=(6, 5, 4))
    return (np.array([0, 1, 2, 3, 1, 0]), p) if bound is not None and bound.kind == "int" else (y, p)


@pytest.mark.parametrize("weighted", [False, True], ids=["plain", "weighted"])
@pytest.mark.parametrize("definition", LOSSES, ids=lambda d: d.name)
def test_gradients_of_losses(definition: Definition, weighted: bool) -> None:
    y, p = batch(definition)
    random = np.random.default_rng(7)
    weight = random.uniform(0.5, 2, 6) if weighted else None
    loss = nndsl.loss(definition.name)
    gradient = loss.gradient(y, p, weight)
    for direction in random.uniform(-1, 1, (3, *p.shape)) * 0.1:
        want = slope(lambda q: loss.mean(y, q, weight), p, np.ones(()), direction)
        np.testing.assert_allclose(np.sum(gradient * direction), want, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize("name", ["binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy"])
def test_crossentropies_of_logits_at_extremes(name: str, precision: str) -> None:
    p = np.array([[500.0, -500, 0], [-500, 500, 500], [0, 0, 500]])
    y = np.array([1, 0, 2]) if name.startswith("sparse") else np.eye(3)[[1, 0, 2]]
    loss = nndsl.loss(name, from_logits=True, precision=precision)
    assert np.isfinite(loss(y, p)).all() and loss(y, p)[0] > 300
    assert np.isfinite(loss.gradient(y, p)).all()


def test_all_ignored() -> None:
    """A batch in which nothing counts gives 0, and no gradient."""
    loss = nndsl.loss("sparse_categorical_crossentropy", ignore_class=1)
    y, p = np.ones(3, int), np.full((3, 2), 0.5)
    assert loss.mean(y, p) == 0
    assert not loss.gradient(y, p).any()


def test_sparsemax_is_the_nearest_point_of_the_simplex() -> None:
    x = np.random.default_rng(8).normal(size=(50, 7))
    p = nndsl.activation("sparsemax")(x)
    np.testing.assert_allclose(p.sum(1), 1)
    assert (p >= 0).all() and (np.sum(p > 0, 1) > 1).any()
    threshold = np.max(np.where(p > 0, x - p, -np.inf), 1, keepdims=True)
    np.testing.assert_allclose(p, np.maximum(x - threshold, 0), atol=1e-12)


def test_a_settings_mistake_is_told_before_any_shape() -> None:
    for name, settings in (("nonsense", {}), ("glu", {"axes": 1}), ("tanh", {"axis": 1}), ("threshold", {})):
        with pytest.raises(nndsl.NNError):
            nndsl.activation(name, **settings)
