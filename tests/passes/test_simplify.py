"""Simplifying changes no bit; writing powers out changes at most the last."""

import math

import numpy as np
import pytest

from nndsl.ir.equation import Equation, Program, Tensor
from nndsl.ir.expression import Apply, Index, Number, Read, apply, rebuild
from nndsl.ir.interpreter import run
from nndsl.ir.printer import expression_text
from nndsl.passes.patterns import is_hole
from nndsl.passes.simplify import EXACT, as_products, simplified

X, Y, Z = Read("x"), Read("y"), Read("z")


def values(formula, dtype, arrays):
    tensors = {name: Tensor(name, ("batch",)) for name in (*arrays, "out")}
    indexed = rebuild(formula, lambda node: Read(node.tensor, (Index("n"),)) if isinstance(node, Read) else None)
    program = Program(tensors, (Equation("out", (Index("n"),), (("n", "batch"),), indexed),))
    return run(program, arrays, batch=len(arrays["x"]), dtype=dtype)["out"]


def arrays():
    random = np.random.default_rng(6)
    names = ("x", "y", "a", "b")
    special = np.array([0.0, 1.0, -1.0, 3e30, -3e30, 1e-30, math.inf, -math.inf])
    return {name: np.concatenate([random.normal(size=200) * 10, np.roll(special, shift)]) for shift, name in enumerate(names)}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("rule", EXACT, ids=lambda rule: expression_text(rule.pattern.expr).replace("?", ""))
def test_the_rules_hold_bit_for_bit(rule, dtype):
    numbers = {"?c": Number(0.7), "?c2": Number(4)}

    def concrete(term):
        return rebuild(term.expr, lambda node: numbers.get(node.tensor, Read(node.tensor[1:])) if is_hole(node) else None)

    one, two = (values(concrete(term), dtype, arrays()) for term in (rule.pattern, rule.replacement))
    np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize(("formula", "text"), [
    (apply("mul", apply("add", X, 0), 1), "x"),
    (apply("add", 0.0, apply("mul", 1.0, X)), "x"),
    (apply("mul", apply("add", 1, 2), X), "3 · x"),
    (apply("div", 1, 3), "0.3333333333333333"),
    (apply("add", apply("mul", 2, 3), 1), "7"),
    (apply("div", X, 4), "x · 0.25"),
    (apply("div", X, 3), "x / 3"),
    (apply("neg", apply("neg", X)), "x"),
    (apply("sub", X, apply("mul", -1, Y)), "x + y"),
    (apply("add", apply("neg", X), Y), "y - x"),
    (apply("mul", apply("mul", 2, X), 0.5), "x"),
    (apply("mul", apply("mul", 3, X), 0.7), "3 · x · 0.7"),
    (apply("where", apply("gt", 2, 1), X, Y), "x"),
    (apply("where", apply("gt", X, 1), Y, Y), "y"),
    (apply("where", apply("gt", X, 0), 1, apply("where", apply("lt", X, 0), -1, 0)), "sign(x)"),
    (apply("abs", apply("neg", apply("abs", X))), "abs(x)"),
    (apply("tanh", apply("neg", X)), "-tanh(x)"),
    (apply("pow", X, 1), "x"),
    (apply("mul", 0, X), "0 · x"),
    (apply("div", 1, 0), "1 / 0"),
    (apply("sub", X, X), "x - x"),
    (apply("add", apply("add", X, 1e10), -1e10), "x + 10000000000 + -10000000000"),
    (Read("x", (apply("add", Index("i"), 0),)), "x[i + 0]"),
])
def test_idle_work_goes_and_the_rest_stays(formula, text):
    assert expression_text(simplified(formula)) == text


def test_whole_numbers_stay_whole():
    folded = simplified(apply("mul", 2, apply("floordiv", 7, 2)))
    assert folded == Number(6) and isinstance(folded.value, int)
    assert isinstance(simplified(apply("div", 6, 2)).value, float)


@pytest.mark.parametrize(("exponent", "text"), [
    (2, "x · x"), (3.0, "x · x · x"), (4, "x · x · x · x"), (0.5, "sqrt(x)"), (1.5, "x · sqrt(x)"), (-1, "1 / x"),
    (-2, "1 / (x · x)"), (-0.5, "1 / sqrt(x)"), (5, "x^5"), (0.3, "x^0.3"), (2.25, "x^2.25"),
])
def test_small_powers_become_products(exponent, text):
    formula = apply("pow", X, exponent)
    assert expression_text(as_products(formula)) == text
    at = {"x": np.abs(arrays()["x"][:200])}
    np.testing.assert_allclose(values(as_products(formula), np.float64, at), values(formula, np.float64, at), rtol=5e-16)


def test_powers_inside_powers_are_written_out():
    formula = as_products(apply("pow", apply("add", apply("pow", X, 2), Y), 2))
    assert isinstance(formula, Apply) and "^" not in expression_text(formula)


@pytest.mark.parametrize("exponent", [math.inf, -math.inf, math.nan, 0, 5, 0.3])
def test_other_powers_stay_powers(exponent):
    formula = Apply("pow", (X, Number(exponent)))
    assert as_products(formula) == formula
