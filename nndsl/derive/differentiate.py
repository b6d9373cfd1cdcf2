"""Derivatives in formulas, `d(u, x)`, as equations; the gradients of the objective go through them.

A derivative is found forwards, together with the value, or backwards from it, whichever takes fewer derivatives of each
tensor on the way: for `d(u, x[0], x[0])` the tangents of all tensors by one entry, and theirs; for `sum[i](d(u, x[i])^2)` the
gradient of one number. One order is done at a time, so that the passes make the formulas of one short before the next.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import prod

from nndsl.checking.checked import Checked
from nndsl.derive.adjoint import sample_gradients
from nndsl.derive.dependence import between
from nndsl.derive.draws import stored_draws
from nndsl.derive.lanes import Lanes, Pick
from nndsl.derive.reductions import with_winners
from nndsl.derive.tangent import Tangents, tangents
from nndsl.ir.equation import Equation, Program, Scan, Step
from nndsl.ir.expression import Derivative, Expr, Number, Read, rebuild, walk

Change = Callable[[Program], Program]

Found = dict[tuple[Pick, Pick | str], str | None]
"""The names of the derivatives of what by what: an entry (forwards) or a whole tensor (backwards); None for 0."""


def differentiate(checked: Checked, between_orders: tuple[Change, ...] = ()) -> Checked:
    """The model without derivatives in its formulas.

    Args:
        checked: with flat formulas.
        between_orders: passes after each order of derivatives.
    """
    return replace(checked, forward=differentiated(checked.forward, between_orders),
                   assess=differentiated(checked.assess, between_orders), learn=differentiated(checked.learn, between_orders))


def differentiated(program: Program, between_orders: tuple[Change, ...] = ()) -> Program:
    """The program without derivatives in its formulas; as it is if it has none."""
    if not any(_derivatives(equation) for equation in program.equations()):
        return program
    work = _Work(with_winners(stored_draws(program)))
    while any(_derivatives(equation) for equation in work.program.equations()):
        work.order()
        for change in between_orders:
            work.program = change(work.program)
    return work.program


def _derivatives(equation: Equation) -> list[Derivative]:
    return [node for node in walk(equation.expr) if isinstance(node, Derivative)]


@dataclass
class _Work:
    """A program whose derivatives are being found.

    Args:
        program: as far as it is.
        forwards: the tangents there are.
        bys: for each derivative, what it is one of and by what, for its name.
    """

    program: Program
    forwards: dict[Pick, Tangents] = field(default_factory=dict)
    bys: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)

    def order(self) -> None:
        """Find the first derivatives of all values that are themselves no derivatives still to be found."""
        ready = self.ready()
        found: Found = {}
        values: dict[Pick, list[Derivative]] = {}
        for node in ready:
            values.setdefault(self.pick(node.value), []).append(node)
        forwards: dict[Pick, list[Pick]] = {}
        for value, nodes in values.items():
            if self.is_forward(value, nodes):
                for by in dict.fromkeys(self.pick(node.by[0]) for node in nodes):
                    forwards.setdefault(by, []).append(value)
            else:
                found |= self.backward(value, dict.fromkeys(node.by[0].tensor for node in nodes))
        for by, results in forwards.items():
            known = self.forward(by, {value.tensor for value in results})
            found |= {(value, by): known.names.get(value.tensor) for value in results}
        self.replaced(set(ready), found)

    def ready(self) -> list[Derivative]:
        """The derivatives of values that can be computed.

        Raises:
            ValueError: there are none: a tensor is given by its own derivative.
        """
        waiting: set[str] = set()
        size = -1
        while size < len(waiting):
            size = len(waiting)
            for equation in self.program.equations():
                read = (node.tensor for node in walk(equation.expr) if isinstance(node, Read))
                if _derivatives(equation) or any(name in waiting for name in read):
                    waiting.add(equation.out)
        found = [node for equation in self.program.equations() for node in _derivatives(equation)
                 if node.value.tensor not in waiting]
        if not found:
            raise ValueError("a tensor depends on its own derivative")
        return list(dict.fromkeys(found))

    # ------------------------------------------------------------------------------------------------ which way

    def is_forward(self, value: Pick, nodes: list[Derivative]) -> bool:
        """Whether forwards takes no more derivatives of each tensor on the way than backwards, all orders counted."""
        chains = [tuple(self.pick(by) for by in node.by) for node in nodes]
        first = value.count(self.program.tensors[value.tensor].shape)
        forwards = self.streams(chains)
        backwards = first + 2 * self.streams([chain[1:] for chain in chains])  # then both value and gradient have tangents
        return forwards <= backwards or self.in_one_scan(value.tensor)

    def streams(self, chains: list[tuple[Pick, ...]]) -> int:
        """How many tangents a tensor has if it is differentiated along chains, what they begin with in common once."""
        begun = dict.fromkeys(chain[:length] for chain in chains for length in range(1, len(chain) + 1))
        return sum(prod(by.count(self.program.tensors[by.tensor].shape) for by in chain) for chain in begun)

    def in_one_scan(self, name: str) -> bool:
        """Whether a tensor is written and differentiated at the same value of a recurrence."""
        return any(isinstance(step, Scan) and any(e.out == name for e in step.body)
                   and any(node.value.tensor == name for e in step.body for node in _derivatives(e))
                   for step in self.program.steps)

    # ------------------------------------------------------------------------------------------------ both ways

    def forward(self, by: Pick, results: set[str]) -> Tangents:
        """Tangents for results and all that they depend on."""
        known = self.forwards.setdefault(by, Tangents(Lanes.of(by, self.program)))
        known.lanes = Lanes.of(by, self.program)
        missing = between(self.program, [by.tensor], results) - known.names.keys() - {by.tensor}
        needed = {name: self.name(name, self.label(by)) for name in sorted(missing)}
        self.program = tangents(self.program, known, needed)
        return known

    def backward(self, value: Pick, wanted: dict[str, None]) -> Found:
        """The gradients of a value by all entries of tensors, computed just before they are first asked for."""
        steps = self.program.steps
        first = next(number for number, step in enumerate(steps)
                     if any(self.pick(node.value) == value for node in _in_step(step)))
        mark = f"∂{self.label(value)}/∂"
        while any(name.startswith(mark) for name in self.program.tensors):
            mark = f"∂{mark}"
        before = sample_gradients(Program(self.program.tensors, steps[:first]), value, wanted, mark)
        self.program = Program(before.tensors, (*before.steps, *steps[first:]))
        return {(value, name): mark + name if mark + name in before.tensors else None for name in wanted}

    def pick(self, entry: Read) -> Pick:
        """What is differentiated, or by what, for an entry in a formula."""
        return Pick.of(entry, self.program.tensors)

    def label(self, pick: Pick) -> str:
        """A pick in the name of a derivative."""
        return pick.label(self.program.tensors[pick.tensor].shape)

    def name(self, tensor: str, by: str) -> str:
        """A readable name for a tangent that is not taken: ∂u/∂x, and ∂²u/∂x∂x for that of the former by x."""
        base, before = self.bys.get(tensor, (tensor, ()))
        chain = (*before, by)
        power = "" if len(chain) == 1 else str(len(chain)).translate(_SUPERSCRIPTS)
        name = f"∂{power}{base}/" + "".join(f"∂{one}" for one in chain)
        while name in self.program.tensors:
            name += "'"
        self.bys[name] = (base, chain)
        return name

    def replaced(self, ready: set[Derivative], found: Found) -> None:
        """Put the first derivatives found into the formulas."""
        def change(node: Expr) -> Expr | None:
            return self.entry(node, found) if isinstance(node, Derivative) and node in ready else None

        def changed(equation: Equation) -> Equation:
            return replace(equation, expr=rebuild(equation.expr, change))

        steps: list[Step] = [replace(step, body=tuple(map(changed, step.body))) if isinstance(step, Scan) else changed(step)
                             for step in self.program.steps]
        self.program = Program(self.program.tensors, tuple(steps))

    def entry(self, node: Derivative, found: Found) -> Expr:
        """The entry of a derivative, or what is left to be differentiated of it."""
        value, by = node.value, node.by[0]
        picked, at = self.pick(value), self.pick(by)
        if (picked, at) in found:
            name, index = found[picked, at], (*value.index[:1], *at.open(by), *value.index[1:])
        else:
            name, index = found[picked, by.tensor], (*value.index[:1], *picked.open(value), *by.index[1:])
        if name is None:
            return Number(0.0)
        entry = Read(name, index)
        return replace(entry, stop=node.stop) if len(node.by) == 1 else replace(node, value=entry, by=node.by[1:])


_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def _in_step(step: Step) -> list[Derivative]:
    return [node for equation in (step.body if isinstance(step, Scan) else (step,)) for node in _derivatives(equation)]
