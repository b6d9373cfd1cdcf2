"""Pieces that no library has, written in a user's file, behave as those that ship: alone, in each other, and in models."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import nndsl

FILE = """
# Bends twice.
activation twice(x, a = 1, b = 2) = where(x > 0, a * x, b * (exp(x) - 1)) + log(1 + exp(-x))
    also double_bend

# Between absolute and squared.
loss between(y[..., K], p[..., K], c = 1) = mean[k](sqrt((y[..., k] - p[..., k])^2 + c^2) - c)

# Falls in steps.
schedule stairs(top, every = 10, factor = 0.5) = top * factor^floor(step / every)

# Momentum of signs.
optimizer sign_momentum(learning_rate | lr = 0.01, mu = 0.9) {
    state m = 0
    m <- mu * m + sign(g)
    w <- w - learning_rate * m
}
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("own") / "own.nn"
    path.write_text(FILE)
    return str(path)


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_an_activation(file: str, precision: str) -> None:
    x = np.array([-500.0, -1, 2, 500])
    f = nndsl.activation("double_bend", b=3, source=file, precision=precision)
    want = np.where(x > 0, x, 3 * np.expm1(np.minimum(x, 0))) + np.logaddexp(0, -x)
    slope = np.where(x > 0, 1, 3 * np.exp(np.minimum(x, 0))) - 1 / (1 + np.exp(np.minimum(x, 700)))
    np.testing.assert_allclose(f(x), want, rtol=1e-6)
    np.testing.assert_allclose(f.gradient(x), slope, rtol=1e-6, atol=1e-12)


def test_a_loss_and_the_same_as_a_metric(file: str) -> None:
    y, p = np.array([[1.0, 2], [0, 0]]), np.array([[0.0, 5], [1, -1]])
    want = np.mean(np.sqrt((y - p) ** 2 + 4) - 2, 1)
    loss = nndsl.loss("between", c=2, source=file)
    np.testing.assert_allclose(loss(y, p, [1, 3]), want * [1, 3])
    np.testing.assert_allclose(loss.gradient(y, p), (p - y) / np.sqrt((y - p) ** 2 + 4) / 4)
    metric = nndsl.metric("between", c=2, source=file)
    metric.update(y, p)
    assert metric.result() == pytest.approx(want.mean())


def test_an_optimizer_with_a_schedule_and_all_that_every_optimizer_takes(file: str) -> None:
    schedule = nndsl.schedule("stairs", 0.1, every=2, source=file)
    assert [schedule(step) for step in range(5)] == pytest.approx([0.1, 0.1, 0.05, 0.05, 0.025])
    optimizer = nndsl.optimizer("sign_momentum", lr=schedule, clipvalue=1.0, weight_decay=0.1, use_ema=True, source=file)
    found, g = {"w": np.ones(3)}, np.array([1.0, -2, 0])
    want, m, mean = np.ones(3), np.zeros(3), np.ones(3)
    for step in range(5):
        optimizer.step(found, {"w": g})
        rate = schedule(step)
        m = 0.9 * m + np.sign(g)
        want = want * (1 - rate * 0.1) - rate * m
        mean = want if step == 0 else 0.99 * mean + 0.01 * want
    np.testing.assert_allclose(found["w"], want)
    np.testing.assert_allclose(optimizer.final(found)["w"], mean)


def test_all_of_them_in_a_model(file: str) -> None:
    model = nndsl.loads("""
        import "own.nn"
        model m {
            input x[4]
            output p = x -> dense(8, twice(b = 0.5)) -> dense(2)
        }
        train {
            loss between(c = 0.5)
            optimizer sign_momentum(lr = stairs(0.01), clipnorm = 1)
            metrics between(c = 1), mse
        }
    """, name=str(Path(file).with_name("m.nn")), precision="float64")
    x = np.random.default_rng(0).normal(size=(64, 4))
    before = model.evaluate(x, x[:, :2])
    model.fit(x, x[:, :2], epochs=5)
    after = model.evaluate(x, x[:, :2])
    assert set(after) == {"loss", "between", "mse"} and after["loss"] < before["loss"] / 1.2
