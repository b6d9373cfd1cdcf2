"""Padded copies: where it can be, a tensor stands inside its padded copy from the start; else the copying asks no questions.

A copy `p[i] = (x[i - 1] else 0)` becomes a filling of the rim, at both ends of each axis, and the entries of x in its middle.
If nobody needs x by itself, they are written there at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from nndsl.ir.affine import affine, number, tidy
from nndsl.ir.equation import Equation, Program, Scan, Step, Tensor
from nndsl.ir.expression import BATCH, Expr, Extent, Index, Number, Read, rebuild
from nndsl.passes.rewriting import each_equation


@dataclass(frozen=True)
class _Padding:
    """A padded copy.

    Args:
        equation: fills it.
        source: what it copies.
        other: what stands around it.
        starts: where the source starts in it, for each axis.
    """

    equation: Equation
    source: Tensor
    other: Number
    starts: tuple[int, ...]


def halos(program: Program, seen: Collection[str] = ()) -> Program:
    """The program without guards in padded copies.

    Args:
        program: after derivation.
        seen: temporaries that are read from outside.
    """
    for step in program.steps:
        padding = _padding(step, program) if isinstance(step, Equation) else None
        if padding and padding.source.name not in seen and _alone(padding, program):
            return halos(_inside(padding, program), seen)
        if padding:
            return halos(_replaced(program, step, (*_rim(padding, program), _middle(padding))), seen)
    return program


def _padding(equation: Equation, program: Program) -> _Padding | None:
    """What an equation copies with a number around it, or None if it does something else."""
    match equation:
        case Equation(reduce="", accumulate=False, guard=(), expr=Read(source, index, Number() as other)):
            pass
        case _:
            return None
    whole = list(zip(equation.index, program.tensors[equation.out].shape, strict=True))
    if len(index) != len(whole) or whole != [(Index(n), e) for n, e in equation.ranges]:
        return None
    starts: list[int] = []
    for written, formula in zip(equation.index, index, strict=True):
        form = affine(formula)
        start = form.constant.constant if form else None
        assert isinstance(written, Index)
        if form is None or form.coefficients != {written.name: number(1)} or start is None or start > 0:
            return None
        starts.append(-start)
    tensor = program.tensors[source]
    room = zip(starts, tensor.shape, program.tensors[equation.out].shape, strict=True)
    fits = all(a == b if a == BATCH or b == BATCH else s + int(a) <= int(b) for s, a, b in room)
    return _Padding(equation, tensor, other, tuple(starts)) if fits else None


def _alone(padding: _Padding, program: Program) -> bool:
    """Whether the source may stand inside its copy: it is written whole before, and not asked for what stands outside it."""
    name = padding.source.name
    if padding.source.role != "temporary" or padding.source.order:
        return False
    for step in program.steps:
        for equation in step.body if isinstance(step, Scan) else (step,):
            reads = [read for read in equation.reads() if read.tensor == name]
            touched = bool(reads) or name in (equation.out, equation.winner)
            if touched and isinstance(step, Scan) or equation.winner == name or equation.out == name and equation.accumulate:
                return False
            if equation is not padding.equation and any(x.other is not None for x in reads):
                return False
    return any(e.out == name for e in program.equations())


def _inside(padding: _Padding, program: Program) -> Program:
    """The program with the source inside its copy."""
    name, copy = padding.source.name, padding.equation.out
    winners = {e.winner for e in program.equations() if e.out == name and e.winner}  # they stand at the same place

    def moved(index: tuple[Expr, ...]) -> tuple[Expr, ...]:
        return tuple(tidy(i, start) if start else i for i, start in zip(index, padding.starts, strict=True))

    def there(node: Expr) -> Expr | None:
        if not isinstance(node, Read) or node.tensor not in {name, *winners}:
            return None
        tensor = copy if node.tensor == name else node.tensor
        return replace(node, tensor=tensor, index=moved(tuple(rebuild(i, there) for i in node.index)))

    def changed(equation: Equation) -> Equation:
        index = tuple(rebuild(i, there) for i in equation.index)
        out, index = (copy, moved(index)) if equation.out == name else (equation.out, index)
        return replace(equation, out=out, index=index, expr=rebuild(equation.expr, there),
                       guard=tuple((rebuild(g, there), e) for g, e in equation.guard))

    first = next(step for step in program.steps if isinstance(step, Equation) and step.out == name)
    program = _replaced(program, padding.equation, ())
    program = _replaced(program, first, (*_rim(padding, program), first))
    shape = program.tensors[copy].shape
    kept = {n: replace(t, shape=shape) if n in winners else t for n, t in program.tensors.items() if n != name}
    return replace(each_equation(program, changed), tensors=kept)


def _replaced(program: Program, old: Step, new: tuple[Step, ...]) -> Program:
    return replace(program, steps=tuple(x for step in program.steps for x in (new if step is old else (step,))))


def _middle(padding: _Padding) -> Equation:
    """The copying without its rim."""
    ranges = tuple((n, e) for (n, _), e in zip(padding.equation.ranges, padding.source.shape, strict=True))
    plain = tuple(Index(n) for n, _ in ranges)
    index = tuple(tidy(i, start) if start else i for i, start in zip(plain, padding.starts, strict=True))
    return replace(padding.equation, index=index, ranges=ranges, expr=Read(padding.source.name, plain))


def _rim(padding: _Padding, program: Program) -> Iterator[Equation]:
    """What fills the rim: of each axis both ends, inside the axes before it, all along those behind it."""
    names = [n for n, _ in padding.equation.ranges]
    whole: tuple[Extent, ...] = program.tensors[padding.equation.out].shape
    inner = padding.source.shape
    for axis, start in enumerate(padding.starts):
        if inner[axis] == BATCH:
            continue
        end = start + int(inner[axis])
        for first, size in ((0, start), (end, int(whole[axis]) - end)):
            if not size:
                continue
            offsets = (*padding.starts[:axis], first, *(0 for _ in names[axis + 1:]))
            ranges = tuple(zip(names, (*inner[:axis], size, *whole[axis + 1:]), strict=True))
            index = tuple(tidy(Index(n), offset) if offset else Index(n) for n, offset in zip(names, offsets, strict=True))
            yield Equation(padding.equation.out, index, ranges, padding.other, origin=padding.equation.origin)
