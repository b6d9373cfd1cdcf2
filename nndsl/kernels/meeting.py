"""Threads that wait for each other between two pieces of work, in jitted code and without Python."""

from __future__ import annotations

import platform
from typing import Any

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

SPINS = 1000
"""How often a thread looks before it lets another program have the core: about as long as a thread takes to wake up."""

REST = {"x86_64": "llvm.x86.sse2.pause", "amd64": "llvm.x86.sse2.pause"}.get(platform.machine().lower())
"""The instruction, where LLVM has one, that leaves a core's units to the other thread of that core for a moment."""

I64 = ir.IntType(64)


@intrinsic
def meet(typing: Any, place: Any, threads: Any) -> Any:
    """Waits until all threads have come.

    Args:
        place: two 64-bit integers, zero at first: how many have come, and how often all had. Sixteen apart, so that those who
            wait do not slow down those who come.
        threads: how many there are.
    """

    def write(context: Any, builder: ir.IRBuilder, signature: Any, operands: Any) -> ir.Value:
        array = context.make_array(signature.args[0])(context, builder, operands[0])
        come, turns = array.data, builder.gep(array.data, [ir.Constant(I64, 16)])
        before = builder.load_atomic(turns, "acquire", 8)
        number = builder.atomic_rmw("add", come, ir.Constant(I64, 1), "acq_rel")
        threads = context.cast(builder, operands[1], signature.args[1], types.int64)
        last = builder.icmp_signed("==", builder.add(number, ir.Constant(I64, 1)), threads)
        with builder.if_else(last) as (then, otherwise):
            with then:
                builder.store_atomic(ir.Constant(I64, 0), come, "release", 8)
                builder.store_atomic(builder.add(before, ir.Constant(I64, 1)), turns, "release", 8)
            with otherwise:
                _wait(builder, turns, before)
        return context.get_dummy_value()

    return types.void(place, threads), write


def _wait(builder: ir.IRBuilder, turns: ir.Value, before: ir.Value) -> None:
    """Looks until the number of turns has changed; after many looks it yields the core each time."""
    entered = builder.block
    look, again, tired, done = (builder.append_basic_block(name) for name in ("look", "again", "tired", "met"))
    builder.branch(look)
    builder.position_at_end(look)
    looks = builder.phi(I64)
    looks.add_incoming(ir.Constant(I64, 0), entered)
    builder.cbranch(builder.icmp_signed("!=", builder.load_atomic(turns, "acquire", 8), before), done, again)
    builder.position_at_end(again)
    if REST:
        kind = ir.FunctionType(ir.VoidType(), [])
        builder.call(builder.module.globals.get(REST) or ir.Function(builder.module, kind, REST), [])
    more = builder.add(looks, ir.Constant(I64, 1))
    looks.add_incoming(more, again)
    builder.cbranch(builder.icmp_signed("<", more, ir.Constant(I64, SPINS)), look, tired)
    builder.position_at_end(tired)
    kind = ir.FunctionType(ir.IntType(32), [])
    found = builder.module.globals.get("sched_yield") or ir.Function(builder.module, kind, "sched_yield")
    builder.call(found, [])
    looks.add_incoming(more, tired)
    builder.branch(look)
    builder.position_at_end(done)
