"""How kernels and entries are compiled and kept."""

import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest

from nndsl.kernels import copy, entry, exp, f4, gather_rows, gemm, kernel, rare, view, zero

MODULE = """
from nndsl.kernels import entry, exp, gemm, kernel

@kernel
def activate(x, y, size):
    for i in range(size):
        y[i] = exp(x[i]) * x[i] + x[i]

@entry
def run(a, b, c, n):
    gemm(0, 1, n, n, n, a, n, b, n, 0, c, n)
    activate(c, b, n * n)
"""
SCRIPT = """
import hashlib, sys
sys.path.insert(0, {folder!r})
import numpy as np
import generated
a = np.random.default_rng(0).standard_normal(2500).astype("f4")
b, c = a[::-1].copy(), a.copy()
generated.run(a, b, c, 50)
hits = sum(generated.run.stats.cache_hits.values())
print(hits, len(generated.activate.overloads), hashlib.sha256(b.tobytes()).hexdigest())
"""


def test_an_entry_is_kept_with_its_kernels_and_gives_the_same_bits(tmp_path):
    (tmp_path / "generated.py").write_text(MODULE)
    script = SCRIPT.format(folder=str(tmp_path))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    found = [subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
             .stdout.split() for _ in range(2)]
    assert [line[:2] for line in found] == [["0", "1"], ["1", "0"]], "the second run compiles nothing"
    assert found[0][2] == found[1][2]
    assert sorted(p.suffix for p in (tmp_path / "__pycache__").glob("generated.run*")) == [".nbc", ".nbi"]


@kernel
def scaled(x, y, z, w, v, size):
    for i in range(size):
        y[i] = x[i] * f4(2)
        w[i] = x[i] + z[i]
        v[i] = x[i] - z[i]


@rare
def shifted(x, size):
    for i in range(size):
        x[i] += f4(1)


@entry
def both(x, y, z, w, v):
    scaled(x, y, z, w, v, x.size)
    shifted(y, y.size)


def test_kernels_are_translated_in_their_entry_only():
    x = np.arange(100, dtype="f4")
    arrays = [x, *(x.copy() for _ in range(4))]
    from numba.core.caching import NullCache

    both._cache = NullCache()
    both(*arrays)
    assert (arrays[1] == 2 * x + 1).all() and (arrays[3] == 2 * x).all() and (arrays[4] == 0).all()
    (code,), (library,) = both.inspect_llvm().values(), [o.library for o in scaled.overloads.values()]
    assert library._compiled_object is None if hasattr(library, "_compiled_object") else True
    (definition,) = [line for line in code.splitlines() if line.startswith("define") and "scaled" in line]
    assert definition.count("noalias") >= 5
    assert '"prefer-vector-width"="512"' in code and "vector.memcheck" not in code


def test_what_overlaps_is_one_argument():
    @entry
    def update(x, total):
        for i in range(x.size):
            x[i] = x[i] + f4(1)
            total[0] += x[i]

    x = np.zeros(1000, "f4")
    update(x, x[999:])  # an entry may be given arrays that overlap
    assert x[0] == 1 and x[999] == 1000 + 1000 - 999 or x[999] > 1


def test_kernels_run_as_plain_python_with_other_globals():
    import types

    names = {"f4": float, "range": range}
    plain = types.FunctionType(shifted.py_func.__code__, names)
    values = [1.0, 2.0]
    plain(values, 2)
    assert values == [2.0, 3.0]
    assert exp(0.0) == 1


@entry
def moved(source, wide, order, out, rows, narrow):
    copy(source, out)
    zero(view(out, 2))
    gather_rows(wide, order, 1, 3, rows)
    gather_rows(narrow, order, 0, 2, view(rows, 100))


@pytest.mark.parametrize("dtype", ["f4", "f8", "i8"])
def test_moving_numbers(dtype):
    source, out = np.arange(1, 6).astype(dtype), np.ones(5, dtype)
    wide, narrow = np.arange(200).reshape(10, 20).astype(dtype), np.arange(10).reshape(10, 1).astype(dtype)
    order, rows = np.array([7, 3, 9, 0], np.int64), np.full(103, -1).astype(dtype)
    moved(source, wide, order, out, rows, narrow)
    assert out.tolist() == [1, 2, 0, 0, 0]
    assert (rows[:60].reshape(3, 20) == wide[[3, 9, 0]]).all() and (rows[60:100] == -1).all()
    assert rows[100:].tolist() == [7, 3, -1]


def test_views_are_slices_in_plain_python():
    x = np.arange(5)
    assert (view(x, 2) == x[2:]).all()


def test_importing_asks_for_no_compiling():
    script = textwrap.dedent("""
        import nndsl.kernels as k
        from numba.core.registry import cpu_target
        jitted = [x for x in vars(k).values() if hasattr(x, "py_func")]
        assert jitted and not any(x.overloads for x in jitted)
        assert not any(x.overloads for x in vars(k.product).values() if hasattr(x, "py_func"))
        import sys
        assert "sympy" not in sys.modules and "scipy.linalg" not in sys.modules
    """)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert gemm.__module__ == "nndsl.kernels.algebra"
