"""What each elementwise operation computes, in NumPy: one row each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def unified(operands: Sequence[Array], real: np.dtype[Any]) -> list[Array]:
    """Operands of one kind: all `real` as soon as one is; truth values count as 0 and 1."""
    if any(x.dtype.kind in "fc" for x in operands):
        return [x if x.dtype.kind in "fc" else x.astype(real) for x in operands]
    return [x.astype(np.int64) if x.dtype == np.bool_ else x for x in operands]


def _truth(x: Array) -> Array:
    return np.asarray(x.real != 0)


def _piecewise(function: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """A step function: on complex numbers, of the real part, as it has slope 0."""
    return lambda x: np.asarray(function(x.real)).astype(x.dtype)


def _power(a: Array, b: Array) -> Array:
    if a.dtype.kind == "i" and (b < 0).any():
        a = a.astype(np.float64)
    if a.dtype.kind == "c" and np.all(b == np.floor(b.real)):  # numpy goes through a logarithm, which 0 has not
        return np.asarray(np.where(b.real < 0, 1 / a ** np.abs(b.real).astype(np.int64), a ** np.abs(b.real).astype(np.int64)))
    return np.asarray(a ** b)


def _remainder(a: Array, b: Array) -> Array:
    remainder = np.mod(a.real, b.real)
    return np.asarray(remainder if a.dtype.kind != "c" else a + (remainder - a.real) - np.floor(a.real / b.real) * b.imag * 1j)


def _sigmoid(x: Array) -> Array:
    small = np.exp(-np.where(x.real < 0, -x, x))
    return np.asarray(np.where(x.real < 0, small, 1) / (1 + small))


def _softplus(x: Array) -> Array:
    return np.asarray(np.where(x.real > 0, x, 0) + np.log1p(np.exp(-np.where(x.real < 0, -x, x))))


def _erf(x: Array) -> Array:
    # loaded here as it takes long to, and few programs have an error function
    from scipy import special

    return np.asarray(special.erf(x))


def _where(condition: Any, a: Array, b: Array) -> Array:
    return np.asarray(np.where(condition, a, b))


ELEMENTWISE: dict[str, Callable[..., Array]] = {
    "or": lambda a, b: _truth(a) | _truth(b),
    "and": lambda a, b: _truth(a) & _truth(b),
    "not": lambda a: ~_truth(a),
    "eq": lambda a, b: a.real == b.real,
    "ne": lambda a, b: a.real != b.real,
    "lt": lambda a, b: a.real < b.real,
    "le": lambda a, b: a.real <= b.real,
    "gt": lambda a, b: a.real > b.real,
    "ge": lambda a, b: a.real >= b.real,
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.true_divide,
    "floordiv": lambda a, b: np.floor_divide(a.real, b.real).astype(a.dtype),
    "neg": np.negative,
    "pow": _power,
    "mod": _remainder,
    "exp": np.exp,
    "log": np.log,
    "log1p": np.log1p,
    "expm1": np.expm1,
    "sqrt": np.sqrt,
    "abs": lambda x: _where(x.real < 0, -x, x),
    "sign": _piecewise(np.sign),
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "erf": _erf,
    "floor": _piecewise(np.floor),
    "ceil": _piecewise(np.ceil),
    "round": _piecewise(np.round),
    "min": lambda a, b: _where(a.real <= b.real, a, b),
    "max": lambda a, b: _where(a.real >= b.real, a, b),
    "clip": lambda x, low, high: _where(x.real < low.real, low, _where(x.real > high.real, high, x)),
    "where": lambda condition, a, b: _where(_truth(condition), a, b),
    "sigmoid": _sigmoid,
    "softplus": _softplus,
}
"""On complex numbers (for complex-step differences) comparisons look at the real part."""
