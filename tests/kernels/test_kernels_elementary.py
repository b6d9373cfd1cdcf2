"""Choices, signs, roundings, divisions: jitted as in plain Python, NaN and signed zeros included."""

import math

import numpy as np
import pytest

from nndsl import kernels
from nndsl.kernels import entry, f4, f8

INF, NAN = math.inf, math.nan
REALS = [0.0, -0.0, 0.5, -0.5, 1.5, 2.5, -2.5, 3.0, -7.25, 1e30, -1e30, INF, -INF, NAN]
WHOLES = [-7, -3, -1, 0, 1, 2, 3, 7, 2**40]


def jitted(name, operands):
    function = getattr(kernels, name)
    if operands == 1:
        @entry
        def run(a):
            return function(a)
    elif operands == 2:
        @entry
        def run(a, b):
            return function(a, b)
    else:
        @entry
        def run(a, b, c):
            return function(a, b, c)
    return run


def same(a, b):
    """Equal, NaN to NaN, and zeros of one sign."""
    return (a != a and b != b) or (a == b and math.copysign(1, a) == math.copysign(1, b))


ONE = {"sign": np.sign, "absolute": np.abs, "floor": np.floor, "ceil": np.ceil, "nearest": np.rint, "sqrt": np.sqrt,
       "isfinite": np.isfinite, "let": lambda x: x}


@pytest.mark.parametrize("name", ONE)
def test_one_real(name):
    run = jitted(name, 1)
    with np.errstate(invalid="ignore"):
        for kind in (f4, f8):
            for x in map(kind, REALS):
                expected = ONE[name](x)
                for found in (run(x), getattr(kernels, name)(x)):
                    assert same(found, expected) or (x == 0 and found == 0), (name, x, found)


@pytest.mark.parametrize("name", ["sign", "absolute", "floor", "ceil", "nearest"])
def test_one_whole_number(name):
    run = jitted(name, 1)
    for x in WHOLES:
        for found in (run(x), getattr(kernels, name)(np.int64(x))):
            assert found == ONE[name](x) and isinstance(found, (int, np.integer))


@pytest.mark.parametrize("name,plain", [("minimum", np.minimum), ("maximum", np.maximum)])
def test_extrema_spread_not_a_number(name, plain):
    run = jitted(name, 2)
    for kind in (f4, f8):
        for a in map(kind, REALS):
            for b in map(kind, REALS):
                expected = plain(a, b)
                assert same(run(a, b), expected) or (a == 0 == b and run(a, b) == 0)
                assert same(getattr(kernels, name)(a, b), expected) or a == 0 == b
    assert run(3, -4) == plain(3, -4) and isinstance(run(3, -4), int)


def test_where_leaves_no_trace_of_the_other_branch():
    run = jitted("where", 3)
    for function in (run, kernels.where):
        assert function(True, f4(1), f4(NAN)) == 1 and function(False, f4(INF), f4(2)) == 2
        assert function(0.0, 5.0, 6.0) == 6 and function(2, 5, 6) == 5
        assert math.isnan(function(True, f4(NAN), f4(1)))


def test_clip():
    run = jitted("clip", 3)
    for function in (run, kernels.clip):
        assert [function(f4(x), f4(-1), f4(2)) for x in (-5, 0.5, 5, INF)] == [-1, 0.5, 2, 2]
        assert math.isnan(function(f4(NAN), f4(-1), f4(2)))


@pytest.mark.parametrize("name,plain", [("floordiv", lambda a, b: a // b), ("mod", lambda a, b: a % b)])
def test_division_is_pythons(name, plain):
    run, function = jitted(name, 2), getattr(kernels, name)
    for a in WHOLES:
        for b in (x for x in WHOLES if x):
            assert run(a, b) == plain(a, b) == function(np.int64(a), np.int64(b)), (a, b)
    for a in (0.0, 0.3, -0.3, 7.5, -7.5, 1e10):
        for b in (0.7, -0.7, 2.0, -2.0):
            assert run(a, b) == plain(a, b) or (name == "floordiv" and abs(run(a, b) - plain(a, b)) <= 1), (a, b)
            assert run(a, b) == function(a, b)


def test_precision_follows_the_widest_real():
    run = jitted("maximum", 2)
    run(f4(1), f4(2)), run(f4(1), 2), run(f4(1), f8(2)), run(1, 2)
    found = [str(o.signature.return_type) for o in run.overloads.values()]
    assert found == ["float32", "float32", "float64", "int64"]
    single = jitted("exp", 1)
    single(f4(1)), single(2)
    assert [str(o.signature.return_type) for o in single.overloads.values()] == ["float32", "float64"]


@pytest.mark.parametrize("name,plain", [("tan", math.tan), ("sinh", math.sinh), ("cosh", math.cosh), ("asin", math.asin),
                                        ("acos", math.acos), ("atan", math.atan)])
def test_library_functions(name, plain):
    run = jitted(name, 1)
    for x in (-0.9, -0.1, 0.0, 0.3, 0.99):
        for function in (run, getattr(kernels, name)):
            assert function(x) == pytest.approx(plain(x), rel=4e-16)
            assert function(f4(x)) == pytest.approx(plain(float(f4(x))), rel=3e-7)


def test_power():
    run = jitted("power", 2)
    for function in (run, kernels.power):
        assert function(2.0, 10) == 1024 and function(f4(9), f4(0.5)) == 3 and math.isnan(function(-1.0, 0.5))


def test_fused_product_and_sum():
    a = 1 + 2.0**-30
    run = jitted("fma", 3)
    assert run(a, a, -(1 + 2.0**-29)) == kernels.fma(a, a, -(1 + 2.0**-29)) == 2.0**-60
