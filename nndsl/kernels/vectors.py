"""LLVM code over vectors of a fixed width: what Numba's own language cannot say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba.core import cgutils as _cgutils

cgutils: Any = _cgutils

I32, I64 = ir.IntType(32), ir.IntType(64)


def integer(value: int) -> ir.Constant:
    """A 64-bit constant."""
    return ir.Constant(I64, value)


def function(module: ir.Module, name: str, operands: list[ir.Type]) -> tuple[ir.Function, bool]:
    """A function of the module that gives nothing back, and whether it is new and must be written.

    Its pointers do not overlap; it uses the widest vectors.
    """
    name = f"nndsl.{name}"
    if name in module.globals:
        return module.globals[name], False
    found = ir.Function(module, ir.FunctionType(ir.VoidType(), operands), name)
    found.linkage = "linkonce_odr"  # one in the end, whatever links it
    found.attributes.add("noinline")
    found.attributes.add("nounwind")
    set.add(found.attributes, '"prefer-vector-width"="512"')  # llvmlite's own `add` knows no such attribute
    for argument in found.args:
        if isinstance(argument.type, ir.PointerType):
            argument.add_attribute("noalias")
    return found, True


def counted(builder: ir.IRBuilder, count: ir.Value, values: list[ir.Value],
            body: Callable[[list[ir.Value]], list[ir.Value]]) -> list[ir.Value]:
    """`for _ in range(count): values = body(values)`; the values afterwards. The count must be at least 1."""
    before, inside, after = builder.block, builder.append_basic_block("loop"), builder.append_basic_block("after")
    builder.branch(inside)
    builder.position_at_end(inside)
    left, held = builder.phi(count.type), [builder.phi(v.type) for v in values]
    new = [builder.sub(left, integer(1)), *body(list(held))]
    for phi, first, next_value in zip([left, *held], [count, *values], new, strict=True):
        phi.add_incoming(first, before)
        phi.add_incoming(next_value, builder.block)
    builder.cbranch(builder.icmp_signed(">", new[0], integer(0)), inside, after)
    builder.position_at_end(after)
    return new[1:]


class Vectors:
    """Instructions over vectors of one kind.

    Args:
        builder: where they go.
        real: the kind of an entry: float or double.
        lanes: entries of a vector.
    """

    def __init__(self, builder: ir.IRBuilder, real: ir.Type, lanes: int) -> None:
        self.builder, self.real, self.lanes = builder, real, lanes
        self.kind = ir.VectorType(real, lanes)
        self.zero = ir.Constant(self.kind, [0.0] * lanes)
        self.bytes = 4 if isinstance(real, ir.FloatType) else 8
        self._suffix = f"v{lanes}f{8 * self.bytes}"

    def _call(self, name: str, result: ir.Type, *operands: ir.Value) -> ir.Value:
        kind = ir.FunctionType(result, [x.type for x in operands])
        return self.builder.call(cgutils.get_or_insert_function(self.builder.module, kind, f"llvm.{name}"), operands)

    def smaller(self, a: ir.Value, b: ir.Value) -> ir.Value:
        """The smaller of two integers."""
        return self.builder.select(self.builder.icmp_signed("<", a, b), a, b)

    def mask(self, width: ir.Value) -> ir.Value:
        """Which lanes come before `width`."""
        kind = ir.VectorType(I32, self.lanes)
        wide = self._repeat(self.builder.trunc(width, I32), kind)
        return self.builder.icmp_signed("<", ir.Constant(kind, list(range(self.lanes))), wide)

    def spread(self, value: ir.Value) -> ir.Value:
        """A number in every lane."""
        return self._repeat(value, self.kind)

    def _repeat(self, value: ir.Value, kind: ir.VectorType) -> ir.Value:
        none = ir.Constant(kind, ir.Undefined)
        first = self.builder.insert_element(none, value, ir.Constant(I32, 0))
        return self.builder.shuffle_vector(first, none, ir.Constant(ir.VectorType(I32, self.lanes), [0] * self.lanes))

    def _at(self, place: ir.Value, offset: int) -> ir.Value:
        return self.builder.bitcast(self.builder.gep(place, [integer(offset)]), self.kind.as_pointer())

    def load(self, place: ir.Value, offset: int, mask: ir.Value | None = None) -> ir.Value:
        """The vector `offset` entries from a place on; 0 where the mask says no, and nothing is read there."""
        at = self._at(place, offset)
        if mask is not None:
            return self._call(f"masked.load.{self._suffix}.p0", self.kind, at, ir.Constant(I32, self.bytes), mask, self.zero)
        loaded = self.builder.load(at)
        loaded.align = self.bytes
        return loaded

    def store(self, value: ir.Value, place: ir.Value, offset: int, mask: ir.Value | None = None) -> None:
        """Writes a vector there; nothing where the mask says no."""
        at = self._at(place, offset)
        if mask is not None:
            self._call(f"masked.store.{self._suffix}.p0", ir.VoidType(), value, at, ir.Constant(I32, self.bytes), mask)
        else:
            self.builder.store(value, at).align = self.bytes

    def fma(self, a: ir.Value, b: ir.Value, c: ir.Value) -> ir.Value:
        """a * b + c, rounded once where the processor can."""
        return self._call(f"fmuladd.{self._suffix}", self.kind, a, b, c)

    def transposed(self, rows: list[ir.Value]) -> list[ir.Value]:
        """The columns of a square of `lanes` rows: halves are exchanged, then quarters within them, and so on."""
        distance = self.lanes // 2
        while distance:
            for i in range(self.lanes):
                if not i & distance:
                    upper, lower = rows[i], rows[i + distance]
                    rows[i], rows[i + distance] = self._exchanged(upper, lower, distance)
            distance //= 2
        return rows

    def _exchanged(self, a: ir.Value, b: ir.Value, distance: int) -> tuple[ir.Value, ir.Value]:
        lanes, kind = range(self.lanes), ir.VectorType(I32, self.lanes)
        left = [self.lanes + i - distance if i & distance else i for i in lanes]
        right = [self.lanes + i if i & distance else i + distance for i in lanes]
        return (self.builder.shuffle_vector(a, b, ir.Constant(kind, left)),
                self.builder.shuffle_vector(a, b, ir.Constant(kind, right)))
