"""The backward pass of a whole model."""

from dataclasses import replace

import numpy as np
import pytest
from differences import assert_gradients

from nndsl.checking.checked import Checked, Variable
from nndsl.derive import derive
from nndsl.derive.equality import equal
from nndsl.ir.equation import Equation, Program, Tensor
from nndsl.ir.expression import Index, Read, apply
from nndsl.ir.interpreter import run
from nndsl.ir.verifier import verify

N = Index("n")
ROWS = (("n", "batch"),)


def model():
    """p = w x + b with a running mean of x that is subtracted, and a squared error; the bias is not trained."""
    tensors = [Tensor("x", ("batch",), role="input"), Tensor("w", (), role="parameter"), Tensor("b", (), role="parameter"),
               Tensor("mean", (), role="state"), Tensor("p", ("batch",)), Tensor("loss", ())]
    centred = apply("sub", Read("x", (N,)), Read("mean"))
    learn = Program({t.name: t for t in tensors}, (
        Equation("p", (N,), ROWS, apply("add", apply("mul", apply("mul", Read("w"), Read("w")), centred), Read("b"))),
        Equation("mean", (), (), apply("mul", Read("mean"), 0.5)),
        Equation("loss", (), ROWS, apply("pow", Read("p", (N,)), 2), "sum"),
    ))
    empty = Program({}, ())
    variables = (Variable("w", ()), Variable("b", (), trainable=False), Variable("mean", (), "state"))
    return Checked("m", (), (), (), (), variables, (), (), "loss", empty, empty, learn, empty, empty, empty, empty, None, None)


def test_gradients_of_trainable_parameters_are_appended():
    learn = verify(derive(model()).learn, flat=True)
    assert learn.tensors["∂w"].role == "gradient" and "∂b" not in learn.tensors
    arrays = {"x": np.array([1.0, 2, 4]), "w": np.array(0.7), "b": np.array(0.1), "mean": np.array(0.5)}
    assert_gradients(learn, arrays, "loss", ["w"], batch=3)


def test_states_are_set_after_the_backward_pass_has_read_them():
    learn = derive(model()).learn
    assert [e.out for e in learn.equations()][-1] == "mean"
    arrays = {"x": np.array([1.0]), "w": np.array(1.0), "mean": np.array(0.5)}
    found = run(learn, arrays, batch=1)
    assert found["mean"] == 0.25 and found["∂w"] == 2 * 0.5 * 2 * 0.5


def test_a_model_without_an_objective_stays():
    plain = replace(model(), objective="")
    assert derive(plain) is plain


def test_a_parameter_that_nothing_depends_on_has_gradient_zero():
    spare = model()
    tensors = {**spare.learn.tensors, "v": Tensor("v", (3,), role="parameter")}
    spare = replace(spare, variables=(*spare.variables, Variable("v", (3,))), learn=replace(spare.learn, tensors=tensors))
    np.testing.assert_array_equal(run(verify(derive(spare).learn), {"x": np.ones(2)}, batch=2)["∂v"], [0, 0, 0])


X, Y = Read("x"), Read("y")


@pytest.mark.parametrize(("one", "two", "verdict"), [
    (apply("pow", apply("add", X, Y), 2),
     apply("add", apply("mul", X, X), apply("mul", Y, apply("add", apply("mul", 2, X), Y))), "proved"),
    (apply("softplus", X), apply("sub", apply("log", apply("cosh", apply("mul", 0.5, X))), apply(
        "sub", apply("neg", apply("div", X, 2)), apply("log", 2))), "proved"),
    (apply("floor", apply("add", X, 1)), apply("add", apply("floor", X), 1), "proved"),
    (apply("round", apply("mul", 2, X)), apply("round", apply("add", X, X)), "sampled"),
])
def test_equal_formulas_are_proved_or_sampled(one, two, verdict):
    assert equal(one, two) == verdict


def test_unequal_formulas_are_shown_where_they_differ():
    point = equal(apply("exp", X), apply("add", 1, apply("mul", X, Y)))
    assert isinstance(point, dict) and set(point) == {X, Y}
