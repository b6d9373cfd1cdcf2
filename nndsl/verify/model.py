"""Everything about one compiled model or piece: the three witnesses, and their verdicts put together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType

from nndsl.compiler import Stages
from nndsl.ir.equation import Equation, Program, adjoint_name
from nndsl.ir.expression import Read, walk
from nndsl.ir.printer import equation_text
from nndsl.runtime.network import CompiledNetwork
from nndsl.verify import numbers
from nndsl.verify.cells import Unstored
from nndsl.verify.optimizer import LARGEST, STEPS, agrees, prove_update, update_errors
from nndsl.verify.plain import read_functions
from nndsl.verify.proof import GRADIENT, ORDER, Found, prove
from nndsl.verify.reference import points_of
from nndsl.verify.report import Disagreement, Parameter, Report, Verdict
from nndsl.verify.subject import Subject, size

Tell = Callable[[str], None]

BUDGET = 400_000
"""Points of the forward pass that are looked at one by one; a model with more is sampled in double precision."""

POINTS: Sequence[tuple[int, int]] = ((2, 1), (1, 2), (3, 3))
"""Batch sizes and seeds of the points at which it is proved; the later ones only where they cost little."""

CHEAP = 12_000


@dataclass
class Verification:
    """One model on its way through the witnesses.

    Args:
        subject: what is verified.
        single, double: the same compiled in float32 (or in its own precision) and float64.
        tell: is told what comes next.
    """

    subject: Subject
    single: Stages | None
    double: Stages
    tell: Tell = lambda text: None
    found: dict[str, Found] = field(default_factory=dict)
    slopes: Mapping[str, numbers.Slopes] = field(default_factory=dict)
    ulps: Mapping[str, float] = field(default_factory=dict)
    disagreements: list[Disagreement] = field(default_factory=list)
    optimizer: dict[str, Verdict] = field(default_factory=dict)

    def run(self) -> Report:
        """Ask all witnesses."""
        module = read_functions(self.subject.stages.code)
        self._prove(module)
        self.tell("numbers")
        network = numbers.compiled(self.double)
        self._numbers(network)
        if self.subject.stages.equations.update.steps:
            self.tell("update")
            self._update(module, network)
        parameters = tuple(self._parameter(name, place) for name, place in self.subject.wanted.items())
        return Report(self.subject.stages.checked.name, parameters, self.optimizer, tuple(self.disagreements))

    # ------------------------------------------------------------------------------------------ witnesses

    def _prove(self, module: ModuleType) -> None:
        for batch, seed in points(self.subject.user):
            self.tell(f"proof at {batch} {'sample' if batch == 1 else 'samples'}")
            try:
                found = prove(self.subject, module, batch, seed)
            except (Unstored, ZeroDivisionError) as error:
                self._complain("proof", self.subject.stages.checked.name, f"the generated code fails: {error}")
                return
            for tensor, about in found.items():
                self.found.setdefault(tensor, Found()).merge(about)
        for tensor, about in self.found.items():
            if about.verdict == "failed":
                entry, value, wanted = about.doubts[0]
                self._complain("proof", tensor, f"entry {entry} of {size_text(self.subject, tensor)} is {value:.12g}, "
                                                f"its formula gives {wanted:.12g}")

    def _numbers(self, network: CompiledNetwork) -> None:
        subject = self.subject
        for name, error in numbers.values(network, subject):
            if not error <= numbers.VALUES:
                self._complain("numbers", name, f"the compiled code lies {error:.1e} from the formulas, relative")
        self.slopes = numbers.against_differences(network, subject)
        for name, slope in self.slopes.items():
            if not slope.agree:
                self._complain("numbers", GRADIENT + name, f"along a random direction its slope is {slope.found:.12g}, "
                                                           f"by differences of the formulas {slope.wanted:.12g}")
        if self.single is not None:
            self.tell("precision")
            self.ulps = numbers.single_precision(numbers.compiled(self.single), network, subject)

    def _update(self, module: ModuleType, network: CompiledNetwork) -> None:
        program = self.subject.stages.equations.update
        entries = sum(size([int(e) for e in t.shape]) for t in program.tensors.values() if t.role == "parameter")
        found: dict[str, Found] = {}
        for step in STEPS if entries <= LARGEST else ():
            for name, about in prove_update(self.subject, module, step).items():
                found.setdefault(name, Found()).merge(about)
        errors = update_errors(network, self.subject)
        for variable in self.subject.stages.checked.variables:
            name = variable.name
            if name not in errors or not any(e.out == name for e in program.equations()):
                continue
            verdict: Verdict = found[name].verdict if name in found else "sampled"
            if not agrees(errors[name]) or verdict == "failed":
                verdict = "failed"
                self._complain("optimizer", name, f"the update lies {errors[name]:.1e} from its formula, relative")
            kind = name.rpartition(":")[2] if variable.kind == "optimizer" else "weight"
            self.optimizer[kind] = max(self.optimizer.get(kind, "proved"), verdict, key=ORDER.index)

    # ------------------------------------------------------------------------------------------ verdicts

    def _parameter(self, name: str, place: str) -> Parameter:
        after = {name, *behind(self.subject, name)}
        way = [self.found[n] for t in sorted(after) for n in (t, GRADIENT + t) if n in self.found]
        verdict: Verdict = max((f.verdict for f in way), key=ORDER.index, default="sampled")
        slope = self.slopes.get(name)
        if slope is not None and not slope.agree:
            verdict = "failed"
        return Parameter(name, place, verdict, sum(f.entries for f in way), slope.error if slope else None, self.ulps.get(name))

    def _complain(self, witness: str, tensor: str, text: str) -> None:
        equation = equation_of(self.subject, tensor)
        place = equation.origin.place if equation else self.subject.wanted.get(tensor.removeprefix(GRADIENT), "")
        formula = equation_text(equation) if equation else ""
        self.disagreements.append(Disagreement(witness, tensor, place, formula, text))


def points(program: Program) -> Iterator[tuple[int, int]]:
    """The points at which a program is proved: batch sizes and seeds."""
    if points_of(program, 1) > BUDGET:
        return
    if points_of(program, 2) > BUDGET / 4:
        yield 1, 1
        return
    yield POINTS[0]
    yield from (p for p in POINTS[1:] if points_of(program, 3) <= CHEAP)


def size_text(subject: Subject, tensor: str) -> str:
    """A tensor with its extents."""
    name = tensor.removesuffix(" next")
    shape = subject.last.tensors[name].shape if name in subject.last.tensors else ()
    return f"{tensor}[{', '.join(map(str, shape))}]" if shape else tensor


def equation_of(subject: Subject, tensor: str) -> Equation | None:
    """The last equation that computes a tensor."""
    found = None
    name = tensor.removesuffix(" next")
    for program in (subject.last, subject.user, subject.stages.passes.update):
        for equation in program.equations():
            if equation.out == name and equation.origin.note != "cleared":
                found = equation
        if found is not None:
            return found
    return None


def behind(subject: Subject, tensor: str) -> set[str]:
    """The tensors that depend on one, whether in the user's equations or in those that were differentiated."""
    users: dict[str, set[str]] = {}
    for program in (subject.user, subject.derived):
        for equation in program.equations():
            for node in walk(equation.expr):
                if isinstance(node, Read) and not node.stop:
                    users.setdefault(node.tensor, set()).add(equation.out)
    found: set[str] = set()
    todo = [tensor]
    while todo:
        for user in users.get(todo.pop(), ()):
            if user not in found:
                found.add(user)
                todo.append(user)
    return {t for t in found if leads_to_loss(subject, t)}


def leads_to_loss(subject: Subject, tensor: str) -> bool:
    """Whether a tensor has a gradient, or is what is differentiated."""
    return tensor in subject.seeds or adjoint_name(tensor) in subject.stages.adjoints.learn.tensors


def model_subject(stages: Stages) -> Subject:
    """What is to be verified of a compiled model."""
    checked = stages.checked
    wanted = {v.name: v.place for v in checked.variables if v.kind == "parameter" and v.trainable}
    return Subject(stages, {checked.objective: 1.0} if checked.objective else {}, wanted if checked.objective else {})
