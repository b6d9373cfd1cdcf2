"""Everything about one compiled model or piece: the witnesses, and their verdicts put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import ModuleType

from nndsl.compiler import Stages
from nndsl.ir.equation import Equation
from nndsl.ir.printer import equation_text
from nndsl.runtime.network import CompiledNetwork
from nndsl.verify import numbers
from nndsl.verify.cells import Unstored
from nndsl.verify.choosing import Chosen, chosen
from nndsl.verify.found import Found
from nndsl.verify.ledger import GRADIENT
from nndsl.verify.lookup import behind, equation_of, size_text
from nndsl.verify.plain import read_functions
from nndsl.verify.points import At
from nndsl.verify.proof import prove
from nndsl.verify.report import Checked, Disagreement, Parameter, Report, Verdict, worst
from nndsl.verify.sections import Section, sections
from nndsl.verify.settle import Decisions
from nndsl.verify.slopes import wrong_rules
from nndsl.verify.subject import Subject, size
from nndsl.verify.watching import Visits

Tell = Callable[[str], None]

LARGEST_UPDATE = 4000
"""An update of more entries is sampled in double precision instead of proved."""

UPDATED = (At(1, 1, step=0), At(1, 8, step=7))
"""Where the jitted update is compared with its formula."""


@dataclass
class Verification:
    """One model on its way through the witnesses.

    Args:
        subject: what is verified.
        single, double: the same compiled in float32 (or in its own precision) and float64.
        tell: is told what comes next.
        strict: whether a `stop` that takes something from a slope is wrong.
        ready: waits until the compiled code is there, where that is made elsewhere meanwhile.
    """

    subject: Subject
    single: Stages | None
    double: Stages
    tell: Tell = lambda text: None
    strict: bool = False
    ready: Callable[[], None] = lambda: None
    found: dict[str, Found] = field(default_factory=dict)
    slopes: Mapping[str, numbers.Slopes] = field(default_factory=dict)
    ulps: Mapping[str, float] = field(default_factory=dict)
    disagreements: list[Disagreement] = field(default_factory=list)
    optimizer: dict[str, Verdict] = field(default_factory=dict)
    programs: list[Checked] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    visits: Visits = field(default_factory=Visits)
    decisions: Decisions = field(default_factory=dict)

    def run(self) -> Report:
        """Ask all witnesses."""
        module = read_functions(self.subject.stages.code)
        network = numbers.compiled(self.double)
        if self.subject.seeds:
            self._prove(module)
            self.tell("numbers")
            self.ready()
            self._numbers(network)
        for section in sections(self.subject):
            self.tell(section.title)
            self._section(section, module, network)
        parameters = tuple(self._parameter(name, place) for name, place in self.subject.wanted.items())
        return Report(self.subject.stages.checked.name, parameters, self.optimizer, tuple(self.disagreements),
                      programs=tuple(self.programs), pieces=self.visits.pieces(), notes=tuple(self.notes))

    # ------------------------------------------------------------------------------------------ gradients

    def _prove(self, module: ModuleType) -> None:
        points = chosen(self.subject.user, self.subject.point, tuple(self.subject.seeds))
        self._visited(points, "what is differentiated")
        for at in points.points:
            self.tell(f"proof at {at.batch} {'sample' if at.batch == 1 else 'samples'}")
            try:
                found = prove(self.subject, module, at, self.decisions)
            except (Unstored, ArithmeticError) as error:
                self._complain("proof", self.subject.stages.checked.name, f"the generated code fails: {error}")
                return
            for tensor, about in found.items():
                self.found.setdefault(tensor, Found()).merge(about)
        for tensor, about in self.found.items():
            self._doubt("proof", tensor, about)

    def _visited(self, points: Chosen, what: str) -> None:
        self.visits.merge(points.visits)
        if not points.finite:
            self.notes.append(f"at no point that was tried {what} is a finite number")

    def _doubt(self, witness: str, tensor: str, about: Found) -> None:
        if about.verdict == "failed":
            entry, value, wanted = about.doubts[0]
            self._complain(witness, tensor, f"entry {entry} of {size_text(self.subject, tensor)} is {value:.12g}, "
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
        for equation, text in wrong_rules(subject.user):
            self._complain("sympy", equation.out, text, equation)
        for name, kept, whole in numbers.without_stops(subject):
            text = f"along a random direction the slope is {kept:.6g}, but {whole:.6g} without `stop`"
            if self.strict:
                self._complain("numbers", GRADIENT + name, text)
            else:
                self.notes.append(f"{name} ({subject.wanted[name]}): {text}")
        if self.single is not None:
            self.tell("precision")
            self.ulps = numbers.single_precision(numbers.compiled(self.single), network, subject)

    # ------------------------------------------------------------------------------------------ other programs

    def _section(self, section: Section, module: ModuleType, network: CompiledNetwork) -> None:
        found: dict[str, Found] = {}
        for at in self._points(section):
            try:
                proved = section.prove(module, at, self.decisions)
            except (Unstored, ArithmeticError) as problem:
                self._complain(section.name, self.subject.stages.checked.name, f"the generated code fails: {problem}")
                break
            for tensor, about in proved.items():
                found.setdefault(tensor, Found()).merge(about)
        for tensor, about in found.items():
            self._doubt(section.name, tensor, about)
        errors: dict[str, float] = {}
        for at in UPDATED if section.name == "update" else (At(numbers.SAMPLES, 1),):
            for tensor, error in section.errors(network, at).items():
                errors[tensor] = max(errors.get(tensor, 0.0), error)
        for tensor, error in errors.items():
            if not error <= numbers.VALUES:
                self._complain(section.name, tensor, f"the compiled code lies {error:.1e} from the formulas, relative")
        verdicts = {n: "failed" if not e <= numbers.VALUES else found[n].verdict if n in found else "sampled"
                    for n, e in errors.items()}
        self._judged(section, verdicts, found, errors)

    def _points(self, section: Section) -> tuple[At, ...]:
        shapes = [t.shape for t in section.program.tensors.values() if t.role == "parameter"]
        if section.name == "update" and sum(size([int(e) for e in s]) for s in shapes) > LARGEST_UPDATE:
            return ()
        self._visited(section.chosen, f"the result of the program for {section.title}")
        return section.chosen.points

    def _judged(self, section: Section, verdicts: Mapping[str, Verdict], found: Mapping[str, Found],
                errors: Mapping[str, float]) -> None:
        """Keep the verdicts on a program; on an update, by kind of variable."""
        if section.name != "update":
            verdict = worst((*verdicts.values(), *(f.verdict for f in found.values())))
            self.programs.append(Checked(section.name, section.title, verdict, sum(f.entries for f in found.values()),
                                         max(errors.values(), default=0.0)))
            return
        for variable in self.subject.stages.checked.variables:
            if variable.name in verdicts:
                kind = variable.name.rpartition(":")[2] if variable.kind == "optimizer" else "weight"
                self.optimizer[kind] = worst((self.optimizer.get(kind, "proved"), verdicts[variable.name]))

    # ------------------------------------------------------------------------------------------ verdicts

    def _parameter(self, name: str, place: str) -> Parameter:
        after = {name, *behind(self.subject, name)}
        way = [self.found[n] for t in sorted(after) for n in (t, GRADIENT + t) if n in self.found]
        verdict = worst((f.verdict for f in way), "sampled")
        slope = self.slopes.get(name)
        if slope is not None and not slope.agree:
            verdict = "failed"
        return Parameter(name, place, verdict, sum(f.entries for f in way), slope.error if slope else None, self.ulps.get(name))

    def _complain(self, witness: str, tensor: str, text: str, equation: Equation | None = None) -> None:
        equation = equation or equation_of(self.subject, tensor)
        place = equation.origin.place if equation else self.subject.wanted.get(tensor.removeprefix(GRADIENT), "")
        formula = equation_text(equation) if equation else ""
        self.disagreements.append(Disagreement(witness, tensor, place, formula, text))


def model_subject(stages: Stages) -> Subject:
    """What is to be verified of a compiled model."""
    checked = stages.checked
    wanted = {v.name: v.place for v in checked.variables if v.kind == "parameter" and v.trainable}
    return Subject(stages, {checked.objective: 1.0} if checked.objective else {}, wanted if checked.objective else {})
