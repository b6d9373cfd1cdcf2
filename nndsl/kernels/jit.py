"""How generated functions are compiled: two decorators, and what they ask of Numba and LLVM.

Sums and products are rounded as they are written, never fused or reordered by the compiler: a formula gives the same bits
however often, and with whatever around it, it is compiled. What should be fused says so: `fma`.

A kernel is only turned into LLVM code. An entry links the kernels it calls, and LLVM optimises and translates them there,
once; Numba alone would do that for each kernel by itself and again for everything that calls it, which takes thrice the time
and leaves loops unrolled twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba import _dynfunc  # type: ignore[attr-defined]
from numba.core import types
from numba.core.caching import CompileResultCacheImpl, FunctionCache
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import register_pass
from numba.core.lowering import Lower
from numba.core.typed_passes import NativeLowering, NopythonRewrites
from numba.core.untyped_passes import InlineClosureLikes

Function = TypeVar("Function", bound=Callable[..., Any])

VECTOR_BITS = 512
"""The widest vectors to use where the processor has them; of itself LLVM stops at 256 on most processors with AVX-512."""


class _Lower(Lower):
    """Numba's lowering with wider vectors, and with plain indexing of flat arrays: no index counts from the end."""

    def setup_function(self, fndesc: Any) -> None:
        super().setup_function(fndesc)
        # llvmlite's own `add` only takes the attributes it knows; LLVM takes any. An attribute of the function works
        # whenever Numba was first used, and is kept with cached code; Numba's CPU features are read only once.
        set.add(self.function.attributes, f'"prefer-vector-width"="{VECTOR_BITS}"')

    def lower_getitem(self, resty: Any, expr: Any, value: Any, index: Any, signature: Any) -> Any:
        place = self._place(value, index)
        if place is None:
            return super().lower_getitem(resty, expr, value, index, signature)
        kind = self.typeof(value.name).dtype
        return self.context.cast(self.builder, self.context.unpack_value(self.builder, kind, place), kind, resty)

    def lower_setitem(self, target: Any, index: Any, value: Any, signature: Any) -> Any:
        place = self._place(target, index)
        if place is None:
            return super().lower_setitem(target, index, value, signature)
        kind = self.typeof(target.name).dtype
        stored = self.context.cast(self.builder, self.loadvar(value.name), self.typeof(value.name), kind)
        return self.context.pack_value(self.builder, kind, stored, place)

    def _place(self, array: Any, index: Any) -> Any:
        """The address of an entry of a flat array; None for another kind of index."""
        kind, counter = self.typeof(array.name), self.typeof(index.name)
        if not (isinstance(kind, types.Array) and (kind.ndim, kind.layout) == (1, "C") and isinstance(counter, types.Integer)):
            return None
        field = self.context.data_model_manager[kind].get_field_position("data")
        data = self.builder.extract_value(self.loadvar(array.name), field)
        at = self.context.cast(self.builder, self.loadvar(index.name), counter, types.intp)
        return self.builder.gep(data, [at], inbounds=True)


class _KernelLower(_Lower):
    """Tells LLVM besides that arrays do not overlap: no checks before a loop, and no limit to how many it may have."""

    def setup_function(self, fndesc: Any) -> None:
        super().setup_function(fndesc)
        self.function.attributes.add("noinline")  # its arguments are what says that arrays do not overlap
        for argument in self.function.args:
            if argument.name.endswith(".4"):  # the data pointer of an array
                argument.add_attribute("noalias")


class _RareLower(_KernelLower):
    """Tells LLVM to keep a function small: it is compiled in a third of the time, and its loops are vectorised all the same."""

    def setup_function(self, fndesc: Any) -> None:
        super().setup_function(fndesc)
        self.function.attributes.add("optsize")


class _PartLibrary(JITCodeLibrary):
    """Code that other code links: as it was written, neither optimised nor translated."""

    def _optimize_functions(self, ll_module: Any) -> None:
        ll_module.data_layout = self._codegen._data_layout

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._finalized = True


@register_pass(mutates_CFG=True, analysis_only=False)
class _EntryLowering(NativeLowering):
    _name = "entry_lowering"

    @property
    def lowering_class(self) -> type[Lower]:
        return _Lower


@register_pass(mutates_CFG=True, analysis_only=False)
class _KernelLowering(NativeLowering):
    _name = "kernel_lowering"

    @property
    def lowering_class(self) -> type[Lower]:
        return _KernelLower

    def run_pass(self, state: Any) -> bool:
        state.library = _PartLibrary(state.targetctx.codegen(), state.func_id.func_qualname)
        state.flags.no_compile = True
        super().run_pass(state)
        lowered = state["cr"]
        # Numba finds a function's code by the Python function that would call it; this one has nothing to call.
        never = _dynfunc.make_function(lowered.fndesc.lookup_module(), lowered.fndesc.qualname, "", 0, lowered.env,
                                       (state.library,))
        state.targetctx.insert_user_function(never, lowered.fndesc, [state.library])
        state["cr"] = lowered._replace(cfunc=never)
        return True


@register_pass(mutates_CFG=True, analysis_only=False)
class _RareLowering(_KernelLowering):
    _name = "rare_lowering"

    @property
    def lowering_class(self) -> type[Lower]:
        return _RareLower


LEFT_OUT = {InlineClosureLikes, NopythonRewrites, NativeLowering}
"""Of Numba's passes: those for functions within functions and for arithmetic on whole arrays, neither of which is
generated, and the lowering that another stands in for."""


def _compiler(lowering: type[NativeLowering]) -> type[CompilerBase]:
    """Numba's pipeline with another lowering."""

    def define_pipelines(self: CompilerBase) -> list[Any]:
        pipeline = DefaultPassBuilder.define_nopython_pipeline(self.state)
        pipeline.add_pass_after(lowering, NativeLowering)
        pipeline.passes = [entry for entry in pipeline.passes if entry[0] not in LEFT_OUT]
        pipeline.finalize()
        return [pipeline]

    return type(f"{lowering._name}_compiler", (CompilerBase,), {"define_pipelines": define_pipelines})


OPTIONS: dict[str, Any] = {
    "nogil": True,
    "error_model": "numpy",  # a division by zero is infinite, not an exception: no branch in the loop
    "fastmath": False,
    "no_cfunc_wrapper": True,
}
_jit: Any = numba.njit
_kernel_compiler = _compiler(_KernelLowering)
_rare_compiler = _compiler(_RareLowering)
_entry_compiler = _compiler(_EntryLowering)


def kernel(function: Function) -> Function:
    """A loop nest that other jitted code calls.

    The arrays it is given must not overlap where one of them is written: what is updated in place is one argument. Indices
    of flat arrays must not be negative.
    """
    return cast(Function, _jit(pipeline_class=_kernel_compiler, no_cpython_wrapper=True, **OPTIONS)(function))


def rare(function: Function) -> Function:
    """As `kernel`, for what runs so seldom that the time to compile it counts more."""
    return cast(Function, _jit(pipeline_class=_rare_compiler, no_cpython_wrapper=True, **OPTIONS)(function))


EXTERNAL: dict[str, Callable[[], object]] = {}
"""Functions compiled apart, that jitted code calls as it would call a library's: how each is made known to LLVM, by its name
there."""


@cache
def digest() -> str:
    """Stands for the text of this package: code that was compiled from another text is not taken."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:16]


class _EntryCacheImpl(CompileResultCacheImpl):
    """Numba's cache, which first makes known what the code read from it calls."""

    def rebuild(self, target_context: Any, payload: Any) -> Any:
        code = payload[0][2][0]
        for name, provide in EXTERNAL.items():
            if name.encode() in code:
                provide()
        return super().rebuild(target_context, payload)


class _EntryCache(FunctionCache):
    _impl_class = _EntryCacheImpl

    def _index_key(self, sig: Any, codegen: Any) -> Any:
        return (*super()._index_key(sig, codegen), digest())


def entry(function: Function) -> Function:
    """A jitted function that Python calls, cached on disk beside the module it stands in, with the kernels it calls.

    Indices of flat arrays must not be negative.
    """
    jitted = _jit(pipeline_class=_entry_compiler, **OPTIONS)(function)
    try:
        jitted._cache = _EntryCache(function)
    except RuntimeError:  # there is no file, or no folder to write to: it is compiled anew in each process
        pass
    return cast(Function, jitted)
