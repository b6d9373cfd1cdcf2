"""Windows that leave their axis: padded, narrowed, and in place, with the numbers unchanged and no question left to ask."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from random_programs import samples

from nndsl.derive import adjoints
from nndsl.ir.equation import Equation, Program, Scan, Tensor
from nndsl.ir.expression import BATCH, Draw, Index, Number, Read, apply, walk
from nndsl.ir.interpreter import run
from nndsl.ir.printer import equation_text
from nndsl.ir.verifier import verify
from nndsl.passes.copies import copies
from nndsl.passes.dead import dead
from nndsl.passes.halos import halos
from nndsl.passes.narrow import narrow
from nndsl.passes.pad import pad

N, P, J, C = (Index(x) for x in "npic")


def through(program, objective, wanted):
    """The program with its gradients, before and after all that is done about windows."""
    plain = adjoints(program, {objective: 1.0}, wanted)
    placed = dead(narrow(verify(adjoints(verify(pad(program)), {objective: 1.0}, wanted))), (objective,))
    return plain, verify(halos(verify(copies(verify(placed), (objective,))), (objective,)))


@given(samples())
@settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_random_programs_keep_their_numbers(sample):
    plain, changed = through(sample.program, sample.objective, sample.wanted)
    first, second = (run(p, {n: a for n, a in sample.arrays.items() if n in p.tensors}, **sample.sizes)
                     for p in (plain, changed))
    for name in (sample.objective, *("∂" + n for n in sample.wanted)):
        np.testing.assert_allclose(second[name], first[name], rtol=1e-9, atol=1e-11, err_msg=name)


def window(kind="sum", other=0.0, stride=1, before=1, windows=6):
    """y[p, c] = reduce over three i of h[stride p + i - before, c], of h = tanh(x), and a loss."""
    place = apply("sub", apply("add", apply("mul", P, stride), J), before)
    ranges = (("n", BATCH), ("p", 6), ("c", 2))
    tensors = [Tensor("x", (BATCH, 6, 2), role="input"), Tensor("w", (3, 2), role="parameter"), Tensor("h", (BATCH, 6, 2)),
               Tensor("y", (BATCH, windows, 2)), Tensor("loss", ())]
    entry = Read("h", (N, place, C), Number(other))
    factor = apply("mul", entry, Read("w", (J, C))) if kind == "sum" else entry
    return Program({t.name: t for t in tensors}, (
        Equation("h", (N, P, C), ranges, apply("tanh", Read("x", (N, P, C)))),
        Equation("y", (N, P, C), (("n", BATCH), ("p", windows), ("c", 2), ("i", 3)), factor, kind),
        Equation("loss", (), (("n", BATCH), ("p", windows), ("c", 2)),
                 apply("mul", Read("y", (N, P, C)), apply("cos", apply("add", P, N))), "sum")))


WINDOWS = {
    "same": window(), "strided": window(stride=2, windows=3), "causal": window(before=2), "ones around": window(other=1.0),
    "largest": window("max", -np.inf), "largest of strided": window("max", -np.inf, stride=2, windows=4),
    "smallest": window("min", np.inf, before=2),
}


@pytest.mark.parametrize("name", WINDOWS)
def test_no_question_is_left(name):
    program = WINDOWS[name]
    plain, changed = through(program, "loss", ["x", "w"] if "w" in str(program.steps[1].expr) else ["x"])
    given_ = {"x": np.random.default_rng(0).normal(size=(4, 6, 2)), "w": np.random.default_rng(1).normal(size=(3, 2))}
    one, two = (run(p, {n: a for n, a in given_.items() if n in p.tensors}, batch=4) for p in (plain, changed))
    np.testing.assert_allclose(two["∂x"], one["∂x"], rtol=1e-12, atol=1e-14)
    for equation in changed.equations():
        assert not equation.guard, equation_text(equation)
        assert not any(isinstance(x, Read) and x.other is not None for x in walk(equation.expr)), equation_text(equation)
    assert "h" not in changed.tensors, "what is only read in windows stands inside its padded copy"


def test_what_is_looked_at_stays_where_it_is():
    program = pad(window())
    kept = halos(program, ("h",))
    assert "h" in kept.tensors and "h padded" in kept.tensors
    texts = [equation_text(e) for e in kept.equations()]
    assert any(t.startswith("h padded[i0,i1 + 1,i2] = h[i0,i1,i2]") for t in texts)


def test_a_window_over_something_that_changes_is_not_padded():
    program = window()
    again = Equation("h", (N, P, C), (("n", BATCH), ("p", 6), ("c", 2)), Number(1.0), accumulate=True)
    changing = Program(program.tensors, (*program.steps, again))
    assert pad(changing) == changing


def test_a_window_in_a_recurrence_is_not_padded():
    h = Tensor("h", (BATCH, 5))
    body = Equation("h", (N, Index("t")), (("n", BATCH),),
                    apply("add", Read("h", (N, apply("sub", Index("t"), 1)), Number(0)), 1))
    program = Program({"h": h}, (Scan("t", 5, (body,)),))
    assert pad(program) == program


def test_a_guard_becomes_the_extent_of_a_loop():
    tensors = {"x": Tensor("x", (BATCH, 9), role="input"), "y": Tensor("y", (BATCH, 4))}
    guarded = Equation("y", (N, apply("sub", apply("mul", J, 1), 2)), (("n", BATCH), ("i", 9)), Read("x", (N, J)), "", True,
                       ((apply("sub", J, 2), 4),))
    (found,) = narrow(Program(tensors, (guarded,))).steps
    assert isinstance(found, Equation) and equation_text(found) == "y[n,i] += x[n,i + 2]" and dict(found.ranges)["i"] == 4


def test_random_draws_keep_their_places():
    tensors = {"y": Tensor("y", (BATCH, 4))}
    drawn = Equation("y", (N, apply("sub", J, 2)), (("n", BATCH), ("i", 9)), Draw("uniform", 1), "", True,
                     ((apply("sub", J, 2), 4),))
    program = Program(tensors, (drawn,))
    assert narrow(program) == program


def test_a_copy_that_reorders_memory_is_kept():
    tensors = {"x": Tensor("x", (BATCH, 3, 4), role="input"), "t": Tensor("t", (BATCH, 4, 3)), "f": Tensor("f", (BATCH, 3, 4)),
               "y": Tensor("y", (BATCH,))}
    ranges = (("n", BATCH), ("p", 3), ("c", 4))

    def program(*index, out):
        return Program(tensors, (Equation(out, index, ranges, Read("x", (N, P, C))),
                                 Equation("y", (N,), ranges, Read(out, index), "sum")))

    assert copies(program(N, C, P, out="t")) == program(N, C, P, out="t")
    assert len(copies(program(N, P, C, out="f")).steps) == 1
    assert copies(program(N, P, C, out="f"), ("f",)) == program(N, P, C, out="f")
