"""Functions of numbers: the same formula for jitted code, vectorised, and for plain Python, on NumPy arrays."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import types
from numba.core.imputils import lower_builtin
from numba.core.typing.templates import AbstractTemplate, infer_global, signature

from nndsl.kernels.llvm_machine import LlvmMachine, LlvmNumber
from nndsl.kernels.machine import NumpyMachine

LLVM, NUMPY = LlvmMachine(), NumpyMachine()

KINDS: dict[Any, str] = {
    types.float32: "f4", types.float64: "f8", types.int32: "i4", types.int64: "i8",
    types.uint32: "u4", types.uint64: "u8", types.boolean: "b",
}
NUMBA = {kind: numba for numba, kind in KINDS.items()}


def kind_of(operands: tuple[Any, ...], other: Any = types.float64) -> Any:
    """The kind of number an operation works in: its widest real operand's, or `other` where none is real."""
    reals = [t for t in operands if isinstance(t, types.Float)]
    return max(reals, key=lambda t: t.bitwidth) if reals else other


def _numpy_kind(operands: tuple[Any, ...], other: Any) -> np.dtype[Any]:
    """As `kind_of`, of NumPy's and Python's numbers; Python's reals are float64 where no other is real."""
    kinds = [np.asarray(x).dtype for x in operands if not isinstance(x, float)]
    reals = [k for k in kinds if k.kind == "f"]
    if reals:
        return max(reals, key=lambda k: k.itemsize)
    return np.dtype(KINDS[other] if len(kinds) == len(operands) else np.float64)


def wrap(context: Any, builder: ir.IRBuilder, value: ir.Value, kind: Any) -> LlvmNumber:
    """A Numba value as a formula takes it."""
    kind = types.unliteral(kind)
    if kind not in KINDS:
        value, kind = context.cast(builder, value, kind, types.int64), types.int64
    return LlvmNumber(builder, value, KINDS[kind])


def jitted(function: Callable[..., Any], arities: tuple[int, ...], result: Callable[..., Any],
           write: Callable[..., ir.Value]) -> None:
    """Tells Numba what a Python function is in jitted code.

    Args:
        function: what jitted code calls by name.
        arities: how many operands it may take.
        result: Numba's type of the result, from those of the operands.
        write: puts down the instructions: (context, builder, signature, operands) -> value.
    """

    def generic(_: Any, operands: tuple[Any, ...], keywords: Any) -> Any:
        return signature(result(*operands), *operands) if len(operands) in arities and not keywords else None

    template = type(function.__name__, (AbstractTemplate,), {"key": function, "generic": generic})
    infer_global(function, types.Function(template))
    for arity in arities:
        lower_builtin(function, *[types.Any] * arity)(write)


def _lifted(formula: Callable[..., Any], other: Any) -> Callable[..., Any]:
    """A formula over a machine as a function of numbers of one kind; `other` where none is real."""

    @wraps(formula)
    def function(*operands: Any) -> Any:
        kind = _numpy_kind(operands, other)
        with np.errstate(all="ignore"):
            return formula(NUMPY, *[np.asarray(x, kind) for x in operands])[()]

    def write(context: Any, builder: ir.IRBuilder, signature: Any, operands: Any) -> ir.Value:
        kind = signature.return_type
        numbers = [LlvmNumber(builder, context.cast(builder, v, t, kind), KINDS[kind])
                   for v, t in zip(operands, signature.args, strict=True)]
        return formula(LLVM, *numbers).value

    function.__name__ = function.__qualname__ = formula.__name__.removesuffix("_formula")
    jitted(function, (formula.__code__.co_argcount - 1,), lambda *operands: kind_of(operands, other), write)
    return function


def real_function(formula: Callable[..., Any]) -> Callable[..., Any]:
    """A function of reals, given as `formula(machine, x, ...)`, for jitted code and plain Python.

    It works in the precision of its widest real operand; in float64 where all are whole.
    """
    return _lifted(formula, types.float64)


def number_function(formula: Callable[..., Any]) -> Callable[..., Any]:
    """As `real_function`, but of whole numbers it works in 64-bit integers."""
    return _lifted(formula, types.int64)
