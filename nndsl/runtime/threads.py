"""One thread for matrix products: on matrices of a batch's size more lose time, and results must not depend on how many."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from typing import Any


@contextmanager
def single_threaded() -> Iterator[None]:
    """While entered, the BLAS that jitted code calls uses the calling thread only."""
    with _controller().limit(limits=1, user_api="blas"):
        yield


@cache
def _controller() -> Any:
    # loaded here, since a model is often only looked at; the first is what Numba's products call, and must be there to be found
    import_module("scipy.linalg.cython_blas")
    return import_module("threadpoolctl").ThreadpoolController()
