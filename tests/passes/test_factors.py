"""Factors of matrix products are stored, and only those."""

import numpy as np
import pytest
from differences import assert_gradients
from hypothesis import HealthCheck, given, settings
from random_programs import samples

from nndsl.derive import adjoints
from nndsl.ir.equation import Equation, Program, Tensor
from nndsl.ir.expression import Index, Number, Read, apply
from nndsl.ir.interpreter import run
from nndsl.ir.printer import equation_text
from nndsl.ir.verifier import verify
from nndsl.passes.factors import factors

N, J, U = Index("n°"), Index("i"), Index("u")
ALL = (("n°", "batch"), ("u", 2), ("i", 3))
X, W, G, S = Read("x", (N, J)), Read("w", (J, U)), Read("g", (U,)), Read("s", (N,))


def layer(formula):
    tensors = [Tensor("x", ("batch", 3), role="input"), Tensor("s", ("batch",), role="input"), Tensor("z", ("batch", 2)),
               Tensor("g", (2,), role="parameter"), Tensor("w", (3, 2), role="parameter")]
    return Program({t.name: t for t in tensors}, (Equation("z", (N, U), ALL, formula, "sum"),))


def mul(*parts):
    product, *others = parts
    for part in others:
        product = apply("mul", product, part)
    return product


TANH = apply("tanh", X)
FOUND = {
    "formula of the samples": (mul(TANH, W), ["factor 1 of z[n,i] = tanh(x[n,i])", "z[n,u] = Σ_i factor 1 of z[n,i] · w[i,u]"]),
    "formula of the weights": (mul(X, G, W), ["factor 2 of z[i,u] = g[u] · w[i,u]",
                                              "z[n,u] = Σ_i x[n,i] · factor 2 of z[i,u]"]),
    "both, with a number": (mul(2, TANH, apply("div", W, G)), [
        "factor 1 of z[n,i] = tanh(x[n,i])", "factor 2 of z[i,u] = 2 · w[i,u] / g[u]",
        "z[n,u] = Σ_i factor 1 of z[n,i] · factor 2 of z[i,u]"]),
    "over the samples": (apply("div", mul(X, W), S), ["factor 1 of z[n,i] = x[n,i] / s[n]",
                                                      "z[n,u] = Σ_i factor 1 of z[n,i] · w[i,u]"]),
    "negative": (apply("neg", mul(X, W)), ["factor 2 of z[i,u] = -w[i,u]", "z[n,u] = Σ_i x[n,i] · factor 2 of z[i,u]"]),
    "a matrix product already": (mul(X, W), ["z[n,u] = Σ_i x[n,i] · w[i,u]"]),
    "no product": (apply("abs", apply("sub", X, W)), ["z[n,u] = Σ_i abs(x[n,i] - w[i,u])"]),
    "a third factor over all": (mul(X, W, apply("exp", mul(X, W))), ["z[n,u] = Σ_i x[n,i] · w[i,u] · exp(x[n,i] · w[i,u])"]),
    "a window": (mul(Read("x", (N, apply("sub", J, 1)), other=Number(0)), apply("exp", W)),
                 ["factor 2 of z[i,u] = exp(w[i,u])", "z[n,u] = Σ_i (x[n,i - 1] else 0) · factor 2 of z[i,u]"]),
}


@pytest.mark.parametrize("name", FOUND)
def test_factors_are_found(name):
    formula, texts = FOUND[name]
    program = layer(formula)
    found = verify(factors(program), flat=True)
    assert [equation_text(e) for e in found.equations()] == texts
    random = np.random.default_rng(0)
    arrays = {"x": random.normal(size=(4, 3)), "s": random.normal(size=4), "g": random.normal(size=2),
              "w": random.normal(size=(3, 2))}
    np.testing.assert_allclose(run(found, arrays, batch=4)["z"], run(program, arrays, batch=4)["z"], rtol=1e-13)


@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(samples())
def test_random_programs_keep_their_gradients(sample):
    derived = verify(adjoints(verify(factors(sample.program), flat=True), {sample.objective: 1.0}, sample.wanted), flat=True)
    assert_gradients(derived, sample.arrays, sample.objective, sample.wanted, **sample.sizes)
