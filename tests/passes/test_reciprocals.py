"""Reciprocals stand where many entries are divided by the same, and nowhere else."""

import numpy as np
import pytest

from nndsl.ir.equation import Equation, Program, Scan, Tensor
from nndsl.ir.expression import BATCH, Draw, Index, Number, Read, Scalar, apply
from nndsl.ir.interpreter import run
from nndsl.ir.printer import equation_text
from nndsl.ir.verifier import verify
from nndsl.passes.reciprocals import reciprocals

N, C, K = Index("n"), Index("c"), Index("k")
X, P, S, W = Read("x", (N, C)), Read("p", (N, C)), Read("s", (N,)), Read("w", (C,))
POINTS = (("n", BATCH), ("c", 20))


def div(a, b):
    return apply("div", a, b)


def program(*steps):
    tensors = [Tensor("x", (BATCH, 20), role="input"), Tensor("p", (BATCH, 20), role="input"),
               Tensor("s", (BATCH,), role="input"), Tensor("w", (20,), role="parameter"),
               Tensor("y", (BATCH, 20)), Tensor("z", (BATCH, 20))]
    return Program({t.name: t for t in tensors}, steps)


def texts(*steps):
    return [equation_text(e) for e in verify(reciprocals(program(*steps)), flat=True).equations()]


def y(formula, ranges=POINTS):
    return Equation("y", (N, C), ranges, formula)


FOUND = {
    "one for every sample": (div(X, S), ["reciprocal in y[n] = 1 / s[n]", "y[n,c] = x[n,c] · reciprocal in y[n]"]),
    "one for every column": (div(X, apply("sqrt", W)), ["reciprocal in y[c] = 1 / sqrt(w[c])",
                                                        "y[n,c] = x[n,c] · reciprocal in y[c]"]),
    "two by the same": (apply("add", div(X, S), div(P, S)),
                        ["reciprocal in y[n] = 1 / s[n]",
                         "y[n,c] = x[n,c] · reciprocal in y[n] + p[n,c] · reciprocal in y[n]"]),
    "one in another": (div(div(X, W), S), ["reciprocal in y[c] = 1 / w[c]", "reciprocal in y'[n] = 1 / s[n]",
                                           "y[n,c] = x[n,c] · reciprocal in y[c] · reciprocal in y'[n]"]),
    "another for every point": (div(X, P), ["y[n,c] = x[n,c] / p[n,c]"]),
    "a number": (div(X, Number(3)), ["y[n,c] = x[n,c] / 3"]),
    "the size of the batch": (div(X, Scalar(BATCH)), ["y[n,c] = x[n,c] / batch"]),
}


@pytest.mark.parametrize("name", FOUND)
def test_where_they_stand(name):
    formula, wanted = FOUND[name]
    assert texts(y(formula)) == wanted
    random = np.random.default_rng(0)
    before = program(y(formula))
    arrays = {n: random.uniform(1, 2, [3 if e == BATCH else e for e in before.tensors[n].shape]) for n in ("x", "p", "s", "w")}
    assert run(reciprocals(before), arrays, batch=3)["y"] == pytest.approx(run(before, arrays, batch=3)["y"], rel=1e-14)


def test_few_quotients_stay():
    few = Equation("y", (N, C), (("n", BATCH), ("c", 4)), div(X, S))
    assert texts(few) == ["y[n,c] = x[n,c] / s[n]"]


def test_what_is_random_stays():
    assert len(texts(y(div(X, apply("mul", S, Draw("uniform", 0)))))) == 1


def test_one_serves_several_equations_under_other_names_of_indices():
    second = Equation("z", (N, K), (("n", BATCH), ("k", 20)), div(Read("p", (N, K)), S))
    assert texts(y(div(X, S)), second) == ["reciprocal in y[n] = 1 / s[n]", "y[n,c] = x[n,c] · reciprocal in y[n]",
                                           "z[n,k] = p[n,k] · reciprocal in y[n]"]


def test_it_is_computed_anew_when_the_divisor_has_changed():
    set_anew = Equation("w", (C,), (("c", 20),), apply("mul", W, 2))
    found = texts(y(div(X, W)), set_anew, Equation("z", (N, C), POINTS, div(X, W)))
    assert found == ["reciprocal in y[c] = 1 / w[c]", "y[n,c] = x[n,c] · reciprocal in y[c]", "w[c] = w[c] · 2",
                     "reciprocal in z[c] = 1 / w[c]", "z[n,c] = x[n,c] · reciprocal in z[c]"]


def test_scans_stay_as_they_are():
    scan = Scan("c", 20, (Equation("y", (N, C), (("n", BATCH),), div(X, S)),))
    assert reciprocals(program(scan)) == program(scan)
