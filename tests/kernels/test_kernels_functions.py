"""exp, log and their kin: errors against 140 bits, extremes, and that loops over them are vectorised."""

import importlib.util
import sys
from pathlib import Path

import llvmlite.binding as llvm
import numba
import numpy as np
import pytest

from nndsl import kernels

spec = importlib.util.spec_from_file_location("kernels_measure", Path(__file__).with_name("measure.py"))
measure = importlib.util.module_from_spec(spec)
sys.modules[spec.name] = measure
spec.loader.exec_module(measure)

LOOPS = {name: measure.jitted(name) for name in measure.CASES}
INF, NAN = np.inf, np.nan


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", measure.CASES)
def test_errors_are_within_bounds(name, dtype):
    error, at = measure.worst(name, dtype, 700, LOOPS[name])
    assert error <= measure.CASES[name].bound, f"{error:.2f} at {at!r}"


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", measure.CASES)
def test_plain_python_is_as_exact(name, dtype):
    case, function = measure.CASES[name], getattr(kernels, name)
    for span in case.spans:
        x = measure.grid(span, 60, dtype)
        y = function(x)
        assert y.dtype == dtype
        assert measure.errors(x, y, case.exact).max() <= case.bound
        assert function(x[0]) == y[0] and isinstance(function(x[0]), dtype)


EXTREMES = {
    "exp": [(0.0, 1), (-0.0, 1), (INF, INF), (-INF, 0), (NAN, NAN), (1e30, INF), (-1e30, 0)],
    "expm1": [(0.0, 0.0), (-0.0, -0.0), (INF, INF), (-INF, -1), (NAN, NAN), (1e30, INF), (-1e30, -1)],
    "log": [(0.0, -INF), (-0.0, -INF), (INF, INF), (-INF, NAN), (NAN, NAN), (-1, NAN), (1, 0.0)],
    "log1p": [(0.0, 0.0), (-0.0, -0.0), (INF, INF), (-INF, NAN), (NAN, NAN), (-1, -INF), (-1.5, NAN)],
    "tanh": [(0.0, 0.0), (-0.0, -0.0), (INF, 1), (-INF, -1), (NAN, NAN), (1e30, 1), (-1e30, -1), (500, 1)],
    "sigmoid": [(0.0, 0.5), (-0.0, 0.5), (INF, 1), (-INF, 0), (NAN, NAN), (1e30, 1), (-1e30, 0)],
    "softplus": [(INF, INF), (-INF, 0), (NAN, NAN), (1e30, 1e30), (-1e30, 0), (500, 500)],
    "erf": [(0.0, 0.0), (-0.0, -0.0), (INF, 1), (-INF, -1), (NAN, NAN), (1e30, 1), (-1e30, -1)],
    "sin": [(0.0, 0.0), (-0.0, -0.0), (INF, NAN), (-INF, NAN), (NAN, NAN)],
    "cos": [(0.0, 1), (-0.0, 1), (INF, NAN), (-INF, NAN), (NAN, NAN)],
}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", EXTREMES)
def test_extremes(name, dtype):
    x, expected = np.array(EXTREMES[name], dtype).T.copy()
    y = np.empty_like(x)
    LOOPS[name](x, y)
    for found in (y, getattr(kernels, name)(x)):
        assert np.array_equal(found, expected, equal_nan=True), found
        assert (np.signbit(found) == np.signbit(expected))[expected == 0].all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ["exp", "log", "tanh", "sigmoid"])
def test_monotonic_where_pieces_meet(name, dtype):
    for middle in (0.625, 0.5 * np.log(2), np.sqrt(0.5), np.sqrt(2), 1.0, 8.0):
        ulp = np.spacing(dtype(middle))
        x = (dtype(middle) + np.arange(-200, 200) * 8 * ulp).astype(dtype)
        y = np.empty_like(x)
        LOOPS[name](x, y)
        assert (np.diff(y) >= -2 * np.spacing(y[1:])).all()


@pytest.mark.parametrize("name", measure.CASES)
def test_loops_are_vectorised(name):
    features, registers = llvm.get_host_cpu_features(), {"avx512f": "zmm", "avx": "ymm", "sse2": "xmm", "neon": ".4s"}
    register = next(registers[x] for x in registers if features.get(x))
    loop = measure.jitted(name)
    loop.compile((numba.float32[::1], numba.float32[::1], numba.int64))
    (assembly,) = loop.inspect_asm().values()
    (code,) = loop.inspect_llvm().values()
    assert assembly.count(register) >= 10
    assert f"@{name}f(" not in code, "the system's library is called"
