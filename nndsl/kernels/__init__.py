"""What generated code calls: how it is compiled, functions of numbers, matrix products, random draws.

Every name here is a plain function of numbers and flat arrays, with no state of its own.
"""

from nndsl.kernels.algebra import gemm, gemm_batch
from nndsl.kernels.contraction import contract
from nndsl.kernels.control import flush_denormals, restore_denormals
from nndsl.kernels.elementary import (
    absolute,
    acos,
    asin,
    atan,
    ceil,
    clip,
    cosh,
    f4,
    f8,
    floor,
    floordiv,
    fma,
    inf,
    isfinite,
    let,
    maximum,
    minimum,
    mod,
    nan,
    nearest,
    power,
    sign,
    sinh,
    sqrt,
    tan,
    where,
)
from nndsl.kernels.elementwise import copy, gather_rows, view, zero
from nndsl.kernels.error_function import erf
from nndsl.kernels.exponential import exp, expm1, log, log1p, sigmoid, softplus, tanh
from nndsl.kernels.jit import entry, kernel, rare
from nndsl.kernels.meeting import meet
from nndsl.kernels.orthonormal import orthonormalize
from nndsl.kernels.random import (
    draw,
    draw_below,
    draw_normal,
    draw_truncated_normal,
    draw_uniform,
    permutation,
    shuffle,
)
from nndsl.kernels.reductions import larger, plus, smaller
from nndsl.kernels.trigonometric import cos, sin

__all__ = [
    "absolute", "acos", "asin", "atan", "ceil", "clip", "contract", "copy", "cos", "cosh", "draw", "draw_below", "draw_normal",
    "draw_truncated_normal", "draw_uniform", "entry", "erf", "exp", "expm1", "f4", "f8", "floor", "floordiv",
    "flush_denormals", "fma", "gather_rows", "gemm", "gemm_batch", "inf", "isfinite", "kernel", "let", "log", "log1p",
    "larger", "maximum", "meet", "minimum", "mod", "nan", "nearest", "orthonormalize", "permutation", "plus", "power",
    "rare", "restore_denormals", "shuffle", "sigmoid", "sign", "sin", "sinh", "smaller", "softplus", "sqrt", "tan", "tanh",
    "view", "where", "zero",
]
