"""The next step of a reduction, in jitted code and in plain Python."""

import numpy as np
import pytest

from nndsl.kernels import entry, inf, kernel, larger, plus, smaller


@kernel
def reduce_all(x, out, size):
    total, largest, smallest = x[0] * 0, x[0] * 0 - inf, x[0] * 0 + inf
    for i in range(size):
        total = plus(total, x[i])
    for i in range(size):
        largest = larger(largest, x[i])
    for i in range(size):
        smallest = smaller(smallest, x[i])
    out[0], out[1], out[2] = total, largest, smallest


@entry
def jitted(x, out, size):
    reduce_all(x, out, size)


def stepwise(x):
    total, largest, smallest = x.dtype.type(0), -np.inf, np.inf
    for entry_ in x:
        total, largest, smallest = plus(total, entry_), larger(largest, entry_), smaller(smallest, entry_)
    return total, largest, smallest


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [1, 2, 15, 16, 17, 63, 64, 65, 1000])
def test_all_terms_count_once(dtype, size):
    x, out = np.random.default_rng(size).normal(size=size).astype(dtype), np.empty(3, dtype)
    jitted(x, out, size)
    within = float(size * np.finfo(dtype).eps * np.abs(x).sum())
    assert out[0] == pytest.approx(x.astype(float).sum(), rel=0, abs=within)
    assert (out[1], out[2]) == (x.max(), x.min())
    assert stepwise(x) == pytest.approx(out, rel=0, abs=within)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("place", [0, 7, 40, 66])
def test_what_is_no_number_is_seen(dtype, place):
    x, out = np.ones(67, dtype), np.empty(3, dtype)
    x[place] = np.nan
    jitted(x, out, x.size)
    assert np.isnan(out).all() and np.isnan(stepwise(x)).all()


def test_the_same_terms_give_the_same_bits():
    x, one, two = np.random.default_rng(0).normal(size=999).astype("f4"), np.empty(3, "f4"), np.empty(3, "f4")
    jitted(x, one, x.size)
    shifted = np.concatenate([[0], x]).astype("f4")[1:]  # elsewhere in memory
    jitted(shifted, two, x.size)
    assert one.tobytes() == two.tobytes()
