"""Pieces for which there is no number of Keras's: against a formula written out once more, or against scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, fbeta_score, r2_score, roc_auc_score

import nndsl

RNG = np.random.default_rng(11)
Y = (RNG.random((60, 3)) < 0.4).astype(float)
P = np.clip(0.3 * Y + 0.7 * RNG.random((60, 3)), 0, 1).round(2)


def measured(name, y, p, **settings):
    """A metric over two batches."""
    metric = nndsl.metric(name, **settings)
    half = len(y) // 2
    metric.update(y[:half], p[:half])
    metric.update(y[half:], p[half:])
    return metric.result()


def test_warmup():
    f = nndsl.schedule("warmup", 0.4, 10)
    np.testing.assert_allclose([f(0), f(5), f(10), f(99)], [0, 0.2, 0.4, 0.4])


def test_noam():
    f = nndsl.schedule("noam", 512, warmup_steps=100)
    want = [512**-0.5 * min((s + 1) ** -0.5, (s + 1) * 100**-1.5) for s in (0, 50, 99, 100, 1000)]
    np.testing.assert_allclose([f(s) for s in (0, 50, 99, 100, 1000)], want)


def test_one_cycle():
    f = nndsl.schedule("one_cycle", 1.0, 100)
    np.testing.assert_allclose([f(0), f(15), f(30), f(100), f(200)], [1 / 25, (1 + 1 / 25) / 2, 1, 1 / 250000, 1 / 250000])


def test_schedule_free_adamw():
    rate, b1, b2, eps, steps = 0.1, 0.9, 0.99, 1e-8, 6
    w = {"w": RNG.standard_normal((2, 3))}
    z, x, y, v, total = w["w"].copy(), w["w"].copy(), w["w"].copy(), 0.0, 0.0
    optimizer = nndsl.optimizer("schedule_free_adamw", rate, beta_2=b2, warmup_steps=3)
    for t in range(1, steps + 1):
        g = RNG.standard_normal((2, 3))
        optimizer.step(w, {"w": g})
        now = rate * min(1, t / 3)
        v = b2 * v + (1 - b2) * g**2
        z = z - now * g / (np.sqrt(v / (1 - b2**t)) + eps)
        total += now**2
        x = x + now**2 / total * (z - x)
        y = (1 - b1) * z + b1 * x
    np.testing.assert_allclose(w["w"], y)
    np.testing.assert_allclose(optimizer.final(w)["w"], x)


@pytest.mark.parametrize("shape", [(5, 3), (3, 5)])
@pytest.mark.parametrize("settings", [{}, {"nesterov": False, "ns_steps": 3}, {"rms_rate": None}])
def test_muon_moves_along_the_nearest_orthogonal_matrix(shape, settings):
    w, g = {"w": np.zeros(shape)}, RNG.standard_normal(shape)
    nndsl.optimizer("muon", 1.0, muon_a=1.5, muon_b=-0.5, muon_c=0, **{"ns_steps": 30, **settings}).step(w, {"w": g})
    left, lengths, right = np.linalg.svd(g / np.linalg.norm(g), full_matrices=False)
    for _ in range(settings.get("ns_steps", 30)):
        lengths = 1.5 * lengths - 0.5 * lengths**3
    size = np.sqrt(max(1, shape[0] / shape[1])) if "rms_rate" in settings else 0.2 * np.sqrt(5)
    np.testing.assert_allclose(w["w"], -size * (left * lengths) @ right, atol=1e-5)


@pytest.mark.parametrize("decay", [0.1, None])
def test_muon_leaves_vectors_to_adam(decay):
    w, same, g = {"b": np.ones(4)}, {"b": np.ones(4)}, RNG.standard_normal(4)
    nndsl.optimizer("muon", 0.01, adam_weight_decay=decay).step(w, {"b": g})
    nndsl.optimizer("adam", 0.01, weight_decay=decay).step(same, {"b": g})
    np.testing.assert_allclose(w["b"], same["b"])


def test_area_under_curves():
    exact = [roc_auc_score(Y[:, k], P[:, k]) for k in range(3)]
    assert measured("auc", Y[:, 0], P[:, 0], num_thresholds=2000) == pytest.approx(exact[0])
    assert measured("auc", Y, P, multi_label=True) == pytest.approx(np.mean(exact))
    weighted = measured("auc", Y, P, multi_label=True, label_weights=[1, 2, 5])
    assert weighted == pytest.approx(np.average(exact, weights=[1, 2, 5]))
    given = [k / 100 + 0.005 for k in range(100)]
    assert measured("auc", Y[:, 0], P[:, 0], thresholds=given) == pytest.approx(exact[0])
    low, high = (measured("auc", Y[:, 0], P[:, 0], curve="PR", summation_method=s) for s in ("minoring", "majoring"))
    assert low <= average_precision_score(Y[:, 0], P[:, 0]) <= high


def test_precision_of_a_class_among_the_likeliest():
    among = P >= np.sort(P)[:, -2:-1]
    assert measured("precision", Y, P, top_k=2) == pytest.approx((Y * among).sum() / among.sum())
    assert measured("recall", Y, P, top_k=2, class_id=1) == pytest.approx((Y * among)[:, 1].sum() / Y[:, 1].sum())
    said = P[:, 2:] > np.array([0.2, 0.6])
    found = measured("precision", Y, P, class_id=2, thresholds=[0.2, 0.6])
    np.testing.assert_allclose(found, (Y[:, 2:] * said).sum(0) / said.sum(0))


@pytest.mark.parametrize("average", [None, "micro", "macro", "weighted"])
def test_fbeta(average):
    want = fbeta_score(Y, P > 0.5, beta=2, average=average)
    np.testing.assert_allclose(measured("fbeta_score", Y, P, average=average, beta=2, threshold=0.5), want, rtol=1e-6)


@pytest.mark.parametrize(("aggregation", "multioutput"), [
    (None, "raw_values"), ("uniform_average", "uniform_average"), ("variance_weighted_average", "variance_weighted")])
def test_r2(aggregation, multioutput):
    want = r2_score(Y, P, multioutput=multioutput)
    np.testing.assert_allclose(measured("r2_score", Y, P, class_aggregation=aggregation), want)
    n = Y.size
    adjusted = 1 - (1 - want) * (n - 1) / (n - 3)
    np.testing.assert_allclose(measured("r2_score", Y, P, class_aggregation=aggregation, num_regressors=2), adjusted)


def test_areas_that_agree():
    y, p = RNG.integers(0, 4, (40, 5)), RNG.integers(0, 4, (40, 5))
    def share(k, where):
        return ((y == k) & (p == k) & where).sum() / (((y == k) | (p == k)) & where).sum()
    everywhere = np.ones_like(y, bool)
    assert measured("mean_iou", y, p, num_classes=6) == pytest.approx(np.mean([share(k, everywhere) for k in range(4)]))
    some = measured("iou", y, p, num_classes=4, target_class_ids=[0, 3], ignore_class=1)
    assert some == pytest.approx(np.mean([share(k, y != 1) for k in (0, 3)]))


def test_the_likeliest_classes():
    p = P + 0.001 * RNG.random(P.shape)  # no two are equal
    order = np.argsort(-p)[:, :2]
    label = RNG.integers(0, 3, 60)
    want = np.mean((order == label[:, None]).any(1))
    assert measured("top_k", label, p, k=2) == pytest.approx(want)
    assert measured("top_k", np.eye(3)[label], p, k=2) == pytest.approx(want)
    ranked = np.argsort(-p).astype(float)
    assert measured("sparse_top_k_categorical_accuracy", label, ranked, k=2, from_sorted_ids=True) == pytest.approx(want)


def test_what_a_sample_counts_for(tmp_path):
    source = tmp_path / "own.nn"
    source.write_text("metric heavy(y, p) {\n    count sample_weight > 1\n    total n = 1\n    output n\n}\n")
    metric = nndsl.metric("heavy", source=source)
    metric.update(np.zeros(4), np.zeros(4), np.array([0.5, 1.5, 3, 0]))
    assert metric.result() == 2


@pytest.mark.parametrize(("shape", "precision"), [((40, 40), "float32"), ((64, 3), "float64"), ((2, 3, 4, 5), "float64")])
def test_orthonormal_rows_or_columns(shape, precision):
    draw = nndsl.initializer("orthogonal", gain=2, precision=precision)
    w = draw(shape, seed=5).reshape(-1, shape[-1]).astype(float)
    gram = w.T @ w if w.shape[0] >= w.shape[1] else w @ w.T
    np.testing.assert_allclose(gram, 4 * np.eye(len(gram)), atol=1e-5)
    assert abs(draw(shape, seed=6) - draw(shape, seed=5)).max() > 0.01
    np.testing.assert_array_equal(draw(shape, seed=5), draw(shape, seed=5))


def test_orthonormal_fills_matrices_only():
    with pytest.raises(nndsl.NNError, match="two axes or more"):
        nndsl.initializer("orthogonal")((4,))
