"""The single pieces, from Python, against Keras's numbers."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

import nndsl
from nndsl.checking.library import standard

FOLDER = Path(__file__).parent.parent / "conformance"


def cases(family):
    return json.loads((FOLDER / f"{family}.json").read_text())["cases"]


def array(value):
    numbers = [float(x) if isinstance(x, str) else x for x in value["data"]]
    return np.array(numbers, dtype=value["dtype"]).reshape(value["shape"])


def snake(name):
    """Keras's class name as a definition's."""
    special = {"LeakyReLU": "leaky_relu", "KLDivergence": "kl_divergence", "CTC": "ctc", "SGD": "sgd", "RMSprop": "rmsprop",
               "AdamW": "adamw", "ScheduleFreeAdamW": "schedule_free_adamw", "L1": "l1", "L2": "l2", "L1L2": "l1_l2",
               "OrthogonalRegularizer": "orthogonal_regularizer", "MeanIoU": "mean_iou", "AUC": "auc",
               "BinaryIoU": "binary_iou",
               "IoU": "iou", "OneHotIoU": "one_hot_iou", "OneHotMeanIoU": "one_hot_mean_iou", "FBetaScore": "fbeta_score"}
    return special.get(name) or re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def settings(config):
    """A Keras configuration as settings; what is nested is a piece."""
    def plain(value):
        if isinstance(value, dict):
            kinds = ("schedule", "regularizer", "activation", "initializer")
            name = snake(value["class_name"])
            kind = next(k for k in kinds if standard().find(k, name))
            return getattr(nndsl, kind)(name, **settings(value["config"]))
        return value

    return {k: plain(v) for k, v in config.items() if k not in ("name", "dtype", "reduction")}


def chosen(family):
    return [pytest.param(c, id=c["id"]) for c in cases(family)]


def close(got, want, case):
    np.testing.assert_allclose(got, want, rtol=case["rtol"], atol=case.get("atol", 1e-9))


@pytest.mark.parametrize("case", chosen("activations"))
def test_activations(case):
    f = nndsl.activation(case["function"], **case["params"])
    close(f(array(case["x"])), array(case["value"]), case)
    close(f.gradient(array(case["x"]), array(case["upstream"])), array(case["grad"]), case)


@pytest.mark.parametrize("case", chosen("losses"))
def test_losses(case):
    loss = nndsl.loss(snake(case["class_name"]), **settings(case["config"]))
    y, p = array(case["y_true"]), array(case["y_pred"])
    weight = array(case["sample_weight"]) if "sample_weight" in case else None
    close(loss(y, p, weight), array(case["per_sample"]), case)
    close(loss.mean(y, p, weight), array(case["mean"]), case)
    close(loss.gradient(y, p, weight), array(case["grad"]), case)


@pytest.mark.parametrize("case", chosen("optimizers"))
def test_optimizers(case):
    optimizer = nndsl.optimizer(snake(case["class_name"]), **settings(case["config"]))
    weights = {n: array(a) for n, a in case["initial"].items()}
    for gradients, after in zip(case["gradients"], case["weights_after"], strict=True):
        optimizer.step(weights, {n: array(a) for n, a in gradients.items()})
        for name in weights:
            close(weights[name], array(after[name]), case)
    if "finalized" in case:
        for name, value in optimizer.final(weights).items():
            close(value, array(case["finalized"][name]), case)


@pytest.mark.parametrize("case", chosen("schedules"))
def test_schedules(case):
    schedule = nndsl.schedule(snake(case["class_name"]), **settings(case["config"]))
    close([schedule(s) for s in case["steps"]], case["values"], case)


@pytest.mark.parametrize("case", chosen("metrics"))
def test_metrics(case):
    metric = nndsl.metric(snake(case["class_name"]), **settings(case["config"]))
    for batch, result in zip(case["batches"], case["results"], strict=True):
        weight = array(batch["sample_weight"]) if "sample_weight" in batch else None
        metric.update(array(batch["y_true"]), array(batch["y_pred"]), weight)
        close(metric.result(), array(result), case)


LAYER = "Dense_layer_losses"


def test_the_penalties_of_a_layer():
    """A dense layer with three regularizers: what they add to the loss of predictions that are just right."""
    case = next(c for c in cases("regularizers") if c["id"] == LAYER)
    model = nndsl.loads("""
        model m {
            input  x[4]
            output p = x -> dense(3, kernel_regularizer = l2(0.1), bias_regularizer = l1(0.2), activity_regularizer = l2(0.05))
        }
        train { loss mse }
    """, precision="float64")
    for name, value in zip(model.weights, (case["kernel"], case["bias"]), strict=True):
        model.weights[name] = array(value)
    x = array(case["input"])
    close(model.predict(x), array(case["output"]), case)
    close(model.loss_and_gradients(x, model.predict(x))[0], case["total"], case)


@pytest.mark.parametrize("case", [c for c in chosen("regularizers") if c.id != LAYER])
def test_regularizers(case):
    regularizer = nndsl.regularizer(snake(case["class_name"]), **settings(case["config"]))
    close(regularizer(array(case["weight"])), array(case["value"]), case)
    close(regularizer.gradient(array(case["weight"])), array(case["grad"]), case)


@pytest.mark.parametrize("case", chosen("initializers"))
def test_initializers(case):
    initializer = nndsl.initializer(snake(case["class_name"]), **settings(case["config"]))
    if case["kind"] == "random":
        fits_distribution(np.stack([initializer(case["shape"], seed) for seed in range(26)]), case["expected"])
    elif case["kind"] == "orthogonal":
        w = initializer(case["shape"], seed=3).reshape(case["flattened_shape"])
        close(w.T @ w if case["gram"] == "WtW" else w @ w.T, array(case["gram_value"]), case)
    else:
        close(initializer(case["shape"]), array(case["value"]), case)


def fits_distribution(values, expected):
    """Whether draws have the moments of a distribution, keep to its bounds and come near them."""
    error = 5 * expected["std"] / np.sqrt(values.size)
    assert abs(values.mean() - expected["mean"]) < error
    assert abs(values.std() - expected["std"]) < error
    normal = expected["distribution"] == "normal"
    low, high = (-np.inf, np.inf) if normal else (expected["min"], expected["max"])
    assert low <= values.min() < expected["mean"] - 1.7 * expected["std"]
    assert high >= values.max() > expected["mean"] + 1.7 * expected["std"]
    beyond = np.mean(np.abs(values - expected["mean"]) > expected["std"])
    share = {"uniform": 1 - 1 / np.sqrt(3), "normal": 0.31731, "truncated_normal": 0.34946}
    assert abs(beyond - share[expected["distribution"]]) < 0.02
