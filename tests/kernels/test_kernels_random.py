"""Random draws: the published generator, the same bits jitted or not, and the distributions they should have."""

import numpy as np
import pytest
from scipy import stats

from nndsl.kernels import (
    draw,
    draw_normal,
    draw_truncated_normal,
    draw_uniform,
    entry,
    f4,
    f8,
    permutation,
    shuffle,
)
from nndsl.kernels.random import threefry

KINDS = ("uniform", "normal", "truncated_normal")


@entry
def fill(x, kind, seed, step, stream, first):
    for i in range(x.size):
        if kind == 0:
            x[i] = draw_uniform(seed, step, stream, first + i, f4)
        elif kind == 1:
            x[i] = draw_normal(seed, step, stream, first + i, f4)
        else:
            x[i] = draw_truncated_normal(seed, step, stream, first + i, f4)


@entry
def fill_double(x, kind, seed, step, stream, first):
    for i in range(x.size):
        if kind == 0:
            x[i] = draw_uniform(seed, step, stream, first + i, f8)
        elif kind == 1:
            x[i] = draw_normal(seed, step, stream, first + i, f8)
        else:
            x[i] = draw_truncated_normal(seed, step, stream, first + i)


@entry
def shuffled(order, seed, epoch):
    shuffle(order, seed, epoch)


def word(value):
    return np.array([value], np.uint32)


def test_published_blocks():
    # Random123, known-answer vectors of threefry2x32, 20 rounds
    for counter, key, expected in (
            ((0, 0), (0, 0), (0x6B200159, 0x99BA4EFE)),
            ((0xFFFFFFFF,) * 2, (0xFFFFFFFF,) * 2, (0x1CB996FC, 0xBB002BE7)),
            ((0x243F6A88, 0x85A308D3), (0x13198A2E, 0x03707344), (0xC4923A9C, 0x483DF7A0))):
        found = threefry(tuple(map(word, key)), tuple(map(word, counter)))
        assert tuple(int(x[0]) for x in found) == expected


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("kind", KINDS)
def test_jitted_draws_have_the_bits_of_numpy_ones(kind, dtype):
    for seed, step, stream, first in ((0, 0, 0, 0), (2**40 + 7, 5, 3, 2**33), (-1, 2**31, 65535, 12345)):
        x = np.empty(3001, dtype)
        (fill if dtype == "f4" else fill_double)(x, KINDS.index(kind), seed, step, stream, first)
        y = draw(kind, seed, step, stream, first + np.arange(x.size), dtype)
        assert y.dtype == x.dtype and (x.view(np.uint8) == y.view(np.uint8)).all()


def test_single_numbers():
    one = draw_normal(3, 1, 4, 1, np.float32)
    assert isinstance(one, np.float32) and one == draw("normal", 3, 1, 4, np.arange(5), np.float32)[1]
    assert draw_uniform(3, 1, 4, 1) == draw("uniform", 3, 1, 4, 1) and isinstance(draw_uniform(3, 1, 4, 1), np.float64)
    assert draw_truncated_normal.__name__ == "draw_truncated_normal"


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("kind,law", [("uniform", stats.uniform()), ("normal", stats.norm()),
                                      ("truncated_normal", stats.truncnorm(-2, 2))])
def test_distributions(kind, law, dtype):
    x = draw(kind, 11, 3, 2, np.arange(100_000), dtype).astype("f8")
    assert stats.kstest(x, law.cdf).pvalue > 1e-3
    for moment in (1, 2, 3, 4):
        deviation = np.sqrt((law.moment(2 * moment) - law.moment(moment) ** 2) / x.size)
        assert abs((x**moment).mean() - law.moment(moment)) < 4 * deviation


def test_neighbours_are_independent():
    streams = [draw("uniform", seed, step, stream, np.arange(50_000)) for seed, step, stream in
               ((1, 0, 0), (2, 0, 0), (1, 1, 0), (1, 0, 1), (1 << 32, 0, 0))]
    for i, x in enumerate(streams):
        assert abs(np.corrcoef(x[1:], x[:-1])[0, 1]) < 4 / np.sqrt(x.size)
        for y in streams[:i]:
            assert abs(np.corrcoef(x, y)[0, 1]) < 4 / np.sqrt(x.size)
    together = np.concatenate(streams)
    assert np.unique(together).size == together.size
    assert stats.chisquare(np.bincount((together * 256).astype(int), minlength=256)).pvalue > 1e-3


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_ends_are_never_reached(dtype):
    from nndsl.kernels.machine import ExactNumpyMachine
    from nndsl.kernels.random import _FORMULAS

    size = np.dtype(dtype).itemsize
    ends = tuple(np.array([0, 0xFFFFFFFF, 0x7FFFFFFF, 0x80000000], np.uint32) for _ in range(2))
    x, z, cut = (_FORMULAS[kind](ExactNumpyMachine(), ends, size) for kind in KINDS)
    assert ((0 < x) & (x < 1)).all() and x.dtype == dtype
    assert np.isfinite(z).all() and (np.abs(z) < 10).all()
    assert (np.abs(cut) <= 2).all() and (np.abs(cut[[0, 3]]) > 1.999999).all()


def test_quantiles_are_exact():
    from nndsl.kernels.machine import ExactNumpyMachine
    from nndsl.kernels.random import _quantile

    t = np.concatenate([np.geomspace(1e-18, 0.5, 2000), np.linspace(1e-3, 0.5, 2000)])
    with np.errstate(all="ignore"):
        z = _quantile(ExactNumpyMachine(), t)
        single = _quantile(ExactNumpyMachine(), t[t > 1e-9].astype("f4"))
    assert np.allclose(z, stats.norm.isf(t), rtol=1e-14, atol=1e-15)
    assert np.allclose(single, stats.norm.isf(t[t > 1e-9].astype("f4").astype("f8")), rtol=2e-6, atol=2e-7)


def test_shuffling():
    for n in (0, 1, 2, 1000):
        order = np.empty(n, np.int64)
        shuffled(order, 7, 3)
        assert (np.sort(order) == np.arange(n)).all() and (order == permutation(7, 3, n)).all()
    orders = np.array([permutation(7, epoch, 5) for epoch in range(6000)])
    counts = np.array([np.bincount(orders[:, i], minlength=5) for i in range(5)])
    assert stats.chisquare(counts.ravel()).pvalue > 1e-3
    assert np.unique(orders, axis=0).shape[0] == 120
