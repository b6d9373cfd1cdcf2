"""Safe forms across equations: values and gradients finite far out, and equal where the written forms are real numbers."""

import numpy as np
import pytest
from differences import assert_gradients
from hypothesis import HealthCheck, given, settings
from random_programs import samples

from nndsl.derive import adjoints
from nndsl.ir.equation import Equation, Program, Tensor
from nndsl.ir.expression import Index, Read, apply
from nndsl.ir.interpreter import run
from nndsl.ir.printer import equation_text
from nndsl.ir.verifier import verify
from nndsl.passes.stabilise import stabilise, stabilise_slopes

N, K = Index("n°"), Index("k")
ROWS, ALL = (("n°", "batch"),), (("n°", "batch"), ("k", 4))
Z, LABEL = Read("z", (N, K)), Read("label", (N,))
GIVEN = (Tensor("z", ("batch", 4), role="input"), Tensor("y", ("batch", 4), role="target"),
         Tensor("label", ("batch",), "int", "target"))
MEAN = Equation("loss", (), ROWS, apply("div", Read("l", (N,)), 2), "sum")


def program(shapes, *equations):
    tensors = {t.name: t for t in GIVEN} | {"l": Tensor("l", ("batch",)), "loss": Tensor("loss", ())}
    tensors |= {name: Tensor(name, ("batch", 4)[:axes]) for name, axes in shapes.items()}
    return verify(Program(tensors, (*equations, MEAN)), flat=True)


def minus_log(entry):
    return apply("neg", apply("log", entry))


SOFTMAX = [Equation("m", (N,), ALL, Z, "max"),
           Equation("e", (N, K), ALL, apply("exp", apply("sub", Z, Read("m", (N,), stop=True)))),
           Equation("s", (N,), ALL, Read("e", (N, K)), "sum"),
           Equation("p", (N, K), ALL, apply("div", Read("e", (N, K)), Read("s", (N,))))]
NAIVE = [Equation("e", (N, K), ALL, apply("exp", Z)),
         Equation("s", (N,), ALL, Read("e", (N, K)), "sum"),
         Equation("p", (N, K), ALL, apply("div", Read("e", (N, K)), Read("s", (N,))))]
SHAPES = {"m": 1, "e": 2, "s": 1, "p": 2}
BINARY = [Equation("p", (N, K), ALL, apply("div", 1, apply("add", 1, apply("exp", apply("neg", Z)))))]
Y, P = Read("y", (N, K)), Read("p", (N, K))
BINARY_LOSS = Equation("l", (N,), ALL, apply("sub", apply("mul", apply("neg", Y), apply("log", P)),
                                             apply("mul", apply("sub", 1, Y), apply("log", apply("sub", 1, P)))), "sum")
BY_LABEL = Equation("l", (N,), ROWS, minus_log(Read("p", (N, LABEL))))
BY_WEIGHT = Equation("l", (N,), ALL, apply("mul", Read("y", (N, K)), minus_log(Read("p", (N, K)))), "sum")

MODELS = {
    "softmax, label": program(SHAPES, *SOFTMAX, BY_LABEL),
    "softmax, weights": program(SHAPES, *SOFTMAX, BY_WEIGHT),
    "naive softmax, label": program(SHAPES, *NAIVE, BY_LABEL),
    "naive softmax in one line": program(SHAPES, Equation("s", (N,), ALL, apply("exp", Z), "sum"),
                                         Equation("p", (N, K), ALL, apply("div", apply("exp", Z), Read("s", (N,)))), BY_WEIGHT),
    "logarithm of a sum": program(SHAPES, Equation("s", (N,), ALL, apply("mul", 3, apply("exp", apply("mul", 0.5, Z))), "sum"),
                                  Equation("l", (N,), ROWS, apply("log", Read("s", (N,))))),
    "sigmoid, binary": program({"p": 2}, *BINARY, BINARY_LOSS),
    "exp is an equation of its own": program(
        {"e": 2, "p": 2}, Equation("e", (N, K), ALL, apply("exp", apply("neg", Z))),
        Equation("p", (N, K), ALL, apply("div", 1, apply("add", Read("e", (N, K)), 1))), BINARY_LOSS),
    "log cosh": program({"d": 2}, Equation("d", (N, K), ALL, apply("sub", Read("y", (N, K)), Z)),
                        Equation("l", (N,), ALL, apply("log", apply("cosh", Read("d", (N, K)))), "sum")),
    "mish": program({}, Equation("l", (N,), ALL, apply("mul", Z, apply("tanh", apply("log", apply(
        "add", 1, apply("exp", Z))))), "sum")),
    "tanh by exponentials": program({}, Equation("l", (N,), ALL, apply(
        "div", apply("sub", apply("exp", Z), apply("exp", apply("neg", Z))),
        apply("add", apply("exp", Z), apply("exp", apply("neg", Z)))), "sum")),
}


def arrays(scale, batch=6):
    random = np.random.default_rng(4)
    z = random.normal(size=(batch, 4))
    return {"z": z if scale == 1 else np.sign(z) * scale, "y": random.uniform(0, 1, (batch, 4)).round(1),
            "label": random.integers(0, 4, batch)}


@pytest.mark.parametrize("name", MODELS)
def test_values_and_gradients_stay_the_same(name):
    written = adjoints(MODELS[name], {"loss": 1.0}, ["z"])
    safe = verify(adjoints(verify(stabilise(MODELS[name]), flat=True), {"loss": 1.0}, ["z"]), flat=True)
    one, two = (run(p, arrays(1), batch=6) for p in (written, safe))
    for tensor in ("loss", "∂z"):
        np.testing.assert_allclose(two[tensor], one[tensor], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("scale", [90, 500, 1000])
@pytest.mark.parametrize("name", MODELS)
def test_values_and_gradients_are_finite_far_out(name, scale, dtype):
    found = run(adjoints(stabilise(MODELS[name]), {"loss": 1.0}, ["z"]), arrays(scale), batch=6, dtype=dtype)
    for tensor in ("loss", "∂z"):
        assert np.isfinite(found[tensor]).all(), (tensor, found[tensor])


@pytest.mark.parametrize(("name", "slope"), [
    ("softmax, label", lambda p, y, label: p - np.eye(4)[label]),
    ("naive softmax, label", lambda p, y, label: p - np.eye(4)[label]),
    ("sigmoid, binary", lambda p, y, label: p - y),
    ("exp is an equation of its own", lambda p, y, label: p - y),
])
@pytest.mark.parametrize("scale", [1, 30, 500])
def test_gradients_of_cross_entropies_are_those_of_the_textbook(name, slope, scale):
    given = arrays(scale)
    found = run(adjoints(stabilise(MODELS[name]), {"loss": 1.0}, ["z"]), given, batch=6, dtype=np.float32)
    np.testing.assert_allclose(found["∂z"], slope(found["p"], given["y"], given["label"]) / 2, atol=2e-7)


def test_a_cross_entropy_reads_in_terms_of_what_went_into_the_softmax():
    texts = {e.out: equation_text(e) for e in stabilise(MODELS["softmax, label"]).equations()}
    assert texts["l"] == "l[n] = log(s[n]) - (z[n,label[n]] - stop(m[n]))"
    texts = {e.out: equation_text(e) for e in stabilise(MODELS["sigmoid, binary"]).equations()}
    assert texts["l"] == "l[n] = Σ_k (y[n,k] · softplus(-z[n,k]) + (1 - y[n,k]) · softplus(z[n,k]))"
    assert texts["p"] == "p[n,k] = sigmoid(z[n,k])"


def test_a_naive_softmax_is_taken_relative_to_its_largest_entry():
    texts = [equation_text(e) for e in stabilise(MODELS["naive softmax, label"]).equations()]
    assert texts[1:6] == [
        "largest of s[n] = max[k](z[n,k])",
        "terms of s[n,k] = exp(z[n,k] - stop(largest of s[n]))",
        "relative of s[n] = Σ_k terms of s[n,k]",
        "s[n] = exp(stop(largest of s[n])) · relative of s[n]",
        "p[n,k] = exp(z[n,k] - stop(largest of s[n])) / relative of s[n]",
    ]


def test_a_sum_of_exponentials_that_nobody_divides_by_stays():
    plain = program({"s": 1}, Equation("s", (N,), ALL, apply("exp", Z), "sum"), Equation("l", (N,), ROWS, Read("s", (N,))))
    assert stabilise(plain).steps == plain.steps[:2] + stabilise(plain).steps[2:]


# ---------------------------------------------------------------------------------------------------- branches

X = Read("x", (N, K))


def guarded(*equations, shapes=()):
    tensors = {"x": Tensor("x", ("batch", 4), role="input"), "y": Tensor("y", ("batch", 4))}
    tensors |= {name: Tensor(name, ("batch", 4)[:axes]) for name, axes in shapes}
    return Program(tensors, equations)


A = Read("a", (N, K))
BRANCHES = {
    "logarithm": (guarded(Equation("a", (N, K), ALL, apply("log", X)),
                          Equation("y", (N, K), ALL, apply("where", apply("gt", X, 0), A, 0)), shapes=[("a", 2)]), 0),
    "exponential": (guarded(Equation("a", (N, K), ALL, apply("sub", apply("exp", X), 1)),
                            Equation("y", (N, K), ALL, apply("where", apply("gt", X, 0), X, A)), shapes=[("a", 2)]), 1e6),
    "norm": (guarded(Equation("s", (N,), ALL, apply("mul", X, X), "sum"),
                     Equation("a", (N,), ROWS, apply("sqrt", Read("s", (N,)))),
                     Equation("y", (N, K), ALL, apply("div", X, apply("max", Read("a", (N,)), 1e-12))),
                     shapes=[("s", 1), ("a", 1)]), 0),
}


@pytest.mark.parametrize("name", BRANCHES)
def test_a_branch_not_taken_leaks_nothing_through_other_equations(name):
    model, at = BRANCHES[name]
    given = {"x": np.full((1, 4), at, float), "∂y": np.ones((1, 4))}
    assert np.isnan(run(adjoints(model, {"y": None}, ["x"]), given, batch=1)["∂x"]).any()
    assert np.isfinite(run(adjoints(stabilise(model), {"y": None}, ["x"]), given, batch=1)["∂x"]).all()


def test_the_slope_of_log_cosh_is_exact_near_zero():
    tensors = {"z": GIVEN[0], "y": Tensor("y", ("batch", 4))}
    cosh = Program(tensors, (Equation("y", (N, K), ALL, apply("log", apply("cosh", Z))),))
    derived = stabilise_slopes(adjoints(stabilise(cosh), {"y": None}, ["z"]))
    assert equation_text([*derived.equations()][-1]) == "∂z[n,k] += ∂y[n,k] · tanh(z[n,k])"


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(samples())
def test_random_programs_keep_their_values_and_gradients(sample):
    safe = verify(stabilise(sample.program), flat=True)
    want, found = (run(p, sample.arrays, **sample.sizes) for p in (sample.program, safe))
    for name in sample.program.tensors:
        np.testing.assert_allclose(found[name], want[name], rtol=1e-9, atol=1e-9)
    derived = verify(adjoints(safe, {sample.objective: 1.0}, sample.wanted), flat=True)
    assert_gradients(derived, sample.arrays, sample.objective, sample.wanted, **sample.sizes)
