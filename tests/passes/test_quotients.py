"""Divisors come out of sums, and nothing else does."""

import numpy as np
import pytest

from nndsl.ir.equation import Equation, Program, Tensor
from nndsl.ir.expression import Index, Read, apply
from nndsl.ir.interpreter import run
from nndsl.ir.printer import equation_text
from nndsl.ir.verifier import verify
from nndsl.passes.quotients import quotients

N, C = Index("n"), Index("c")
X, P, S = Read("x", (N, C)), Read("p", (N, C)), Read("s", (N,))
PRODUCT = apply("mul", X, P)
FOUND = {
    "a divisor": (apply("div", PRODUCT, S), ["sum of z[n] = Σ_c x[n,c] · p[n,c]", "z[n] = sum of z[n] / s[n]"]),
    "a divisor, a factor and a sign": (
        apply("neg", apply("mul", apply("div", X, apply("mul", S, S)), apply("mul", 3, P))),
        ["sum of z[n] = Σ_c x[n,c] · p[n,c]", "z[n] = sum of z[n] · -3 / (s[n] · s[n])"]),
    "a factor alone": (apply("mul", X, S), ["z[n] = Σ_c x[n,c] · s[n]"]),
    "a divisor that is summed over": (apply("div", X, P), ["z[n] = Σ_c x[n,c] / p[n,c]"]),
    "nothing left": (apply("div", S, S), ["z[n] = Σ_c s[n] / s[n]"]),
}


def summed(formula, **settings):
    tensors = [Tensor("x", (2, 3), role="input"), Tensor("p", (2, 3), role="input"), Tensor("s", (2,), role="input"),
               Tensor("z", (2,), **settings)]
    return Program({t.name: t for t in tensors}, (Equation("z", (N,), (("n", 2), ("c", 3)), formula, "sum"),))


@pytest.mark.parametrize("name", FOUND)
def test_divisors_come_out(name):
    formula, texts = FOUND[name]
    program = summed(formula)
    found = verify(quotients(program), flat=True)
    assert [equation_text(e) for e in found.equations()] == texts
    random = np.random.default_rng(0)
    arrays = {name: random.uniform(1, 2, program.tensors[name].shape) for name in ("x", "p", "s")}
    assert run(found, arrays, batch=1)["z"] == pytest.approx(run(program, arrays, batch=1)["z"], rel=1e-12)


def test_totals_of_an_epoch_stay():
    """They are kept in 64 bits, which what comes before the division would not be."""
    program = summed(apply("div", PRODUCT, S), role="total")
    assert quotients(program) == program
