"""What is stored is read again, and nothing dead is computed."""

import numpy as np
import pytest
from differences import assert_gradients
from hypothesis import HealthCheck, given, settings
from random_programs import samples

from nndsl.derive import adjoints
from nndsl.derive.equality import equal
from nndsl.ir.equation import Equation, Program, Scan, Tensor
from nndsl.ir.expression import Apply, Draw, Index, Number, Read, apply, rebuild
from nndsl.ir.interpreter import run
from nndsl.ir.printer import equation_text, expression_text
from nndsl.ir.verifier import verify
from nndsl.passes.dead import dead
from nndsl.passes.patterns import is_hole
from nndsl.passes.saved import SAVED
from nndsl.passes.share import share
from nndsl.passes.simplify import powers, simplify
from nndsl.passes.stabilise import stabilise

N, U = Index("n"), Index("u")
ALL = (("n", "batch"), ("u", 3))
Z, B, H = Read("z", (N, U)), Read("b", (U,)), Read("h", (N, U))
SUM = apply("add", Z, B)


def layer(activation, *more):
    """h = activation(z + b), then the gradients of a given upstream array."""
    tensors = [Tensor("z", ("batch", 3), role="input"), Tensor("b", (3,), role="parameter"), Tensor("h", ("batch", 3)),
               *(Tensor(e.out, ("batch", 3)) for e in more)]
    program = Program({t.name: t for t in tensors}, (Equation("h", (N, U), ALL, activation), *more))
    return adjoints(stabilise(program), {(more[-1].out if more else "h"): None}, ["z", "b"])


def texts(program):
    return [equation_text(e) for e in program.equations()]


SLOPES = {
    "sigmoid": (apply("div", 1, apply("add", 1, apply("exp", apply("neg", SUM)))), "∂h[n,u] · (1 - h[n,u]) · h[n,u]"),
    "tanh": (apply("tanh", SUM), "∂h[n,u] · (1 - h[n,u]²)"),
    "relu": (apply("where", apply("gt", SUM, 0), SUM, 0), "where(h[n,u] > 0, ∂h[n,u], 0)"),
    "relu by max": (apply("max", SUM, 0), "where(h[n,u] > 0, ∂h[n,u], 0)"),
    "leaky relu": (apply("where", apply("gt", SUM, 0), SUM, apply("mul", 0.3, SUM)), "∂h[n,u] · where(h[n,u] > 0, 1, 0.3)"),
    "elu": (apply("where", apply("gt", SUM, 0), SUM, apply("sub", apply("exp", SUM), 1)),
            "∂h[n,u] · where(h[n,u] > 0, 1, h[n,u] + 1)"),
    "selu": (apply("mul", 1.5, apply("where", apply("gt", SUM, 0), SUM, apply("mul", 2.0, apply("sub", apply("exp", SUM), 1)))),
             "∂h[n,u] · where(h[n,u] > 0, 1.5, h[n,u] + 3)"),
    "exp": (apply("exp", SUM), "∂h[n,u] · h[n,u]"),
    "sqrt": (apply("sqrt", SUM), "∂h[n,u] / (2 · h[n,u])"),
}


@pytest.mark.parametrize("name", SLOPES)
def test_slopes_come_from_the_stored_value(name):
    formula, text = SLOPES[name]
    derived = simplify(layer(formula))
    shared = verify(share(derived), flat=True)
    by = {e.out: equation_text(e) for e in shared.equations()}
    assert by["∂z"] == f"∂z[n,u] += {text}"
    x = {"z": np.random.default_rng(0).normal(size=(4, 3)), "b": np.array([0.3, -0.2, 0]), "∂h": np.ones((4, 3))}
    if name == "sqrt":
        x["z"] = np.abs(x["z"]) + 1
    want, found = (run(p, x, batch=4) for p in (derived, shared))
    for tensor in want:
        np.testing.assert_allclose(found[tensor], want[tensor], rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("row", SAVED, ids=lambda row: expression_text(row.definition.expr).replace("?", ""))
def test_slopes_by_the_stored_value_are_equal(row):
    """For all positive numbers: each is the exponential of something."""
    def concrete(expr):
        return rebuild(expr, lambda node: numbers.get(node.tensor, Read(node.tensor[1:])) if is_hole(node) else None)

    numbers = {"?c": apply("exp", Read("c")), "?c2": apply("exp", Read("c2"))}
    numbers["?h"] = concrete(row.definition.expr)
    formula, replacement = (apply("where", concrete(x.expr), 1, 0) if concrete(x.expr).operation == "gt" else concrete(x.expr)
                            for x in (row.formula, row.replacement))
    assert equal(formula, replacement) in ("proved", "sampled")


def test_a_bias_gradient_sums_what_was_just_stored():
    more = Equation("y", (N, U), ALL, apply("mul", H, H))
    tensors = [Tensor("x", ("batch", 3), role="input"), Tensor("b", (3,), role="parameter"), Tensor("z", ("batch", 3)),
               Tensor("h", ("batch", 3)), Tensor("y", ("batch", 3))]
    program = Program({t.name: t for t in tensors}, (
        Equation("z", (N, U), ALL, apply("mul", Read("x", (N, U)), 3)), Equation("h", (N, U), ALL, apply("tanh", SUM)), more))
    assert "∂b[u] += Σ_n ∂z[n,u]" in texts(share(adjoints(program, {"y": None}, ["x", "b"])))


def test_equal_formulas_of_other_index_names_are_computed_once():
    i, k = Index("i"), Index("k")
    tensors = {t.name: t for t in (Tensor("z", ("batch", 3), role="input"), Tensor("p", ("batch", 3)), Tensor("s", ("batch",)),
                                   Tensor("q", ("batch", 2)))}
    sigmoid = apply("sigmoid", Read("z", (i, k)))
    program = Program(tensors, (
        Equation("p", (N, U), ALL, apply("sigmoid", Z)),
        Equation("s", (i,), (("i", "batch"), ("k", 3)), apply("mul", sigmoid, sigmoid), "sum"),
        Equation("q", (i, k), (("i", "batch"), ("k", 2)), sigmoid)))
    assert texts(verify(share(program)))[1:] == ["s[i] = Σ_k p[i,k] · p[i,k]", "q[i,k] = sigmoid(z[i,k])"]


def test_a_copy_is_read_where_it_was_copied_from():
    tensors = {t.name: t for t in (Tensor("s", ("batch",), role="input"), Tensor("t", ("batch", 3)), Tensor("y", ("batch", 3)),
                                   Tensor("k", ("batch",), "int", "input"))}
    wide = Equation("t", (N, U), ALL, Read("s", (N,)))
    program = Program(tensors, (wide, Equation("y", (N, U), ALL, apply("mul", Read("t", (Read("k", (N,)), U)), 2))))
    assert texts(verify(share(program)))[1] == "y[n,u] = s[k[n]] · 2"
    edge = Read("t", (N, apply("add", U, 1)), other=Number(0))
    assert texts(share(Program(tensors, (wide, Equation("y", (N, U), ALL, edge)))))[1] == "y[n,u] = (t[n,u + 1] else 0)"


def changing(*steps):
    tensors = {"w": Tensor("w", (3,), role="parameter"), "v": Tensor("v", (3,)), "y": Tensor("y", (3,))}
    return Program(tensors, steps)


EXP = apply("exp", Read("w", (U,)))
ONE = (("u", 3),)


def test_a_value_is_not_taken_where_something_it_depends_on_has_changed():
    halved = Equation("w", (U,), ONE, apply("mul", Read("w", (U,)), 0.5))
    program = changing(Equation("v", (U,), ONE, EXP), halved, Equation("y", (U,), ONE, EXP))
    assert share(program).steps == program.steps
    program = changing(Equation("v", (U,), ONE, EXP), Equation("y", (U,), ONE, EXP), halved)
    assert texts(share(program))[1] == "y[u] = v[u]"


def test_a_value_is_not_taken_from_a_sum_that_grows_on():
    again = Equation("v", (U,), ONE, EXP, accumulate=True)
    program = changing(Equation("v", (U,), ONE, EXP), again, Equation("y", (U,), ONE, EXP))
    assert share(program).steps == program.steps


def test_draws_are_never_taken_for_one_another():
    draw = apply("exp", Draw("uniform", 1))
    program = changing(Equation("v", (U,), ONE, draw), Equation("y", (U,), ONE, draw))
    assert share(program).steps == program.steps


def test_within_a_scan_only_the_value_at_hand_is_taken():
    t = Index("t")
    tensors = {name: Tensor(name, (3,)) for name in ("a", "b", "c")} | {"x": Tensor("x", (3,), role="input")}
    body = (Equation("a", (t,), (), apply("exp", Read("x", (t,)))), Equation("b", (t,), (), apply("exp", Read("x", (t,)))),
            Equation("c", (t,), (("u", 3),), apply("exp", Read("x", (U,))), "sum"))
    found = share(Program(tensors, (Scan("t", 3, body),)))
    assert texts(found) == ["a[t] = exp(x[t])", "b[t] = a[t]", "c[t] = Σ_u exp(x[u])"]


def test_nothing_is_computed_that_leads_nowhere():
    y, q = Equation("y", (N, U), ALL, apply("exp", H)), Equation("q", (N, U), ALL, apply("sin", H))
    program = layer(apply("tanh", SUM), y, q)
    assert [e.out for e in dead(program).equations()] == ["h", "∂h", "∂z", "∂b"]
    assert [e.out for e in dead(program, ["y"]).equations()] == ["h", "y", "∂h", "∂z", "∂b"]
    assert "q" not in dead(program).tensors and "q" in program.tensors


def test_a_winner_that_nobody_asks_for_is_not_kept():
    tensors = {"z": Tensor("z", ("batch", 3), role="input"), "m": Tensor("m", ("batch",)), "w": Tensor("w", ("batch",), "int")}
    program = Program(tensors, (Equation("m", (N,), ALL, Z, "max", winner="w"),))
    assert next(dead(program, ["m"]).equations()).winner == "" and next(dead(program, ["m", "w"]).equations()).winner == "w"


def test_a_recurrence_keeps_itself_alive():
    t = Index("t")
    before, others = (Read(name, (apply("sub", t, 1),), other=Number(0)) for name in "hg")
    tensors = {"h": Tensor("h", (3,)), "g": Tensor("g", (3,)), "x": Tensor("x", (3,), role="input")}
    scan = Scan("t", 3, (Equation("h", (t,), (), apply("add", Read("x", (t,)), others)),
                         Equation("g", (t,), (), apply("exp", before))))
    program = Program(tensors, (scan,))
    assert dead(program, ["h"]) == program and dead(program, []).steps == ()


PASSES = (stabilise, simplify, share, dead, powers)


@settings(max_examples=50, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(samples())
def test_all_passes_keep_values_and_gradients(sample):
    program = adjoints(simplify(stabilise(sample.program)), {sample.objective: 1.0}, sample.wanted)
    want = run(adjoints(sample.program, {sample.objective: 1.0}, sample.wanted), sample.arrays, **sample.sizes)
    for change in (simplify, share, lambda p: dead(p, [sample.objective]), powers):
        program = verify(change(program), flat=True)
        found = run(program, sample.arrays, **sample.sizes)
        for name in (sample.objective, *("∂" + name for name in sample.wanted)):
            np.testing.assert_allclose(found[name], want[name], rtol=1e-8, atol=1e-9)
    assert_gradients(program, sample.arrays, sample.objective, sample.wanted, **sample.sizes)


def test_formulas_are_replaced_outermost_first():
    deep = apply("mul", apply("exp", SUM), apply("exp", SUM))
    program = layer(deep, Equation("y", (N, U), ALL, apply("sin", deep)))
    assert isinstance(next(e for e in share(program).equations() if e.out == "y").expr, Apply)
    assert texts(share(program))[1] == "y[n,u] = sin(h[n,u])"


def test_a_product_reads_the_copies_of_an_entry():
    tensors = {"s": Tensor("s", ("batch",), role="input"), "x": Tensor("x", ("batch", 3), role="input"),
               "t": Tensor("t", ("batch", 3)), "y": Tensor("y", ("batch",)), "z": Tensor("z", ("batch", 3))}
    spread = Equation("t", (N, U), ALL, Read("s", (N,)))
    product = Equation("y", (N,), ALL, apply("mul", Read("t", (N, U)), Read("x", (N, U))), "sum")
    other = Equation("z", (N, U), ALL, apply("mul", Read("t", (N, U)), Read("x", (N, U))))
    found = texts(share(Program(tensors, (spread, product, other))))
    assert found[1:] == ["y[n] = Σ_u t[n,u] · x[n,u]", "z[n,u] = s[n] · x[n,u]"]
