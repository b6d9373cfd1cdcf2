"""The interpreter against plain NumPy."""

import numpy as np
import pytest

from nndsl.ir.equation import Equation, Program, Scan, Tensor
from nndsl.ir.expression import Apply, Index, Number, Read, Reduce, Scalar, apply
from nndsl.ir.interpreter import run

RANDOM = np.random.default_rng(0)
N, K, U, T = (Index(x) for x in ("n°", "i", "u", "t"))


def program(tensors, *steps):
    return Program({t.name: t for t in tensors}, steps)


def batched(name, *shape, **more):
    return Tensor(name, ("batch", *shape), **more)


def test_a_dense_layer_is_a_matrix_product():
    p = program([batched("x", 3, role="input"), Tensor("w", (3, 2), role="parameter"), batched("z", 2)],
                Equation("z", (N, U), (("n°", "batch"), ("u", 2), ("i", 3)),
                         apply("mul", Read("x", (N, K)), Read("w", (K, U))), "sum"))
    x, w = RANDOM.normal(size=(5, 3)), RANDOM.normal(size=(3, 2))
    np.testing.assert_allclose(run(p, {"x": x, "w": w}, batch=5)["z"], x @ w)
    assert run(p, {"x": x, "w": w}, batch=5, dtype=np.float32)["z"].dtype == np.float32


def test_nested_reductions_and_softmax():
    body = Read("x", (N, K))
    kinds = ["sum", "mean", "max", "min", "prod", "argmax", "argmin", "logsumexp"]
    p = program([batched("x", 4), batched("s", 4), *(batched(k) for k in kinds)],
                Equation("s", (N, K), (("n°", "batch"), ("i", 4)), Reduce("softmax", (("i", 4),), apply("mul", body, 2))),
                *(Equation(k, (N,), (("n°", "batch"),), Reduce(k, (("i", 4),), body)) for k in kinds))
    x = RANDOM.normal(size=(3, 4))
    got = run(p, {"x": x}, batch=3)
    np.testing.assert_allclose(got["s"], np.exp(2 * x) / np.exp(2 * x).sum(1, keepdims=True))
    for kind in kinds[:-1]:
        np.testing.assert_allclose(got[kind], getattr(np, kind)(x, axis=1))
    np.testing.assert_allclose(got["logsumexp"], np.log(np.exp(x).sum(1)))


def test_a_window_beyond_the_edge_reads_what_else_says():
    window = Read("x", (N, apply("sub", apply("add", U, K), 1)), other=Number(0))
    p = program([batched("x", 4), batched("z", 4)],
                Equation("z", (N, U), (("n°", "batch"), ("u", 4), ("i", 3)), window, "sum"))
    x = RANDOM.normal(size=(2, 4))
    padded = np.pad(x, ((0, 0), (1, 1)))
    np.testing.assert_allclose(run(p, {"x": x}, batch=2)["z"], padded[:, :-2] + padded[:, 1:-1] + padded[:, 2:])


def test_leaving_an_axis_without_else_is_an_error():
    p = program([batched("x", 4), batched("z", 4)],
                Equation("z", (N, U), (("n°", "batch"), ("u", 4)), Read("x", (N, apply("add", U, 1)))))
    with pytest.raises(IndexError, match="`x` leaves axis 1"):
        run(p, {}, batch=2)


def test_a_guard_takes_points_out():
    guard = ((apply("sub", U, 1), 2),)
    p = program([batched("x", 4), batched("z", 4), batched("s"), batched("m"), batched("w", dtype="int")],
                Equation("z", (N, U), (("n°", "batch"), ("u", 4)), Read("x", (N, apply("sub", U, 1))), guard=guard),
                Equation("s", (N,), (("n°", "batch"), ("u", 4)), Read("x", (N, U)), "sum", guard=guard),
                Equation("m", (N,), (("n°", "batch"), ("u", 4)), Read("x", (N, U)), "max", guard=guard, winner="w"))
    x = np.array([[9., 1, 2, 8], [7, 4, 3, 9]])
    got = run(p, {"x": x}, batch=2)
    np.testing.assert_array_equal(got["z"], [[0, 9, 1, 0], [0, 7, 4, 0]])
    np.testing.assert_array_equal(got["s"], [3, 7])
    np.testing.assert_array_equal(got["m"], [2, 4])
    np.testing.assert_array_equal(got["w"], [2, 1])


def test_gather_scatter_and_winner():
    word = Read("word", (N, T))
    p = program([Tensor("word", ("batch", 2), "int", "input"), Tensor("e", (4, 3)), batched("x", 2, 3), Tensor("d", (4, 3)),
                 batched("m"), batched("who", dtype="int")],
                Equation("x", (N, T, U), (("n°", "batch"), ("t", 2), ("u", 3)), Read("e", (word, U))),
                Equation("d", (word, U), (("n°", "batch"), ("t", 2), ("u", 3)), Read("x", (N, T, U)), accumulate=True),
                Equation("m", (N,), (("n°", "batch"), ("t", 2), ("u", 3)), Read("x", (N, T, U)), "max", winner="who"))
    word_, e = np.array([[1, 1], [3, 1]]), RANDOM.normal(size=(4, 3))
    got = run(p, {"word": word_, "e": e}, batch=2)
    np.testing.assert_allclose(got["x"], e[word_])
    np.testing.assert_allclose(got["d"], np.array([0, 3, 0, 1])[:, None] * e)
    np.testing.assert_array_equal(got["who"], got["x"].reshape(2, 6).argmax(1))


@pytest.mark.parametrize("reverse", [False, True])
def test_a_scan_runs_in_order(reverse):
    before = Read("h", (N, apply("add", T, 1 if reverse else -1)), other=Number(1.0))
    step = Equation("h", (N, T), (("n°", "batch"),), apply("add", apply("mul", 0.5, before), Read("x", (N, T))))
    p = program([batched("x", 4), batched("h", 4)], Scan("t", 4, (step,), reverse))
    x = RANDOM.normal(size=(2, 4))
    want, h = np.zeros((2, 4)), np.ones(2)
    for t in reversed(range(4)) if reverse else range(4):
        want[:, t] = h = 0.5 * h + x[:, t]
    np.testing.assert_allclose(run(p, {"x": x}, batch=2)["h"], want)


def test_totals_stay_wide_and_accumulate():
    p = program([batched("x"), Tensor("total", (), role="total"), Tensor("mean", (), role="result")],
                Equation("total", (), (("n°", "batch"),), Read("x", (N,)), "sum", accumulate=True),
                Equation("mean", (), (), apply("div", Read("total"), Scalar("batch"))))
    got = run(p, {"x": np.array([1, 2, 3.5], np.float32), "total": np.array(10.0)}, batch=3, dtype=np.float32)
    assert got["total"].dtype == got["mean"].dtype == np.float64
    assert got["total"] == 16.5 and got["mean"] == 5.5


def test_truth_values_count_as_numbers():
    x = Read("x", (N,))
    p = program([batched("x"), batched("y")],
                Equation("y", (N,), (("n°", "batch"),), apply("add", Apply("gt", (x, Number(0))), Apply("not", (x,)))))
    np.testing.assert_array_equal(run(p, {"x": np.array([2.0, 0, -1])}, batch=3)["y"], [1, 1, 0])


def test_complex_steps_give_derivatives():
    x = Read("x", (N,))
    formula = apply("add", apply("mul", apply("abs", x), apply("max", x, 0.5)), apply("sigmoid", x))
    p = program([batched("x"), batched("y")], Equation("y", (N,), (("n°", "batch"),), formula))
    at = np.array([-2.0, 0.1, 3.0])
    slope = run(p, {"x": at + 1e-30j}, batch=3, dtype=np.complex128)["y"].imag / 1e-30
    s = 1 / (1 + np.exp(-at))
    np.testing.assert_allclose(slope, np.array([-0.5, 0.5, 6.0]) + s * (1 - s))
