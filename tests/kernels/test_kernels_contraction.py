"""Contractions over scattered entries: windows, batches and gradients against NumPy, the same bits however the work is cut."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nndsl.kernels import contract, entry


@entry
def compute(numbers, a, b, c):
    contract(numbers, 0, a, b, c)


def described(added, columns, step, turns=(), rows=(), inner=()):
    """A contraction as numbers."""
    counts = [len(turns), len(rows), len(inner)]
    return np.array([added, columns, step, *counts, *(x for d in (*turns, *rows, *inner) for x in d)], np.int64)


def image(n, side, c, f, k, stride=1):
    """A convolution of n square images, and its gradients by kernel and image."""
    out = (side - k) // stride + 1
    rows = [(out, stride * side * c, 0, out * f), (out, stride * c, 0, f)]
    return {
        "forward": described(0, f, 1, [(n, side * side * c, 0, out * out * f)], rows,
                             [(k, side * c, k * c * f, 0), (k * c, 1, f, 0)]),
        "by kernel": described(0, f, 1, [], [(k, side * c, 0, k * c * f), (k * c, 1, 0, f)],
                               [(n, side * side * c, out * out * f, 0), (out, stride * side * c, out * f, 0),
                                (out, stride * c, f, 0)]),
        "by image": described(1, c, f, [(n, out * out * f, 0, side * side * c), (k, 0, k * c * f, side * c), (k, 0, c * f, c)],
                              [(out, out * f, 0, stride * side * c), (out, f, 0, stride * c)], [(f, 1, 1, 0)]),
    }


CASES = {
    **{f"{name} of {case}": numbers for case in ((2, 9, 3, 5, 3), (1, 12, 1, 6, 5), (3, 7, 4, 33, 3, 2), (2, 8, 20, 70, 3))
       for name, numbers in image(*case).items()},
    "many rows": described(0, 3, 1, [], [(3000, 2, 0, 3)], [(4, 1, 3, 0)]),
    "a long sum": described(0, 50, 1, [], [(9, 1, 0, 50)], [(40, 9, 1000, 0), (20, 360, 50, 0)]),
    "scores of attention": described(0, 11, 7, [(2, 140, 154, 220), (2, 7, 77, 110)], [(10, 14, 0, 11)], [(7, 1, 1, 0)]),
    "one row": described(0, 40, 1, [], [], [(5, 1, 40, 0)]),
    "columns far apart": described(0, 20, 3, [], [(5, 4, 0, 20)], [(2, 2, 1, 0), (2, 1, 60, 0)]),
}


def reach(numbers, which):
    """How many entries an array must have."""
    counts, dims = numbers[3:6], numbers[6:].reshape(-1, 4)
    columns = (numbers[1] - 1) * (0, numbers[2], 1)[which - 1]
    assert len(dims) == sum(counts)
    return int(1 + columns + sum((d[0] - 1) * d[which] for d in dims))


def arrays(numbers, dtype):
    random = np.random.default_rng(3)
    return [random.standard_normal(reach(numbers, which)).astype(dtype) for which in (1, 2, 3)]


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("name", CASES)
def test_agrees_with_numpy(name, dtype):
    numbers = CASES[name]
    a, b, c = arrays(numbers, dtype)
    wanted, sizes = c.astype("f8"), np.abs(c).astype("f8")
    contract(numbers, 0, a.astype("f8"), b.astype("f8"), wanted)
    contract(numbers, 0, np.abs(a).astype("f8"), np.abs(b).astype("f8"), sizes)
    compute(numbers, a, b, c)
    assert (np.abs(c - wanted) <= 4096 * np.finfo(dtype).eps * sizes).all()


@pytest.mark.parametrize("name", CASES)
def test_only_its_own_entries_are_touched(name):
    numbers = CASES[name]
    a, b, c = arrays(numbers, "f4")
    reached = np.zeros(c.size)
    contract(np.array([1, *numbers[1:]]), 0, np.ones(a.size), np.ones(b.size), reached)
    before = c.copy()
    compute(numbers, a, b, c)
    assert (c[reached == 0] == before[reached == 0]).all()
    assert (c[reached != 0] != before[reached != 0]).mean() > 0.99


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_each_entry_is_the_same_chain_wherever_the_rows_are_cut(data):
    numbers = CASES[data.draw(st.sampled_from([n for n in CASES if CASES[n][4]]))]
    at = int(6 + 4 * numbers[3])
    if numbers[at] < 2:
        return
    a, b, c = arrays(numbers, "f4")
    whole, parts = c.copy(), c.copy()
    compute(numbers, a, b, whole)
    cut = data.draw(st.integers(1, int(numbers[at]) - 1))
    first, second = numbers.copy(), numbers.copy()
    first[at], second[at] = cut, numbers[at] - cut
    if numbers[0]:  # windows overlap: turn by turn, the rows before the cut come first
        return
    compute(first, a, b, parts)
    compute(second, a[cut * numbers[at + 1]:], b, parts[cut * numbers[at + 3]:])
    assert parts.tobytes() == whole.tobytes()
