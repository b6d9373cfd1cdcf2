"""Generated modules run by plain Python: the very same code, slower, with nothing to compile first."""

from __future__ import annotations

import builtins
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from nndsl import kernels
from nndsl.artifact import Artifact
from nndsl.runtime.network import CompiledNetwork


def _as_it_is(function: Any) -> Any:
    return function


def _gemm(ta, tb, m, n, k, a, lda, b, ldb, beta, c, ldc):
    def matrix(x, rows, columns, stride):
        return np.lib.stride_tricks.as_strided(x, (rows, columns), (stride * x.itemsize, x.itemsize))

    left = matrix(a, k, m, lda).T if ta else matrix(a, m, k, lda)
    right = matrix(b, n, k, ldb).T if tb else matrix(b, k, n, ldb)
    product = left @ right
    out = matrix(c, m, n, ldc)
    out[...] = out + product if beta else product


def _gather_rows(source, order, start, count, out):
    rows = source[order[start:start + count]]
    out[:rows.size] = rows.reshape(-1)


def _view(x, start):
    """Also one that begins before the array, of which guarded code reads only what lies inside."""
    if start >= 0:
        return x[start:]
    kind = np.ctypeslib.as_ctypes_type(x.dtype)
    size, address = x.size - int(start), x.ctypes.data + int(start) * x.itemsize
    return np.ctypeslib.as_array((kind * size).from_address(address))


class _From:
    """An array seen from where it begins in its memory: entries before that can be read, as kernels do."""

    def __init__(self, x):
        whole = x.base if isinstance(x.base, np.ndarray) else x
        self.start, first = divmod(x.ctypes.data - whole.ctypes.data, x.itemsize)
        data = whole.reshape(-1).view(np.uint8)[first:]
        self.memory = data[:data.size // x.itemsize * x.itemsize].view(x.dtype)

    def __getitem__(self, places):
        return self.memory[self.start + places]

    def __setitem__(self, places, values):
        self.memory[self.start + places] = values


def _contract(numbers, at, a, b, c):
    kernels.contract(numbers, at, _From(a), _From(b), _From(c))


SHIMS = {
    **{name: getattr(kernels, name) for name in kernels.__all__},
    "kernel": _as_it_is, "rare": _as_it_is, "entry": _as_it_is, "gemm": _gemm, "contract": _contract,
    "gather_rows": _gather_rows,
    "view": _view,
    "flush_denormals": lambda: 0, "restore_denormals": lambda word: None, "orthonormalize": kernels.orthonormalize.py_func,
}


def plain_module(code: str) -> ModuleType:
    """A generated module whose functions are not compiled."""
    library = SimpleNamespace(**SHIMS)

    def only_kernels(name: str, *_: Any) -> Any:
        assert name == "nndsl.kernels", name
        return library

    module = ModuleType("plain")
    module.__dict__["__builtins__"] = {**vars(builtins), "__import__": only_kernels}
    exec(compile(code, "plain", "exec"), module.__dict__)  # noqa: S102 - the compiler wrote it
    return module


def plain_network(artifact: Artifact, code: str) -> CompiledNetwork:
    """A network that runs in plain Python."""
    return CompiledNetwork(artifact, plain_module(code))
