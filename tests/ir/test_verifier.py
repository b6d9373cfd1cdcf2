"""Each rule of a valid program, with the smallest program that breaks it."""

import pytest

from nndsl.ir.equation import Equation, Program, Scan, Tensor
from nndsl.ir.expression import Apply, Index, Number, Read, Reduce, Scalar, apply
from nndsl.ir.verifier import InvalidProgram, verify

N, J = Index("n"), Index("j")
TENSORS = (Tensor("x", ("batch", 3), role="input"), Tensor("k", (3,), "int", "input"), Tensor("y", ("batch", 3)),
           Tensor("s", ("batch",)), Tensor("w", (3,), role="parameter"), Tensor("a", ("batch",), "int"))
ROWS, ALL = (("n", "batch"),), (("n", "batch"), ("j", 3))
X = Read("x", (N, J))


def program(*steps):
    return Program({t.name: t for t in TENSORS}, steps)


GOOD = {
    "elementwise": [Equation("y", (N, J), ALL, apply("exp", X))],
    "reduced": [Equation("s", (N,), ALL, X, "sum")],
    "winner": [Equation("s", (N,), ALL, X, "max", winner="a")],
    "scattered": [Equation("w", (Read("k", (J,)),), ALL, X, "sum", accumulate=True)],
    "two parts": [Equation("y", (N, J), (("n", "batch"), ("j", 2)), X), Equation("y", (N, Number(2)), ROWS, Number(0.0))],
    "interleaved": [Equation("y", (N, apply("mul", J, 2)), (("n", "batch"), ("j", 2)), X),
                    Equation("y", (N, Number(1)), ROWS, Number(0.0))],
    "parameters are set twice": [Equation("w", (J,), (("j", 3),), Number(0.0)), Equation("w", (J,), (("j", 3),), Number(1.0))],
    "recurrence": [Scan("j", 3, (Equation("y", (N, J), ROWS, Read("y", (N, apply("sub", J, 1)), other=Number(0))),))],
    "else": [Equation("y", (N, J), ALL, Read("x", (N, apply("add", J, 1)), other=Number(0)))],
    "guard": [Equation("y", (N, J), ALL, Read("x", (N, apply("add", J, 1))), guard=((apply("add", J, 1), 3),))],
    "first sample": [Equation("y", (N, J), ALL, Read("x", (Number(0), J)))],
    "last sample": [Equation("y", (N, J), ALL, Read("x", (apply("sub", apply("sub", Scalar("batch"), 1), N), J)))],
}


@pytest.mark.parametrize("name", GOOD)
def test_valid_programs_pass(name):
    assert verify(program(*GOOD[name])).steps == tuple(GOOD[name])


BAD = {
    "`z` is not a tensor": Equation("z", (N,), ROWS, Number(0.0)),
    "`q` is not a tensor": Equation("s", (N,), ROWS, Read("q", (N,))),
    "`x` has 2 axes and is read with 1": Equation("s", (N,), ROWS, Read("x", (N,))),
    "`y` has 2 axes and is written with 1": Equation("y", (N,), ROWS, Number(0.0)),
    "the index `j` is not bound": Equation("s", (N,), ROWS, X),
    "bound twice": Equation("s", (N,), (("n", "batch"), ("n", "batch")), Number(0.0)),
    "`time` is not known at run time": Equation("s", (N,), ROWS, Scalar("time")),
    "`gelu` is no operation": Equation("s", (N,), ROWS, Apply("gelu", (Number(1),))),
    "`exp` takes 1 operands and has 2": Equation("s", (N,), ROWS, Apply("exp", (Number(1), Number(1)))),
    "`median` is no reduction": Equation("s", (N,), ROWS, Reduce("median", (("j", 3),), X)),
    "cannot reduce by `mean`": Equation("s", (N,), ALL, X, "mean"),
    "there is no index to take the sum over": Equation("y", (N, J), ALL, X, "sum"),
    "nothing says how to reduce over": Equation("s", (N,), ALL, X),
    "a max cannot be accumulated": Equation("s", (N,), ALL, X, "max", accumulate=True),
    "only max and min have a winner": Equation("s", (N,), ALL, X, "sum", winner="a"),
    "keeps positions and must be an int tensor": Equation("s", (N,), ALL, X, "max", winner="s"),
    "an index formula is not an integer": Equation("y", (N, apply("div", J, 2)), ALL, X),
    "leaves axis 1 of `x`, whose extent is 3": Equation("y", (N, J), ALL, Read("x", (N, apply("add", J, 1)))),
    "leaves axis 0 of `x`, whose extent is batch": Equation("w", (J,), (("j", 3),), Read("x", (J, Number(0)))),
    "a gathered left side": Equation("w", (Read("k", (J,)),), (("j", 3),), Number(0.0)),
    "an entry is written twice": Equation("y", (N, apply("add", J, Index("i"))), (*ROWS, ("j", 2), ("i", 2)), X),
    "the formula is not flat": Equation("s", (N,), ROWS, Reduce("sum", (("j", 3),), X)),
    "`y` is read before it is written": Equation("s", (N,), ALL, Read("y", (N, J)), "sum"),
}


@pytest.mark.parametrize("message", BAD)
def test_each_broken_rule_is_named(message):
    with pytest.raises(InvalidProgram, match=message.replace("(", r"\(")):
        verify(program(BAD[message]), flat=True)


def test_two_equations_may_not_write_the_same_entry():
    with pytest.raises(InvalidProgram, match="`y` is written twice without accumulating, in y"):
        verify(program(Equation("y", (N, J), ALL, X), Equation("y", (N, Number(2)), ROWS, Number(0.0))))


def test_the_tensors_themselves_are_looked_at():
    with pytest.raises(InvalidProgram, match="filed under `b`"):
        verify(Program({"b": Tensor("a", (3,))}, ()))
    with pytest.raises(InvalidProgram, match="no permutation"):
        verify(Program({"a": Tensor("a", (3,), order=(1,))}, ()))
