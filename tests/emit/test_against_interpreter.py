"""The generated kernels compute what the reference interpreter computes, each equation with its loops shared and alone."""

import numpy as np
import pytest

from nndsl import cache
from nndsl.checking.checked import Checked
from nndsl.emit import assemble as assembling
from nndsl.ir.equation import Equation, Program, Tensor
from nndsl.ir.expression import BATCH, Draw, Index, Number, Read, Scalar, apply, reads
from nndsl.ir.interpreter import run
from nndsl.passes.fuse import fuse
from nndsl.passes.modes import modes
from nndsl.runtime.network import CompiledNetwork
from nndsl.signature import Port

N, U, K, J, T = (Index(name) for name in ("n", "u", "k", "i", "t"))
EMPTY = Program({}, ())


def read(tensor, *index, other=None):
    return Read(tensor, tuple(Number(i) if isinstance(i, int) else i for i in index), other)


def shape_of(name):
    return {
        "x": (BATCH, 6), "y": (BATCH, 6), "w": (6, 5), "b": (5,), "z": (BATCH, 5), "h": (BATCH, 5), "m": (BATCH,),
        "s": (BATCH,), "e": (BATCH, 5), "c": (BATCH,), "q": (6,), "total": (), "wide": (BATCH, 30), "cube": (BATCH, 2, 3),
        "place": (BATCH,),
        "long": (BATCH, 37), "kernel": (6, 37), "more": (BATCH, 37), "u": (BATCH,), "square": (BATCH, 5, 5),
    }[name]


def mul(a, b):
    return apply("mul", a, b)


Z = Equation("z", (N, U), (("n", BATCH), ("u", 5), ("i", 6)), mul(read("x", N, J), read("w", J, U)), "sum")
H = Equation("h", (N, U), (("n", BATCH), ("u", 5)), apply("max", apply("add", read("z", N, U), read("b", U)), 0.0))
ROWS = (("n", BATCH), ("u", 5))
LONG = (("n", BATCH), ("k", 37))

PROGRAMS = {
    "dense": (Z, H),
    "transposed": (Z, Equation("q", (J,), (("i", 6), ("n", BATCH), ("u", 5)), mul(read("x", N, J), read("z", N, U)), "sum")),
    "backwards": (Z, Equation("y", (N, J), (("n", BATCH), ("i", 6), ("u", 5)), mul(read("z", N, U), read("w", J, U)), "sum")),
    "softmax": (
        Z,
        Equation("m", (N,), ROWS, read("z", N, U), "max"),
        Equation("e", (N, U), ROWS, apply("exp", apply("sub", read("z", N, U), read("m", N)))),
        Equation("s", (N,), ROWS, read("e", N, U), "sum"),
        Equation("h", (N, U), ROWS, apply("div", read("e", N, U), read("s", N))),
    ),
    "bias gradient": (Z, H, Equation("q", (U,), (("n", BATCH), ("u", 6)), read("x", N, U), "sum")),
    "long rows": (
        Equation("long", (N, K), LONG, apply("add", read("x", N, 2), K)),
        Equation("m", (N,), LONG, read("long", N, K), "max"),
        Equation("more", (N, K), LONG, apply("exp", apply("sub", read("long", N, K), read("m", N)))),
        Equation("s", (N,), LONG, read("more", N, K), "sum"),
        Equation("u", (N,), LONG, mul(read("more", N, K), apply("exp", read("long", N, K))), "sum"),
    ),
    "columns of a square": (                            # the index that sums is called like the loop that could be shared
        Z,
        Equation("square", (N, K, U), (("n", BATCH), ("k", 5), ("u", 5)), mul(read("z", N, K), apply("exp", read("z", N, U)))),
        Equation("h", (N, U), (("n", BATCH), ("k", 5), ("u", 5)), mul(read("square", N, K, U), read("z", N, K)), "sum"),
        Equation("e", (N, U), (("n", BATCH), ("k", 5), ("u", 5)), read("square", N, K, U), "max"),
    ),
    "mean of all": (Equation("total", (), (("n", BATCH), ("i", 6)), apply("div", read("x", N, J), Scalar("batch")), "sum"),),
    "product": (Equation("m", (N,), (("n", BATCH), ("i", 6)), read("x", N, J), "prod"),),
    "long rows that are searched": (
        Equation("long", (N, K), LONG, apply("min", apply("max", apply("add", read("x", N, 2), K), 4), 20)),  # with ties
        Equation("m", (N,), LONG, read("long", N, K), "max", winner="place"),
        Equation("s", (N,), LONG, read("long", N, K), "argmin"),
        Equation("u", (N,), LONG, read("long", N, K), "argmax"),
    ),
    "smallest": (Equation("m", (N,), (("n", BATCH), ("i", 6)), read("x", N, J), "min"),),
    "position of the largest": (Equation("m", (N,), (("n", BATCH), ("i", 6)), read("x", N, J), "argmax"),),
    "gathered": (Equation("m", (N,), (("n", BATCH),), read("x", N, read("c", N))),),
    "split axis": (
        Equation("cube", (N, T, K), (("n", BATCH), ("t", 2), ("k", 3)), read("x", N, apply("add", apply("mul", T, 3), K))),
        Equation("y", (N, apply("add", apply("mul", T, 3), K)), (("n", BATCH), ("t", 2), ("k", 3)),
                 apply("mul", read("cube", N, T, K), 2.0)),
    ),
    "outer product": (
        Equation("wide", (N, apply("add", apply("mul", J, 5), U)), (("n", BATCH), ("i", 6), ("u", 5)),
                 mul(read("x", N, J), read("b", U))),
    ),
    "window with zeros around": (
        Equation("y", (N, J), (("n", BATCH), ("i", 6), ("k", 3)),
                 read("x", N, apply("sub", apply("add", J, K), 1), other=Number(0.0)), "sum"),
    ),
    "strided window": (Equation("h", (N, K), (("n", BATCH), ("k", 3)), read("x", N, apply("mul", K, 2)), accumulate=True),),
    "guarded": (
        Equation("y", (N, J), (("n", BATCH), ("i", 6)), read("x", N, J), accumulate=True,
                 guard=((apply("sub", J, 2), 3),)),
    ),
    "index as a number": (
        Equation("y", (N, J), (("n", BATCH), ("i", 6)), apply("where", apply("gt", J, 2), J, read("x", N, J))),
    ),
    "added twice": (
        Equation("y", (N, J), (("n", BATCH), ("i", 6)), read("x", N, J), accumulate=True),
        Equation("y", (N, J), (("n", BATCH), ("i", 6)), apply("mul", read("x", N, J), read("x", N, J)), accumulate=True),
    ),
    "part written first": (
        Equation("y", (N, K), (("n", BATCH), ("k", 3)), read("x", N, K), accumulate=True),
        Equation("m", (N,), (("n", BATCH), ("i", 6)), read("y", N, J), "sum"),
    ),
    "scattered": (
        Equation("y", (N, read("c", N)), (("n", BATCH), ("k", 3)), read("x", N, K), "sum", accumulate=True),
    ),
    "shared calls": (
        Equation("y", (N, J), (("n", BATCH), ("i", 6)),
                 apply("add", apply("exp", read("x", N, J)), apply("mul", apply("exp", read("x", N, J)), read("x", N, J)))),
    ),
    "draws": (Equation("y", (N, J), (("n", BATCH), ("i", 6)), apply("lt", Draw("uniform", 3), 0.5)),),
    "logic": (
        Equation("y", (N, J), (("n", BATCH), ("i", 6)),
                 apply("and", apply("gt", read("x", N, J), 0.0), apply("not", apply("lt", read("x", N, J), 0.5)))),
    ),
}


def program(name):
    steps = PROGRAMS[name]
    names = dict.fromkeys(n for e in steps for n in _names(e))
    roles = {"x": "input", "c": "input", "w": "parameter", "b": "parameter"}
    tensors = {n: Tensor(n, shape_of(n), "int" if n in ("c", "place") else "real", roles.get(n, "temporary")) for n in names}
    return modes(Program(tensors, steps))


def _names(equation):
    inside = [r.tensor for e in (equation.expr, *equation.index) for r in reads(e)]
    return [*inside, *equation.written]


def network(checked, monkeypatch, join):
    monkeypatch.setattr(assembling, "fuse", lambda p, **_: fuse(p, join=join))
    artifact, text = assembling.assemble(checked, "float64", set(checked.forward.tensors))
    cache.store(f"test-{artifact.module[:16]}", artifact, text, {})
    return CompiledNetwork(artifact, cache.load_module(artifact))


@pytest.mark.parametrize("join", [True, False])
@pytest.mark.parametrize("name", PROGRAMS)
def test_same_numbers_as_the_interpreter(name, join, monkeypatch):
    wanted = program(name)
    ports = (Port("x", (6,)), Port("c", (), "int"))
    checked = Checked("test", ports, (), (), (), (), (), (), "", wanted, EMPTY, EMPTY, EMPTY, EMPTY, EMPTY, EMPTY, None, None)
    rng = np.random.default_rng(1)
    compiled = network(checked, monkeypatch, join)
    for batch in (7, 1, 4):
        arrays = {"x": rng.normal(size=(batch, 6)), "c": rng.integers(0, 6, batch),
                  "w": rng.normal(size=(6, 5)), "b": rng.normal(size=5)}
        for kept in compiled.artifact.kept:
            compiled._views[kept.name][...] = arrays[kept.name]
        given = {n: a for n, a in arrays.items() if n in wanted.tensors}
        expected = run(wanted, dict(given), batch=batch, step=0, seed=0)
        compiled.run("forward", batch, given)
        for tensor in wanted.tensors:
            found = compiled._views[tensor] if tensor in compiled._views else compiled.tensor("forward", tensor, batch)
            np.testing.assert_allclose(found, expected[tensor], rtol=1e-12, atol=1e-12, err_msg=tensor)
