"""What a reduction does with its next term, where the terms lie side by side in memory.

Rounding depends on the order of terms, so a compiler may not change it; here it may, and so fills vectors. The same loop in
the same program always takes them in the same order.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils

from nndsl.kernels.scalar import jitted, kind_of


def plus(total: Any, term: Any) -> Any:
    """The sum so far with another term."""
    return total + term


def larger(largest: Any, term: Any) -> Any:
    """The largest so far, or the next term where that is larger; NaN if either is."""
    return np.maximum(largest, term)


def smaller(smallest: Any, term: Any) -> Any:
    """The smallest so far, or the next term where that is smaller; NaN if either is."""
    return np.minimum(smallest, term)


def _operands(context: Any, builder: ir.IRBuilder, signature: Any, operands: Any) -> list[ir.Value]:
    kind = signature.return_type
    return [context.cast(builder, v, t, kind) for v, t in zip(operands, signature.args, strict=True)]


def _write_plus(context: Any, builder: ir.IRBuilder, signature: Any, operands: Any) -> ir.Value:
    return builder.fadd(*_operands(context, builder, signature, operands), flags=("reassoc",))


def _writer(name: str) -> Any:
    def write(context: Any, builder: ir.IRBuilder, signature: Any, operands: Any) -> ir.Value:
        values = _operands(context, builder, signature, operands)
        kind = values[0].type
        suffix = "f32" if isinstance(kind, ir.FloatType) else "f64"
        function = cgutils.get_or_insert_function(builder.module, ir.FunctionType(kind, [kind, kind]), f"llvm.{name}.{suffix}")
        return builder.call(function, values)

    return write


jitted(plus, (2,), lambda *operands: kind_of(operands), _write_plus)
jitted(larger, (2,), lambda *operands: kind_of(operands), _writer("maximum"))
jitted(smaller, (2,), lambda *operands: kind_of(operands), _writer("minimum"))
