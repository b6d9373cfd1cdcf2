"""Matrix products: every orientation and edge against NumPy, the same bits however the work is cut, nothing else touched."""

import hashlib
import os
import subprocess
import sys
from itertools import product as every

import numpy as np
import pytest

from nndsl.kernels import entry, gemm, gemm_batch

SIZES = [(1, 1, 1), (1, 100, 30), (8, 16, 4), (23, 10, 100), (30, 1, 32), (32, 100, 100), (33, 49, 17), (7, 47, 300),
         (270, 20, 500), (5, 300, 40)]


@entry
def multiply(ta, tb, m, n, k, a, lda, b, ldb, beta, c, ldc):
    gemm(ta, tb, m, n, k, a, lda, b, ldb, beta, c, ldc)


@entry
def multiply_many(count, ta, tb, m, n, k, a, sa, lda, b, sb, ldb, beta, c, sc, ldc):
    gemm_batch(count, ta, tb, m, n, k, a, sa, lda, b, sb, ldb, beta, c, sc, ldc)


def matrix(rows, columns, stride, dtype, seed):
    """A matrix inside a flat array that ends with its last entry, and a view of it."""
    flat = np.random.default_rng(seed).standard_normal(max(0, (rows - 1) * stride + columns)).astype(dtype)
    return flat, np.lib.stride_tricks.as_strided(flat, (rows, columns), (stride * flat.itemsize, flat.itemsize))


def operands(ta, tb, m, n, k, dtype, pad=0):
    a = matrix(k if ta else m, m if ta else k, (m if ta else k) + pad, dtype, 1)
    b = matrix(n if tb else k, k if tb else n, (k if tb else n) + 2 * pad, dtype, 2)
    c = matrix(m, n, n + 3 * pad, dtype, 3)
    return a, b, c, (a[1].T if ta else a[1]).astype("f8"), (b[1].T if tb else b[1]).astype("f8")


def call(ta, tb, m, n, k, a, b, beta, c):
    strides = (x[1].strides[0] // x[1].itemsize for x in (a, b, c))
    lda, ldb, ldc = strides
    multiply(ta, tb, m, n, k, a[0], lda, b[0], ldb, beta, c[0], ldc)


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("ta,tb", list(every((0, 1), (0, 1))))
def test_agrees_with_numpy(dtype, ta, tb):
    for (m, n, k), pad, beta in every(SIZES, (0, 3), (0, 1, 0.5)):
        a, b, c, left, right = operands(ta, tb, m, n, k, dtype, pad)
        before = c[0].copy()
        expected = left @ right + beta * c[1].astype("f8")
        scale = np.abs(left) @ np.abs(right) + np.abs(beta * c[1])
        call(ta, tb, m, n, k, a, b, beta, c)
        # one chain of k fused multiply-adds: k roundings at most
        bound = (k + 2) * np.finfo(dtype).eps / 2 * scale
        assert (np.abs(c[1] - expected) <= bound).all(), (m, n, k, pad, beta)
        rim = np.ones(c[0].size, bool)
        np.lib.stride_tricks.as_strided(rim, c[1].shape, (c[1].strides[0] // c[0].itemsize, 1))[...] = False
        assert (c[0][rim] == before[rim]).all(), "what lies between the rows was written"


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_same_bits_however_the_work_is_cut(dtype):
    m, n, k = 67, 120, 700
    a, b, whole, _, _ = operands(0, 0, m, n, k, dtype)
    start = whole[1].copy()
    call(0, 0, m, n, k, a, b, 1, whole)
    for rows, columns in ((1, n), (32, n), (m, 10), (13, 37)):
        part = matrix(m, n, n, dtype, 3)
        for i, j in every(range(0, m, rows), range(0, n, columns)):
            height, width = min(rows, m - i), min(columns, n - j)
            multiply(0, 0, height, width, k, a[0][i * k:], k, b[0][j:], n, 1, part[0][i * n + j:], n)
        assert (part[1] == whole[1]).all(), (rows, columns)
    halves = matrix(m, n, n, dtype, 3)
    multiply(0, 0, m, n, 400, a[0], k, b[0], n, 1, halves[0], n)
    multiply(0, 0, m, n, k - 400, a[0][400:], k, b[0][400 * n:], n, 1, halves[0], n)
    assert (halves[1] == whole[1]).all()
    other = matrix(m, n, n, dtype, 3)
    other[1][...] = start
    left, right = np.ascontiguousarray(a[1].T).ravel(), np.ascontiguousarray(b[1].T).ravel()
    multiply(1, 1, m, n, k, left, m, right, k, 1, other[0], n)
    assert (other[1] == whole[1]).all()


def test_nothing_to_do():
    ones = np.ones(12, "f4")
    for m, n in ((0, 3), (3, 0)):
        multiply(0, 0, m, n, 2, ones, 2, ones, 3, 0, ones, 3)
    assert (ones == 1).all()
    c = np.array([np.nan, np.inf, 1, 2], "f4")
    multiply(0, 0, 2, 2, 0, ones, 2, ones, 2, 1, c, 2)
    assert np.isnan(c[0]) and c[3] == 2
    multiply(0, 0, 2, 2, 0, ones, 2, ones, 2, 0, c, 2)
    assert (c == 0).all()


def test_overwriting_forgets_what_stood_there():
    a, b, c, left, right = operands(0, 1, 33, 50, 20, "f4")
    c[0][...] = np.nan
    call(0, 1, 33, 50, 20, a, b, 0, c)
    assert np.allclose(c[1], left @ right, atol=1e-4)


def test_not_a_number_spreads_to_its_row_and_no_further():
    a, b, c, _, _ = operands(0, 0, 20, 20, 20, "f4")
    a[1][7, 3] = np.nan
    call(0, 0, 20, 20, 20, a, b, 0, c)
    assert np.isnan(c[1][7]).all() and np.isfinite(np.delete(c[1], 7, 0)).all()


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_batches(dtype):
    rng = np.random.default_rng(0)
    a, b, c = (rng.standard_normal(s).astype(dtype) for s in ((5, 6, 7), (7, 9), (5, 6, 9)))
    expected = c + a @ b
    plain = c.copy()
    gemm_batch(5, 0, 0, 6, 9, 7, a.ravel(), 42, 7, b.ravel(), 0, 9, 1, plain.reshape(-1), 54, 9)
    multiply_many(5, 0, 0, 6, 9, 7, a.ravel(), 42, 7, b.ravel(), 0, 9, 1, c.reshape(-1), 54, 9)
    assert np.allclose(c, expected, rtol=1e-4) and np.allclose(plain, expected, rtol=1e-4)


def test_plain_python_agrees():
    for ta, tb, beta in every((0, 1), (0, 1), (0, 1)):
        a, b, c, left, right = operands(ta, tb, 5, 6, 7, "f8", 2)
        expected = left @ right + beta * c[1]
        gemm(ta, tb, 5, 6, 7, a[0], a[1].strides[0] // 8, b[0], b[1].strides[0] // 8, beta, c[0], c[1].strides[0] // 8)
        assert np.allclose(c[1], expected)


PROGRAM = """
import llvmlite.binding as llvm
known = llvm.get_host_cpu_features()
class Features(dict):
    flatten = known.flatten
llvm.get_host_cpu_features = lambda: Features(avx=%r, neon=False)
import sys
sys.path.insert(0, %r)
from nndsl.kernels import product, tile
assert tile.shape().bytes == %d
product._cfunc = lambda signature, cache, **options: product.numba.cfunc(signature, **options)
import test_kernels_product as tests
for dtype in ("f4", "f8"):
    tests.SIZES = [(1, 1, 1), (23, 10, 100), (33, 49, 17), (30, 1, 32)]
    tests.test_agrees_with_numpy(dtype, 0, 0)
    tests.test_agrees_with_numpy(dtype, 1, 1)
print(tests.fingerprint())
"""


def fingerprint():
    """The bits of a product of every kind."""
    found = []
    for ta, tb, (m, n, k) in every((0, 1), (0, 1), [(23, 10, 100), (33, 49, 17)]):
        a, b, c, _, _ = operands(ta, tb, m, n, k, "f4")
        call(ta, tb, m, n, k, a, b, 1, c)
        found.append(c[0].tobytes())
    return hashlib.sha256(b"".join(found)).hexdigest()


@pytest.mark.parametrize("avx,size", [(True, 32), (False, 16)])
def test_other_processors_vectors_give_the_same_bits(avx, size):
    program = PROGRAM % (avx, os.path.dirname(__file__), size)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == fingerprint()
