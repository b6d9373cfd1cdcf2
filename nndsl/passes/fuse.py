"""Loop nests: equations over the same indices share their loops, so that what one stores the next still holds in a register."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from math import prod

from nndsl.ir.affine import extent, flat, number
from nndsl.ir.equation import Equation, Program, Scan, Tensor
from nndsl.ir.expression import BATCH, Expr, Extent, Index, Ranges, indices, reads, substitute
from nndsl.passes.collapse import collapsed
from nndsl.passes.contract import Product
from nndsl.passes.contraction import Contraction, whole
from nndsl.passes.nest import Block, Leaf, Loop, Nest

MOST_ARRAYS = 16
"""A kernel is given no more arrays than this: compilers and readers lose track."""


UNROLLED = 16
"""Windows of at most so many entries are written out, so that the loop around them runs in vectors."""


Whole = Product | Contraction
"""Equations that kernels do by themselves."""
Task = Whole | Nest


@dataclass(frozen=True)
class Repeated:
    """Tasks done for one value of an index after the other: a scan.

    Args:
        index: which stands free in the tasks.
        extent: how far it runs.
        reverse: whether from its last value to its first.
        tasks: in order.
    """

    index: str
    extent: int
    reverse: bool
    tasks: tuple[Task, ...]

    def equations(self) -> tuple[Equation, ...]:
        """What the tasks compute."""
        return tuple(e for t in self.tasks for e in (t.equations() if isinstance(t, Nest) else [t.equation]))


def fuse(program: Program, *, join: bool = True) -> tuple[Task | Repeated, ...]:
    """The program as matrix products and loop nests, in order.

    Args:
        program: flat equations.
        join: whether neighbours share loops; without, each equation is a nest of its own.
    """
    found: list[Task | Repeated] = []
    for _, steps in groupby(program.steps, lambda step: isinstance(step, Scan)):
        group = tuple(steps)
        found += straight((step for step in group if isinstance(step, Equation)), program.tensors, join)
        found += (Repeated(scan.index, scan.extent, scan.reverse, straight(scan.body, program.tensors, join))
                  for scan in group if isinstance(scan, Scan))
    return tuple(found)


def straight(steps: Iterable[Equation], tensors: Mapping[str, Tensor], join: bool) -> tuple[Task, ...]:
    """Equations in a row as matrix products and loop nests, in order."""
    tasks: list[Whole | _Open] = []
    for step in steps:
        found = whole(step, tensors)
        if found:
            tasks.append(found)
            continue
        plan = _plan(step, tensors)
        host = _host(tasks, step) if join else None
        if host is None or not host.take(plan):
            tasks.append(_Open(tensors))
            last = tasks[-1]
            assert isinstance(last, _Open)
            last.take(plan)
    return tuple(task.closed() if isinstance(task, _Open) else task for task in tasks)


def _host(tasks: list[Whole | _Open], equation: Equation) -> _Open | None:
    """The last nest, if nothing after it touches what `equation` touches."""
    for task in reversed(tasks):
        if isinstance(task, _Open):
            return task
        if _touch(task.equation, equation):
            return None
    return None


def _written(equation: Equation) -> set[str]:
    return set(equation.written)


def _read(equation: Equation) -> set[str]:
    found = {read.tensor for read in equation.reads()}
    return found | ({equation.out} if equation.accumulate else set())


def _touch(a: Equation, b: Equation) -> bool:
    """Whether the order of two equations matters."""
    return bool(_written(a) & (_read(b) | _written(b)) or _read(a) & _written(b))


# ------------------------------------------------------------------------------------------------ one equation's loops


@dataclass(frozen=True)
class _Plan:
    """How an equation wants to run: `loops` around it, `inner` reduced in a register.

    Args:
        clear_at: how many of the loops stand around its clearing, or -1 if it needs none.
        clearing: the loops that the clearing has to itself.
        given: the equation as the program has it.
        unrolled: whether `inner` is written out.
    """

    given: Equation
    equation: Equation
    loops: Ranges
    inner: Ranges = ()
    clear_at: int = -1
    clearing: Ranges = ()
    unrolled: bool = False


def _plan(equation: Equation, tensors: Mapping[str, Tensor]) -> _Plan:
    used = {name for i in equation.index for name in indices(i)}
    kept = _by_stride(tuple(r for r in equation.ranges if r[0] in used), equation, tensors)
    reduced = tuple(r for r in equation.ranges if r[0] not in used)
    if not reduced:
        return _Plan(equation, equation, kept)
    kept = _longest_last(kept)
    vector = bool(kept) and _vector(equation, kept[-1][0], tensors)
    if vector and _small_window(equation, reduced):
        return _Plan(equation, equation, kept, reduced, unrolled=True)
    if equation.reduce != "sum" or not vector:
        return _Plan(equation, equation, kept, reduced)
    loops = (*kept[:-1], *reduced, kept[-1])
    summing = replace(equation, accumulate=True)
    if equation.accumulate:
        return _Plan(equation, summing, loops)
    return _Plan(equation, summing, loops, clear_at=len(kept) - 1, clearing=kept[-1:])


def _small_window(equation: Equation, reduced: Ranges) -> bool:
    """Whether a reduction is short and asks for nothing on its way."""
    points = prod(int(e) if e != BATCH else UNROLLED + 1 for _, e in reduced)
    plain = not equation.guard and all(r.other is None for r in reads(equation.expr))
    return plain and points <= UNROLLED and equation.reduce not in ("argmax", "argmin")


def _by_stride(kept: Ranges, equation: Equation, tensors: Mapping[str, Tensor]) -> Ranges:
    """The kept indices, the one whose neighbours lie closest in the result last."""
    place = flat(tensors[equation.out], equation.index).form
    return tuple(sorted(kept, key=lambda r: -place.of(r[0]).at(32) or -(1 << 62)))


def _longest_last(kept: Ranges) -> Ranges:
    """Loops around a reduction: one of a single turn fills no vector, so it stands around one that does."""
    longer = tuple(r for r in kept if r[1] != 1)
    if not longer or longer[-1][1] == BATCH:
        return kept
    return (*longer[:-1], *(r for r in kept if r[1] == 1), longer[-1])


def _vector(equation: Equation, name: str, tensors: Mapping[str, Tensor]) -> bool:
    """Whether all that an equation touches is contiguous, or constant, along an index: then lanes of it fill a vector."""
    places = [flat(tensors[equation.out], equation.index)]
    places += [flat(tensors[r.tensor], r.index) for r in reads(equation.expr)]
    steps = [p.form.of(name) for p in places]
    loose = any(name in indices(e) for p in places for _, e in p.rest)
    return not loose and steps[0] == number(1) and all(s == number(1) or not s for s in steps)


# ------------------------------------------------------------------------------------------------ nests under construction


@dataclass
class _Node:
    """A loop under construction; the root is one without an index."""

    index: str
    extent: Extent
    body: list[_Node | Leaf] = field(default_factory=list)


class _Open:
    """A nest that can still take equations."""

    def __init__(self, tensors: Mapping[str, Tensor]) -> None:
        self._tensors = tensors
        self._root = _Node("", 1)
        self._path: list[_Node] = []
        self._members: list[tuple[list[_Node], Equation]] = []
        self._names: set[str] = set()

    def take(self, plan: _Plan) -> bool:
        """Add an equation, sharing as many of the last one's loops as is right; False if it can share none."""
        shared = self._shared(plan)
        if self._members and (not shared and (plan.loops or self._path) or not self._related(plan.equation)):
            return False
        plan, given = self._renamed(plan, shared), plan.given
        nodes = self._path[:shared]
        for name, reach in plan.loops[shared:]:
            nodes.append(_Node(name, reach))
        self._clear(plan, nodes)
        for above, below in zip([self._root, *nodes], nodes, strict=False):
            if not any(b is below for b in above.body):
                above.body.append(below)
        (nodes[-1] if nodes else self._root).body.append(
            Leaf(plan.equation, plan.inner, given=given, unrolled=plan.unrolled))
        self._path = nodes
        self._members.append((nodes, plan.equation))
        return True

    def closed(self) -> Nest:
        """The nest, finished."""
        return Nest(tuple(self._frozen(b) for b in self._root.body))

    def _frozen(self, block: _Node | Leaf) -> Block:
        if isinstance(block, Leaf):
            return block
        return collapsed(Loop(block.index, extent(block.extent), tuple(self._frozen(b) for b in block.body)), self._tensors)

    def _related(self, equation: Equation) -> bool:
        """Whether the newcomer touches an array that a member touches, and the kernel would not be given too many."""
        ours = {n for _, member in self._members for n in _written(member) | _read(member)}
        theirs = _written(equation) | _read(equation)
        common = {n for n in ours & theirs if self._tensors[n].shape or not equation.ranges}
        return bool(common) and len(ours | theirs) <= MOST_ARRAYS

    def _shared(self, plan: _Plan) -> int:
        """How many of the last path's loops the equation can run in."""
        depth = 0
        for node, (_, reach) in zip(self._path, plan.loops, strict=False):
            if node.extent != reach:
                break
            depth += 1
        while depth and not self._legal(plan, depth):
            depth -= 1
        return depth

    def _legal(self, plan: _Plan, depth: int) -> bool:
        """Whether every entry passed between members and the newcomer is passed within one turn of the shared loops."""
        equation = self._renamed(plan, depth).equation
        for path, member in self._members:
            common = [a.index for a, b in zip(path, self._path[:depth], strict=False) if a is b]
            if common and _touch(member, equation) and not _aligned(member, equation, common):
                return False
        return True

    def _renamed(self, plan: _Plan, shared: int) -> _Plan:
        names = {name: node.index for node, (name, _) in zip(self._path[:shared], plan.loops, strict=False)}
        fresh = [name for name, _ in (*plan.loops[shared:], *plan.inner)]
        taken = {node.index for node in self._path[:shared]}
        for name in fresh:
            names[name] = _unused(name, taken)
            taken.add(names[name])

        def ranges(old: Ranges) -> Ranges:
            return tuple((names.get(n, n), e) for n, e in old)

        equation = _rename(plan.equation, names)
        return _Plan(plan.given, equation, ranges(plan.loops), ranges(plan.inner), plan.clear_at, ranges(plan.clearing),
                     plan.unrolled)

    def _clear(self, plan: _Plan, nodes: list[_Node]) -> None:
        """Put the clearing before the outermost loop that sums, where that loop stands or will stand."""
        if plan.clear_at < 0:
            return
        leaf: _Node | Leaf = Leaf(plan.equation, clear=True)
        for name, reach in reversed(plan.clearing):
            leaf = _Node(name, reach, [leaf])
        above = nodes[plan.clear_at - 1] if plan.clear_at else self._root
        loop = nodes[plan.clear_at]
        at = next((i for i, b in enumerate(above.body) if b is loop), len(above.body))
        above.body.insert(at, leaf)


def _unused(name: str, taken: set[str]) -> str:
    return name if name not in taken else next(f"{name}{k}" for k in range(2, 1000) if f"{name}{k}" not in taken)


def _rename(equation: Equation, names: Mapping[str, str]) -> Equation:
    new: dict[str, Expr] = {old: Index(name) for old, name in names.items() if old != name}
    if not new:
        return equation
    return replace(
        equation, index=tuple(substitute(i, new) for i in equation.index), expr=substitute(equation.expr, new),
        ranges=tuple((names.get(n, n), e) for n, e in equation.ranges),
        guard=tuple((substitute(g, new), e) for g, e in equation.guard))


def _places(equation: Equation, tensor: str) -> list[tuple[Expr, ...]]:
    """Every index at which an equation touches a tensor."""
    found = [equation.index] if tensor in _written(equation) else []
    inside = [r for e in (equation.expr, *equation.index) for r in reads(e)]
    return found + [r.index for r in inside if r.tensor == tensor]


def _aligned(a: Equation, b: Equation, common: list[str]) -> bool:
    """Whether both touch, of each tensor that one writes, entries of their own turn of every common loop only."""
    for tensor in (_written(a) & (_read(b) | _written(b))) | (_read(a) & _written(b)):
        places = _places(a, tensor) + _places(b, tensor)
        for name in common:
            if not any(all(p[axis] == Index(name) for p in places) for axis in range(len(places[0]))):
                return False
    return True
