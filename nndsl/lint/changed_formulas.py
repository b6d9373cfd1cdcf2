"""Formulas of tensors that two programs both have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from nndsl.ir.equation import Equation, Program, Scan, adjoint_name
from nndsl.ir.expression import Expr, Read, reads, rebuild
from nndsl.ir.printer import equation_text
from nndsl.lint.layer_matching import with_tensors_called
from nndsl.lint.same_formulas import Verdict, compared, compared_in_numbers
from nndsl.passes.definitions import Definitions

MOST_PAIRS = 300
"""Temporaries that only one program has are tried against each other so often."""


@dataclass(frozen=True)
class Change:
    """One difference, or something that is written otherwise and means the same.

    Args:
        kind: added, removed or changed; renamed, where only an automatic name differs; for a formula proved the same, or
            sampled, where it is the same at all points tried.
        what: a layer, parameter, setting or tensor.
        how: one line.
    """

    kind: Literal["added", "removed", "changed", "renamed", "proved", "sampled"]
    what: str
    how: str


@dataclass(frozen=True)
class Formulas:
    """The same program of two models.

    Args:
        name: which one it is.
        before, after: flat; tensors of layers that both models have are called as in the first.
        apart: how the tensors of layers begin that only the first model has, and those that only the second has.
    """

    name: str
    before: Program
    after: Program
    apart: tuple[tuple[str, ...], tuple[str, ...]]

    def changes(self) -> Iterator[Change]:
        """What differs; what only one has is put in its place, or belongs to a layer that only one has."""
        hidden = [name for name in self.shared if self._hidden(name) and any(c.kind == "changed" for c in self._of(name))]
        same = {owner for name in hidden for owner in [name.rpartition(".")[0]] if self._in_numbers(owner).kind == "sampled"}
        for name in self.shared:
            if name in same:
                yield self._told(name, self._in_numbers(name), *(table[name][-1] for table in self.tables))
            elif not (self._hidden(name) and name.rpartition(".")[0] in same):
                yield from self._of(name)

    @cached_property
    def alike(self) -> tuple[Program, Program]:
        """The programs, temporaries called alike that are computed alike, others put in their place."""
        after = _temporaries_called_alike(self.before, self.after)
        names = [_written(program) for program in (self.before, after)]
        shared = {name for name in names[0] if name in names[1]}
        kept = [shared | {n for n in table if n.startswith(apart)} for table, apart in zip(names, self.apart, strict=True)]
        return _spelled_out(self.before, kept[0]), _spelled_out(after, kept[1])

    @cached_property
    def tables(self) -> tuple[dict[str, list[Equation]], dict[str, list[Equation]]]:
        """The equations of each program by what they write."""
        return _written(self.alike[0]), _written(self.alike[1])

    @cached_property
    def shared(self) -> list[str]:
        """What both programs write."""
        return [name for name in self.tables[0] if name in self.tables[1]]

    @cached_property
    def scans(self) -> list[dict[str, tuple[int, bool]]]:
        """How far, and which way, the recurrence runs that writes a tensor."""
        return [{e.out: (s.extent, s.reverse) for s in program.steps if isinstance(s, Scan) for e in s.body}
                for program in self.alike]

    def _hidden(self, name: str) -> bool:
        """Whether a tensor is part of the formula of another one, split off where formulas are made flat."""
        owner = name.rpartition(".")[0]
        return owner in self.tables[0] and owner in self.tables[1]

    def _of(self, name: str) -> list[Change]:
        old, new = ([self._with_usual_names(e, name) for e in table[name]] for table in self.tables)
        if len(old) != len(new) or self.scans[0].get(name) != self.scans[1].get(name):
            return [self._told(name, self._in_numbers(name), old[-1], new[-1])]
        found: list[Change] = []
        for pair in zip(old, new, strict=True):
            resized = self._resized(name, *pair)
            if resized and self.name == "initial":
                continue  # the size stands in the numbers that are drawn
            verdict = compared(*(replace(e, ranges=tuple((n, 0) for n, _ in e.ranges)) if resized else e for e in pair))
            if verdict.kind == "changed" and not verdict.at and not resized:
                return [self._told(name, self._in_numbers(name), *pair)]
            if verdict.kind != "same":
                found.append(self._told(name, verdict, *pair))
        return found

    def _resized(self, name: str, old: Equation, new: Equation) -> bool:
        """Whether a tensor that an equation writes or reads has another shape now, which is told elsewhere."""
        tensors = [program.tensors for program in self.alike]
        names = {name, *(r.tensor for e in (old, new) for r in reads(e.expr))}
        return any(n in tensors[0] and n in tensors[1] and tensors[0][n].shape != tensors[1][n].shape for n in names)

    def _in_numbers(self, name: str) -> Verdict:
        """The verdict on a tensor whose equations do not correspond one by one."""
        given = [n for n in self.shared if not n.startswith(name + ".")]
        return compared_in_numbers(name, *self.alike, given)

    def _told(self, name: str, verdict: Verdict, old: Equation, new: Equation) -> Change:
        kind: Literal["changed", "proved", "sampled"] = "changed" if verdict.kind == "same" else verdict.kind
        how = f"{equation_text(old)} became {equation_text(new)}"
        at = verdict.at or ("the same at all points tried" if kind == "sampled" else "")
        return Change(kind, name.removesuffix(" next"), f"{how}; {at}" if at else how)

    def _with_usual_names(self, equation: Equation, name: str) -> Equation:
        """An equation of the update with its parameter called w and its gradient g, so that all parameters' read alike."""
        parameter = name.removesuffix(" next").partition(":")[0]
        tensor = self.before.tensors.get(parameter)
        return _for_every(parameter, equation) if self.name == "update" and tensor and tensor.role == "parameter" else equation


def _written(program: Program) -> dict[str, list[Equation]]:
    found: dict[str, list[Equation]] = {}
    for equation in program.equations():
        found.setdefault(equation.out, []).append(equation)
    return found


def _temporaries_called_alike(before: Program, after: Program) -> Program:
    """The second program with temporaries called as those of the same layer in the first that are computed in the same way."""
    left = MOST_PAIRS
    while True:
        mine, theirs = _written(before), _written(after)
        names: dict[str, str] = {}
        for other in (n for n, e in theirs.items() if n not in mine and len(e) == 1):
            for name in (n for n, e in mine.items() if n not in theirs and len(e) == 1 and n not in names.values()):
                if left and _may_be(before, name, after, other):
                    left -= 1
                    pair = mine[name][0], replace(theirs[other][0], out=name)
                    if compared(*pair).kind in ("same", "proved"):
                        names[other] = name
                        break
        if not names:
            return after
        after = with_tensors_called(after, lambda name, new=names: new.get(name, name))  # type: ignore[misc]


def _may_be(before: Program, name: str, after: Program, other: str) -> bool:
    """Whether two tensors are of one layer, one shape and one role."""
    one, two = before.tensors[name], after.tensors[other]
    return one.shape == two.shape and one.role == two.role == "temporary" and name.partition(".")[0] == other.partition(".")[0]


def _spelled_out(program: Program, kept: set[str]) -> Program:
    """A program in which temporaries that are not kept are replaced by their formulas, where they have one."""
    definitions = Definitions(program)

    def whole(expr: Expr) -> Expr:
        def change(node: Expr) -> Expr | None:
            inner = definitions(node) if isinstance(node, Read) and node.tensor not in kept else None
            return None if inner is None else whole(inner)

        return rebuild(expr, change)

    def equation(old: Equation) -> Equation:
        return replace(old, expr=whole(old.expr))

    steps = tuple(replace(s, body=tuple(map(equation, s.body))) if isinstance(s, Scan) else equation(s) for s in program.steps)
    return Program(program.tensors, steps)


def _for_every(parameter: str, equation: Equation) -> Equation:
    new = {parameter: "w", adjoint_name(parameter): "g"}

    def called(tensor: str) -> str:
        bare = tensor.removesuffix(" next")
        own = bare.startswith((parameter + ":", parameter + "."))
        return new.get(bare, bare[len(parameter) + 1:] if own else tensor)

    def change(node: Expr) -> Expr | None:
        return replace(node, tensor=called(node.tensor)) if isinstance(node, Read) else None

    return replace(equation, out=called(equation.out), expr=rebuild(equation.expr, change))
