"""Transposed windows: each entry gives to what it reaches, and the numbers and gradients are those of the sum as written."""

import numpy as np
import pytest

from nndsl.derive import adjoints
from nndsl.ir.equation import Equation, Program, Tensor
from nndsl.ir.expression import BATCH, Apply, Index, Number, Read, apply, walk
from nndsl.ir.interpreter import run
from nndsl.ir.verifier import verify
from nndsl.passes.contraction import ways
from nndsl.passes.spread import spread

N, P, Q, J, K, C, F = (Index(x) for x in "npqijcf")


def transposed(size, stride, cut, out, kernel=3, other=0):
    """Along one axis: z[p, f] = sum over i, c of where(p + cut - i divides, x[(p + cut - i) // stride, c], 0) w[i, f, c]."""
    at = apply("sub", apply("add", P, cut), J)
    entry = Read("x", (N, apply("floordiv", at, stride), C), Number(other))
    asked = apply("where", apply("eq", apply("mod", at, stride), 0), entry, 0)
    tensors = (Tensor("x", (BATCH, size, 2), role="input"), Tensor("w", (kernel, 4, 2), role="parameter"),
               Tensor("z", (BATCH, out, 4)), Tensor("loss", ()))
    ranges = (("n", BATCH), ("p", out), ("f", 4))
    return Program({t.name: t for t in tensors}, (
        Equation("z", (N, P, F), (*ranges, ("i", kernel), ("c", 2)), apply("mul", asked, Read("w", (J, F, C))), "sum"),
        Equation("loss", (), ranges, apply("mul", Read("z", (N, P, F)), apply("cos", apply("add", P, F))), "sum")))


CASES = {
    "all of it": transposed(5, 2, 0, 11), "cut at both ends": transposed(5, 2, 1, 9),
    "cut at the start": transposed(4, 3, 1, 11), "stride 1": transposed(6, 1, 1, 6),
    "more than is reached": transposed(3, 4, 0, 15, kernel=2),
}


def figures(program):
    random = np.random.default_rng(0)
    size = program.tensors["x"].shape[1]
    arrays = {"x": random.normal(size=(3, size, 2)), "w": random.normal(size=program.tensors["w"].shape)}
    found = run(verify(adjoints(verify(program), {"loss": 1.0}, ["x", "w"])), arrays, batch=3)
    return {name: found[name] for name in ("z", "loss", "∂x", "∂w")}


@pytest.mark.parametrize("name", CASES)
def test_numbers_and_gradients_stay(name):
    changed, expected = figures(spread(CASES[name])), figures(CASES[name])
    for figure, value in expected.items():
        np.testing.assert_allclose(changed[figure], value, rtol=1e-12, atol=1e-12, err_msg=figure)


@pytest.mark.parametrize("name", CASES)
def test_nothing_is_asked_and_all_are_contractions(name):
    program = adjoints(spread(CASES[name]), {"loss": 1.0}, ["x", "w"])
    asked = [x for e in program.equations() for x in walk(e.expr) if isinstance(x, Apply) and x.operation in ("where", "mod")]
    assert not asked
    sums = [e for e in program.equations() if isinstance(e.expr, Apply) and all(isinstance(x, Read) for x in e.expr.operands)]
    assert len(sums) == 3 and all(list(ways(e, program.tensors)) for e in sums)


def test_two_axes_at_once():
    at, beside = apply("sub", P, J), apply("sub", apply("add", Q, 1), K)
    entry = Read("x", (N, apply("floordiv", at, 2), apply("floordiv", beside, 3)), Number(0.0))
    condition = apply("and", apply("eq", apply("mod", at, 2), 0), apply("eq", apply("mod", beside, 3), 0))
    tensors = {t.name: t for t in (Tensor("x", (BATCH, 4, 5), role="input"), Tensor("w", (3, 3), role="parameter"),
                                   Tensor("z", (BATCH, 9, 15)))}
    program = Program(tensors, (Equation(
        "z", (N, P, Q), (("n", BATCH), ("p", 9), ("q", 15), ("i", 3), ("j", 3)),
        apply("mul", Read("w", (J, K)), apply("where", condition, entry, 0)), "sum"),))
    arrays = {"x": np.random.default_rng(1).normal(size=(2, 4, 5)), "w": np.random.default_rng(2).normal(size=(3, 3))}
    changed = spread(program)
    assert changed != program
    np.testing.assert_allclose(run(verify(changed), arrays, batch=2)["z"], run(program, arrays, batch=2)["z"], rtol=1e-12)


def changed_sum(change):
    program = transposed(5, 2, 0, 11)
    first, loss = program.steps
    return Program(program.tensors, (change(first), loss))


def test_what_is_not_of_that_form_stays():
    outside = transposed(5, 2, 0, 11, other=1)
    other_rest = changed_sum(lambda e: Equation(e.out, e.index, e.ranges, _with_condition(e, apply(
        "eq", apply("mod", apply("sub", P, J), 2), 1)), "sum"))
    more = changed_sum(lambda e: Equation(e.out, e.index, e.ranges, _with_condition(e, apply(
        "and", e.expr.operands[0].operands[0], apply("lt", J, 2))), "sum"))
    for program in (outside, other_rest, more):
        assert spread(program) == program


def _with_condition(equation, condition):
    asked, factor = equation.expr.operands
    return apply("mul", apply("where", condition, *asked.operands[1:]), factor)
