"""Formulas as LLVM code: the values that take Python's operators, and the machine that writes instructions."""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from nndsl.kernels.machine import Number
from nndsl.kernels.vectors import cgutils

LLVM_TYPES: dict[str, ir.Type] = {
    "f4": ir.FloatType(), "f8": ir.DoubleType(), "i4": ir.IntType(32), "u4": ir.IntType(32),
    "i8": ir.IntType(64), "u8": ir.IntType(64), "b": ir.IntType(1),
}


class LlvmNumber:
    """A value in the LLVM code being written, with Python's operators.

    Args:
        builder: where instructions go.
        value: the LLVM value.
        kind: f4, f8, i4, i8, u4, u8, or b for a truth value.
    """

    __slots__ = ("builder", "kind", "value")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, builder: ir.IRBuilder, value: ir.Value, kind: str) -> None:
        self.builder = builder
        self.value = value
        self.kind = kind

    def like(self, value: Any) -> LlvmNumber:
        """A number of the same kind: itself, or a Python constant."""
        if isinstance(value, LlvmNumber):
            return value
        if self.kind[0] == "u":
            value = int(value) % (1 << 8 * int(self.kind[1]))
        elif self.kind[0] == "f":
            value = float(value)
        return LlvmNumber(self.builder, ir.Constant(LLVM_TYPES[self.kind], value), self.kind)

    def _binary(self, other: Any, real: str, whole: str, flip: bool = False) -> LlvmNumber:
        a, b = self, self.like(other)
        if flip:
            a, b = b, a
        write = getattr(self.builder, real if self.kind[0] == "f" else whole)
        return LlvmNumber(self.builder, write(a.value, b.value), self.kind)

    def __add__(self, other: Any) -> LlvmNumber:
        return self._binary(other, "fadd", "add")

    def __radd__(self, other: Any) -> LlvmNumber:
        return self._binary(other, "fadd", "add", flip=True)

    def __sub__(self, other: Any) -> LlvmNumber:
        return self._binary(other, "fsub", "sub")

    def __rsub__(self, other: Any) -> LlvmNumber:
        return self._binary(other, "fsub", "sub", flip=True)

    def __mul__(self, other: Any) -> LlvmNumber:
        return self._binary(other, "fmul", "mul")

    def __rmul__(self, other: Any) -> LlvmNumber:
        return self._binary(other, "fmul", "mul", flip=True)

    def __truediv__(self, other: Any) -> LlvmNumber:
        return self._binary(other, "fdiv", "")

    def __rtruediv__(self, other: Any) -> LlvmNumber:
        return self._binary(other, "fdiv", "", flip=True)

    def __neg__(self) -> LlvmNumber:
        value = self.builder.fneg(self.value) if self.kind[0] == "f" else self.builder.neg(self.value)
        return LlvmNumber(self.builder, value, self.kind)

    def __and__(self, other: Any) -> LlvmNumber:
        return self._binary(other, "", "and_")

    def __or__(self, other: Any) -> LlvmNumber:
        return self._binary(other, "", "or_")

    def __xor__(self, other: Any) -> LlvmNumber:
        return self._binary(other, "", "xor")

    def __lshift__(self, count: int) -> LlvmNumber:
        return self._binary(count, "", "shl")

    def __rshift__(self, count: int) -> LlvmNumber:
        return self._binary(count, "", "lshr" if self.kind[0] == "u" else "ashr")

    def _compare(self, sign: str, other: Any) -> LlvmNumber:
        other = self.like(other)
        if self.kind[0] == "f":
            write = self.builder.fcmp_unordered if sign == "!=" else self.builder.fcmp_ordered
        else:
            write = self.builder.icmp_unsigned if self.kind[0] == "u" else self.builder.icmp_signed
        return LlvmNumber(self.builder, write(sign, self.value, other.value), "b")

    def __lt__(self, other: Any) -> LlvmNumber:
        return self._compare("<", other)

    def __le__(self, other: Any) -> LlvmNumber:
        return self._compare("<=", other)

    def __gt__(self, other: Any) -> LlvmNumber:
        return self._compare(">", other)

    def __ge__(self, other: Any) -> LlvmNumber:
        return self._compare(">=", other)

    def __eq__(self, other: object) -> LlvmNumber:  # type: ignore[override]
        return self._compare("==", other)

    def __ne__(self, other: object) -> LlvmNumber:  # type: ignore[override]
        return self._compare("!=", other)


class LlvmMachine:
    """Formulas as LLVM instructions, of which every one rounds as written."""

    def size(self, x: LlvmNumber) -> int:
        return int(x.kind[1])

    def _intrinsic(self, name: str, *operands: LlvmNumber) -> LlvmNumber:
        first = operands[0]
        kind = LLVM_TYPES[first.kind]
        function = first.builder.module.declare_intrinsic(name, [kind], ir.FunctionType(kind, [kind] * len(operands)))
        return LlvmNumber(first.builder, first.builder.call(function, [x.value for x in operands]), first.kind)

    def _fma(self, name: str, operands: tuple[Number, ...]) -> LlvmNumber:
        model = next(x for x in operands if isinstance(x, LlvmNumber))
        return self._intrinsic(name, *map(model.like, operands))

    def fma(self, a: Number, b: Number, c: Number) -> LlvmNumber:
        return self._fma("llvm.fmuladd", (a, b, c))

    def exact_fma(self, a: Number, b: Number, c: Number) -> LlvmNumber:
        return self._fma("llvm.fma", (a, b, c))

    def select(self, condition: LlvmNumber, a: Number, b: Number) -> LlvmNumber:
        model = a if isinstance(a, LlvmNumber) else b
        a, b = model.like(a), model.like(b)
        return LlvmNumber(a.builder, a.builder.select(condition.value, a.value, b.value), a.kind)

    def bits(self, x: LlvmNumber) -> LlvmNumber:
        kind = "i" + x.kind[1]
        return LlvmNumber(x.builder, x.builder.bitcast(x.value, LLVM_TYPES[kind]), kind)

    def real(self, bits: LlvmNumber) -> LlvmNumber:
        kind = "f" + bits.kind[1]
        return LlvmNumber(bits.builder, bits.builder.bitcast(bits.value, LLVM_TYPES[kind]), kind)

    def round(self, x: LlvmNumber) -> LlvmNumber:
        return self._intrinsic("llvm.rint", x)

    def sqrt(self, x: LlvmNumber) -> LlvmNumber:
        return self._intrinsic("llvm.sqrt", x)

    def magnitude(self, x: LlvmNumber) -> LlvmNumber:
        return self._intrinsic("llvm.fabs", x)

    def sign_of(self, x: LlvmNumber, sign: LlvmNumber) -> LlvmNumber:
        return self._intrinsic("llvm.copysign", x, sign)

    def convert(self, x: LlvmNumber, kind: str) -> LlvmNumber:
        old, target, b = x.kind, LLVM_TYPES[kind], x.builder
        if old[0] == "f" and kind[0] == "f":
            value = x.value if old == kind else b.fpext(x.value, target) if kind == "f8" else b.fptrunc(x.value, target)
        elif old[0] == "f":
            value = b.fptosi(x.value, target) if kind[0] == "i" else b.fptoui(x.value, target)
        elif kind[0] == "f":
            value = b.sitofp(x.value, target) if old[0] == "i" else b.uitofp(x.value, target)
        elif target.width > LLVM_TYPES[old].width:
            value = b.sext(x.value, target) if old[0] == "i" else b.zext(x.value, target)
        else:
            value = b.trunc(x.value, target) if target.width < LLVM_TYPES[old].width else x.value
        return LlvmNumber(b, value, kind)

    def whole(self, x: LlvmNumber) -> bool:
        return x.kind[0] != "f"

    def floor(self, x: LlvmNumber) -> LlvmNumber:
        return self._intrinsic("llvm.floor", x)

    def quotient(self, a: LlvmNumber, b: LlvmNumber) -> LlvmNumber:
        return LlvmNumber(a.builder, a.builder.sdiv(a.value, a.like(b).value), a.kind)

    def remainder(self, a: LlvmNumber, b: LlvmNumber) -> LlvmNumber:
        write = a.builder.srem if self.whole(a) else a.builder.frem
        return LlvmNumber(a.builder, write(a.value, a.like(b).value), a.kind)

    def library(self, name: str, numpy: str, *operands: LlvmNumber) -> LlvmNumber:
        first = operands[0]
        kind = LLVM_TYPES[first.kind]
        symbol = name + "f" if first.kind == "f4" else name
        function = cgutils.get_or_insert_function(
            first.builder.module, ir.FunctionType(kind, [kind] * len(operands)), symbol)
        function.attributes.add("nounwind")
        return LlvmNumber(first.builder, first.builder.call(function, [x.value for x in operands]), first.kind)


class ExactLlvmMachine(LlvmMachine):
    """Formulas as LLVM instructions, product and sum rounded each: the bits that NumPy gives."""

    def fma(self, a: Number, b: Number, c: Number) -> Number:
        return a * b + c
