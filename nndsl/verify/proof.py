"""The proof: every entry that the generated code stores is the user's formula, or the derivative of it."""

from __future__ import annotations

import bisect
import math
from collections.abc import Mapping
from functools import partial
from types import ModuleType

from nndsl.verify.algebra import Algebra, Value
from nndsl.verify.backward import derivatives, unstopped
from nndsl.verify.calculus import Calculus
from nndsl.verify.cells import GIVEN_ROLES, Definitions
from nndsl.verify.exact import Exact
from nndsl.verify.found import Found
from nndsl.verify.ledger import AGREE, GRADIENT, Ledger, compare
from nndsl.verify.plain import Scalars, functions
from nndsl.verify.points import At
from nndsl.verify.settle import Decisions
from nndsl.verify.subject import Subject, code_definitions, symbolic, symbols_drawn


def prove(subject: Subject, module: ModuleType, at: At, decisions: Decisions | None = None) -> dict[str, Found]:
    """Prove `learn` at one point: forward against the user's equations, backward against the derivatives of what was derived.

    Args:
        subject: the model.
        module: generated.
        at: where.
        decisions: on differences, made before; gets those made here.

    Returns:
        What was found out about each tensor that the code stores.
    """
    point, scalars, algebra = subject.point(at), Scalars(at.batch, step=at.step), Algebra()
    given = frozenset(n for n, t in subject.last.tensors.items() if t.role in GIVEN_ROLES)
    marked = symbolic(subject.user, point, scalars, algebra, "user", stops=True)
    forward = symbolic(subject.derived, point, scalars, algebra, "derived", stops=True)
    stored = code_definitions(subject, functions(module, symbols_drawn(algebra)), "learn", point, scalars, algebra, given)
    ledger = Ledger(algebra, Calculus(algebra), {} if decisions is None else decisions)
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
        about.settle(partial(exact.agrees, tensor))
    for name in exact.subject.wanted:
        about = found.setdefault(GRADIENT + name, Found())
        for entry, wanted in enumerate(exact.gradients[name]):
            if not about.doubts and not exact.agrees(GRADIENT + name, entry):
                value = exact.stored(GRADIENT + name)[entry]
                about.add("failed", entry, math.nan if value is None else float(value), float(wanted))


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


def _missing(subject: Subject, stored: Definitions, wanted: Mapping[int, Value], found: dict[str, Found],
             algebra: Algebra) -> None:
    """Gradients that the code should have stored and has not."""
    for name in subject.wanted:
        for atom, form in wanted.items():
            key = algebra.atoms[atom].key
            if key[0] == GRADIENT + name and atom not in stored.forms:
                found.setdefault(key[0], Found()).add("failed", key[1], math.nan, form.number)
