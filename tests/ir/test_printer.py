"""How equations read."""

import pytest

from nndsl.ir.equation import Equation, Origin, Program, Scan, Tensor, adjoint_name
from nndsl.ir.expression import Apply, Draw, Index, Number, Read, Reduce, apply
from nndsl.ir.printer import PLAIN, equation_text, expression_text, program_text

N, K, U = Index("n°"), Index("i"), Index("u")
X, W = Read("x", (N, K)), Read("dense_1.kernel", (K, U))
A, B, C = Read("a"), Read("b"), Read("c")
ALL = (("n°", "batch"), ("u", 2), ("i", 3))

DENSE = Equation("dense_1.z", (N, U), ALL, apply("mul", X, W), "sum", origin=Origin("m.nn:3"))
BACK = Equation(adjoint_name("dense_1.kernel"), (K, U), ALL, apply("mul", X, Read(adjoint_name("dense_1.z"), (N, U))), "sum",
                accumulate=True)


def test_a_layer_and_its_adjoint():
    assert equation_text(DENSE) == "z[n,u] = Σ_i x[n,i] · kernel[i,u]"
    assert equation_text(BACK) == "∂kernel[i,u] += Σ_n x[n,i] · ∂z[n,u]"
    assert equation_text(BACK, notation=PLAIN) == "d_kernel[i,u] += sum[n](x[n,i] * d_z[n,u])"
    assert equation_text(DENSE, short=False) == "dense_1.z[n,u] = Σ_i x[n,i] · dense_1.kernel[i,u]"


def test_names_stay_long_where_short_ones_are_ambiguous():
    both = Equation("y", (), (), apply("add", Read("a.b.w"), apply("mul", Read("c.b.w"), Read("c.v"))))
    assert equation_text(both) == "y = a.b.w + c.b.w · v"


def test_hidden_index_names_do_not_clash():
    equation = Equation("y", (Index("n"),), (("n°", 2), ("n", 2)), Read("x", (Index("n°"), Index("n"))), "sum")
    assert equation_text(equation) == "y[n] = Σ_n2 x[n2,n]" or equation_text(equation) == "y[n2] = Σ_n x[n,n2]"


@pytest.mark.parametrize(("formula", "unicode", "plain"), [
    (apply("mul", apply("add", A, B), C), "(a + b) · c", "(a + b) * c"),
    (apply("sub", A, apply("sub", B, C)), "a - (b - c)", "a - (b - c)"),
    (apply("sub", apply("sub", A, B), C), "a - b - c", "a - b - c"),
    (apply("div", A, apply("mul", B, C)), "a / (b · c)", "a / (b * c)"),
    (apply("pow", A, 2), "a²", "a^2"),
    (apply("pow", apply("add", A, B), 2.0), "(a + b)²", "(a + b)^2"),
    (apply("pow", A, apply("pow", B, C)), "a^b^c", "a^b^c"),
    (apply("pow", apply("pow", A, B), C), "(a^b)^c", "(a^b)^c"),
    (apply("neg", apply("pow", A, B)), "-a^b", "-a^b"),
    (apply("pow", apply("neg", A), B), "(-a)^b", "(-a)^b"),
    (apply("mul", A, -1.5), "a · -1.5", "a * -1.5"),
    (apply("exp", apply("neg", A)), "exp(-a)", "exp(-a)"),
    (apply("where", apply("le", A, 0), B, 1e-7), "where(a ≤ 0, b, 1e-7)", "where(a <= 0, b, 1e-7)"),
    (apply("and", apply("not", A), apply("ne", B, C)), "¬a ∧ b ≠ c", "not a and b != c"),
    (Read("x", (apply("sub", K, 1),), other=Number(0)), "(x[i - 1] else 0)", "(x[i - 1] else 0)"),
    (Read("x", (K,), stop=True), "stop(x[i])", "stop(x[i])"),
    (apply("mul", Reduce("sum", (("i", 3), ("u", 2)), apply("add", A, B)), C), "(Σ_{i,u} (a + b)) · c", "sum[i,u](a + b) * c"),
    (Reduce("softmax", (("i", 3),), X), "softmax[i](x[n,i])", "softmax[i](x[n,i])"),
    (apply("lt", Draw("uniform", 3), 0.5), "uniform() < 0.5", "uniform() < 0.5"),
    (Number(1e300), "1e300", "1e300"),
    (Apply("sub", (Number(2.0), A)), "2 - a", "2 - a"),
])
def test_brackets_stand_where_they_are_needed(formula, unicode, plain):
    assert expression_text(formula) == unicode
    assert expression_text(formula, notation=PLAIN) == plain


def test_guards_are_conditions():
    guarded = Equation("y", (U,), (("u", 2),), Read("x", (apply("sub", U, 1),)), guard=((apply("sub", U, 1), 2),))
    assert equation_text(guarded) == "y[u] = x[u - 1]  where 0 ≤ u - 1 < 2"


def test_a_program_lists_ranges_and_places():
    tensors = {name: Tensor(name, ()) for name in ("h",)}
    program = Program(tensors, (DENSE, Scan("t", 3, (Equation("h", (), (), Number(1)),), reverse=True)))
    assert program_text(program).splitlines() == [
        "dense_1.z[n,u] = Σ_i x[n,i] · dense_1.kernel[i,u]   (n < batch, u < 2, i < 3)   m.nn:3",
        "for t = 2, ..., 0:",
        "    h = 1",
    ]
