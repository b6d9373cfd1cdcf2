"""Sums of products are recognised as matrix products, whatever their indices are called and however their tensors lie."""

import pytest

from nndsl.ir.affine import Poly, number
from nndsl.ir.equation import Equation, Tensor
from nndsl.ir.expression import BATCH, Index, Number, Read, apply
from nndsl.passes.contract import product

N, U, K, T, G = (Index(name) for name in "nuitg")
TENSORS = {
    t.name: t
    for t in (
        Tensor("x", (BATCH, 6)), Tensor("z", (BATCH, 5)), Tensor("w", (6, 5)), Tensor("v", (5, 6)), Tensor("s", (BATCH, 4, 6)),
        Tensor("r", (BATCH, 4, 5)), Tensor("word", (BATCH,), "int"), Tensor("split", (BATCH, 15)), Tensor("wide", (6, 15)),
        Tensor("u", (5,)), Tensor("row", (6,)),
    )
}


def read(tensor, *index):
    return Read(tensor, index)


def equation(out, index, ranges, a, b, **more):
    return Equation(out, index, tuple(ranges.items()), apply("mul", a, b), "sum", **more)


BATCHES = Poly((0, 1))
ROWS = {"n": BATCH, "u": 5, "i": 6}
CASES = {
    "x w": (equation("z", (N, U), ROWS, read("x", N, K), read("w", K, U)), (BATCHES, 5, 6, False, False)),
    "w x": (equation("z", (N, U), ROWS, read("w", K, U), read("x", N, K)), (BATCHES, 5, 6, False, False)),
    "right side transposed": (
        equation("z", (N, U), ROWS, read("x", N, K), read("v", U, K)), (BATCHES, 5, 6, False, True)),
    "left side transposed": (
        equation("w", (K, U), {"i": 6, "u": 5, "n": BATCH}, read("x", N, K), read("z", N, U)), (6, 5, BATCHES, True, False)),
    "two row indices": (
        equation("r", (N, T, U), {"n": BATCH, "t": 4, "u": 5, "i": 6}, read("s", N, T, K), read("w", K, U)),
        (Poly((0, 4)), 5, 6, False, False)),
    "two inner indices": (
        equation("w", (K, U), {"i": 6, "u": 5, "n": BATCH, "t": 4}, read("s", N, T, K), read("r", N, T, U)),
        (6, 5, Poly((0, 4)), True, False)),
    "a split column": (
        equation("split", (N, apply("add", apply("mul", G, 5), U)), {"n": BATCH, "g": 3, "u": 5, "i": 6}, read("x", N, K),
                 read("wide", K, apply("add", apply("mul", G, 5), U))), (BATCHES, 15, 6, False, False)),
    "one column of a wider matrix": (
        equation("z", (N, U), ROWS, read("x", N, K), read("wide", K, apply("add", U, 10))),
        (BATCHES, 5, 6, False, False)),
    "no rows": (equation("u", (U,), {"u": 5, "i": 6}, read("row", K), read("w", K, U)), (1, 5, 6, False, False)),
}


@pytest.mark.parametrize("name", CASES)
def test_a_product_is_seen(name):
    given, (rows, columns, inner, left, right) = CASES[name]
    found = product(given, TENSORS)
    assert found is not None
    sizes = [found.rows, found.columns, found.inner]
    assert sizes == [x if isinstance(x, Poly) else number(x) for x in (rows, columns, inner)]
    assert (found.a.transposed, found.b.transposed) == (left, right)


OTHERS = {
    "three factors": Equation("z", (N, U), (("n", BATCH), ("u", 5), ("i", 6)),
                              apply("mul", apply("mul", read("x", N, K), read("w", K, U)), 2.0), "sum"),
    "a guarded entry": equation("z", (N, U), ROWS, Read("x", (N, K), Number(0.0)), read("w", K, U)),
    "an index in all three": equation("r", (N, T, U), {"n": BATCH, "t": 4, "u": 5}, read("r", N, T, U), read("r", N, T, U)),
    "a gather": equation("z", (N, U), ROWS, read("x", N, K), read("w", read("word", N), U)),
    "no sum": Equation("z", (N, U), (("n", BATCH), ("u", 5)), apply("mul", read("z", N, U), read("u", U))),
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_product_is_left_alone(name):
    assert product(OTHERS[name], TENSORS) is None
