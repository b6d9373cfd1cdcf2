"""How large a learning rate an update rule bears on a quadratic, from the rule's own equations.

On L(w) = λ w² / 2 the gradient is g = λ w. A rule that is linear in weight, gradient and states takes u = (w, states) to M u,
where M = A + λ b eᵀ: A and b are what the rule makes of one unit of each, and e picks w. It is stable where no eigenvalue
of M is larger than 1 in magnitude.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nndsl.checking.checked import Checked
from nndsl.ir.equation import Equation, Program, adjoint_name
from nndsl.ir.expression import Read, walk
from nndsl.ir.replay import Replay

Array = NDArray[Any]

UNIT = 0.1
"""How much of weight, gradient and state the rule is tried with: too little for clipping, enough to show what is not linear."""
LINEAR = 1e-4
PERIOD = 24
"""Steps that are taken together, since a rule may do something only every few steps."""
STABLE = 1e-6
HALVINGS = 60


@dataclass(frozen=True)
class Rule:
    """The update of one parameter.

    Args:
        program: its equations alone.
        parameter: its name.
        states: those of the optimizer, by name.
        first: the first values of the states.
    """

    program: Program
    parameter: str
    states: tuple[str, ...]
    first: Mapping[str, Array]

    @property
    def names(self) -> tuple[str, ...]:
        """Weight, gradient, states."""
        return (self.parameter, adjoint_name(self.parameter), *self.states)

    def after(self, moved: Mapping[str, Array], step: int) -> Array:
        """Weight and states after a step from the first values, moved by so much; weight and gradient begin at 0."""
        arrays = {name: self.first.get(name, np.zeros(self._shape(name))) + moved.get(name, 0.0) for name in self.names}
        memory = Replay(self.program, arrays, batch=1, step=step, seed=0, rate=1.0, dtype=np.float64).memory
        return np.stack([memory[name] for name in (self.parameter, *self.states)])

    def _shape(self, name: str) -> tuple[int, ...]:
        return tuple(int(e) for e in self.program.tensors[name].shape)

    def matrix(self, step: int) -> Array | None:
        """What becomes of one unit of each, a column each; None if the rule is not linear, or mixes entries."""
        base = self.after({}, step)
        columns = [self.after({name: np.full(self._shape(name), UNIT)}, step) - base for name in self.names]
        matrix = np.stack([column.reshape(len(base), -1)[:, 0] / UNIT for column in columns], axis=1)
        random = np.random.default_rng(step)
        moved = {name: UNIT * random.uniform(-1, 1, self._shape(name)) for name in self.names}
        expected = np.einsum("ij,j...->i...", matrix, np.stack([moved[name] for name in self.names]))
        error = np.abs(self.after(moved, step) - base - expected).max()
        return matrix if error <= LINEAR * UNIT * max(1.0, np.abs(matrix).max()) else None

    def matrices(self, step: int) -> list[Array] | None:
        """Those of so many steps as belong together: one, where consecutive ones do nearly the same; None as for `matrix`."""
        first = self.matrix(step)
        if first is None:
            return None
        found = [first, *(self.matrix(step + number) for number in range(1, PERIOD))]
        known = [matrix for matrix in found if matrix is not None]
        if len(known) < len(found):
            return None
        return known[:1] if all(np.allclose(matrix, first, rtol=0.01, atol=1e-9) for matrix in known) else known

    def stable_curvature(self, step: int) -> float | None:
        """The largest curvature on which the rule is stable; None if it is not linear, or stable on none."""
        matrices = self.matrices(step)
        low, high = 1e-8, 1e12
        if matrices is None or radius(matrices, low) > 1 + STABLE:
            return None
        for _ in range(HALVINGS):
            middle = (low * high) ** 0.5
            low, high = (middle, high) if radius(matrices, middle) <= 1 + STABLE else (low, middle)
        return low


def radius(matrices: Sequence[Array], curvature: float) -> float:
    """The largest magnitude of an eigenvalue, a step, of what becomes of weight and states.

    Args:
        matrices: as `Rule.matrices` gives them.
        curvature: λ, so that the gradient is λ times the weight.
    """
    total = np.eye(len(matrices[0]))
    for matrix in matrices:
        turned = np.delete(matrix, 1, axis=1)
        turned[:, 0] += curvature * matrix[:, 1]
        total = turned @ total
    if not np.isfinite(total).all():
        return float("inf")
    return float(np.abs(np.linalg.eigvals(total)).max() ** (1 / len(matrices)))


def rule(model: Checked, first: Mapping[str, Array]) -> Rule | None:
    """The update of the smallest trained parameter, which stands for all; None where the update of each looks at others.

    Args:
        model: with flat equations.
        first: first values of parameters and states.
    """
    trained = [v for v in model.variables if v.kind == "parameter" and v.trainable and v.shape]
    if not trained:
        return None
    parameter = min(trained, key=lambda v: int(np.prod(v.shape)))
    states = [v for v in model.variables if v.kind == "optimizer" and v.name.startswith(parameter.name + ":")]
    if any(v.shape != parameter.shape for v in states):
        return None
    names = (parameter.name, *(v.name for v in states))
    program = sliced(model.update, names)
    return Rule(program, parameter.name, names[1:], {v.name: first[v.name] for v in states if v.name in first})


def sliced(program: Program, names: tuple[str, ...]) -> Program:
    """The steps that lead to some tensors."""
    needed = set(names)
    size = 0
    while size < len(needed):
        size = len(needed)
        for equation in program.equations():
            if equation.out in needed:
                formulas = (equation.expr, *equation.index)
                needed.update(node.tensor for formula in formulas for node in walk(formula) if isinstance(node, Read))
    steps = tuple(s for s in program.steps if (s.out if isinstance(s, Equation) else s.body[0].out) in needed)
    return Program({name: program.tensors[name] for name in program.tensors if name in needed}, steps)
