"""The proof: every entry that the generated code stores is the user's formula, or the derivative of it."""

from __future__ import annotations

import bisect
import math
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Literal

from nndsl.ir.equation import adjoint_name
from nndsl.verify.algebra import FLOATS, Algebra, Value
from nndsl.verify.calculus import Calculus, evaluated, symbols
from nndsl.verify.cells import GIVEN_ROLES, Definitions, substituted
from nndsl.verify.exact import Exact
from nndsl.verify.functions import power
from nndsl.verify.plain import Scalars, draw, functions
from nndsl.verify.settle import Judge
from nndsl.verify.subject import Subject, code_definitions, symbolic, symbols_drawn

Verdict = Literal["proved", "sampled", "failed"]
ORDER: tuple[Verdict, ...] = ("proved", "sampled", "failed")

LONGEST, STEPS = 700, 12
"""Forms are not unfolded further than to so many terms, nor more often."""

AGREE = 1e-9
"""How far, relative, two double-precision values of one formula may lie apart."""

GRADIENT = adjoint_name("")


@dataclass
class Found:
    """What was found out about a tensor.

    Args:
        verdict: the worst of its entries.
        entries, sampled: how many were looked at, and how many of them SymPy could not decide.
        doubts: entries whose values differ, each with what was found and what was wanted.
    """

    verdict: Verdict = "proved"
    entries: int = 0
    sampled: int = 0
    doubts: list[tuple[int, float, float]] = field(default_factory=list)

    def add(self, verdict: Verdict, entry: int, found: float, wanted: float) -> None:
        """Count an entry."""
        self.entries += 1
        self.sampled += verdict == "sampled"
        if verdict == "failed":
            self.doubts.append((entry, found, wanted))
        self.verdict = max(self.verdict, verdict, key=ORDER.index)

    def merge(self, other: Found) -> None:
        """Count what another point gave."""
        self.entries += other.entries
        self.sampled += other.sampled
        self.doubts += other.doubts
        self.verdict = max(self.verdict, other.verdict, key=ORDER.index)


@dataclass
class Ledger:
    """The definitions that differences are unfolded by, and the decisions.

    Args:
        algebra: of all values.
        calculus: derivatives.
    """

    algebra: Algebra
    calculus: Calculus
    judge: Judge = field(init=False)
    forms: dict[int, Value] = field(default_factory=dict)
    folds: dict[int, Value] = field(default_factory=dict)
    inlined: Mapping[int, Value] = field(default_factory=dict)
    ranks: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.judge = Judge(self.algebra, self.is_gradient)

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
        """The verdict on an entry: two forms and their values at the point."""
        if found.terms == wanted.terms:
            return "proved"
        if not close(found.number, wanted.number):
            return "proved" if self.settled(found, wanted) == "proved" else "failed"
        return self.settled(found, wanted) or "sampled"


def close(found: float, wanted: float) -> bool:
    """Whether two values at a point agree, to rounding; what is no number cannot be told apart."""
    if math.isnan(wanted) or found == wanted:
        return True
    return abs(found - wanted) <= AGREE * max(abs(found), abs(wanted), 1e-3)


def prove(subject: Subject, module: ModuleType, batch: int, seed: int) -> dict[str, Found]:
    """Prove `learn` at one point: forward against the user's equations, backward against the derivatives of what was derived.

    Args:
        subject: the model.
        module: generated.
        batch: the number of samples.
        seed: of the point.

    Returns:
        What was found out about each tensor that the code stores.
    """
    point, scalars, algebra = subject.point(batch, seed), Scalars(batch), Algebra()
    given = frozenset(n for n, t in subject.last.tensors.items() if t.role in GIVEN_ROLES)
    marked = symbolic(subject.user, point, scalars, algebra, "user", stops=True)
    forward = symbolic(subject.derived, point, scalars, algebra, "derived", stops=True)
    stored = code_definitions(subject, functions(module, symbols_drawn(algebra)), "learn", point, scalars, algebra, given)
    ledger = Ledger(algebra, Calculus(algebra))
    plain, user = unstopped(forward), unstopped(marked)
    ledger.know(user)
    ledger.know(plain)
    ledger.know({a: f for a, f in stored.forms.items() if not ledger.is_gradient(a)})
    _alias(ledger, user, {a: f for a, f in {**plain, **stored.forms}.items() if a not in user})
    found: dict[str, Found] = {}
    compare(ledger, stored.forms, user, found)
    compare(ledger, plain, user, found)
    compare(ledger, stored.forms, {a: f for a, f in plain.items() if a not in user}, found)
    ledger.fold(stored.forms)
    ledger.inlined = stored.forms
    wanted = derivatives(ledger, forward, subject, point, scalars)
    ledger.know(wanted)
    ledger.know(stored.forms)
    compare(ledger, stored.forms, wanted, found)
    _missing(subject, stored, wanted, found, algebra)
    exact = Exact(subject, module, point, scalars, algebra, marked, forward)
    _doubts_settled(exact, found)
    return found


def _doubts_settled(exact: Exact, found: dict[str, Found]) -> None:
    """Look at 50 digits at whatever double precision cannot tell, and at every gradient that was asked for."""
    for tensor, about in found.items():
        left = [doubt for doubt in about.doubts if not exact.agrees(tensor, doubt[0])]
        about.sampled += len(about.doubts) - len(left)
        about.doubts = left
        about.verdict = "failed" if left else "sampled" if about.sampled else about.verdict
    for name in exact.subject.wanted:
        about = found.setdefault(GRADIENT + name, Found())
        for entry, wanted in enumerate(exact.gradients[name]):
            if not about.doubts and not exact.agrees(GRADIENT + name, entry):
                value = exact.stored(GRADIENT + name)[entry]
                about.add("failed", entry, math.nan if value is None else float(value), float(wanted))


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


def _marks(algebra: Algebra) -> dict[int, Value]:
    """What stands for the marked symbols once the marks are taken off."""
    return {n: algebra.symbol(a.key[1]) for n, a in enumerate(list(algebra.atoms))
            if a.kind == "symbol" and a.key[0] == "stopped"}


def unstopped(definitions: Definitions) -> dict[int, Value]:
    """Definitions with the marks of `stop` taken off."""
    algebra = definitions.algebra
    marks = _marks(algebra)
    return {atom: substituted(form, marks) if marks else form for atom, form in definitions.forms.items()}


def _alias(ledger: Ledger, user: Mapping[int, Value], others: Mapping[int, Value]) -> None:
    """Know the user's entries that stand elsewhere, under another name, by that."""
    numbered = sorted((f.number, a) for a, f in others.items() if math.isfinite(f.number))
    for atom, form in user.items() if numbered else ():
        margin = AGREE * abs(form.number)
        first = bisect.bisect_left(numbered, (form.number - margin, -1))
        for number, other in numbered[first:first + CANDIDATES]:
            if number > form.number + margin or len(form.terms) < 2:
                break
            symbol = ledger.algebra.symbol(ledger.algebra.atoms[other].key, number)
            if ledger.settled(form, symbol) == "proved":
                ledger.forms[atom], ledger.ranks[atom] = symbol, ledger.ranks[other] + 1
                break


CANDIDATES = 3
"""Stored entries of the same value that are tried."""


# ---------------------------------------------------------------------------------------------------- derivatives


def derivatives(ledger: Ledger, forward: Definitions, subject: Subject, point: Mapping[str, Any],
                scalars: Scalars) -> dict[int, Value]:
    """The gradient of every entry, from those of the entries computed from it: sum of ∂w times the derivative of w by it."""
    algebra = ledger.algebra
    numbers = {**known_numbers(algebra, point, scalars), **{a: f.number for a, f in forward.forms.items()}}
    marks = _marks(algebra)
    sums: dict[int, Value] = _seeds(algebra, forward, subject)
    found: dict[int, Value] = {}
    for atom in reversed(list(forward.forms)):
        if atom not in sums:
            continue
        received = _gradient_of(ledger, atom, sums[atom], numbers, found)
        if not received.terms:
            continue
        for inner, slope in ledger.calculus.gradient(forward.forms[atom]).items():
            key = algebra.atoms[inner].key
            if key[0] not in ("stopped", "random number"):
                term = received * (substituted(slope, marks) if marks else slope)
                sums[inner] = sums[inner] + term if inner in sums else term
    for atom in sums:
        if atom not in forward.forms:
            _gradient_of(ledger, atom, sums[atom], numbers, found)
    return found


def _seeds(algebra: Algebra, forward: Definitions, subject: Subject) -> dict[int, Value]:
    sums = {}
    for name, value in subject.seeds.items():
        for key, atom in forward.keys.items():
            if key[0] == name:
                seed = algebra.constant(value) if value is not None else algebra.symbol((GRADIENT + name, key[1]))
                sums[atom] = seed
    return sums


def _gradient_of(ledger: Ledger, atom: int, form: Value, numbers: dict[int, Any], found: dict[int, Value]) -> Value:
    """Record the gradient of an entry; gives its symbol."""
    algebra = ledger.algebra
    tensor, entry = algebra.atoms[atom].key
    symbol = algebra.symbol((GRADIENT + tensor, entry))
    (((number, _),),) = symbol.terms
    if form.terms.keys() == symbol.terms.keys():
        return symbol
    form.number = evaluated(form, numbers, FLOATING)
    numbers[number] = form.number
    found[number] = form
    return symbol


FLOATING = {**FLOATS, "pow": power}


def known_numbers(algebra: Algebra, point: Mapping[str, Any], scalars: Scalars) -> dict[int, Any]:
    """The numbers of what is given, and of random numbers, by atom."""
    flat = {name: array.reshape(-1) for name, array in point.items()}
    found = {}
    for number, atom in enumerate(algebra.atoms):
        if atom.kind == "symbol" and atom.key[0] in flat:
            found[number] = float(flat[atom.key[0]][atom.key[1]])
        elif atom.kind == "symbol" and atom.key[0] == "random number":
            kind, stream, position = atom.key[1:]
            found[number] = draw(kind, scalars.seed, scalars.step, stream, position)
    return found


def _missing(subject: Subject, stored: Definitions, wanted: Mapping[int, Value], found: dict[str, Found],
             algebra: Algebra) -> None:
    """Gradients that the code should have stored and has not."""
    for name in subject.wanted:
        for atom, form in wanted.items():
            key = algebra.atoms[atom].key
            if key[0] == GRADIENT + name and atom not in stored.forms:
                found.setdefault(key[0], Found()).add("failed", key[1], math.nan, form.number)
