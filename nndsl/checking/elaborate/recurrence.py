"""Recurrence: equations that read their own earlier, or later, entries are run one index value after the other."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from nndsl.checking.elaborate.mistakes import Mistake, mistake
from nndsl.diagnostics import Span
from nndsl.ir.affine import affine, distance, index_and_rest
from nndsl.ir.components import components
from nndsl.ir.equation import Equation, Scan, Step, Tensor, renamed
from nndsl.ir.expression import BATCH, Expr, Extent, Index, Number, Read, Reduce, walk

EARLIER = "an earlier entry is `({}[t - 1] else 0)`, with the other indices beside"


@dataclass(frozen=True)
class Written:
    """Where the user wrote what a tensor is.

    Args:
        name: what the user calls it.
        span: where it is written.
    """

    name: str
    span: Span


@dataclass(frozen=True)
class Backward:
    """A read of a tensor inside its own definition.

    Args:
        read: the entry, under the names that indices have while a model is elaborated.
        span: where the user wrote it.
    """

    read: Read
    span: Span


def ordered(steps: Sequence[Equation], tensors: Mapping[str, Tensor], written_at: Mapping[str, Written],
            backward: Sequence[Backward]) -> tuple[Step, ...]:
    """The equations in an order in which they can be run, those of a recurrence in a scan.

    Args:
        steps: each written tensor's equations, in any order where there is recurrence.
        tensors: by name.
        written_at: where the user wrote tensors that refer to their own entries.
        backward: where those references stand.

    Raises:
        Mistake: a recurrence that has no direction.
    """
    writers: dict[str, list[int]] = {}
    for at, step in enumerate(steps):
        if tensors[step.out].role == "temporary":
            writers.setdefault(step.out, []).append(at)
    needs = [sorted({w for read in step.reads() for w in writers.get(read.tensor, ())}) for step in steps]
    if all(w < at for at, found in enumerate(needs) for w in found):
        return tuple(steps)
    found: list[Step] = []
    for group in components(needs):
        members = [steps[at] for at in sorted(group)]
        if len(group) > 1 or group[0] in needs[group[0]]:
            found.append(_Recurrence(members, tensors, written_at, backward).scan())
        else:
            found += members
    return tuple(found)


@dataclass(frozen=True)
class _Use:
    """An entry that an equation of a recurrence reads of another: how far from its own, along the index that runs."""

    reader: Equation
    read: Read
    shift: int


@dataclass(frozen=True)
class _Recurrence:
    """Equations that lead to each other."""

    members: list[Equation]
    tensors: Mapping[str, Tensor]
    written_at: Mapping[str, Written]
    backward: Sequence[Backward]

    def scan(self) -> Scan:
        """The scan that runs them."""
        first = self.members[0]
        tried = [found for axis in range(len(first.index)) if (found := self._axes(first.out, axis)) is not None]
        running = [axes for axes in tried if any(use.shift for use in self._uses(axes))]
        lost = None if running else self._lost()
        if not tried or lost is not None:
            name = self._own(first.out)
            raise mistake("NN0253", lost or self._place(first.out), helps=(EARLIER.format(name),), name=name)
        return self._along((running or tried)[0])

    def _lost(self) -> Span | None:
        """Where an entry is read that is no fixed number of places away along some axis."""
        names = {member.out for member in self.members}
        for back in self.backward:
            computed = (formula for formula in back.read.index if not isinstance(formula, Number))
            if back.read.tensor in names and any(index_and_rest(formula) is None for formula in computed):
                return back.span
        return None

    # ------------------------------------------------------------------------------------------ along which axis

    def _axes(self, start: str, axis: int) -> dict[str, int] | None:
        """The axis of each tensor along which the recurrence runs, if it runs along `axis` of `start`."""
        axes = {start: axis}
        before = 0
        while before < len(axes):
            before = len(axes)
            for equation in self.members:
                if equation.out in axes and not self._follow(equation, axes):
                    return None
        return axes

    def _follow(self, equation: Equation, axes: dict[str, int]) -> bool:
        """Find the axes of what an equation reads; False if one does not go with the equation's own."""
        name = self._index(equation, axes)
        if name is None:
            return False
        for read in self._inner(equation):
            fitting = [b for b, formula in enumerate(read.index) if distance(formula, name) is not None]
            if not fitting or axes.setdefault(read.tensor, fitting[0]) not in fitting:
                return False
        return True

    def _index(self, equation: Equation, axes: Mapping[str, int]) -> str | None:
        """The index of an equation that runs."""
        index = equation.index[axes[equation.out]]
        extents: dict[str, Extent] = dict(equation.ranges)
        return index.name if isinstance(index, Index) and extents.get(index.name, BATCH) != BATCH else None

    def _inner(self, equation: Equation) -> Iterator[Read]:
        names = {member.out for member in self.members}
        return (read for read in equation.reads() if read.tensor in names)

    # ------------------------------------------------------------------------------------------ in which direction

    def _along(self, axes: Mapping[str, int]) -> Scan:
        uses = list(self._uses(axes))
        later = [use for use in uses if use.shift > 0]
        earlier = [use for use in uses if use.shift < 0]
        if later and earlier:
            raise self._mixed(later[0], axes)
        self._same_extent(axes)
        name = self._name(axes)
        body = tuple(self._fixed(equation, axes, name) for equation in self._sorted(uses, axes))
        extent = self.tensors[self.members[0].out].shape[axes[self.members[0].out]]
        return Scan(name, int(extent), body, reverse=bool(later))

    def _uses(self, axes: Mapping[str, int]) -> Iterator[_Use]:
        for equation in self.members:
            name = self._index(equation, axes)
            for read in self._inner(equation):
                shift = distance(read.index[axes[read.tensor]], name or "")
                assert shift is not None
                yield _Use(equation, read, shift)

    def _sorted(self, uses: list[_Use], axes: Mapping[str, int]) -> list[Equation]:
        """The equations, each after those whose entries of the same index value it reads."""
        at = {equation.out: [k for k, e in enumerate(self.members) if e.out == equation.out] for equation in self.members}
        needs: list[set[int]] = [set() for _ in self.members]
        for use in uses:
            if use.shift == 0:
                needs[next(k for k, e in enumerate(self.members) if e is use.reader)].update(at[use.read.tensor])
        groups = components([sorted(found) for found in needs])
        stuck = next((g for g in groups if len(g) > 1 or g[0] in needs[g[0]]), None)
        if stuck is not None:
            raise self._stuck({self.members[at].out for at in stuck}, axes)
        return [self.members[group[0]] for group in groups]

    def _same_extent(self, axes: Mapping[str, int]) -> None:
        (first, extent), *others = ((name, self.tensors[name].shape[axis]) for name, axis in axes.items())
        for name, other in others:
            if other != extent:
                raise mistake("NN0255", self._place(name), first=self._own(first), extent=extent, second=self._own(name),
                              other=other)

    # ------------------------------------------------------------------------------------------ as a scan

    def _name(self, axes: Mapping[str, int]) -> str:
        """What the index that runs is called: as the user calls it."""
        return self._index(self.members[0], axes) or ""

    def _fixed(self, equation: Equation, axes: Mapping[str, int], name: str) -> Equation:
        """An equation at one value of the index that runs."""
        own = self._index(equation, axes) or ""
        others = [other for other, _ in (*equation.ranges, *_bound(equation)) if other != own]
        new = {own: name} | {other: other + "°s" for other in others if other == name}
        fixed = renamed(equation, new)
        return replace(fixed, ranges=tuple(r for r in fixed.ranges if r[0] != name))

    # ------------------------------------------------------------------------------------------ mistakes

    def _place(self, tensor: str) -> Span | None:
        """Where a tensor of the recurrence is written, or the first one that says so."""
        names = [tensor, *(member.out for member in self.members)]
        return next((self.written_at[name].span for name in names if name in self.written_at), None)

    def _own(self, tensor: str) -> str:
        """What the user calls a tensor."""
        return self.written_at[tensor].name if tensor in self.written_at else tensor.rpartition(".")[2]

    def _stuck(self, names: Collection[str], axes: Mapping[str, int]) -> Mistake:
        """Why entries cannot be computed that need each other."""
        name = min(names, key=[member.out for member in self.members].index)
        for back in self.backward:
            if back.read.tensor in names and _constant(back.read.index[axes[back.read.tensor]]) == 0:
                index = back.read.index[axes[back.read.tensor]]
                label = f"at the same `{index.name.split('°')[0]}`" if isinstance(index, Index) else ""
                name = self._own(back.read.tensor)
                return mistake("NN0254", back.span, label, helps=(EARLIER.format(name),), name=name)
        return mistake("NN0254", self._place(name), name=self._own(name))

    def _mixed(self, use: _Use, axes: Mapping[str, int]) -> Mistake:
        """Why a recurrence cannot read earlier and later entries at once."""
        tensor, axis = use.read.tensor, axes[use.read.tensor]
        found = [b.span for b in self.backward if b.read.tensor == tensor and _constant(b.read.index[axis]) == use.shift]
        helps = ("what runs forwards and what runs backwards are two tensors",)
        return mistake("NN0256", found[0] if found else self._place(tensor), helps=helps, name=self._own(tensor))


def _constant(formula: Expr) -> int | None:
    form = affine(formula)
    return form.constant.constant if form else None


def _bound(equation: Equation) -> Iterator[tuple[str, Extent]]:
    for formula in (*equation.index, equation.expr):
        for node in walk(formula):
            if isinstance(node, Reduce):
                yield from node.ranges
