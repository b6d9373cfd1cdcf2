"""The programs without gradients against the user's equations: inference, metrics, updates, first values."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from types import ModuleType
from typing import Any

import mpmath
import numpy as np

from nndsl.ir.equation import Program
from nndsl.ir.expression import Draw, walk
from nndsl.ir.interpreter import run
from nndsl.runtime.network import CompiledNetwork
from nndsl.verify.algebra import Algebra
from nndsl.verify.calculus import Calculus
from nndsl.verify.cells import GIVEN_ROLES
from nndsl.verify.choosing import Chosen, chosen
from nndsl.verify.exact import SAME
from nndsl.verify.found import Found
from nndsl.verify.ledger import Ledger, compare
from nndsl.verify.numbers import Array, apart, set_to
from nndsl.verify.plain import HIGH_PRECISION, Scalars, functions
from nndsl.verify.points import At
from nndsl.verify.settle import DIGITS, Decisions
from nndsl.verify.subject import LATER, Subject, code_definitions, code_numbers, numeric, symbolic, symbols_drawn

TITLES: Mapping[str, str] = {
    "forward": "inference", "assess": "loss and metrics of a batch", "finish": "metrics of an epoch", "update": "update",
    "initial": "first values", "final": "weights to evaluate with",
}
"""What each program is for."""

RATE = 0.7
"""The factor on the learning rate."""


@dataclass(frozen=True)
class Section:
    """A program of a compiled model or piece, besides `learn`.

    Args:
        subject: whose.
        name: as `forward`.
    """

    subject: Subject
    name: str

    @property
    def title(self) -> str:
        """What it is for."""
        return TITLES[self.name]

    @property
    def program(self) -> Program:
        """The user's equations."""
        return self.subject.equations[self.name]

    @cached_property
    def lasting(self) -> tuple[str, ...]:
        """The tensors for whose sake it runs."""
        checked, kept = self.subject.stages.checked, ("parameter", "state", "total", "result")
        written = dict.fromkeys(e.out for e in self.program.equations())
        seen = (*checked.output_tensors, checked.objective) if self.name in ("forward", "assess") else ()
        return tuple(n for n in written if self.program.tensors[n].role in kept or n in seen or self.name == "final")

    @cached_property
    def chosen(self) -> Chosen:
        """The points at which it is proved."""
        return chosen(self.program, self.point, self.lasting)

    def point(self, at: At) -> dict[str, Any]:
        """Arrays for all that it is given; totals as a batch leaves them."""
        found = self.subject.point(at)
        if self.name == "finish" and not at.empty:
            assess = self.subject.equations["assess"]
            before = {n: a for n, a in found.items() if n in assess.tensors}
            found = {**found, **run(assess, before, batch=at.batch)}
        return {n: a for n, a in found.items() if n in self.program.tensors and self.program.tensors[n].role in READY}

    def prove(self, module: ModuleType, at: At, decisions: Decisions) -> dict[str, Found]:
        """Compare the forms of all that the program stores.

        Args:
            module: generated.
            at: where.
            decisions: made before.

        Returns:
            What was found out about each tensor that the code stores; of a variable, about what it is set to.
        """
        point, algebra, program = self.point(at), Algebra(), self.program
        scalars = self._scalars(at, algebra)
        given = frozenset(n for n, t in program.tensors.items() if t.role in GIVEN_ROLES)
        user = symbolic(program, point, scalars, algebra, "user")
        code = functions(module, symbols_drawn(algebra))
        stored = code_definitions(self.subject, code, self.name, point, scalars, algebra, given)
        ledger = Ledger(algebra, Calculus(algebra), decisions)
        ledger.know(stored.forms)
        ledger.know(user.forms)
        found: dict[str, Found] = {}
        compare(ledger, stored.forms, user.forms, found)
        for key, atom in user.keys.items():
            if atom not in stored.forms and key[0].removesuffix(" next") in self.lasting:
                found.setdefault(key[0], Found()).add("failed", key[1], math.nan, user.forms[atom].number)
        digits = _Digits(self, module, point, Scalars(at.batch, step=at.step, rate=RATE))
        for tensor, about in found.items():
            about.settle(partial(digits.agree, tensor.removesuffix(" next")))
        return {n.removesuffix(" next"): f for n, f in found.items()}

    def _scalars(self, at: At, algebra: Algebra) -> Scalars:
        """Batch size and the like: the step, and the factor on the learning rate, are symbols where nothing is drawn."""
        drawn = any(isinstance(node, Draw) for e in self.program.equations() for node in walk(e.expr))
        step = at.step if drawn else algebra.symbol(("step", 0), at.step)
        return Scalars(at.batch, step=step, rate=algebra.symbol(("learning rate factor", 0), RATE))

    def errors(self, network: CompiledNetwork, at: At) -> dict[str, float]:
        """How far what the jitted code leaves lies from the reference's, by tensor, relative to its largest entry."""
        point, scalars = self.point(at), Scalars(at.batch, step=at.step, rate=RATE)
        wanted = run(self.program, point, batch=at.batch, step=at.step, seed=scalars.seed, rate=RATE)
        set_to(network, point, scalars)
        for section in (self.name, *LATER.get(self.name, ())):
            network.run(section, at.batch, point)
        return {n: apart(_left(network, self.name, n, at.batch), wanted[n]) for n in self.lasting}


READY = (*GIVEN_ROLES, "gradient")
"""What a program finds when it begins."""


def sections(subject: Subject) -> Iterator[Section]:
    """The programs besides `learn` that were generated, in order."""
    present = {s for part in subject.stages.artifact.parts for s in part.sections}
    return (Section(subject, name) for name in TITLES if name in present and subject.equations[name].steps)


@dataclass(frozen=True)
class _Digits:
    """A program at 50 digits, by the generated code and by the equations; computed when it is first asked for."""

    section: Section
    module: ModuleType
    point: Mapping[str, Any]
    scalars: Scalars

    @cached_property
    def _both(self) -> tuple[Mapping[str, list[Any]], Mapping[str, list[Any]]]:
        with mpmath.workdps(DIGITS):
            code = code_numbers(self.section.subject, functions(self.module, HIGH_PRECISION), self.section.name, self.point,
                                self.scalars, HIGH_PRECISION)
            equations = numeric(self.section.program, self.point, self.scalars, HIGH_PRECISION)
            return {n: c.tensor(n) for n, c in code.items()}, {n: equations.tensor(n) for n in equations.places}

    def agree(self, tensor: str, entry: int) -> bool:
        """Whether both give an entry the same value."""
        with mpmath.workdps(DIGITS):
            found, wanted = (values[tensor][entry] for values in self._both)
            if found is None or wanted is None:
                return False
            return bool(found == wanted or abs(found - wanted) <= SAME * max(abs(found), abs(wanted)))


def _left(network: CompiledNetwork, section: str, name: str, batch: int) -> Array:
    """What the jitted code left in a tensor."""
    return np.asarray(network.kept[name] if name in network.kept else network.tensor(section, name, batch))
