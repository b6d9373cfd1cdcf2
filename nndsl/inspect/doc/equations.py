"""Equations made shorter for readers: values that are used once stand where they are used, one sample stands for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from nndsl.ir.equation import Equation, Program
from nndsl.ir.expression import BATCH, Expr, Index, Number, Read, apply, rebuild, substitute, walk
from nndsl.ir.printer import equations_text
from nndsl.passes.simplify import simplified

DIGITS = 12
"""How many digits of a number are shown: the last ones are the rounding of constants."""


def lines(equations: Sequence[Equation], sizes: Mapping[int, str]) -> list[str]:
    """Equations as text, sizes under their names.

    Args:
        equations: in order.
        sizes: the name of every size.
    """
    return equations_text([replace(e, expr=_named(rounded(e.expr), sizes)) for e in equations])


def rounded(expr: Expr) -> Expr:
    """The formula with `DIGITS` digits of every number."""
    def change(node: Expr) -> Expr | None:
        if not isinstance(node, Number) or isinstance(node.value, int):
            return None
        value = float(f"{node.value:.{DIGITS}g}")
        return Number(int(value) if value.is_integer() and abs(value) < 1e15 else value)

    return rebuild(expr, change)


def _named(expr: Expr, sizes: Mapping[int, str]) -> Expr:
    """The formula with names for sizes, and for what was divided by one when constants were put together."""
    def change(node: Expr) -> Expr | None:
        if not isinstance(node, Number):
            return None
        for size, name in sizes.items():
            times = node.value * size
            if node.value == size:
                return Index(name)
            if not isinstance(node.value, int) and 0 < abs(round(times)) < 1000 and abs(times - round(times)) < 1e-7:
                return apply("div", round(times), Index(name))
        return None

    return rebuild(expr, change)


def inlined(program: Program, kept_out: Sequence[str] = ()) -> list[Equation]:
    """The equations, those left out whose values are plain and can stand where they are read.

    A value is plain if one equation alone computes it, entry by entry, without a reduction or a guard.

    Args:
        program: the equations.
        kept_out: tensors that are asked for and stay.
    """
    equations = list(program.equations())
    written = [e.out for e in equations]
    plain: dict[str, Equation] = {}
    kept: list[Equation] = []
    for equation in equations:
        expr = simplified(rebuild(equation.expr, lambda node: _value(node, plain)))
        new = replace(equation, expr=expr)
        if new.out not in kept_out and _is_plain(new, program) and written.count(new.out) == 1 and _worth(new, equations):
            plain[new.out] = new
        else:
            kept.append(replace(new, accumulate=new.accumulate and written.count(new.out) > 1))
    return kept


def _is_plain(equation: Equation, program: Program) -> bool:
    names = [i.name for i in equation.index if isinstance(i, Index)]
    whole = len(names) == len(equation.index) == len(set(names)) and {n for n, _ in equation.ranges} == set(names)
    return whole and not (equation.reduce or equation.guard) and program.tensors[equation.out].role == "temporary"


def _worth(equation: Equation, equations: list[Equation]) -> bool:
    """Whether the text gets no longer: the value is read once, or is itself short."""
    reads = sum(isinstance(n, Read) and n.tensor == equation.out for e in equations for n in walk(e.expr))
    return reads <= 1 or sum(1 for _ in walk(equation.expr)) <= 3


def _value(node: Expr, plain: Mapping[str, Equation]) -> Expr | None:
    if not isinstance(node, Read) or node.tensor not in plain or node.stop or node.other is not None:
        return None
    source = plain[node.tensor]
    names = [i.name for i in source.index if isinstance(i, Index)]
    index = tuple(rebuild(i, lambda inner: _value(inner, plain)) for i in node.index)
    return substitute(source.expr, dict(zip(names, index, strict=True)))


def of_one_sample(program: Program) -> Program:
    """The program without the index of the batch, where each sample is computed by itself; else as it is."""
    batched = {name for name, tensor in program.tensors.items() if tensor.shape[:1] == (BATCH,)}
    whole = any(extent == BATCH for tensor in program.tensors.values() for extent in tensor.shape[1:])
    if whole or any(not _keeps_batch(e, batched) for e in program.equations()):
        return program
    return Program(program.tensors, tuple(_first_dropped(e, batched) for e in program.equations()))


def _keeps_batch(equation: Equation, batched: set[str]) -> bool:
    names = [name for name, extent in equation.ranges if extent == BATCH]
    return not names or (equation.out in batched and equation.index[0] == Index(names[0]) and len(names) == 1)


def _first_dropped(equation: Equation, batched: set[str]) -> Equation:
    def change(node: Expr) -> Expr | None:
        if not isinstance(node, Read) or node.tensor not in batched:
            return None
        return replace(node, index=tuple(rebuild(i, change) for i in node.index[1:]))

    index = equation.index[1:] if equation.out in batched else equation.index
    return replace(equation, index=tuple(rebuild(i, change) for i in index), expr=rebuild(equation.expr, change),
                   ranges=tuple((n, e) for n, e in equation.ranges if e != BATCH))


def called(equations: Sequence[Equation], names: Mapping[str, str]) -> list[Equation]:
    """The equations with tensors under other names, and without those that then only say that a thing is itself."""
    def change(node: Expr) -> Expr | None:
        if not isinstance(node, Read) or node.tensor not in names:
            return None
        return replace(node, tensor=names[node.tensor], index=tuple(rebuild(i, change) for i in node.index))

    found = [replace(e, out=names.get(e.out, e.out), index=tuple(rebuild(i, change) for i in e.index),
                     expr=rebuild(e.expr, change)) for e in equations]
    return [e for e in found if not (isinstance(e.expr, Read) and e.expr.tensor == e.out)]
