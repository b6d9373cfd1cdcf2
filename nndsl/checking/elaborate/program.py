"""A checked model put together: all its programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

from nndsl.checking.checked import Checked, Metric, Port
from nndsl.checking.elaborate.builder import Builder
from nndsl.checking.elaborate.context import Context
from nndsl.checking.elaborate.initial import fill
from nndsl.checking.elaborate.limits import check_memory
from nndsl.checking.elaborate.metrics import metric
from nndsl.checking.elaborate.mistakes import Mistake
from nndsl.checking.elaborate.models import Built, build
from nndsl.checking.elaborate.objective import objective, pending
from nndsl.checking.elaborate.optimizer import updates
from nndsl.checking.scope import Scope
from nndsl.checking.training import TrainFormulas
from nndsl.diagnostics import Report, problem
from nndsl.ir.equation import Program
from nndsl.ir.expression import Read
from nndsl.settings import DataSettings, TrainSettings
from nndsl.syntax.tree import Model

T = TypeVar("T")

NOTHING = Program({}, ())

FIRST_VALUES = 1_000_000
"""From this number on places draw first values, so that these share no draws with the first step."""

KINDS = ("parameter", "state", "optimizer")
"""The order of variables."""


@dataclass(frozen=True)
class Special:
    """What single pieces of the library, used from Python, ask for besides a model.

    Args:
        bare: whether the inputs are bare arrays without a batch.
        targets: what targets look like, where it is known beforehand.
        arrays: the shapes of targets' arrays, for losses that leave a size open.
        loose: whether outputs may be the same for all samples, without a batch axis.
        learns: whether the program for training is wanted even if there is nothing to be made small.
    """

    bare: bool = False
    targets: tuple[Port, ...] = ()
    arrays: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    loose: bool = False
    learns: bool = False


def elaborate(scope: Scope, formulas: TrainFormulas, data: DataSettings | None, train: TrainSettings | None,
              report: Report, special: Special | None = None) -> Checked | None:
    """Build the model of a file.

    Args:
        scope: the file's.
        formulas: the loss, metrics and optimizer.
        data, train: its plain settings.
        report: gets the mistakes.
        special: what single pieces of the library ask for.

    Returns:
        all programs of the model; None where it could not be built, for a reason that is in `report`, or without a model.
    """
    if scope.trained is None:
        return None
    special = special or Special()
    context = Context(report, scope, bare=special.bare, loose=special.loose)
    context.targets.ports.update({port.name: port for port in special.targets})
    context.targets.arrays.update(special.arrays)
    try:
        checked = _Assembly(context, scope.trained, formulas, train).checked(data, special.learns)
    except Mistake as error:
        if error.diagnostic is not None:
            report.add(error.diagnostic)
        return None
    except RecursionError:  # formulas may nest only so deep, but definitions inside each other add up
        report.add(problem("NN0249", scope.trained.name_span, name=scope.trained.name))
        return None
    return None if report.failed else checked


class _Assembly:
    """The programs of a model, one after the other."""

    def __init__(self, context: Context, model: Model, formulas: TrainFormulas, train: TrainSettings | None) -> None:
        self.context, self.model, self.formulas, self.train = context, model, formulas, train
        self.finish = Builder(context.indices)
        self.totals: tuple[str, ...] = ()

    def checked(self, data: DataSettings | None, learns: bool) -> Checked:
        """All programs."""
        inference = build(self.model, self.context, False)
        forward = inference.run.builder.branch()
        self.context.targets.outputs = {n: tuple(int(e) for e in v.shape) for n, v in inference.outputs.items()}
        name, metrics = self.assessed(inference)
        training = build(self.model, self.context, True)
        self.assessed(training)
        pending(training.run, training.run.builder)
        outputs = tuple(v.expr.tensor for v in inference.outputs.values() if isinstance(v.expr, Read))
        states = tuple(v.name for v in self.context.variables.values() if v.kind == "state")
        assess = inference.run.builder.program((*outputs, name, *self.totals)) if name or self.totals else NOTHING
        learns = learns or bool(name or self.totals)
        learn = training.run.builder.program((*outputs, name, *self.totals, *states)) if learns else NOTHING
        update, final = self.told(self.updated) or (NOTHING, NOTHING)
        checked = Checked(
            self.model.name, self.inputs(), self.targets(), self.outputs(inference), outputs,
            tuple(sorted(self.context.variables.values(), key=lambda v: KINDS.index(v.kind))),
            tuple(self.context.instances.values()), metrics, name,
            forward.program(outputs), assess, learn, update, self.finish.program(tuple(m.result for m in metrics)),
            self.initial(), final, data, self.train)
        check_memory(checked, self.model.name_span)
        return checked

    def assessed(self, built: Built) -> tuple[str, tuple[Metric, ...]]:
        """The objective and the metrics' totals, written into the model's program."""
        weights = self.train.class_weight if self.train and built.run.training else {}
        name = self.told(lambda: objective(self.formulas.loss, built, self.context, weights)) or ""
        self.finish = Builder(self.context.indices)
        made = (self.told(partial(metric, item, built, self.context, self.finish)) for item in self.formulas.metrics)
        found = [m for m in made if m is not None]
        self.totals = tuple(total for _, totals in found for total in totals)
        return name, tuple(m for m, _ in found)

    def told(self, action: Callable[[], T]) -> T | None:
        """The result of an action; None after a mistake in it, which is told while the rest goes on."""
        try:
            return action()
        except Mistake as error:
            if error.diagnostic is not None:
                self.context.report.add(error.diagnostic)
            return None

    def updated(self) -> tuple[Program, Program]:
        """The optimizer's programs."""
        if self.formulas.optimizer is None or (not self.formulas.loss and not self.context.current.penalties):
            return NOTHING, NOTHING
        return updates(self.formulas.optimizer, self.context)

    def initial(self) -> Program:
        """First values of all variables."""
        builder = Builder(self.context.indices, streams=FIRST_VALUES)
        for variable in list(self.context.variables.values()):
            fill(variable, self.context.fillings[variable.name], builder, self.context)
        return builder.program(tuple(self.context.variables))

    def inputs(self) -> tuple[Port, ...]:
        """The input ports, with what gathering asks of them."""
        asked = self.context.current.builder.asked
        return tuple(replace(p, limit=asked.get(p.name, p.limit)) for p in self.context.ports.values())

    def targets(self) -> tuple[Port, ...]:
        """The target ports, in the order of the outputs."""
        asked = self.context.current.builder.asked
        ports = self.context.targets.ports
        return tuple(replace(ports[n], limit=asked.get("target." + n)) for n in self.context.targets.outputs if n in ports)

    def outputs(self, built: Built) -> tuple[Port, ...]:
        """The output ports."""
        return tuple(Port(name, tuple(int(e) for e in value.shape)) for name, value in built.outputs.items())
