"""How generated functions are compiled: two decorators, and what they ask of Numba and LLVM.

Sums and products are rounded as they are written, never fused or reordered by the compiler: a formula gives the same bits
however often, and with whatever around it, it is compiled. What should be fused says so: `fma`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import register_pass
from numba.core.lowering import Lower
from numba.core.typed_passes import NativeLowering

Function = TypeVar("Function", bound=Callable[..., Any])

VECTOR_BITS = 512
"""The widest vectors to use where the processor has them; of itself LLVM stops at 256 on most processors with AVX-512."""


class _WideLower(Lower):
    """Numba's lowering, which also tells LLVM how wide the vectors may be."""

    def setup_function(self, fndesc: Any) -> None:
        super().setup_function(fndesc)  # type: ignore[no-untyped-call]
        # llvmlite's own `add` only takes the attributes it knows; LLVM takes any. An attribute of the function works
        # whenever Numba was first used, and is kept with cached code; Numba's CPU features are read only once.
        set.add(self.function.attributes, f'"prefer-vector-width"="{VECTOR_BITS}"')


class _KernelLower(_WideLower):
    """Tells LLVM besides that arrays do not overlap: no checks before a loop, and no limit to how many it may have."""

    def setup_function(self, fndesc: Any) -> None:
        super().setup_function(fndesc)
        for argument in self.function.args:
            if argument.name.endswith(".4"):  # the data pointer of an array
                argument.add_attribute("noalias")


class _RareLower(_KernelLower):
    """Tells LLVM to keep a function small: it is compiled in a third of the time, and its loops are vectorised all the same."""

    def setup_function(self, fndesc: Any) -> None:
        super().setup_function(fndesc)
        self.function.attributes.add("optsize")


def _compiler(lower: type[Lower], name: str) -> type[CompilerBase]:
    """Numba's pipeline with another lowering."""
    lowering = register_pass(mutates_CFG=True, analysis_only=False)(  # type: ignore[no-untyped-call]
        type(name, (NativeLowering,), {"_name": name, "lowering_class": property(lambda _: lower)}))

    def define_pipelines(self: CompilerBase) -> list[Any]:
        pipeline = DefaultPassBuilder.define_nopython_pipeline(self.state)  # type: ignore[no-untyped-call]
        pipeline.add_pass_after(lowering, NativeLowering)
        pipeline.passes = [entry for entry in pipeline.passes if entry[0] is not NativeLowering]
        pipeline.finalize()
        return [pipeline]

    return type(f"{name}_compiler", (CompilerBase,), {"define_pipelines": define_pipelines})


OPTIONS: dict[str, Any] = {
    "nogil": True,
    "error_model": "numpy",  # a division by zero is infinite, not an exception: no branch in the loop
    "fastmath": False,
    "no_cfunc_wrapper": True,
}
_jit: Any = numba.njit
_kernel_compiler = _compiler(_KernelLower, "kernel_lowering")
_rare_compiler = _compiler(_RareLower, "rare_lowering")
_entry_compiler = _compiler(_WideLower, "entry_lowering")


def kernel(function: Function) -> Function:
    """A loop nest that other jitted code calls.

    The arrays it is given must not overlap where one of them is written: what is updated in place is one argument.
    It is compiled into each entry that calls it and cached as part of that.
    """
    return cast(Function, _jit(pipeline_class=_kernel_compiler, no_cpython_wrapper=True, **OPTIONS)(function))


def rare(function: Function) -> Function:
    """As `kernel`, for what runs so seldom that the time to compile it counts more."""
    return cast(Function, _jit(pipeline_class=_rare_compiler, no_cpython_wrapper=True, **OPTIONS)(function))


def entry(function: Function) -> Function:
    """A jitted function that Python calls, cached on disk beside the module it stands in."""
    return cast(Function, _jit(pipeline_class=_entry_compiler, cache=True, **OPTIONS)(function))
