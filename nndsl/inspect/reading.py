"""The gradients of a model as a reader of calculus follows them: formula by formula, from the loss to every weight.

What is differentiated is what runs, but told in the user's formulas: values that only the compiler named stand where they
are used, contributions to one gradient stand in one sum, and `δv` is short for `∂L/∂v`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from nndsl.compiler import ALL, Stages
from nndsl.inspect.doc.equations import inlined, rounded
from nndsl.inspect.sums import merged
from nndsl.inspect.tidy import plain_places, shown, tidied
from nndsl.ir.equation import Equation, Program, Scan, adjoint_name
from nndsl.ir.expression import Expr, Index, Read, rebuild
from nndsl.ir.printer import equation_text
from nndsl.passes.dead import dead
from nndsl.passes.share import share
from nndsl.passes.simplify import simplify
from nndsl.passes.stabilise import stabilise, stabilise_slopes

ADJOINT = "adjoint of "
SHOWN = 110
"""A safe form longer than so many characters is only said to be one."""


@dataclass(frozen=True)
class Line:
    """One gradient.

    Args:
        equation: under the names a reader sees.
        tensor: what it is the gradient of, under the compiler's name.
        steps: the order of a recurrence, as `t = 4, ..., 0`; "" outside of one.
    """

    equation: Equation
    tensor: str
    steps: str = ""

    @property
    def text(self) -> str:
        """The gradient on one line."""
        return equation_text(self.equation, short=False) + (f"   for {self.steps}" if self.steps else "")


@dataclass(frozen=True)
class Group:
    """A formula and the gradients that its derivatives give.

    Args:
        root: the tensor of the formula.
        formulas: what is differentiated, as the user wrote it: that of `root` last, before it others that give to the same
            gradients.
        safe: the equal form that is computed instead, as it neither overflows nor cancels; None where it is the user's.
        lines: the gradients.
    """

    root: str
    formulas: tuple[Equation, ...]
    safe: Equation | None
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Reading:
    """The whole way from the loss to the weights.

    Args:
        loss: the formula of what is minimised; None if the model is not trained.
        kept: values of the forward pass that the gradients read and that only the compiler named.
        groups: in the order in which to read them.
    """

    loss: Equation | None
    kept: tuple[Equation, ...]
    groups: tuple[Group, ...]


def root(tensor: str, known: Collection[str]) -> str:
    """The user's tensor on whose way the compiler computes another: `p` for `p.exp`; itself if there is none."""
    fits = [name for name in known if tensor == name or tensor.startswith((name + ".", name + " "))]
    return max(fits, key=len, default=tensor)


def reading(stages: Stages) -> Reading:
    """The gradients of a compiled model."""
    users = {e.out: shown(e) for e in stages.checked.learn.equations()}
    own = {e.out: shown(e) for e in stages.forward.learn.equations()}
    program, told, sources = _told(stages)
    names = {adjoint_name(n): called(adjoint_name(n), program) for n in stages.adjoints.learn.tensors
             if adjoint_name(n) in program.tensors}
    steps = _steps(stages.adjoints.learn)
    groups: dict[str, list[Line]] = {}
    for equation in told:
        source = root(equation.origin.note.removeprefix(ADJOINT), users)
        line = Line(renamed(equation, names), equation.out[1:], steps.get((equation.out, equation.origin), ""))
        groups.setdefault(source, []).append(line)
    safe = _safe_forms(stages)
    found: list[Group] = []
    for name, lines in groups.items():
        others = dict.fromkeys(root(s, users) for line in lines for s in sources[adjoint_name(line.tensor)])
        heads = [n for n in others if n != name and n not in groups and n in users]
        formulas = tuple(users.get(n) or own[n] for n in (*heads, name) if n in users or n in own)
        found.append(Group(name, formulas, next((safe[n] for n in (*heads, name) if n in safe), None), tuple(lines)))
    return Reading(users.get(stages.checked.objective), tuple(_kept(told, program, users)), tuple(found))


def _told(stages: Stages) -> tuple[Program, list[Equation], dict[str, list[str]]]:
    """The program whose gradients are told, their equations in the order of reading, and what each is the adjoint of."""
    wanted = [adjoint_name(name) for name in stages.checked.learn.tensors if name != stages.checked.objective]
    program = dead(share(stabilise_slopes(simplify(stages.adjoints.learn))), wanted)
    stepwise = [e.out for step in program.steps if isinstance(step, Scan) for e in step.body]
    parts = inlined(program, [*wanted, *stepwise])
    sources: dict[str, list[str]] = {}
    for part in parts:
        sources.setdefault(part.out, []).append(part.origin.note.removeprefix(ADJOINT))
    equations = tidied(stages.adjoints.learn, merged(parts))
    told = [e for e in equations if e.out.startswith("∂") and e.out[1:] in stages.adjoints.learn.tensors]
    return program, told, sources


def called(gradient: str, program: Program) -> str:
    """What readers call a gradient: `∂L/∂w` of a weight, `δz` of what stands between."""
    sign = "∂L/∂" if program.tensors[gradient].role == "gradient" else "δ"
    return sign + gradient[1:]


def renamed(equation: Equation, names: Mapping[str, str]) -> Equation:
    """An equation with tensors under other names."""
    def change(node: Expr) -> Expr | None:
        if not isinstance(node, Read):
            return None
        return replace(node, tensor=names.get(node.tensor, node.tensor), index=tuple(rebuild(i, change) for i in node.index),
                       other=None if node.other is None else rebuild(node.other, change), stop=False)

    new = replace(equation, out=names.get(equation.out, equation.out), index=tuple(rebuild(i, change) for i in equation.index),
                  expr=rounded(rebuild(equation.expr, change)),
                  guard=tuple((rebuild(f, change), extent) for f, extent in equation.guard))
    return plain_places(new)


def _steps(program: Program) -> dict[tuple[str, object], str]:
    """How the steps of recurrences run, by the tensor written and its origin."""
    return {(e.out, e.origin): scan_text(step) for step in program.steps if isinstance(step, Scan) for e in step.body}


def scan_text(scan: Scan) -> str:
    """The order of a recurrence, as `t = 0, ..., 4`."""
    ends = (scan.extent - 1, 0) if scan.reverse else (0, scan.extent - 1)
    name = equation_text(Equation("", (), (), Index(scan.index)), short=False).removeprefix(" = ")
    return f"{name} = {ends[0]}, ..., {ends[1]}"


def _safe_forms(stages: Stages) -> dict[str, Equation]:
    """The user's formulas that are computed in another form, as they are computed."""
    program = stages.equations.learn
    for change in ALL.before[: ALL.before.index(stabilise)]:
        program = change(program)
    before = {equation_text(e, short=False) for e in program.equations()}
    safe = (shown(e) for e in stabilise(program).equations() if equation_text(e, short=False) not in before)
    return {e.out: e for e in safe if not e.accumulate and len(equation_text(e, short=False)) <= SHOWN}


def _kept(told: Sequence[Equation], program: Program, users: Mapping[str, Equation]) -> Iterator[Equation]:
    """The formulas of what gradients read of the compiler's own, and of what these read in turn."""
    needed = {node.tensor for e in told for node in e.reads()}
    forward = [e for e in program.equations() if not e.origin.note.startswith(ADJOINT)]
    for equation in reversed(forward):
        if equation.out in needed and equation.out not in users:
            needed |= {node.tensor for node in equation.reads()}
    for equation in forward:
        made = program.tensors[equation.out].role == "temporary" and equation.out not in users
        if made and equation.out in needed and not equation.out.startswith("∂"):
            yield shown(equation)

