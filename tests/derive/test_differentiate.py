"""Derivatives in formulas against complex steps, on random programs, and each way of finding them by hand."""

from collections.abc import Callable

import numpy as np
import pytest
from differences import assert_gradients
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from random_programs import ROWS, Builder, N, samples

from nndsl.compiler import ALL
from nndsl.derive import adjoints
from nndsl.derive.differentiate import differentiated
from nndsl.ir.equation import Equation, Program, Tensor
from nndsl.ir.expression import Derivative, Expr, Index, Number, Read, Scalar, apply
from nndsl.ir.interpreter import run
from nndsl.ir.verifier import verify

PLENTY = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
ALONE = tuple(kind for kind in Builder.KINDS if kind is not Builder.over_the_batch)
STEP = 1e-30

EACH, J, K = Index("i"), Index("j"), Index("k")
WAYS = {
    "an entry by an entry": (Number(0), Number(1)),
    "an entry by all": (Number(0), EACH),
    "all by an entry": (K, Number(1)),
    "all by all": (K, EACH),
}


def with_values(sample) -> Program:
    """The program with `u`, two numbers a sample that depend on all its rows."""
    weight = apply("cos", apply("add", J, apply("mul", 2, K)))
    values = [Equation("u", (N, K), (ROWS, ("k", 2), ("j", size)), apply("mul", weight, Read(name, (N, J))), "sum", True)
              for name, size in sample.rows]
    return Program({**sample.program.tensors, "u": Tensor("u", ("batch", 2))}, (*sample.program.steps, *values))


def with_slopes(sample, k: Expr, *by: Expr) -> Program:
    """The same with `slopes`, derivatives of u by entries of x, and `S`, a number that depends on them."""
    program = with_values(sample)
    ranges = (ROWS, *((("k", 2),) if k == K else ()), *((("i", 3),) if EACH in by else ()))
    index = tuple(Index(name) for name, _ in ranges)
    slopes = Equation("slopes", index, ranges, Derivative(Read("u", (N, k)), tuple(Read("x", (N, i)) for i in by)))
    tensors = {**program.tensors, "slopes": Tensor("slopes", tuple(extent for _, extent in ranges)), "S": Tensor("S", ())}
    weight = apply("cos", apply("add", *(index[-2:] if len(index) > 1 else (N, 1))))
    total = Equation("S", (), ranges, apply("mul", weight, apply("sin", Read("slopes", index))), "sum")
    return Program(tensors, (*program.steps, slopes, total))


def complex_steps(program: Program, arrays, i: int, read: Callable, **sizes):
    """How what `read` picks from all tensors changes with x[n, i], for all samples at once."""
    moved = arrays["x"].astype(complex)
    moved[:, i] += 1j * STEP
    return read(run(program, {**arrays, "x": moved}, dtype=np.complex128, **sizes)).imag / STEP


def expected(sample, k: Expr, i: Expr):
    """The first derivatives, by complex steps."""
    columns = range(3) if i == EACH else [1]
    found = [complex_steps(with_values(sample), sample.arrays, c, lambda a: a["u"], **sample.sizes) for c in columns]
    values = np.stack(found, -1)  # n, k, i
    values = values if k == K else values[:, 0]
    return values if i == EACH else values[..., 0]


@pytest.mark.parametrize("kind", ALONE, ids=lambda kind: kind.__name__)
def test_first_derivatives_agree_with_complex_steps(kind: Callable) -> None:
    @settings(PLENTY, max_examples=20)
    @given(samples(most=3, kinds=(kind, Builder.elementwise)), st.sampled_from(list(WAYS.values())))
    def check(sample, way) -> None:
        nested = with_slopes(sample, *way)
        found = run(verify(differentiated(nested), flat=True), sample.arrays, **sample.sizes)["slopes"]
        want = expected(sample, *way)
        assume(np.isfinite(want).all())
        np.testing.assert_allclose(found, want, rtol=1e-9, atol=1e-9 * max(1, np.abs(want).max(initial=0)))
    check()


@pytest.mark.parametrize(("k", "i"), WAYS.values(), ids=WAYS)
def test_derivatives_are_themselves_differentiable(k: Expr, i: Expr) -> None:
    @settings(PLENTY, max_examples=30)
    @given(samples(most=3))
    def check(sample) -> None:
        nested = with_slopes(sample, k, i)
        derived = verify(adjoints(differentiated(nested, ALL.after), {"S": 1.0}, sample.wanted), flat=True)
        assert_gradients(derived, sample.arrays, "S", sample.wanted, **sample.sizes)
    check()


@settings(PLENTY, max_examples=30)
@given(samples(most=2, kinds=ALONE), st.lists(st.sampled_from([Number(0), Number(2), EACH]), min_size=2, max_size=3))
def test_each_order_is_the_derivative_of_the_one_before(sample, by) -> None:
    first = differentiated(with_slopes(sample, Number(0), *by[:-1]), ALL.after)
    last = differentiated(with_slopes(sample, Number(0), *by), ALL.after)
    found = run(verify(last, flat=True), sample.arrays, **sample.sizes)["slopes"]
    if EACH not in by[:-1] and by[-1] == EACH:
        want = np.stack([complex_steps(first, sample.arrays, c, lambda a: a["slopes"], **sample.sizes) for c in range(3)], -1)
    elif by[-1] == EACH:  # the same index: entry by entry
        want = np.stack([complex_steps(first, sample.arrays, c, lambda a, c=c: a["slopes"][:, c], **sample.sizes)
                         for c in range(3)], -1)
    else:
        want = complex_steps(first, sample.arrays, by[-1].value, lambda a: a["slopes"], **sample.sizes)
    assume(np.isfinite(want).all())
    np.testing.assert_allclose(found, want, rtol=1e-8, atol=1e-8 * max(1, np.abs(want).max(initial=0)))


@settings(PLENTY, max_examples=40)
@given(samples(most=3), st.sampled_from(list(WAYS.values())))
def test_without_derivatives_a_program_stays_and_with_them_the_passes_change_nothing(sample, way) -> None:
    assert differentiated(sample.program) is sample.program
    nested = with_slopes(sample, *way)
    plain, short = (run(differentiated(nested, passes), sample.arrays, **sample.sizes)["slopes"] for passes in ((), ALL.after))
    np.testing.assert_allclose(short, plain, rtol=1e-9, atol=1e-9 * max(1, np.abs(plain).max(initial=0)))


# ---------------------------------------------------------------------------------------------------- by hand


def slopes_of(expr: Expr, *by: Read, before: tuple[Equation, ...] = (), tensors: tuple[Tensor, ...] = ()) -> Program:
    """`u[n] = expr`, and `slopes[n]` its derivative."""
    every = {t.name: t for t in (Tensor("x", ("batch", 3), role="input"), Tensor("u", ("batch",)),
                                 Tensor("slopes", ("batch",)), *tensors)}
    return differentiated(Program(every, (
        *before, Equation("u", (N,), (ROWS,), expr), Equation("slopes", (N,), (ROWS,), Derivative(Read("u", (N,)), by)))))


X0, X1 = Read("x", (N, Number(0))), Read("x", (N, Number(1)))
GIVEN = np.array([[0.5, -1, 2], [1, 2, 3]])


def slopes(program: Program) -> list[float]:
    return run(verify(program, flat=True), {"x": GIVEN}, batch=2)["slopes"].tolist()


def test_what_does_not_change_has_slope_zero() -> None:
    assert slopes(slopes_of(apply("sin", X0), X1)) == [0, 0]
    assert slopes(slopes_of(apply("floor", X0), X0)) == [0, 0]
    assert slopes(slopes_of(apply("mul", Read("x", X0.index, stop=True), X1), X0)) == [0, 0]
    assert slopes(slopes_of(apply("mul", 3, X0), X0, X0)) == [0, 0]


def test_a_kink_has_the_slope_of_the_piece_that_holds_there() -> None:
    assert slopes(slopes_of(apply("where", apply("gt", X1, 2), apply("mul", 5, X1), apply("neg", X1)), X1)) == [-1, -1]


def test_mixed_orders() -> None:
    product = apply("mul", apply("pow", X0, 2), apply("pow", X1, 3))
    assert slopes(slopes_of(product, X0, X1)) == [2 * 0.5 * 3, 2 * 3 * 4]
    assert slopes(slopes_of(product, X1, X1, X0)) == [2 * 0.5 * 6 * -1, 2 * 6 * 2]


def test_what_is_computed_over_the_batch_counts_as_given() -> None:
    mean = Equation("m", (), (ROWS,), apply("div", X0, Scalar("batch")), "sum")
    centred = slopes_of(apply("pow", apply("sub", X0, Read("m")), 2), X0, before=(mean,), tensors=(Tensor("m", ()),))
    assert slopes(centred) == [2 * (0.5 - 0.75), 2 * (1 - 0.75)]


def test_over_the_batch_backwards_too() -> None:
    mean = Equation("m", (), (ROWS,), apply("div", X0, Scalar("batch")), "sum")
    cube = Equation("c", (N,), (ROWS, ("j", 3)), apply("pow", apply("sub", Read("x", (N, J)), Read("m")), 3), "sum")
    every = {t.name: t for t in (Tensor("x", ("batch", 3), role="input"), Tensor("m", ()), Tensor("c", ("batch",)),
                                 Tensor("slopes", ("batch", 3)))}
    slope = Equation("slopes", (N, EACH), (ROWS, ("i", 3)), Derivative(Read("c", (N,)), (Read("x", (N, EACH)),)))
    program = differentiated(Program(every, (mean, cube, slope)))
    assert "∂c/∂x" in program.tensors
    np.testing.assert_allclose(slopes(program), 3 * (GIVEN - 0.75) ** 2)


@pytest.mark.parametrize("at", [EACH, Number(1)], ids=["backwards", "forwards"])
def test_other_samples_count_as_given(at: Expr) -> None:
    """c[n] = x[n, 1] Σ_m x[m, 1]"""
    total = Equation("c", (N,), (ROWS, ("m", "batch")), apply("mul", X1, Read("x", (Index("m"), Number(1)))), "sum")
    ranges = (ROWS, ("i", 3)) if at == EACH else (ROWS,)
    every = {t.name: t for t in (Tensor("x", ("batch", 3), role="input"), Tensor("c", ("batch",)),
                                 Tensor("slopes", tuple(extent for _, extent in ranges)))}
    slope = Equation("slopes", tuple(Index(name) for name, _ in ranges), ranges,
                     Derivative(Read("c", (N,)), (Read("x", (N, at)),)))
    found = slopes(differentiated(Program(every, (total, slope))))
    np.testing.assert_array_equal(found, [[0, 1, 0]] * 2 if at == EACH else [1, 1])


@pytest.mark.parametrize("at", [EACH, Number(1)], ids=["backwards", "forwards"])
def test_what_stands_instead_of_an_entry_changes_too(at: Expr) -> None:
    """c = Σ_j (x[j + 2] else x[0] x[1]), so two of three terms are the product."""
    instead = Read("x", (N, apply("add", J, 2)), other=apply("mul", X0, X1))
    total = Equation("c", (N,), (ROWS, ("j", 3)), instead, "sum")
    ranges = (ROWS, ("i", 3)) if at == EACH else (ROWS,)
    every = {t.name: t for t in (Tensor("x", ("batch", 3), role="input"), Tensor("c", ("batch",)),
                                 Tensor("slopes", tuple(extent for _, extent in ranges)))}
    slope = Equation("slopes", tuple(Index(name) for name, _ in ranges), ranges,
                     Derivative(Read("c", (N,)), (Read("x", (N, at)),)))
    want = np.stack([2 * GIVEN[:, 1], 2 * GIVEN[:, 0], np.ones(2)], 1)
    found = slopes(differentiated(Program(every, (total, slope))))
    np.testing.assert_allclose(found, want if at == EACH else want[:, 1])


def test_a_piece_that_does_not_change_has_slope_zero() -> None:
    """Of p = [x[0]^2, 5] both entries count, and a tangent is written whole."""
    pieces = (Equation("p", (N, Number(0)), (ROWS,), apply("pow", X0, 2)),
              Equation("p", (N, Number(1)), (ROWS,), Number(5.0)))
    total = Equation("c", (N,), (ROWS, ("j", 2)), apply("pow", Read("p", (N, J)), 2), "sum")
    tensors = (Tensor("p", ("batch", 2)), Tensor("c", ("batch",)))
    program = slopes_of(Read("c", (N,)), X0, before=(*pieces, total), tensors=tensors)
    assert slopes(program) == [4 * 0.5**3, 4.0]
    assert [e.expr for e in program.equations() if e.out == "∂p/∂x₀"][1:] == [Number(0.0)]


def test_a_tensor_given_by_its_own_derivative_is_refused() -> None:
    with pytest.raises(ValueError, match="depends on its own derivative"):
        slopes_of(apply("mul", X0, Derivative(Read("u", (N,)), (X0,))), X0)


def chain(layers: int, *by: Expr) -> Program:
    """A net of layers of the same width, and a derivative of its one output."""
    tensors = {"x": Tensor("x", ("batch", 4), role="input"), "slopes": Tensor("slopes", ("batch", 4))}
    steps = []
    u, i, before = Index("u"), Index("i"), "x"
    for layer in range(layers):
        width = 1 if layer == layers - 1 else 4
        w, z, h = f"w{layer}", f"z{layer}", f"h{layer}"
        tensors |= {w: Tensor(w, (4, width), role="parameter")} | {name: Tensor(name, ("batch", width)) for name in (z, h)}
        product = apply("mul", Read(before, (N, i)), Read(w, (i, u)))
        steps += [Equation(z, (N, u), (ROWS, ("u", width), ("i", 4)), product, "sum"),
                  Equation(h, (N, u), (ROWS, ("u", width)), apply("tanh", Read(z, (N, u))))]
        before = h
    slope = Derivative(Read(before, (N, Number(0))), tuple(Read("x", (N, at)) for at in by))
    return Program(tensors, (*steps, Equation("slopes", (N, EACH), (ROWS, ("i", 4)), slope)))


def sums(program: Program) -> int:
    return sum(equation.reduce == "sum" for equation in program.equations())


def test_each_order_by_one_entry_takes_one_product_a_layer() -> None:
    # the first layer's tangent is a row of its weights, and has none itself
    counts = [sums(differentiated(chain(4, *(Number(1),) * order), ALL.after)) for order in (1, 2, 3)]
    assert counts == [4 + 3, 4 + 3 + 3, 4 + 3 + 3 + 3]


def test_a_gradient_by_all_entries_takes_one_product_a_layer() -> None:
    assert sums(differentiated(chain(4, EACH), ALL.after)) == 4 + 4
