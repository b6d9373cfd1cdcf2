"""Sums of products over affine indices: every way to do them as products gives what the interpreter gives."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nndsl.ir.equation import Equation, Program, Tensor
from nndsl.ir.expression import BATCH, Index, Read, apply
from nndsl.ir.interpreter import run
from nndsl.ir.verifier import verify
from nndsl.kernels import contract, entry
from nndsl.passes.contract import product
from nndsl.passes.contraction import contraction, ways

SAMPLES = 3


@entry
def compute(numbers, a, b, c):
    contract(numbers, 0, a, b, c)


def sum_of(*terms):
    """An index formula from pairs of an index and its factor."""
    found = None
    for name, factor in terms:
        term = Index(name) if factor == 1 else apply("mul", Index(name), factor)
        found = term if found is None else apply("add", found, term)
    return found


class Convolution:
    """A convolution over any number of axes, with strides, dilation and groups, and its gradients.

    Args:
        axes: for each, the windows, the kernel, stride and dilation.
        groups, channels, filters: the last two of one group.
        order: of the image's axes in memory; () for as they are.
    """

    def __init__(self, axes, groups=1, channels=3, filters=4, order=()):
        image = [(p - 1) * s + (k - 1) * d + 1 for p, k, s, d in axes]
        self.tensors = {t.name: t for t in (
            Tensor("x", (BATCH, *image, groups * channels), role="input", order=order),
            Tensor("w", (*(k for _, k, _, _ in axes), channels, groups * filters), role="parameter"),
            Tensor("z", (BATCH, *(p for p, _, _, _ in axes), groups * filters), role="input"))}
        number = range(len(axes))
        place = tuple(sum_of((f"p{i}", axes[i][2]), (f"i{i}", axes[i][3])) for i in number)
        here = tuple(Index(f"p{i}") for i in number)
        self.x = Read("x", (Index("n"), *place, sum_of(("g", channels), ("c", 1))))
        self.w = Read("w", (*(Index(f"i{i}") for i in number), Index("c"), sum_of(("g", filters), ("f", 1))))
        self.z = Read("z", (Index("n"), *here, sum_of(("g", filters), ("f", 1))))
        self.ranges = (("n", BATCH), ("g", groups), *((f"p{i}", axes[i][0]) for i in number), ("f", filters),
                       *((f"i{i}", axes[i][1]) for i in number), ("c", channels))

    def equation(self, out, a, b, accumulate):
        name, index = out.tensor, out.index
        return Equation(name, index, self.ranges, apply("mul", a, b), "sum", accumulate)

    def equations(self):
        return {"forward": self.equation(self.z, self.x, self.w, False),
                "by kernel": self.equation(self.w, self.z, self.x, False),
                "by image": self.equation(self.x, self.z, self.w, True)}


def array(tensor, random):
    return random.standard_normal([SAMPLES if e == BATCH else e for e in tensor.shape])


def flat(tensor, values):
    return (values.transpose(tensor.order) if tensor.order else values).flatten()


def numbers(way):
    dims = (*way.turns, *way.rows, *way.inner)
    found = [way.columns.size, way.columns.b, *(x for d in dims for x in (d.size, *d.steps))]
    first, second, *rest = (x.at(SAMPLES) for x in found)
    return np.array([way.equation.accumulate, first, second, len(way.turns), len(way.rows), len(way.inner), *rest], np.int64)


def assert_every_way(equation, tensors):
    random = np.random.default_rng(2)
    given_ = {name: array(t, random) for name, t in tensors.items()}
    out = tensors[equation.out]
    roles = {n: Tensor(n, t.shape, role="temporary" if t is out else "input", order=t.order) for n, t in tensors.items()}
    start = Equation(out.name, tuple(Index(f"a{i}") for i in range(len(out.shape))),
                     tuple((f"a{i}", e) for i, e in enumerate(out.shape)),
                     Read("start", tuple(Index(f"a{i}") for i in range(len(out.shape)))))
    roles["start"] = Tensor("start", out.shape, role="input")
    steps = (start, equation) if equation.accumulate else (equation,)
    inputs = {n: a for n, a in given_.items() if n != out.name} | {"start": given_[out.name]}
    program = Program({n: t for n, t in roles.items() if n != "start" or equation.accumulate}, steps)
    wanted = run(verify(program), {n: a for n, a in inputs.items() if n in program.tensors}, batch=SAMPLES)[out.name]
    found = list(ways(equation, tensors))
    for way in found:
        a, b, c = (flat(tensors[x.tensor], given_[x.tensor]) for x in (way.a, way.b, way.c))
        starts = [x.offset.constant.at(SAMPLES) for x in (way.a, way.b, way.c)]
        compute(numbers(way), a[starts[0]:], b[starts[1]:], c[starts[2]:])
        np.testing.assert_allclose(c, flat(out, wanted), rtol=1e-11, atol=1e-11)
    return found


@st.composite
def convolutions(draw):
    size = st.integers(1, 5)
    axes = draw(st.lists(st.tuples(size, st.integers(1, 4), st.integers(1, 3), st.integers(1, 2)), min_size=1, max_size=3))
    order = draw(st.sampled_from([(), (0, len(axes) + 1, *range(1, len(axes) + 1))]))
    return Convolution(axes, draw(st.integers(1, 3)), draw(size), draw(st.sampled_from([1, 2, 7, 17, 40])), order)


@given(convolutions())
@settings(max_examples=80, deadline=None)
def test_every_way_gives_what_the_interpreter_gives(convolution):
    for equation in convolution.equations().values():
        assert_every_way(equation, convolution.tensors)


LARGE = {
    "images": Convolution([(24, 5, 1, 1), (24, 5, 1, 1)], channels=1, filters=6),
    "strided images": Convolution([(10, 3, 2, 1), (12, 3, 2, 1)], channels=8, filters=32),
    "dilated images": Convolution([(10, 3, 1, 2), (12, 3, 1, 2)], channels=6, filters=16),
    "sequences": Convolution([(30, 5, 1, 1)], channels=16, filters=24),
    "volumes": Convolution([(5, 3, 1, 1), (6, 3, 1, 1), (7, 3, 1, 1)], channels=4, filters=16),
    "groups": Convolution([(9, 3, 1, 1), (9, 3, 1, 1)], groups=3, channels=8, filters=16),
}


@pytest.mark.parametrize("name", LARGE)
def test_windows_and_their_gradients_are_contractions(name):
    for kind, equation in LARGE[name].equations().items():
        assert contraction(equation, LARGE[name].tensors), kind
        assert len(assert_every_way(equation, LARGE[name].tensors)) >= 1, kind


def read(tensor, letters):
    return Read(tensor, tuple(map(Index, letters)))


EXTENTS = {"n": BATCH, "h": 4, "t": 20, "s": 24, "e": 16}
HEADS = {name: Tensor(name, tuple(EXTENTS[i] for i in letters), role="input")
         for name, letters in (("q", "nhte"), ("k", "nhse"), ("v", "nshe"), ("a", "nhts"), ("o", "nthe"))}


@pytest.mark.parametrize("out,one,two", [
    ("a nhts", "q nhte", "k nhse"), ("q nhte", "a nhts", "k nhse"), ("k nhse", "a nhts", "q nhte"),
    ("o nthe", "a nhts", "v nshe"), ("v nshe", "a nhts", "o nthe"), ("a nhts", "o nthe", "v nshe")])
def test_attention_is_batches_of_products(out, one, two):
    name, index = out.split()
    ranges = tuple((i, EXTENTS[i]) for i in dict.fromkeys(index + one.split()[1] + two.split()[1]))
    equation = Equation(name, tuple(map(Index, index)), ranges, apply("mul", read(*one.split()), read(*two.split())), "sum")
    found = contraction(equation, HEADS)
    assert found and not product(equation, HEADS)
    assert {i for d in found.turns for i in d.names} == {"n", "h"}
    assert_every_way(equation, HEADS)


def test_what_has_no_columns_or_no_inner_sum_is_none():
    tensors = {"x": Tensor("x", (BATCH, 9, 4)), "w": Tensor("w", (3, 4)), "z": Tensor("z", (BATCH, 7, 4)),
               "y": Tensor("y", (BATCH, 4))}
    window = Read("x", (Index("n"), sum_of(("p", 1), ("i", 1)), Index("c")))
    depthwise = Equation("z", tuple(map(Index, "npc")), (("n", BATCH), ("p", 7), ("c", 4), ("i", 3)),
                         apply("mul", window, read("w", "ic")), "sum")
    alone = Equation("y", tuple(map(Index, "nc")), (("n", BATCH), ("c", 4), ("p", 3)),
                     apply("mul", read("x", "npc"), read("w", "pc")), "sum")
    lonely = Equation("y", tuple(map(Index, "nc")), (("n", BATCH), ("c", 4), ("p", 9), ("i", 3)),
                      apply("mul", read("x", "npc"), read("w", "ic")), "sum")
    assert [list(ways(e, tensors)) for e in (depthwise, alone, lonely)] == [[], [], []]
