"""exp, log and their kin: errors against 140 bits, extremes, and that loops over them are vectorised."""

import importlib.util
import re
import sys
from pathlib import Path

import llvmlite.binding as llvm
import numba
import numpy as np
import pytest

from nndsl import kernels
from nndsl.emit.formulas import FUNCTIONS
from nndsl.ir.operations import OPERATIONS

spec = importlib.util.spec_from_file_location("kernels_measure", Path(__file__).with_name("measure.py"))
measure = importlib.util.module_from_spec(spec)
sys.modules[spec.name] = measure
spec.loader.exec_module(measure)

LOOPS = {name: measure.jitted(name) for name in measure.EVERY}
INF, NAN = np.inf, np.nan


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", measure.EVERY)
def test_errors_are_within_bounds(name, dtype):
    error, at = measure.worst(name, dtype, 700, LOOPS[name])
    assert error <= measure.EVERY[name].bound, f"{error:.2f} at {at!r}"


def test_every_function_of_formulas_is_measured():
    """Those left out give one of their operands, a whole number or a remainder, and round at most once."""
    exact = {"abs", "sign", "floor", "ceil", "round", "min", "max", "clip", "where", "mod"}
    named = {name for name, row in OPERATIONS.items() if not row.infix or name == "pow"}
    measured = {name.split()[0] for name in measure.EVERY}
    assert {FUNCTIONS.get(name, name) for name in named - exact} == measured


def test_the_page_shows_what_is_measured():
    page = Path(__file__).resolve().parents[2] / "docs" / "kernels.md"
    lines = (line for line in page.read_text().splitlines() if re.match(r"\| [a-z0-9]+( -?[\d.]+)? \| \d", line))
    rows = [line.strip("|").split("|") for line in lines]
    assert [row[0].strip() for row in rows] == list(measure.EVERY), "renew it by tests/kernels/measure.py"
    for row in rows:
        assert max(float(row[1]), float(row[4])) <= measure.EVERY[row[0].strip()].bound


BY_THE_COMPILER = {"sqrt": "sqrt(x)", "floor": "floor(x)", "ceil": "ceil(x)", "nearest": "nearest(x)", "sign": "sign(x)",
                   "absolute": "absolute(x)", "minimum": "minimum(x, one)", "maximum": "maximum(x, one)",
                   "clip": "clip(x, -one, one)", "where": "where(x > one, x, one)", "fma": "fma(x, x, one)"}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", BY_THE_COMPILER)
def test_simple_functions_are_vectorised(name, dtype):
    """The instructions of one entry stand in the loop as instructions of a whole vector."""
    function, operands = getattr(kernels, name), BY_THE_COMPILER[name].count(",") + 1
    one = dtype(1)

    @kernels.entry
    def loop(x, y):
        for i in range(x.size):
            if operands == 1:
                y[i] = function(x[i])
            elif operands == 2:
                y[i] = function(x[i], one)
            elif name == "where":
                y[i] = function(x[i] > one, x[i], one)
            else:
                y[i] = function(x[i], one, one)

    loop._cache = measure.NullCache()
    kind = numba.from_dtype(np.dtype(dtype))
    loop.compile((kind[::1], kind[::1]))
    (assembly,) = loop.inspect_asm().values()
    assert register() in assembly


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


def register():
    """The widest vector registers here, as assembly calls them."""
    features, registers = llvm.get_host_cpu_features(), {"avx512f": "zmm", "avx": "ymm", "sse2": "xmm", "neon": ".4s"}
    return next(registers[x] for x in registers if features.get(x))


@pytest.mark.parametrize(("kind", "ending"), [(numba.float32, "f"), (numba.float64, "")], ids=["float32", "float64"])
@pytest.mark.parametrize("name", measure.CASES)
def test_loops_are_vectorised(name, kind, ending):
    loop = measure.jitted(name)
    loop.compile((kind[::1], kind[::1], numba.int64))
    (assembly,) = loop.inspect_asm().values()
    (code,) = loop.inspect_llvm().values()
    assert assembly.count(register()) >= 10
    assert f"@{name}{ending}(" not in code, "the system's library is called"
