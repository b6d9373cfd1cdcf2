"""The one rule of differentiation: from the equations of a program to those of its gradients.

For `out[I] = Σ_R f(a[A], b[B], ...)` the adjoint of the entry `a[A]` is

    ∂a[A] += Σ over the indices that A lacks of  ∂out[I] · ∂f/∂a

with the partial derivative by SymPy. That is all; a gather becomes a scatter by itself, a scan runs backwards, and what is
derived is again equations, so the rule may be applied again. No layer, loss or activation has a derivative of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from nndsl.derive.dependence import counting, dependent, inside, same_sample
from nndsl.derive.draws import stored_draws
from nndsl.derive.lanes import Lanes, Pick, same_entry
from nndsl.derive.reductions import BACKWARDS, NOWHERE, Linear, with_winners
from nndsl.derive.scalar import is_number, partial, times
from nndsl.ir.equation import Equation, Origin, Program, Role, Scan, Step, Tensor, adjoint_name
from nndsl.ir.expression import Derivative, Expr, Extent, Index, Number, Read, Reduce, apply, indices, walk
from nndsl.ir.verifier import may_leave

Guard = tuple[tuple[Expr, Extent], ...]


def adjoints(program: Program, seeds: Mapping[str, float | None], wanted: Collection[str], *,
             mark: str = adjoint_name("")) -> Program:
    """A program with the equations of its gradients appended, innermost last.

    Every new equation accumulates, also where it is the first to write; each gradient must start from zero.

    Args:
        program: with flat formulas, every entry of a temporary written once or accumulated.
        seeds: the tensors whose gradient is known, each with its value everywhere; None where the array of that gradient is
            given from outside (then its tensor has the role `input`).
        wanted: parameters and inputs whose gradients are asked for (role `gradient`); those that no seed depends on get 0.
        mark: what stands before a tensor's name in the name of its gradient; another one for a second application.

    Raises:
        ValueError: a formula is not flat, a tensor is unknown, or a gradient's name is taken.
    """
    _check(program, seeds, wanted, mark)
    forward = with_winners(stored_draws(program))
    rule = _Rule(dict(forward.tensors), mark, frozenset(wanted), dependent(forward, wanted), set(seeds))
    steps: list[Step] = [*forward.steps]
    for name, value in seeds.items():
        rule.add_gradient(name, "input" if value is None else "temporary")
        if value is not None:
            steps.append(_filled(rule.tensors[mark + name], value, f"seed of {name}"))
    for step in reversed(forward.steps):
        steps.extend(rule.step(step))
    for name in sorted(set(wanted) - rule.reached):
        rule.add_gradient(name)
        steps.append(_filled(rule.tensors[mark + name], 0.0, f"nothing depends on {name}"))
    return Program(rule.tensors, tuple(steps))


def sample_gradients(program: Program, picked: Pick, wanted: Collection[str], mark: str) -> Program:
    """A program with the gradients of one number a sample appended, each sample on its own: what is computed over the batch,
    and what belongs to other samples, counts as given.

    Args:
        program: with flat formulas, its draws and winners stored.
        picked: the entry differentiated; if it is every one along some axes, gradients have these axes after the batch.
        wanted: tensors, one or more entries a sample; those on which the entry does not depend get no gradient.
        mark: what stands before a tensor's name in the name of its gradient.
    """
    lanes = Lanes.of(picked, program)
    live = dependent(program, wanted, own=True)
    rule = _Rule(dict(program.tensors), mark, frozenset(), live, {picked.tensor}, lanes)
    rule.add_gradient(picked.tensor)
    steps: list[Step] = [*program.steps, _one_at(picked, lanes, rule.tensors[mark + picked.tensor])]
    for step in reversed(program.steps):
        steps.extend(rule.step(step))
    return Program(rule.tensors, tuple(steps))


def _one_at(picked: Pick, lanes: Lanes, gradient: Tensor) -> Equation:
    """The gradient of what is differentiated: 1 at the entry, 0 elsewhere."""
    sample, *rest = gradient.shape
    names = [Index(f"i{axis}°") for axis, _ in enumerate(rest[len(lanes.ranges):])]
    own = tuple((name.name, extent) for name, extent in zip(names, rest[len(lanes.ranges):], strict=True))
    ranges = (("n°", sample), *lanes.ranges, *own)
    pairs = [pair for pair, (_, extent) in zip(zip(names, lanes.position(), strict=True), own, strict=True) if extent != 1]
    here = same_entry(tuple(name for name, _ in pairs), tuple(at for _, at in pairs))
    value = here if isinstance(here, Number) else apply("where", here, 1.0, 0.0)
    return Equation(gradient.name, tuple(Index(name) for name, _ in ranges), ranges, value,
                    origin=Origin(note=f"seed of {picked.tensor}"))


def _check(program: Program, seeds: Collection[str], wanted: Collection[str], mark: str) -> None:
    for name in (*seeds, *wanted):
        if name not in program.tensors:
            raise ValueError(f"`{name}` is not a tensor of the program")
    for name in program.tensors:
        if mark + name in program.tensors:
            raise ValueError(f"the name `{mark + name}` is taken; use another mark")
    for equation in program.equations():
        if any(isinstance(node, (Reduce, Derivative)) for node in walk(equation.expr)):
            raise ValueError(f"the formula of `{equation.out}` is not flat")


def _filled(tensor: Tensor, value: float, note: str) -> Equation:
    ranges = tuple((f"i{axis}°", extent) for axis, extent in enumerate(tensor.shape))
    return Equation(tensor.name, tuple(Index(name) for name, _ in ranges), ranges, Number(value), origin=Origin(note=note))


@dataclass
class _Rule:
    tensors: dict[str, Tensor]
    mark: str
    wanted: frozenset[str]
    live: frozenset[str]
    reached: set[str]  # tensors that something with a known gradient depends on
    lanes: Lanes | None = None  # where each sample is on its own, the axes of what is differentiated

    def add_gradient(self, name: str, role: Role | None = None) -> None:
        tensor = self.tensors[name] if self.lanes is None else self.lanes.tensor(self.tensors[name])
        self.tensors.setdefault(self.mark + name, replace(
            tensor, name=self.mark + name, role=role or ("gradient" if name in self.wanted else "temporary")))

    def entry(self, name: str, index: tuple[Expr, ...]) -> Read:
        """The gradient of an entry."""
        return Read(self.mark + name, index if self.lanes is None else self.lanes.index(index))

    def step(self, step: Step) -> Iterator[Step]:
        """The adjoint of a step."""
        if isinstance(step, Equation):
            yield from self.equation(step)
            return
        before = -1
        while before < len(self.reached):  # what a recurrence carries is reached through itself
            before = len(self.reached)
            body = [adjoint for equation in reversed(step.body) for adjoint in self.equation(equation)]
        if body:
            yield Scan(step.index, step.extent, tuple(body), not step.reverse)

    def equation(self, equation: Equation) -> Iterator[Equation]:
        """The adjoint of one equation: what each of its entries gets, those that are not summed over first."""
        if equation.out not in self.reached or equation.out not in self.live or equation.reduce in NOWHERE:
            return
        received = self.entry(equation.out, equation.index)
        linear = BACKWARDS[equation.reduce](equation, received.tensor, self.tensors)
        found = [self.contribution(linear, times(received, linear.factor), entry, outer)
                 for entry, outer in counting(linear.equation.expr) if entry.tensor in self.live
                 and (self.lanes is None or same_sample(entry, equation, self.tensors))]
        yield from (linear.before if found else ())
        yield from sorted((adjoint for adjoint in found if adjoint), key=lambda adjoint: bool(adjoint.reduce))

    def contribution(self, linear: Linear, factor: Expr, entry: Read, outer: tuple[Read, ...]) -> Equation | None:
        """What one entry gets; None if its partial derivative is 0."""
        equation = linear.equation
        value = equation.expr
        for read in (*outer, entry):
            factor = times(factor, partial(value, read))
            if read is not entry and read.other is not None:
                factor = apply("where", inside(read, self.tensors), 0, factor)
                value = read.other
        if is_number(factor, 0):
            return None
        if linear.where is not None:
            factor = apply("where", linear.where, factor, 0)
        self.add_gradient(entry.tensor)
        self.reached.add(entry.tensor)
        target = self.entry(entry.tensor, entry.index)
        ranges = equation.ranges if self.lanes is None else self.lanes.around(equation)
        kept = {name for formula in target.index for name in indices(formula)}
        left_over = any(name not in kept for name, _ in ranges)
        return Equation(target.tensor, target.index, ranges, factor, "sum" if left_over else "", True,
                        (*equation.guard, *self.guard(entry, equation)),
                        origin=Origin(equation.origin.place, f"adjoint of {equation.out}"))

    def guard(self, entry: Read, equation: Equation) -> Guard:
        """An entry that need not be there gets something only where it is."""
        if entry.other is None:
            return ()
        ranges = dict(equation.ranges)
        return tuple((formula, extent) for formula, extent in zip(entry.index, self.tensors[entry.tensor].shape, strict=True)
                     if may_leave(formula, extent, ranges))
