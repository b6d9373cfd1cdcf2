"""Derivatives of scalar formulas: values, kinks, extremes, and how they read."""

import mpmath
import numpy as np
import pytest
import sympy as sp

from nndsl.derive.definitions import FORMULAS, PIECES, spelled_out
from nndsl.derive.scalar import _partial, entries, partial, times
from nndsl.derive.symbols import CONSTRUCTORS, Translation
from nndsl.ir.equation import Equation, Program, Tensor
from nndsl.ir.expression import Apply, Index, Number, Read, apply
from nndsl.ir.interpreter import run
from nndsl.ir.operations import OPERATIONS
from nndsl.ir.printer import expression_text

X, Y, S = (Read(name, (Index("n"),)) for name in "xys")


def values(formula, dtype=np.float64, **arrays):
    tensors = {name: Tensor(name, ("batch",)) for name in (*arrays, "out")}
    size = len(next(iter(arrays.values())))
    program = Program(tensors, (Equation("out", (Index("n"),), (("n", "batch"),), formula),))
    return run(program, {k: np.array(v) for k, v in arrays.items()}, batch=size, dtype=dtype)["out"]


RANGE = {"log": (0.1, 5), "sqrt": (0.1, 5), "asin": (-0.9, 0.9), "acos": (-0.9, 0.9), "log1p": (-0.9, 5)}


@pytest.mark.parametrize("operation", [name for name, row in OPERATIONS.items() if row.arity == 1])
def test_every_operation_of_one_operand(operation):
    low, high = RANGE.get(operation, (-3, 3))
    at = np.random.default_rng(3).uniform(low, high, 50)
    formula = apply(operation, X)
    want = values(formula, np.complex128, x=at + 1e-30j).imag / 1e-30
    np.testing.assert_allclose(values(partial(formula, X), x=at), want, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("operation", [name for name, row in OPERATIONS.items() if row.arity == 2])
@pytest.mark.parametrize("entry", [X, Y])
def test_every_operation_of_two_operands(operation, entry):
    random = np.random.default_rng(3)
    arrays = {"x": random.uniform(0.1, 3, 50), "y": random.uniform(0.1, 3, 50)}
    formula = apply(operation, X, Y)
    moved = {**arrays, entry.tensor: arrays[entry.tensor] + 1e-30j}
    want = values(formula, np.complex128, **moved).imag / 1e-30
    np.testing.assert_allclose(values(partial(formula, entry), **arrays), want, rtol=1e-11, atol=1e-14)


def test_all_operations_are_known():
    special = {"where", "pow"}
    for name in OPERATIONS:
        slope = partial(apply(name, *[X] * OPERATIONS[name].arity), X)
        assert name in {*CONSTRUCTORS, *PIECES, *special} or slope == Number(0), name


@pytest.mark.parametrize(("formula", "at", "slope"), [
    (apply("where", apply("gt", X, 0), X, 0), 0, 0),
    (apply("where", apply("ge", X, 0), X, 0), 0, 1),
    (apply("max", X, 0), 0, 0),
    (apply("max", 0, X), 0, 1),
    (apply("min", X, 0), 0, 0),
    (apply("abs", X), 0, 0),
    (apply("clip", X, -1, 2), -1, 1),
    (apply("clip", X, -1, 2), 2, 1),
    (apply("sign", X), 0, 0),
    (apply("floor", X), 1, 0),
    (apply("mod", X, 2), 2, 1),
    (apply("pow", X, 2), 0, 0),
    (apply("pow", X, Y), 0, 0),
    (apply("where", apply("gt", X, 0), apply("log", X), X), 0, 1),
])
def test_at_a_kink_the_piece_whose_condition_holds_counts(formula, at, slope):
    assert values(partial(formula, X), x=[float(at)], y=[2.0])[0] == slope


def test_a_power_with_a_running_exponent_is_finite_at_zero():
    assert values(partial(apply("pow", X, Y), Y), x=[0.0], y=[2.0])[0] == 0


@pytest.mark.parametrize("formula", [
    apply("sigmoid", X), apply("softplus", X), apply("tanh", X), apply("mul", X, apply("sigmoid", X)),
    apply("mul", X, apply("tanh", apply("softplus", X))), apply("erf", X)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_slopes_are_finite_far_out(formula, dtype):
    far = [-1000.0, -500, -90, 90, 500, 1000]
    assert np.isfinite(values(partial(formula, X), dtype, x=far)).all()


@pytest.mark.parametrize("name", FORMULAS)
def test_good_forms_equal_the_derivatives_of_the_textbook_formulas(name):
    mpmath.mp.dps = 50
    variable = sp.Symbol("v", real=True)
    everywhere = Translation(lambda node: True)
    symbol = everywhere.symbol(X)
    textbook = everywhere.to_sympy(FORMULAS[name](X)).subs(symbol, variable).diff(variable)
    good = everywhere.to_sympy(spelled_out(partial(apply(name, X), X))).subs(symbol, variable)
    assert sp.simplify(textbook - good) == 0


READS = {
    "relu": (apply("where", apply("gt", X, 0), X, 0), "where(x > 0, 1, 0)"),
    "selu": (apply("mul", 1.05, apply("where", apply("gt", X, 0), X, apply("mul", 1.67, apply("sub", apply("exp", X), 1)))),
             "1.05 · where(x > 0, 1, 1.67 · exp(x))"),
    "squared error": (apply("div", apply("pow", apply("sub", X, Y), 2), 2), "x - y"),
    "mirrored": (apply("pow", apply("sub", Y, X), 2), "-2 · (y - x)"),
    "cross-entropy": (apply("neg", apply("log", X)), "-1 / x"),
    "the user's form stays": (apply("sigmoid", apply("add", apply("mul", X, 2.5), Y)),
                              "2.5 · (1 - sigmoid(x · 2.5 + y)) · sigmoid(x · 2.5 + y)"),
    "constants stay as they are": (apply("mul", apply("mul", 3.0, apply("sub", Y, S)), X), "3 · (y - s)"),
    "normalized": (apply("div", apply("sub", Y, S), apply("sqrt", apply("add", X, 0.001))),
                   "-((y - s) / (2 · (x + 0.001) · sqrt(x + 0.001)))"),
    "quotient": (apply("div", X, 3), "1 / 3"),
    "root": (apply("pow", X, 1.5), "1.5 · sqrt(x)"),
}


@pytest.mark.parametrize("name", READS)
def test_derivatives_read_as_one_would_write_them(name):
    formula, text = READS[name]
    plain = expression_text(partial(formula, X)).replace("x[n]", "x").replace("y[n]", "y").replace("s[n]", "s")
    assert plain == text


def test_equal_layers_cost_one_differentiation():
    def layer(number):
        z = Read(f"dense_{number}.z", (Index("n"), Index("u")))
        return apply("mul", z, apply("sigmoid", apply("add", z, Read(f"dense_{number}.bias", (Index("u"),))))), z

    partial(*layer(0))
    before = _partial.cache_info().misses
    slopes = [partial(*layer(number)) for number in range(1, 20)]
    assert _partial.cache_info().misses == before
    assert entries(slopes[4])[0].tensor == "dense_5.z"


def test_products_with_slopes_are_short():
    assert times(X, Number(1)) == X and times(X, Number(0)) == Number(0)
    assert times(X, apply("div", -1, Y)) == apply("div", apply("neg", X), Y)
    assert times(X, Apply("where", (Y, Number(1), Number(0)))) == Apply("where", (Y, X, Number(0)))
