"""The update against the optimizer's formula."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np

from nndsl.ir.equation import adjoint_name
from nndsl.ir.interpreter import run
from nndsl.runtime.network import CompiledNetwork
from nndsl.verify.algebra import Algebra, Value
from nndsl.verify.calculus import Calculus
from nndsl.verify.cells import GIVEN_ROLES
from nndsl.verify.numbers import TOLERANCE, set_to
from nndsl.verify.plain import Scalars, functions
from nndsl.verify.proof import Found, Ledger, compare
from nndsl.verify.subject import Subject, code_definitions, symbolic, symbols_drawn

LARGEST = 4000
"""An update of more entries is sampled in double precision instead of proved."""

STEPS = (0, 7)


def update_point(subject: Subject, seed: int) -> dict[str, Any]:
    """Parameters, states and gradients to update from."""
    generator = np.random.default_rng(seed)
    tensors = subject.stages.equations.update.tensors
    found = {n: a for n, a in subject.point(1, seed).items() if n in tensors}
    for name, tensor in tensors.items():
        if tensor.role == "gradient":
            found[name] = generator.normal(size=tuple(int(e) for e in tensor.shape))
    return found


def prove_update(subject: Subject, module: ModuleType, step: int) -> dict[str, Found]:
    """Compare the forms of all that the update sets."""
    point, algebra = update_point(subject, step + 1), Algebra()
    scalars = Scalars(1, step=step, rate=algebra.symbol(("learning rate factor", 0), 0.7))
    program = subject.stages.equations.update
    given = frozenset(n for n, t in program.tensors.items() if t.role in GIVEN_ROLES)
    user = symbolic(program, point, scalars, algebra, "user")
    code = functions(module, symbols_drawn(algebra))
    stored = code_definitions(subject, code, "update", point, scalars, algebra, given)
    ledger = Ledger(algebra, Calculus(algebra))
    ledger.know(stored.forms)
    ledger.know(user.forms)
    found: dict[str, Found] = {}
    compare(ledger, stored.forms, user.forms, found)
    for key, atom in user.keys.items():
        if atom not in stored.forms and key[0].endswith(" next"):
            form: Value = user.forms[atom]
            found.setdefault(key[0], Found()).add("failed", key[1], float("nan"), form.number)
    return {n.removesuffix(" next"): f for n, f in found.items() if n.endswith(" next")}


def update_errors(network: CompiledNetwork, subject: Subject) -> dict[str, float]:
    """How far the jitted update lies from the reference's, by variable, relative to its largest entry."""
    found: dict[str, float] = {}
    for step in STEPS:
        point, scalars = update_point(subject, step + 1), Scalars(1, step=step, rate=0.7)
        wanted = run(subject.stages.equations.update, point, batch=1, step=step, seed=scalars.seed, rate=0.7)
        set_to(network, point, scalars)
        for name, view in network.gradients.items():
            view[...] = point[adjoint_name(name)]
        network.run("update", 1)
        for name, view in network.arrays.items():
            if name in wanted:
                largest = max(float(np.abs(wanted[name]).max(initial=0)), 1e-9)
                error = float(np.abs(view - wanted[name]).max(initial=0)) / largest
                found[name] = max(found.get(name, 0.0), error if np.isfinite(error) else np.inf)
    return found


def agrees(error: float) -> bool:
    """Whether an update agrees with the reference."""
    return error <= TOLERANCE
