"""The processor's control word: whether denormal numbers count as zero, thread by thread."""

from __future__ import annotations

import platform
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

_ARM = platform.machine().lower() in ("arm64", "aarch64")
_X86 = platform.machine().lower() in ("x86_64", "amd64", "i386", "i686")
_FLUSH = 0x8040 if _X86 else 1 << 24 if _ARM else 0
"""MXCSR: results flushed, and operands taken as zero. FPCR: both at once."""


def _x86_word(builder: ir.IRBuilder, name: str, word: ir.Value | None) -> ir.Value:
    slot = cgutils.alloca_once(builder, ir.IntType(32))
    if word is not None:
        builder.store(builder.trunc(word, ir.IntType(32)), slot)
    pointer = ir.IntType(8).as_pointer()
    function = cgutils.get_or_insert_function(builder.module, ir.FunctionType(ir.VoidType(), [pointer]), name)
    builder.call(function, [builder.bitcast(slot, pointer)])
    return builder.zext(builder.load(slot), ir.IntType(64))


def _read(builder: ir.IRBuilder) -> ir.Value:
    if _X86:
        return _x86_word(builder, "llvm.x86.sse.stmxcsr", None)
    if _ARM:
        return builder.asm(ir.FunctionType(ir.IntType(64), []), "mrs $0, fpcr", "=r", [], True)
    return ir.Constant(ir.IntType(64), 0)


def _write(builder: ir.IRBuilder, word: ir.Value) -> None:
    if _X86:
        _x86_word(builder, "llvm.x86.sse.ldmxcsr", word)
    elif _ARM:
        builder.asm(ir.FunctionType(ir.VoidType(), [ir.IntType(64)]), "msr fpcr, $0", "r", [word], True)


@intrinsic
def flush_denormals(typing: Any) -> Any:
    """Makes the calling thread take denormal numbers as zero; gives the control word as it was."""

    def write(context: Any, builder: ir.IRBuilder, signature: Any, operands: Any) -> ir.Value:
        word = _read(builder)
        _write(builder, builder.or_(word, ir.Constant(ir.IntType(64), _FLUSH)))
        return word

    return types.int64(), write


@intrinsic
def restore_denormals(typing: Any, word: Any) -> Any:
    """Puts back the control word that `flush_denormals` gave."""

    def write(context: Any, builder: ir.IRBuilder, signature: Any, operands: Any) -> ir.Value:
        _write(builder, operands[0])
        return context.get_dummy_value()

    return types.void(types.int64), write
