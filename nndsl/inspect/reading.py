"""The gradients of a model as a reader of calculus follows them: formula by formula, from the loss to every weight.

What is differentiated is what runs, but told in the user's formulas: values that only the compiler named stand where they
are used, contributions to one gradient stand in one sum, and `δv` is short for `∂L/∂v`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from nndsl.compiler import ALL, Stages
from nndsl.inspect.doc.equations import inlined, rounded
from nndsl.inspect.sums import merged, spelled_out
from nndsl.inspect.tidy import plain_places, shown, tidied
from nndsl.ir.equation import Equation, Program, Scan, adjoint_name
from nndsl.ir.expression import Apply, Expr, Index, Read, rebuild
from nndsl.ir.printer import equation_text
from nndsl.passes.dead import dead
from nndsl.passes.originals import Told
from nndsl.passes.originals import told as told_copies
from nndsl.passes.share import share
from nndsl.passes.simplify import simplify
from nndsl.passes.stabilise import stabilise, stabilise_slopes
from nndsl.signature import Instance

ADJOINT = "adjoint of "
SELDOM = {"sigmoid": "1 / (1 + exp(-z))", "softplus": "log(1 + exp(z))", "log1p": "log(1 + z)", "expm1": "exp(z) - 1"}
"""Operations that stand for a formula which reads otherwise."""
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
        safe: the equal form that is computed instead, as it neither overflows nor cancels, and what stands in it; none where
            it is the user's.
        lines: the gradients.
    """

    root: str
    formulas: tuple[Equation, ...]
    safe: tuple[Equation, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Reading:
    """The whole way from the loss to the weights.

    Args:
        loss: the formula of what is minimised; None if the model is not trained.
        kept: values of the forward pass that the gradients read and that only the compiler named.
        groups: in the order in which to read them.
        name, instances, outputs: the model's, its layers, and what it gives.
        users: the tensors that the user's formulas compute.
    """

    loss: Equation | None
    kept: tuple[Equation, ...]
    groups: tuple[Group, ...]
    name: str
    instances: tuple[Instance, ...]
    outputs: tuple[str, ...]
    users: frozenset[str]


def root(tensor: str, known: Collection[str]) -> str:
    """The user's tensor on whose way the compiler computes another: `p` for `p.exp`; itself if there is none."""
    fits = [name for name in known if tensor == name or tensor.startswith((name + ".", name + " "))]
    return max(fits, key=len, default=tensor)


def reading(stages: Stages) -> Reading:
    """The gradients of a compiled model."""
    users = {e.out: shown(e) for e in stages.checked.learn.equations()}
    program, told, sources, copies = _told(stages)
    own = {e.out: shown(e) for e in copies.equations(list(stages.forward.learn.equations()))}
    names = {adjoint_name(n): called(adjoint_name(n), program) for n in stages.adjoints.learn.tensors}
    steps = _steps(stages.adjoints.learn, copies)
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
        found.append(Group(name, formulas, next((safe[n] for n in (*heads, name) if n in safe), ()), tuple(lines)))
    model = stages.checked
    return Reading(users.get(model.objective), tuple(_kept(told, program, users)), tuple(found), model.name, model.instances,
                   tuple(port.name for port in model.outputs), frozenset(users))


def _told(stages: Stages) -> tuple[Program, list[Equation], dict[str, list[str]], Told]:
    """The program whose gradients are told, their equations in reading order, what each is the adjoint of, copies."""
    wanted = [adjoint_name(name) for name in stages.checked.learn.tensors if name != stages.checked.objective]
    program = dead(share(stabilise_slopes(simplify(stages.adjoints.learn))), wanted)
    stepwise = [e.out for step in program.steps if isinstance(step, Scan) for e in step.body]
    given = [name for name, tensor in program.tensors.items() if tensor.role != "temporary"]
    copies = told_copies(stages.adjoints.learn, stages.checked.learn)
    parts = list(copies.equations(inlined(program, [*wanted, *stepwise])))
    sources: dict[str, list[str]] = {}
    for part in parts:
        sources.setdefault(part.out, []).append(part.origin.note.removeprefix(ADJOINT))
    known = {adjoint_name(n) for n in (*given, *(e.out for e in stages.checked.learn.equations()))}
    equations = tidied(stages.adjoints.learn, merged(parts))
    shorter = [e if e in equations else tidied(stages.adjoints.learn, [e])[0] for e in spelled_out(equations, known)]
    told = [e for e in shorter if e.out.startswith("∂") and e.out[1:] in stages.adjoints.learn.tensors]
    return program, told, sources, copies


def called(gradient: str, program: Program) -> str:
    """What readers call a gradient: `∂L/∂w` of a weight, `δz` of what stands between."""
    sign = "∂L/∂" if gradient in program.tensors and program.tensors[gradient].role == "gradient" else "δ"
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


def _steps(program: Program, copies: Told) -> dict[tuple[str, object], str]:
    """How the steps of recurrences run, by the tensor written and its origin."""
    scans = [step for step in program.steps if isinstance(step, Scan)]
    return {(copies.name(e.out), e.origin): scan_text(scan) for scan in scans for e in scan.body}


def scan_text(scan: Scan) -> str:
    """The order of a recurrence, as `t = 0, ..., 4`."""
    ends = (scan.extent - 1, 0) if scan.reverse else (0, scan.extent - 1)
    name = equation_text(Equation("", (), (), Index(scan.index)), short=False).removeprefix(" = ")
    return f"{name} = {ends[0]}, ..., {ends[1]}"


def _safe_forms(stages: Stages) -> dict[str, tuple[Equation, ...]]:
    """The user's formulas that are computed in another form: as they are computed, and what the compiler named in that."""
    program = stages.equations.learn
    for change in ALL.before[: ALL.before.index(stabilise)]:
        program = change(program)
    users = {e.out for e in stages.checked.learn.equations()}
    before = {equation_text(shown(e), short=False) for e in program.equations()}
    computed = [shown(e) for e in stabilise(program).equations()]
    own = {e.out: e for e in computed if e.out not in users and e.out != stages.checked.objective}
    safe = (e for e in computed if e.out in users and equation_text(e, short=False) not in before and not _is_named(e.expr))
    return {e.out: (e, *_behind(e, own)) for e in safe if not e.accumulate and len(equation_text(e, short=False)) <= SHOWN}


def _is_named(expr: Expr) -> bool:
    """Whether a formula is one operation with a name, as `sigmoid(z)`: the same thing, not another form of it."""
    return isinstance(expr, Apply) and expr.operation in SELDOM


def _behind(equation: Equation, own: Mapping[str, Equation]) -> Iterator[Equation]:
    """The formulas of what an equation reads of the compiler's own, and of what these read."""
    wanted, found = [equation], dict[str, Equation]()
    while wanted:
        for read in wanted.pop().reads():
            if read.tensor in own and read.tensor not in found:
                found[read.tensor] = own[read.tensor]
                wanted.append(own[read.tensor])
    return (e for name, e in own.items() if name in found)


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

