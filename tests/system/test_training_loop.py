"""The jitted training loop does what single steps do, and its gradients are those of the loss."""

import numpy as np
import pytest

import nndsl

NET = """
model net {
    input  x[5]
    output p = x -> dense(7, tanh) -> dense(3, softmax)
}
train {
    loss      sparse_categorical_crossentropy
    optimizer sgd(0.1, momentum = 0.9)
    metrics   accuracy
    batch     4
    seed      1
}
"""


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    return rng.normal(size=(11, 5)), rng.integers(0, 3, 11)


def test_the_loop_does_what_single_steps_do(data):
    x, y = data
    whole, single = (nndsl.loads(NET, precision="float64") for _ in range(2))
    order = np.random.default_rng(1).permutation(11)
    network = whole.network
    assert network.train({"x": x, "target.p": y}, order, 0, 11, 4) == 11
    losses = []
    for start in range(0, 11, 4):
        rows = order[start : start + 4]
        losses.append((single.train_on_batch(x[rows], y[rows]), len(rows)))
    for name in whole.weights:
        assert np.array_equal(whole.weights[name], single.weights[name])
    mean = sum(loss * n for loss, n in losses) / 11
    assert network.totals()["loss"] == pytest.approx(mean, rel=1e-14)
    assert 0 <= network.totals()["accuracy"] * 11 == pytest.approx(round(network.totals()["accuracy"] * 11), abs=1e-12)


def test_gradients_are_those_of_the_loss(data):
    x, y = data
    model = nndsl.loads(NET, precision="float64")
    _, gradients = model.loss_and_gradients(x, y)
    for name, gradient in gradients.items():
        weight = model.weights[name]
        for at in list(np.ndindex(weight.shape))[::5]:
            kept, values = weight[at], []
            for step in (1e-4, -1e-4, 2e-4, -2e-4):
                weight[at] = kept + step
                values.append(model.loss_and_gradients(x, y)[0])
            weight[at] = kept
            slope = (8 * (values[0] - values[1]) - (values[2] - values[3])) / 12e-4
            assert gradient[at] == pytest.approx(slope, rel=1e-7, abs=1e-10), (name, at)


def test_a_loss_that_is_not_finite_stops_the_loop(data):
    x, y = data
    model = nndsl.loads(NET, precision="float64")
    x = x.copy()
    x[5] = np.inf
    before = {n: w.copy() for n, w in model.weights.items()}
    done = model.network.train({"x": x, "target.p": y}, np.arange(11), 4, 11, 4)
    assert done == 0 and model.network.step == 0
    assert all(np.array_equal(before[n], model.weights[n]) for n in before)


def test_evaluation_does_not_depend_on_the_chunk(data):
    x, y = data
    model = nndsl.loads(NET, precision="float64")
    arrays = {"x": x, "target.p": y}
    whole = model.network.assess(arrays)
    assert model.network.assess(arrays, 3) == pytest.approx(whole, rel=1e-13)
    assert model.predict(x).shape == (11, 3)
    assert np.allclose(model.predict(x).sum(axis=1), 1)


@pytest.mark.parametrize("wrong", [{"epochs": 0}, {"epochs": 1.5}, {"epochs": -2}, {"batch": 0}, {"batch": 2.5}])
def test_epochs_and_batches_are_whole_numbers(data, wrong):
    model = nndsl.loads(NET, precision="float64")
    before = {n: w.copy() for n, w in model.weights.items()}
    with pytest.raises(ValueError, match="is a whole number of at least 1"):
        model.fit(*data, **wrong)
    assert all(np.array_equal(before[n], model.weights[n]) for n in before)
    assert len(model.fit(*data, epochs=np.int64(2))["loss"]) == 2
