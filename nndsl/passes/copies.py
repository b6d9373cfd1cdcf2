"""Tensors that only hold what stands elsewhere: who reads them reads there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from nndsl.ir.affine import flat, number, tidy
from nndsl.ir.equation import Equation, Program, Scan
from nndsl.ir.expression import Expr, Index, Read, rebuild, substitute, walk
from nndsl.passes.modes import fills
from nndsl.passes.rewriting import each_equation


def copies(program: Program, seen: Collection[str] = ()) -> Program:
    """The program without copies that keep neighbours neighbours.

    Args:
        program: after derivation; what accumulates starts from zero.
        seen: temporaries that are read from outside.
    """
    for step in program.steps:
        if isinstance(step, Equation) and step.out not in seen and _is_copy(step, program):
            return copies(_without(program, step), seen)
    return program


def _is_copy(equation: Equation, program: Program) -> bool:
    tensor, source = program.tensors[equation.out], equation.expr
    plain = all(isinstance(i, Index) for i in equation.index)
    if tensor.role != "temporary" or not plain or equation.guard or equation.reduce or not fills(equation, tensor):
        return False
    if not isinstance(source, Read) or source.other is not None or program.tensors[source.tensor].role in ("total", "result"):
        return False
    return (program.tensors[source.tensor].dtype == tensor.dtype and _keeps_neighbours(equation, source, program)
            and _stays(equation, source.tensor, program))


def _keeps_neighbours(equation: Equation, source: Read, program: Program) -> bool:
    read, written = flat(program.tensors[source.tensor], source.index), flat(program.tensors[equation.out], equation.index)
    names = [n for n, _ in equation.ranges]
    spread = any(not read.form.of(n) for n in names)  # one entry for many: the copy makes products of what it is read in
    return not (read.rest or spread) and all(
        (read.form.of(n) == number(1)) == (written.form.of(n) == number(1)) for n in names)


def _stays(copy: Equation, source: str, program: Program) -> bool:
    """Whether nothing else writes the copy, nothing writes the source after it, and both are always read where they are."""
    after = False
    for step in program.steps:
        body = step.body if isinstance(step, Scan) else (step,)
        for equation in body:
            written = {equation.out, equation.winner}
            if step is not copy and copy.out in written or after and source in written:
                return False
            reads = [x for e in (equation.expr, *equation.index) for x in walk(e) if isinstance(x, Read)]
            if any(x.tensor == copy.out and x.other is not None for x in reads):
                return False
            if isinstance(step, Scan) and (source in written or any(x.tensor == copy.out for x in reads)):
                return False
        after = after or step is copy
    return True


def _without(program: Program, copy: Equation) -> Program:
    source = copy.expr
    names = [i.name for i in copy.index if isinstance(i, Index)]
    assert isinstance(source, Read)

    def original(node: Expr) -> Expr | None:
        if not isinstance(node, Read) or node.tensor != copy.out:
            return None
        new = dict(zip(names, (rebuild(i, original) for i in node.index), strict=True))
        index = tuple(tidy(substitute(i, new)) for i in source.index)
        return replace(source, index=index, stop=source.stop or node.stop)

    def changed(equation: Equation) -> Equation:
        index = tuple(rebuild(i, original) for i in equation.index)
        guard = tuple((rebuild(g, original), e) for g, e in equation.guard)
        return replace(equation, index=index, expr=rebuild(equation.expr, original), guard=guard)

    kept = replace(program, steps=tuple(step for step in program.steps if step is not copy))
    return replace(each_equation(kept, changed), tensors={n: t for n, t in program.tensors.items() if n != copy.out})
