"""Definitions of entries, and decisions whether two forms of an entry are equal."""

from __future__ import annotations

import math
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from nndsl.ir.equation import adjoint_name
from nndsl.verify.algebra import Algebra, Value
from nndsl.verify.calculus import Calculus, symbols
from nndsl.verify.cells import substituted
from nndsl.verify.found import Found
from nndsl.verify.report import Verdict
from nndsl.verify.settle import Decisions, Judge

LONGEST, STEPS = 700, 12
"""Forms are not unfolded further than to so many terms, nor more often."""

AGREE = 1e-9
"""How far, relative, two double-precision values of one formula may lie apart."""

GRADIENT = adjoint_name("")


@dataclass
class Ledger:
    """The definitions that differences are unfolded by, and the decisions.

    Args:
        algebra: of all values.
        calculus: derivatives.
        decisions: on differences, made before.
    """

    algebra: Algebra
    calculus: Calculus
    decisions: Decisions = field(default_factory=dict)
    judge: Judge = field(init=False)
    forms: dict[int, Value] = field(default_factory=dict)
    folds: dict[int, Value] = field(default_factory=dict)
    inlined: Mapping[int, Value] = field(default_factory=dict)
    ranks: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.judge = Judge(self.algebra, self.is_gradient, self.decisions)

    def is_gradient(self, atom: int) -> bool:
        """Whether an atom is an entry of a gradient."""
        found = self.algebra.atoms[atom]
        return found.kind == "symbol" and isinstance(found.key[0], str) and found.key[0].startswith(GRADIENT)

    def know(self, forms: Mapping[int, Value]) -> None:
        """Take definitions of entries that nothing was known of."""
        for atom, form in forms.items():
            if atom not in self.forms:
                self.forms[atom] = form
                self.ranks[atom] = 1 + max((self.ranks.get(a, 0) for a in symbols(form)), default=0)

    def settled(self, found: Value, wanted: Value) -> Literal["proved", "sampled"] | None:
        """Whether two forms are equal once entries are replaced by what they were computed from.

        Those that stand on one side only are replaced first, and of them the latest.
        """
        first = self._settled(found, wanted, self.forms)
        if first == "proved" or not self.inlined:
            return first
        second = self._settled(found, wanted, ChainMap(dict(self.inlined), self.forms))
        return second if second == "proved" else first or second

    def _settled(self, found: Value, wanted: Value, forms: Mapping[int, Value]) -> Literal["proved", "sampled"] | None:
        best: Literal["sampled"] | None = None
        for _ in range(STEPS):
            if weight(found, LONGEST) + weight(wanted, LONGEST) > LONGEST:
                return best
            difference = found - wanted
            verdict = self._zero(difference)
            if verdict != "proved" and self.folds:
                verdict = self._zero(substituted(difference, self.folds)) or verdict
            if verdict == "proved":
                return verdict
            best = verdict or best
            sides = [{a for a in symbols(x) if a in forms} for x in (found, wanted)]
            free = (sides[0] ^ sides[1]) or sides[0]
            if not free:
                return best
            top = max(self.ranks[a] for a in free)
            latest = {a: forms[a] for a in free if self.ranks[a] == top}
            found, wanted = substituted(found, latest), substituted(wanted, latest)
        return best

    def _zero(self, value: Value) -> Literal["proved", "sampled"] | None:
        return self.judge.zero(value) if value.terms else "proved"

    def fold(self, forms: Mapping[int, Value]) -> None:
        """Know functions whose values are stored by the entries that hold them."""
        for atom, form in forms.items():
            parts = [(m, c) for m, c in form.terms.items() if m]
            if len(parts) != 1 or self.is_gradient(atom):
                continue
            (monomial, scale), = parts
            (inner, exponent), *others = monomial
            apart = all(self.algebra.atoms[a].kind == "exp" for a, _ in others) and self.algebra.atoms[inner].kind != "symbol"
            if apart and exponent in (1, -1) and inner not in self.folds:
                stored = self.algebra.symbol(self.algebra.atoms[atom].key)
                rest = Value(self.algebra, {tuple((a, -e) for a, e in others): 1 / scale}, math.nan)
                self.folds[inner] = ((stored - form.terms.get((), 0)) * rest).power(exponent)

    def entry(self, found: Value, wanted: Value) -> Verdict:
        """The verdict on two forms of an entry; `failed` also where this cannot tell, and digits must."""
        if found.terms == wanted.terms:
            return "proved"
        settled = self.settled(found, wanted)
        return "failed" if settled is None or (settled == "sampled" and not close(found.number, wanted.number)) else settled


def close(found: float, wanted: float) -> bool:
    """Whether two values at a point agree, to rounding."""
    if found == wanted:
        return True
    return abs(found - wanted) <= AGREE * max(abs(found), abs(wanted), 1e-3)


def weight(value: Value, limit: int) -> int:
    """How many atoms a value holds, those in functions too; counted no further than to a limit."""
    total = 0
    for monomial in value.terms:
        total += 1
        for atom, _ in monomial:
            total += 1 + sum(weight(x, limit - total) for x in value.algebra.atoms[atom].operands)
            if total > limit:
                return total
    return total


def compare(ledger: Ledger, found: Mapping[int, Value], wanted: Mapping[int, Value], verdicts: dict[str, Found]) -> None:
    """Compare what two sources say of the entries that both define."""
    for atom, form in wanted.items():
        if atom in found:
            tensor, entry = ledger.algebra.atoms[atom].key
            verdict = ledger.entry(found[atom], form)
            verdicts.setdefault(tensor, Found()).add(verdict, entry, found[atom].number, form.number)
