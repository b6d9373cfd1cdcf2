"""How generated functions are compiled: two decorators, and what they ask of Numba and LLVM."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import register_pass
from numba.core.lowering import Lower
from numba.core.typed_passes import NativeLowering

Function = TypeVar("Function", bound=Callable[..., Any])

VECTOR_BITS = 512
"""The widest vectors to use where the processor has them; LLVM itself stops at 256 on most processors with AVX-512."""

OPTIONS: dict[str, Any] = {
    "cache": True,
    "nogil": True,
    "error_model": "numpy",  # a division by zero is infinite, not an exception: no branch in the loop
    "fastmath": False,  # sums and products are rounded as written, so every compilation of a formula gives the same bits
}


class _KernelLower(Lower):  # type: ignore[misc]
    """Numba's lowering, which also tells LLVM how wide to go and that arrays do not overlap."""

    def setup_function(self, fndesc: Any) -> None:
        super().setup_function(fndesc)
        # llvmlite only lets known attributes through its own `add`; LLVM takes any string.
        set.add(self.function.attributes, f'"prefer-vector-width"="{VECTOR_BITS}"')
        for argument in self.function.args:
            if argument.name.endswith(".4"):  # the data pointer of an array argument
                argument.add_attribute("noalias")


@register_pass(mutates_CFG=True, analysis_only=False)
class _KernelLowering(NativeLowering):  # type: ignore[misc]
    _name = "kernel_lowering"

    @property
    def lowering_class(self) -> type[Lower]:
        return _KernelLower


class _KernelCompiler(CompilerBase):  # type: ignore[misc]
    """Numba's pipeline with the lowering above."""

    def define_pipelines(self) -> list[Any]:
        pipeline = DefaultPassBuilder.define_nopython_pipeline(self.state)
        pipeline.add_pass_after(_KernelLowering, NativeLowering)
        pipeline.passes = [entry for entry in pipeline.passes if entry[0] is not NativeLowering]
        pipeline.finalize()
        return [pipeline]


def kernel(function: Function) -> Function:
    """A loop nest that other jitted code calls.

    The arrays it is given must not overlap where one of them is written: what is updated in place is one argument.
    """
    bare = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}  # never called from Python: a third of the compile time
    return cast(Function, njit(pipeline_class=_KernelCompiler, **bare, **OPTIONS)(function))


def entry(function: Function) -> Function:
    """A jitted function that Python calls. It may be given overlapping arrays."""
    return cast(Function, njit(no_cfunc_wrapper=True, **OPTIONS)(function))
