"""What is verified: a compiled model or piece, points to look at it, and its programs and code run there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import prod
from typing import Any

import numpy as np

from nndsl.artifact import Placed
from nndsl.checking.checked import Checked
from nndsl.compiler import PROGRAMS, Stages
from nndsl.derive.differentiate import differentiate
from nndsl.derive.model import states_last
from nndsl.ir.equation import Program, adjoint_name, target_name
from nndsl.ir.expression import Derivative, walk
from nndsl.ir.interpreter import run
from nndsl.verify.algebra import Algebra, Value
from nndsl.verify.calculus import symbols
from nndsl.verify.cells import GIVEN_ROLES, Cells, CutCells, Definitions, substituted
from nndsl.verify.plain import DOUBLE, Arithmetic, Functions, Scalars, run_section
from nndsl.verify.points import At, Point
from nndsl.verify.reference import run_program, shape_of


@dataclass(frozen=True)
class Subject:
    """A compiled model or piece.

    Args:
        stages: from the compiler.
        seeds: tensors whose gradient is known: 1 where it starts, None where it is given from outside.
        wanted: the tensors whose gradients were asked for, with the place of each.
        training: whether it was derived in training mode.
    """

    stages: Stages
    seeds: Mapping[str, float | None]
    wanted: Mapping[str, str]
    training: bool = True
    _first: dict[int, dict[str, Any]] = field(default_factory=dict, compare=False)

    @cached_property
    def user(self) -> Program:
        """The user's equations: flat, but through no pass."""
        equations = self._equations
        return states_last(equations.learn if self.training else equations.forward)

    @cached_property
    def equations(self) -> Mapping[str, Program]:
        """The user's equations of every program, by its name; those of `learn` as they run."""
        return {**{name: getattr(self._equations, name) for name in PROGRAMS}, "learn": self.user}

    @cached_property
    def _equations(self) -> Checked:
        """The user's equations, derivatives that stand in their formulas spelled out, which nothing can run before that."""
        nested = any(isinstance(node, Derivative) for p in (self.stages.equations.learn, self.stages.equations.forward)
                     for e in p.equations() for node in walk(e.expr))
        return differentiate(self.stages.equations, ()) if nested else self.stages.equations

    @cached_property
    def derived(self) -> Program:
        """The equations that were differentiated."""
        learn = self.stages.adjoints.learn
        steps = self.stages.forward.learn.steps
        return states_last(Program(learn.tensors, steps))

    @cached_property
    def last(self) -> Program:
        """`learn` after all passes."""
        return self.stages.passes.learn

    def point(self, at: At) -> dict[str, Any]:
        """Arrays for everything that is given: inputs, targets, parameters, states."""
        generator = np.random.default_rng([at.seed, at.batch])
        found: dict[str, Any] = {}
        first = self._first_values(at.seed)
        programs = (*(getattr(self.stages.equations, name) for name in PROGRAMS), self.last)
        tensors = {n: t for p in programs for n, t in p.tensors.items()}
        for name, tensor in sorted(tensors.items()):
            if tensor.role in GIVEN_ROLES or self._is_seed(name) or name in self._gradients:
                found[name] = at.array(tensor, generator, self._limits.get(name), first.get(name, 0.0))
        return found

    @cached_property
    def _gradients(self) -> frozenset[str]:
        """The gradients that the update starts from."""
        return frozenset(n for n, t in self.stages.equations.update.tensors.items() if t.role == "gradient")

    def _is_seed(self, name: str) -> bool:
        return any(name == adjoint_name(n) and value is None for n, value in self.seeds.items())

    def _first_values(self, seed: int) -> dict[str, Any]:
        if seed not in self._first:
            initial = self.stages.equations.initial
            self._first[seed] = dict(run(initial, {}, batch=1, seed=seed)) if initial.steps else {}
        return self._first[seed]

    @cached_property
    def _limits(self) -> Mapping[str, int | None]:
        checked = self.stages.checked
        return {**{p.name: p.limit for p in checked.inputs}, **{target_name(p.name): p.limit for p in checked.targets}}


# ---------------------------------------------------------------------------------------------------- programs


def flat(array: Any) -> list[Any]:
    """The entries of an array as plain numbers, row-major."""
    return list(np.asarray(array).reshape(-1).tolist())


def symbolic(program: Program, point: Point, scalars: Scalars, algebra: Algebra, private: str, *,
             stops: bool = False) -> Definitions:
    """The definitions of all entries that a program computes.

    Args:
        program: with flat formulas.
        point: what is given.
        scalars: batch size and the like.
        algebra: of the values.
        private: a name for values that were overwritten.
        stops: whether entries through which no gradient passes are told apart.
    """
    definitions = Definitions(algebra, private)
    given = frozenset(n for n, t in program.tensors.items() if t.role in GIVEN_ROLES)
    whole = frozenset(n for n, t in program.tensors.items() if t.dtype == "int")
    cells = CutCells({n: shape_of(t, scalars.batch) for n, t in program.tensors.items()}, definitions, given=given, whole=whole)
    fill(cells, point, whole, lambda name, k, number: algebra.symbol((name, k), number))
    run_program(program, cells, symbols_drawn(algebra), scalars, stopped if stops else lambda value: value)
    return definitions


def fill(cells: Cells, point: Point, whole: frozenset[str], make: Callable[[str, int, float], Any]) -> None:
    """Store what is given, each real entry as `make` wants it."""
    for name, array in point.items():
        if name in cells.places:
            entries = flat(array)
            cells.fill(name, entries if name in whole else [make(name, k, x) for k, x in enumerate(entries)])


def symbols_drawn(algebra: Algebra) -> Arithmetic:
    """Arithmetic in which random numbers are symbols."""
    return Arithmetic(DOUBLE.number, lambda kind, stream, position, value: algebra.symbol(
        ("random number", kind, stream, position), value))


def stopped(value: Any) -> Any:
    """A value through which no gradient passes: its symbols are marked."""
    if not isinstance(value, Value):
        return value
    algebra = value.algebra
    marks = {a: algebra.symbol(("stopped", algebra.atoms[a].key)) for a in symbols(value)}
    result = substituted(value, marks)
    result.number = value.number
    return result


def numeric(program: Program, point: Point, scalars: Scalars, arithmetic: Arithmetic) -> Cells:
    """The memory after a program ran on plain numbers."""
    whole = frozenset(n for n, t in program.tensors.items() if t.dtype == "int")
    cells = Cells({n: shape_of(t, scalars.batch) for n, t in program.tensors.items()})
    fill(cells, point, whole, lambda name, k, number: arithmetic.number(number))
    run_program(program, cells, arithmetic, scalars)
    return cells


# ---------------------------------------------------------------------------------------------------- code


def placed_in(subject: Subject, part: str) -> tuple[Placed, ...]:
    """The tensors that a part of the module works on."""
    artifact = subject.stages.artifact
    return (*artifact.kept, *(t for p in artifact.parts if p.name == part for t in p.temporaries))


LATER = {"initial": ("begin",)}
"""Sections of the module that do the rest of a program: optimizers' first values may start from given weights."""


def run_code(subject: Subject, code: Functions, section: str, point: Point, scalars: Scalars,
             make: Callable[[str, int, float], Any], cells_of: Callable[..., Cells],
             rows: Callable[[Sequence[Any]], Sequence[Any]] | None = None) -> dict[str, Cells]:
    """The memory, by tensor, after a section of the generated code ran.

    Args:
        subject: whose code.
        code: as plain functions.
        section: as `learn`.
        point: what is given.
        scalars: batch size and the like.
        make: what becomes of a real entry that is given.
        cells_of: makes the cells of an arena.
        rows: changes the rows to walk through.
    """
    part = next(p.name for p in subject.stages.artifact.parts if section in p.sections)
    tensors = getattr(subject.stages.passes, section).tensors
    placed = placed_in(subject, part)
    arenas = {}
    for arena in ("real", "whole", "total"):
        here = [t for t in placed if t.arena == arena]
        shapes = {t.name: tuple(scalars.batch if e == "batch" else int(e) for e in t.shape) for t in here}
        orders = {t.name: tensors[t.name].order for t in here if t.name in tensors}
        arenas[arena] = cells_of(shapes, orders, arena == "whole")
        fill(arenas[arena], point, frozenset(shapes) if arena == "whole" else frozenset(), make)
    places = {t.at: arenas[t.arena].places[t.name].start for t in placed}
    for name in (section, *LATER.get(section, ())):
        run_section(code, part, name, arenas, places, scalars)
    return {t.name: arenas[t.arena] for t in placed}


def code_definitions(subject: Subject, code: Functions, section: str, point: Point, scalars: Scalars, algebra: Algebra,
                     given: frozenset[str]) -> Definitions:
    """The definitions of all entries that a section of the generated code stores."""
    definitions = Definitions(algebra, "code")

    def cells_of(shapes: Mapping[str, tuple[int, ...]], orders: Mapping[str, tuple[int, ...]], whole: bool) -> Cells:
        return CutCells(shapes, definitions, orders, given, frozenset(shapes) if whole else frozenset())

    run_code(subject, code, section, point, scalars, lambda name, k, number: algebra.symbol((name, k), number), cells_of)
    return definitions


def code_numbers(subject: Subject, code: Functions, section: str, point: Point, scalars: Scalars,
                 arithmetic: Arithmetic = DOUBLE) -> dict[str, Cells]:
    """The memory, by tensor, after a section ran on plain numbers."""
    return run_code(subject, code, section, point, scalars, lambda name, k, number: arithmetic.number(number),
                    lambda shapes, orders, whole: Cells(shapes, orders))


def size(shape: Sequence[int]) -> int:
    """How many entries a shape has."""
    return prod(shape)
