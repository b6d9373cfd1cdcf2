"""The whole loss at 50 digits: values of the generated code, and its gradients against those of the user's equations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import ModuleType
from typing import Any

import mpmath

from nndsl.ir.equation import Program, adjoint_name
from nndsl.verify.algebra import Algebra
from nndsl.verify.calculus import Calculus, evaluated
from nndsl.verify.cells import Cells, Definitions
from nndsl.verify.plain import HIGH_PRECISION, Scalars, draw, functions
from nndsl.verify.points import Point
from nndsl.verify.settle import DIGITS, HIGH
from nndsl.verify.subject import Subject, code_numbers, numeric

SAME = 1e-8
"""Constants that the compiler computed are double-precision numbers, and differences magnify their rounding: values at
50 digits agree to this share."""

FLOOR = 1e-14
"""Or to this share of the largest gradient."""


@dataclass(frozen=True)
class Exact:
    """One point at 50 digits; each part is computed when it is first asked for.

    Args:
        subject, module: what is verified.
        point, scalars: where.
        algebra, user, derived: the forms of the user's equations and of those that were differentiated, at that point; of both
            the entries through which no gradient passes are marked.
    """

    subject: Subject
    module: ModuleType
    point: Point
    scalars: Scalars
    algebra: Algebra
    user: Definitions
    derived: Definitions

    @cached_property
    def code(self) -> Mapping[str, Cells]:
        """The memory of the generated code."""
        with mpmath.workdps(DIGITS):
            return code_numbers(self.subject, functions(self.module, HIGH_PRECISION), "learn", self.point, self.scalars,
                                HIGH_PRECISION)

    @cached_property
    def _user(self) -> Cells:
        return self._run(self.subject.user)

    @cached_property
    def _derived(self) -> Cells:
        return self._run(self.subject.derived)

    def _run(self, program: Program) -> Cells:
        with mpmath.workdps(DIGITS):
            return numeric(program, self.point, self.scalars, HIGH_PRECISION)

    @cached_property
    def _derived_values(self) -> Mapping[str, list[Any]]:
        return {n: self._derived.tensor(n) for n in self._derived.places}

    @cached_property
    def _values(self) -> Mapping[str, list[Any]]:
        return {**self._derived_values, **{n: self._user.tensor(n) for n in self._user.places}}

    @cached_property
    def gradients(self) -> Mapping[str, list[Any]]:
        """The gradient of the user's loss by every entry of it."""
        return self._swept(self.user, self._user)

    @cached_property
    def _inner(self) -> Mapping[str, list[Any]]:
        return self._swept(self.derived, self._derived)

    def agrees(self, tensor: str, entry: int) -> bool:
        """Whether the code's value of an entry is that of the equations, or of their derivatives."""
        with mpmath.workdps(DIGITS):
            found = self.stored(tensor)[entry]
            if found is None and tensor in self._derived.places:
                found = self._derived_values[tensor][entry]
            mark = adjoint_name("")
            if tensor.startswith(mark):
                name = tensor[len(mark):]
                sweep = self.gradients if name in self.subject.wanted else self._inner
                wanted = sweep[name][entry] if name in sweep else mpmath.mpf(0)
            else:
                name = tensor.removesuffix(" next")
                wanted = self._values[name][entry]
            margin = max(SAME * max(abs(found or 0), abs(wanted)), FLOOR * self._largest)
            return found is not None and bool(found == wanted or abs(found - wanted) <= margin)

    @cached_property
    def _largest(self) -> Any:
        """The largest entry of all gradients: constants of the code are rounded, and differences leave that rounding over."""
        every = (abs(x) for n in self.subject.wanted for x in self.gradients[n] if mpmath.isfinite(x))
        return max(every, default=mpmath.mpf(0))

    def stored(self, tensor: str) -> list[Any]:
        """What the code stored in a tensor."""
        return self._stored[tensor.removesuffix(" next")]

    @cached_property
    def _stored(self) -> Mapping[str, list[Any]]:
        nothing = {n: [None] * len(p.entries) for n, p in (*self._user.places.items(), *self._derived.places.items())}
        gradients = {adjoint_name(n): values for n, values in nothing.items()}
        return {**gradients, **nothing, **{n: cells.tensor(n) for n, cells in self.code.items()}}

    def _swept(self, definitions: Definitions, cells: Cells) -> dict[str, list[Any]]:
        """Gradients, from the last entry to the first."""
        calculus, algebra = Calculus(self.algebra), self.algebra
        found: dict[str, list[Any]] = {n: [mpmath.mpf(0)] * (len(p.entries)) for n, p in cells.places.items()}
        with mpmath.workdps(DIGITS):
            numbers = self._numbers(cells)
            for name, seed in self.subject.seeds.items():
                given = self.point.get(adjoint_name(name))
                start = [seed] * len(found[name]) if given is None else given.reshape(-1).tolist()
                found[name] = [mpmath.mpf(x) for x in start]
            for atom in reversed(list(definitions.forms)):
                tensor, entry = algebra.atoms[atom].key[-2:]
                received = found[tensor][entry] if tensor in found else 0
                if not received or tensor.endswith(" next"):
                    continue
                for inner, slope in calculus.gradient(definitions.forms[atom]).items():
                    key = algebra.atoms[inner].key
                    if key[0] not in ("stopped", "random number"):
                        found[key[-2]][key[-1]] += received * evaluated(slope, numbers, HIGH)
        return found

    def _numbers(self, cells: Cells) -> dict[int, Any]:
        values = {name: cells.tensor(name) for name in cells.places}
        found: dict[int, Any] = {}
        for number, atom in enumerate(self.algebra.atoms):
            if atom.kind != "symbol":
                continue
            if atom.key[0] == "random number":
                found[number] = mpmath.mpf(draw(atom.key[1], self.scalars.seed, self.scalars.step, atom.key[2], atom.key[3]))
                continue
            key = atom.key[1] if atom.key[0] == "stopped" else atom.key
            if len(key) == 2 and key[0] in values and values[key[0]][key[1]] is not None:
                found[number] = values[key[0]][key[1]]
        return found
