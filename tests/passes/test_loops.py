"""Loops around windows: what fills vectors runs innermost, and short windows are written out."""

import pytest

from nndsl.ir.equation import Equation, Program, Tensor
from nndsl.ir.expression import BATCH, Index, Read, apply
from nndsl.passes.fuse import UNROLLED, fuse
from nndsl.passes.nest import Loop, Nest, leaves

N, P, J, C, M = (Index(x) for x in "npicm")


def depthwise(window, channels, multiplier, reduce="sum"):
    """z[n,p,(c,m)] = reduce over i of x[n,p+i,c] · w[i,c,m]."""
    tensors = (Tensor("x", (BATCH, 20 + window, channels), role="input"),
               Tensor("w", (window, channels, multiplier), role="parameter"), Tensor("z", (BATCH, 20, channels * multiplier)))
    place = apply("add", apply("mul", C, multiplier), M)
    factor = apply("mul", Read("x", (N, apply("add", P, J), C)), Read("w", (J, C, M)))
    ranges = (("n", BATCH), ("p", 20), ("c", channels), ("m", multiplier), ("i", window))
    return Program({t.name: t for t in tensors}, (Equation("z", (N, P, place), ranges, factor, reduce),))


def only(program):
    (nest,) = fuse(program)
    assert isinstance(nest, Nest)
    return nest


def innermost(nest):
    block = nest.body[0]
    while isinstance(block, Loop):
        index, block = block.index, block.body[-1]
    return index


@pytest.mark.parametrize("window,multiplier,index", [(3, 1, "c"), (UNROLLED + 1, 1, "c"), (3, 2, "m")])
def test_a_loop_of_one_turn_is_not_innermost(window, multiplier, index):
    assert innermost(only(depthwise(window, 8, multiplier))) == index


@pytest.mark.parametrize("reduce", ["sum", "max", "min", "prod"])
def test_short_windows_are_written_out(reduce):
    short, long = (leaves(only(depthwise(window, 8, 1, reduce)).body)[-1] for window in (UNROLLED, UNROLLED + 1))
    assert short.unrolled and not long.unrolled
