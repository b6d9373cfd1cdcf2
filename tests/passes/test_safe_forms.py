"""Every rule of the table holds, and is found however a formula is written."""

import itertools

import mpmath
import numpy as np
import pytest

from nndsl.derive.equality import equal
from nndsl.ir.equation import Equation, Program, Tensor
from nndsl.ir.expression import Apply, Index, Number, Read, apply, rebuild
from nndsl.ir.interpreter import run
from nndsl.ir.printer import expression_text
from nndsl.passes.matching import rewritten
from nndsl.passes.patterns import is_hole
from nndsl.passes.safe_forms import SAFE_FORMS, SLOPES, negative, positive, root
from nndsl.passes.simplify import EXACT, simplified

X, Y, S = Read("x"), Read("y"), Read("s")
NAMED = {expression_text(rule.pattern.expr).replace("?", ""): rule for rule in (*SAFE_FORMS, *SLOPES, *EXACT)}


def concrete(expr, number):
    """A pattern with a formula in place of its number variables, and tensors for the others."""
    def change(node):
        if not is_hole(node):
            return None
        return number if node.tensor.startswith("?c") else Read(node.tensor[1:])
    return rebuild(expr, change)


ANY = {negative: apply("neg", apply("exp", Read("c"))), positive: apply("exp", Read("c")),
       root: apply("div", 1, apply("add", 1, apply("exp", Read("c"))))}
"""Formulas for any negative number, any positive one, and any between 0 and 1."""


@pytest.mark.parametrize("name", NAMED)
def test_rules_hold(name):
    rule = NAMED[name]
    pattern, replacement = (concrete(x.expr, ANY.get(rule.given, Read("c"))) for x in (rule.pattern, rule.replacement))
    assert equal(pattern, replacement) == rule.proof


@pytest.mark.parametrize(("one", "two"), [
    (apply("add", X, 1), apply("add", X, 2)),
    (apply("log", apply("mul", X, X)), apply("mul", 2, apply("log", X))),  # the second is no number where x < 0
    (apply("abs", X), X),
    (apply("max", X, 0), apply("where", apply("gt", X, -3), X, 0)),
])
def test_a_false_rule_is_refuted_by_a_point(one, two):
    point = equal(one, two)
    assert isinstance(point, dict) and set(point) == {X}


def test_equal_formulas_of_pieces_are_proved():
    assert equal(apply("max", X, 0), apply("where", apply("gt", X, 0), X, 0)) in ("proved", "sampled")
    assert equal(apply("softplus", X), apply("add", apply("max", X, 0), apply("log1p", apply("exp", apply(
        "neg", apply("abs", X)))))) in ("proved", "sampled")


# ---------------------------------------------------------------------------------------------------- finding them

E = apply("exp", X)
MINUS = apply("exp", apply("neg", X))

FOUND = [
    (apply("div", 1, apply("add", 1, MINUS)), "sigmoid(x)"),
    (apply("div", 1, apply("add", MINUS, 1.0)), "sigmoid(x)"),
    (apply("div", 1, apply("add", apply("exp", apply("sub", Y, X)), 1)), "sigmoid(x - y)"),
    (apply("div", apply("mul", Y, E), apply("add", E, 1)), "y · sigmoid(x)"),
    (apply("neg", apply("div", 1, apply("neg", apply("add", 1, E)))), "sigmoid(-x)"),
    (apply("sub", apply("add", Y, E), 1), "y + expm1(x)"),
    (apply("sub", 1, E), "-expm1(x)"),
    (apply("mul", 1.67, apply("sub", E, 1)), "1.67 · expm1(x)"),
    (apply("log", apply("add", E, 1)), "softplus(x)"),
    (apply("log", apply("div", 1, apply("add", 1, MINUS))), "-softplus(-x)"),
    (apply("log", apply("sub", 1, apply("div", 1, apply("add", 1, MINUS)))), "-softplus(x)"),
    (apply("log", apply("add", 1, Y)), "log1p(y)"),
    (apply("log", apply("sub", 1, Y)), "log1p(-y)"),
    (apply("log", apply("div", E, S)), "x - log(s)"),
    (apply("log", apply("div", apply("mul", Y, E), S)), "x + log(y / s)"),
    (apply("log", apply("add", E, apply("exp", Y))), "y + softplus(x - y)"),
    (apply("log", apply("add", E, MINUS)), "softplus(2 · x) - x"),
    (apply("log", apply("cosh", apply("sub", X, Y))), "softplus(2 · (x - y)) - (x - y) - 0.6931471805599453"),
    (apply("div", apply("sub", E, MINUS), apply("add", MINUS, E)), "tanh(x)"),
    (apply("sub", 1, apply("div", 2, apply("add", apply("exp", apply("mul", 2, X)), 1))), "tanh(x)"),
    (apply("div", apply("sub", E, MINUS), 2), "sinh(x)"),
    (apply("pow", apply("add", 1, MINUS), -1), "sigmoid(x)"),
    (apply("sqrt", apply("mul", X, X)), "abs(x)"),
    (apply("sub", Y, apply("sigmoid", X)), "y - sigmoid(x)"),
    (apply("add", 2, E), "2 + exp(x)"),
]


@pytest.mark.parametrize(("formula", "text"), FOUND)
def test_forms_are_found_in_any_order(formula, text):
    assert expression_text(simplified(rewritten(simplified(formula), SAFE_FORMS))) == text


def shuffles(expr):
    """The formula with the sides of each sum and product exchanged, or not."""
    if not isinstance(expr, Apply):
        return [expr]
    inner = [Apply(expr.operation, operands) for operands in itertools.product(*(shuffles(x) for x in expr.operands))]
    turned = [Apply(x.operation, x.operands[::-1]) for x in inner] if expr.operation in ("add", "mul") else []
    return inner + turned


ROOTS = [rule for rule in SAFE_FORMS if isinstance(rule.pattern.expr, Apply) and len(shuffles(rule.pattern.expr)) > 1]


@pytest.mark.parametrize("rule", ROOTS, ids=lambda rule: expression_text(rule.pattern.expr).replace("?", ""))
def test_each_rule_fits_however_its_sides_stand(rule):
    number = Number({negative: -2, root: 0.25}.get(rule.given, 2))
    first, *others = (simplified(rewritten(concrete(x, number), SAFE_FORMS)) for x in shuffles(rule.pattern.expr))
    assert all(equal(first, other) in ("proved", "sampled") for other in others)
    assert not any("exp(" in expression_text(x) and "1 +" in expression_text(x) for x in (first, *others))


# ---------------------------------------------------------------------------------------------------- far out


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("formula", [formula for formula, _ in FOUND[:20]], ids=lambda formula: expression_text(formula))
def test_safe_forms_are_finite_and_exact_far_out(formula, dtype):
    safe = simplified(rewritten(simplified(formula), SAFE_FORMS))
    at = {"x": [-500.0, -90, -1e-3, 1e-3, 90, 500], "y": [0.5] * 6, "s": [2.0] * 6}
    tensors = {name: Tensor(name, ("batch",)) for name in ("x", "y", "s", "out")}
    indexed = rebuild(safe, lambda node: Read(node.tensor, (Index("n"),)) if isinstance(node, Read) else None)
    program = Program(tensors, (Equation("out", (Index("n"),), (("n", "batch"),), indexed),))
    got = run(program, {k: np.array(v) for k, v in at.items()}, batch=6, dtype=dtype)["out"]
    with mpmath.workdps(60):
        from nndsl.derive.precise import value
        for number, found in enumerate(got):
            try:
                want = value(formula, {Read(k): mpmath.mpf(v[number]) for k, v in at.items()})
            except ZeroDivisionError:
                continue
            if isinstance(want, mpmath.mpf) and abs(want) < 1e37 and abs(want) > 1e-37:
                size = max(abs(want), mpmath.mpf(1))
                assert abs(want - mpmath.mpf(float(found))) <= 1e3 * np.finfo(dtype).eps * size, (at["x"][number], want, found)
