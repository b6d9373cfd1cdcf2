"""The register tile: a few rows by a few vectors of a matrix product, held in registers over the inner sum.

Each entry of the result is one chain of fused multiply-adds in the order of the inner index, so that its bits depend
neither on the tile's shape nor on the sizes around it. It is written as LLVM vectors, which Numba cannot express.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import llvmlite.binding as llvm
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

_I64 = ir.IntType(64)


@dataclass(frozen=True)
class Shape:
    """What the registers of a processor hold.

    Args:
        bits: of a vector.
        rows: rows of a tile.
        vectors: vectors of a tile's row, at most.
    """

    bits: int
    rows: int
    vectors: int


@cache
def shape() -> Shape:
    """The tile for this processor: it and the vectors of a row of B fill the registers."""
    features = llvm.get_host_cpu_features()
    if features.get("avx512f"):
        return Shape(512, 8, 3)
    if features.get("avx"):
        return Shape(256, 6, 2)
    return Shape(128, 8, 2) if features.get("neon") else Shape(128, 4, 2)
