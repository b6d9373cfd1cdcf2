"""The adjoint rule against complex-step differences, on random programs and on each construct."""

import numpy as np
import pytest
from differences import assert_gradients, richardson
from hypothesis import HealthCheck, assume, given, settings
from random_programs import samples

from nndsl.derive import adjoints
from nndsl.ir.equation import Equation, Program, Tensor
from nndsl.ir.expression import Index, Number, Read, apply
from nndsl.ir.interpreter import run
from nndsl.ir.verifier import verify

PLENTY = settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@PLENTY
@given(samples())
def test_random_programs(sample):
    derived = verify(adjoints(verify(sample.program, flat=True), {sample.objective: 1.0}, sample.wanted), flat=True)
    assert_gradients(derived, sample.arrays, sample.objective, sample.wanted, **sample.sizes)


def with_squared_slopes(derived, wanted):
    """The program with S = objective + half the sum of squares of all gradients."""
    tensors = {**derived.tensors, "S": Tensor("S", ())}
    steps = [Equation("S", (), (), Read("objective"), accumulate=True)]
    for name in wanted:
        ranges = tuple((f"a{axis}", extent) for axis, extent in enumerate(tensors[name].shape))
        entry = Read("∂" + name, tuple(Index(i) for i, _ in ranges))
        steps.append(Equation("S", (), ranges, apply("mul", 0.5, apply("mul", entry, entry)), "sum" if ranges else "",
                              accumulate=True))
    return Program(tensors, (*derived.steps, *steps))


@settings(PLENTY, max_examples=40)
@given(samples(most=3))
def test_the_rule_applies_to_what_it_derived(sample):
    """Second derivatives: the gradient of a penalty on gradients."""
    first = adjoints(sample.program, {sample.objective: 1.0}, sample.wanted)
    twice = verify(adjoints(with_squared_slopes(first, sample.wanted), {"S": 1.0}, sample.wanted, mark="∂2 "), flat=True)
    assert_gradients(twice, sample.arrays, "S", sample.wanted, mark="∂2 ", **sample.sizes)


@settings(PLENTY, max_examples=30)
@given(samples(most=3))
def test_complex_steps_agree_with_real_differences(sample):
    derived = adjoints(sample.program, {sample.objective: 1.0}, sample.wanted)
    found = run(derived, sample.arrays, **sample.sizes)
    direction = np.random.default_rng(2).normal(size=sample.arrays["x"].shape)
    want, doubt = richardson(derived, sample.arrays, sample.objective, "x", direction, **sample.sizes)
    assume(doubt < 1e-9)
    got = (found["∂x"] * direction).sum()
    assert abs(got - want) < 1e-7 * max(1, abs(want))


# ---------------------------------------------------------------------------------------------------- by hand

N, J = Index("n"), Index("j")
ALL = (("n", "batch"), ("j", 3))


def single(expr, reduce="", wanted=("x",), **more):
    """y[n] or y[n, j] = expr over x[n, j] and w[j], and the gradients with the upstream array of y given."""
    shape = ("batch",) if reduce else ("batch", 3)
    index = (N,) if reduce else (N, J)
    tensors = [Tensor("x", ("batch", 3), role="input"), Tensor("w", (3,), role="parameter"), Tensor("y", shape),
               Tensor("k", ("batch",), "int", "input")]
    program = Program({t.name: t for t in tensors}, (Equation("y", index, ALL, expr, reduce, **more),))
    return verify(adjoints(program, {"y": None}, wanted), flat=True)


def test_a_single_piece_takes_the_gradient_from_outside():
    derived = single(apply("mul", Read("x", (N, J)), Read("w", (J,))), "sum", ("x", "w"))
    x, w, up = np.arange(6.0).reshape(2, 3), np.array([1.0, -1, 2]), np.array([10.0, 1])
    found = run(derived, {"x": x, "w": w, "∂y": up}, batch=2)
    np.testing.assert_array_equal(found["∂x"], np.outer(up, w))
    np.testing.assert_array_equal(found["∂w"], up @ x)
    assert derived.tensors["∂y"].role == "input" and derived.tensors["∂w"].role == "gradient"


def test_ties_in_a_max_count_once():
    found = run(single(Read("x", (N, J)), "max"), {"x": np.array([[1.0, 5, 5]]), "∂y": np.array([1.0])}, batch=1)
    np.testing.assert_array_equal(found["∂x"], [[0, 1, 0]])


@pytest.mark.parametrize(("factors", "slopes"), [([2, 3, 5], [15, 10, 6]), ([2, 0, 5], [0, 10, 0]), ([0, 0, 5], [0, 0, 0])])
def test_products_are_right_at_zeros(factors, slopes):
    found = run(single(Read("x", (N, J)), "prod"), {"x": np.array([factors], float), "∂y": np.array([1.0])}, batch=1)
    np.testing.assert_array_equal(found["∂x"], [slopes])


def test_stop_and_whole_numbers_get_nothing():
    derived = single(apply("mul", Read("x", (N, J), stop=True), Read("k", (N,))))
    assert not [e for e in derived.equations() if e.accumulate]
    assert (run(derived, {"x": np.ones((2, 3)), "∂y": np.ones((2, 3))}, batch=2)["∂x"] == 0).all()


def test_nothing_is_computed_for_what_is_not_wanted():
    derived = single(apply("mul", Read("x", (N, J)), Read("w", (J,))))
    assert "∂w" not in derived.tensors and "∂k" not in derived.tensors
    assert [e.out for e in derived.equations()] == ["y", "∂x"]


def test_gradients_say_what_they_are_the_adjoint_of():
    derived = single(Read("x", (N, J)))
    assert [e.origin.note for e in derived.equations()] == ["", "adjoint of y"]


def test_faults_of_the_caller_are_named():
    program = single(Read("x", (N, J)))
    with pytest.raises(ValueError, match="taken; use another mark"):
        adjoints(program, {"y": 1.0}, ["x"])
    with pytest.raises(ValueError, match="`z` is not a tensor"):
        adjoints(program, {"z": 1.0}, ["x"], mark="d")


def test_a_piecewise_entry_that_is_not_taken_leaks_nothing():
    x = Read("x", (N, J))
    derived = single(apply("where", apply("gt", x, 0), apply("log", x), Number(0)))
    found = run(derived, {"x": np.array([[0.0, -1, 2]]), "∂y": np.ones((1, 3))}, batch=1)
    np.testing.assert_array_equal(found["∂x"], [[0, 0, 0.5]])
