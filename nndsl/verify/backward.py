"""The gradients that should be: of every entry the sum, over what was computed from it, of ∂w times the derivative of w."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from nndsl.verify.algebra import Algebra, Value
from nndsl.verify.calculus import evaluated
from nndsl.verify.cells import Definitions, substituted
from nndsl.verify.functions import power
from nndsl.verify.ledger import GRADIENT, Ledger
from nndsl.verify.plain import Scalars, draw
from nndsl.verify.rules import FLOATS
from nndsl.verify.subject import Subject

FLOATING = {**FLOATS, "pow": power}
"""The elementary functions on doubles; a power that is no real number is nan."""


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
    form.number = _number(form, numbers)
    numbers[number] = form.number
    found[number] = form
    return symbol


def _number(form: Value, numbers: dict[int, Any]) -> float:
    """What a form comes to in double precision; nan where that has no such number."""
    try:
        return float(evaluated(form, numbers, FLOATING))
    except (ArithmeticError, ValueError, TypeError):
        return math.nan


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


def _marks(algebra: Algebra) -> dict[int, Value]:
    """What stands for the marked symbols once the marks are taken off."""
    return {n: algebra.symbol(a.key[1]) for n, a in enumerate(list(algebra.atoms))
            if a.kind == "symbol" and a.key[0] == "stopped"}


def unstopped(definitions: Definitions) -> dict[int, Value]:
    """Definitions with the marks of `stop` taken off."""
    algebra = definitions.algebra
    marks = _marks(algebra)
    return {atom: substituted(form, marks) if marks else form for atom, form in definitions.forms.items()}
