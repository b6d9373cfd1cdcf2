"""The `train` block: its plain settings, and the loss, metrics and optimizer, which stay formulas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from nndsl.checking.body import Body, Place
from nndsl.checking.formulas import check
from nndsl.checking.names import Local
from nndsl.checking.options import FLAG, FRACTION, NOT_NEGATIVE, Kind, Reader, one_of, whole, word_of
from nndsl.checking.ports import Ports
from nndsl.checking.rules import OPTIMIZER, VALUE, Expected, Rule
from nndsl.checking.scope import FORMULA, METRICS
from nndsl.checking.studies import Studies
from nndsl.checking.training import TrainFormula, TrainFormulas
from nndsl.checking.walking import open_indices, walk
from nndsl.checking.words import did_you_mean, listed
from nndsl.diagnostics import Label, Span
from nndsl.settings import Checkpoint, EarlyStop, Plateau, TrainSettings
from nndsl.syntax.tree import Call, Expression, Item, Member, Name, Setting, Train

PLAIN: dict[str, Kind] = {
    "epochs": whole(1),
    "batch": whole(1),
    "seed": whole(0),
    "shuffle": FLAG,
    "precision": one_of("float32", "float64"),
    "tensorboard": FLAG,
}
"""Settings of one value."""

MODE = one_of("auto", "min", "max")

EARLY_STOP: dict[str, Kind] = {"patience": whole(0), "min_delta": NOT_NEGATIVE, "restore_best": FLAG, "mode": MODE}
PLATEAU: dict[str, Kind] = {"factor": FRACTION, "patience": whole(0), "min_delta": NOT_NEGATIVE, "mode": MODE}
CHECKPOINT: dict[str, Kind] = {"mode": MODE}

CLASS_WEIGHT = "`class: weight`"
"""How an entry of `class_weight` is written."""

LOSS_RULE = Rule(frozenset(), calls=("loss", *FORMULA), named=True)
METRIC_RULE = Rule(frozenset(), calls=(*METRICS, *FORMULA), named=True)

DEFAULT_OPTIMIZER = Name("default")
"""A `train` block that names no optimizer takes the one of the library with this second name."""


@dataclass
class TrainReader:
    """Reads a `train` block.

    Args:
        reader: reads values.
        ports: the model's; None where it is not known.
        validated: whether there will be a validation part, as far as the file tells.
        studies: what is known of definitions.
        settings: the plain settings so far.
        formulas: the formulas so far.
        monitors: what is to be watched, told apart once the metrics are known.
        used: names of the model that formulas read.
        lets: top-level `let`s that formulas read.
    """

    reader: Reader
    ports: Ports | None
    validated: bool
    studies: Studies
    settings: dict[str, Any] = field(default_factory=dict)
    formulas: TrainFormulas = TrainFormulas()
    monitors: list[Expression] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    lets: set[str] = field(default_factory=set)

    def read(self, block: Train) -> TrainSettings:
        """The plain settings; the formulas are in `formulas`."""
        for setting in self.reader.known(block.settings, SETTINGS):
            SETTINGS[setting.name](self, setting)
        if all(setting.name != "optimizer" for setting in block.settings):
            self._default_optimizer(Span(block.span.source, block.span.start, block.span.start + len("train")))
        for monitor in self.monitors:
            self._check_monitor(monitor)
        return TrainSettings(**self.settings)

    # ------------------------------------------------------------------------------------------------ plain settings

    def read_plain(self, setting: Setting) -> None:
        """`epochs 20`"""
        value = self.reader.single(setting, PLAIN[setting.name])
        if value is not None:
            self.settings[setting.name] = value

    def read_class_weight(self, setting: Setting) -> None:
        """`class_weight 0: 1, 1: 5`"""
        weights: dict[str, float] = {}
        for item in setting.items:
            label = item.values[0].span.text.strip('"') if len(item.values) == 1 and item.name is None else ""
            if item.rule is None or not label:
                self.reader.complain("NN0402", item.span, setting=setting.name, expected=CLASS_WEIGHT, found=item.span.text)
                continue
            if label in weights:
                self.reader.complain("NN0407", item.values[0].span, setting=setting.name, name=label)
            weight = self.reader.value(f"class_weight {label}", item.rule, NOT_NEGATIVE)
            weights.update({} if weight is None else {label: weight})
        if not setting.items:
            self.reader.complain("NN0404", setting.name_span, name=setting.name, expected=CLASS_WEIGHT)
        self.settings["class_weight"] = weights

    def read_early_stop(self, setting: Setting) -> None:
        """`early_stop val_loss, patience = 5`"""
        monitor, options = self._monitored(setting, EARLY_STOP)
        self.settings["early_stop"] = EarlyStop(monitor, **options) if monitor else None

    def read_plateau(self, setting: Setting) -> None:
        """`reduce_on_plateau val_loss, factor = 0.1, patience = 10`"""
        monitor, options = self._monitored(setting, PLATEAU)
        self.settings["reduce_on_plateau"] = Plateau(monitor, **options) if monitor else None

    def read_checkpoint(self, setting: Setting) -> None:
        """`checkpoint best val_loss`, `checkpoint every 5`"""
        first = setting.items[0] if setting.items else None
        words = first.values if first and first.name is None and first.rule is None else ()
        if first is None or len(words) != 2 or word_of(words[0]) not in ("best", "every"):
            where = first.span if first else setting.name_span
            expected = "`best` and a figure, or `every` and a number of epochs"
            self.reader.complain("NN0404", where, name=setting.name, expected=expected)
            return
        options = self.reader.options(setting.name, setting.items[1:], CHECKPOINT if word_of(words[0]) == "best" else {})
        if word_of(words[0]) == "every":
            self.settings["checkpoint"] = Checkpoint(every=self.reader.value("every", words[1], whole(1)))
            return
        self.monitors.append(words[1])
        self.settings["checkpoint"] = Checkpoint(best=word_of(words[1]), **options)

    def _monitored(self, setting: Setting, table: dict[str, Kind]) -> tuple[str, dict[str, Any]]:
        """The figure that a setting watches, and its options."""
        first = setting.items[0] if setting.items else None
        alone = first is not None and len(first.values) == 1 and first.name is None and first.rule is None
        if first is None or not alone or word_of(first.values[0]) in ("", *table):
            where = first.span if first else setting.name_span
            self.reader.complain("NN0404", where, name=setting.name, expected="the figure to watch first, as `val_loss`")
            option = first is not None and (first.name or word_of(first.values[0])) in table
            self.reader.options(setting.name, setting.items if option else setting.items[1:], table)
            return "", {}
        self.monitors.append(first.values[0])
        return word_of(first.values[0]), self.reader.options(setting.name, setting.items[1:], table)

    def _check_monitor(self, expression: Expression) -> None:
        """Complains about a figure that the run does not have."""
        name = word_of(expression)
        figures = ("loss", *(metric.name for metric in self.formulas.metrics))
        known = (*figures, *(f"val_{figure}" for figure in figures))
        if name not in known:
            helps = did_you_mean(name, known) or (f"the figures are {listed(known)}",)
            self.reader.complain("NN0414", expression.span, helps=helps, name=expression.span.text)
        elif name not in figures and not self.validated:
            self.reader.complain("NN0415", expression.span, helps=("add `validation 10%` to `split`",), name=name)

    # ------------------------------------------------------------------------------------------------ formulas

    def read_loss(self, setting: Setting) -> None:
        """`loss huber(delta = 2)`, or a formula over outputs, inputs and targets"""
        formulas = self._formulas(setting, ("loss",), LOSS_RULE)
        if len(setting.items) > 1:
            self.reader.complain("NN0405", setting.items[1].span, name=setting.name, expected="one formula")
        elif formulas:
            self.formulas = replace(self.formulas, loss=formulas[0])

    def read_metrics(self, setting: Setting) -> None:
        """`metrics accuracy, mae`"""
        formulas = self._formulas(setting, METRICS, METRIC_RULE)
        names: dict[str, Span] = {}
        for formula in formulas:
            if formula.name in names:
                also = (Label(names[formula.name], "the first one"),)
                self.reader.complain("NN0418", formula.expression.span, also=also, name=formula.name)
            names.setdefault(formula.name, formula.expression.span)
        self.formulas = replace(self.formulas, metrics=formulas)

    def read_optimizer(self, setting: Setting) -> None:
        """`optimizer adam(0.001)`"""
        expression = self._single(setting, setting.items[0]) if setting.items else None
        if expression is None or len(setting.items) > 1:
            where = setting.items[-1].span if setting.items else setting.name_span
            self.reader.complain("NN0404", where, name=setting.name, expected="one optimizer, as `adam(0.001)`")
            return
        self._check(expression, Place(OPTIMIZER), Rule(frozenset()))
        self.formulas = replace(self.formulas, optimizer=expression)

    def _default_optimizer(self, where: Span) -> None:
        self.formulas = replace(self.formulas, optimizer=replace(DEFAULT_OPTIMIZER, span=where))

    def _formulas(self, setting: Setting, kinds: Expected, rule: Rule) -> tuple[TrainFormula, ...]:
        if not setting.items:
            self.reader.complain("NN0404", setting.name_span, name=setting.name, expected=f"a {kinds[0]}")
        expressions = [self._single(setting, item) for item in setting.items]
        return tuple(self._formula(e, kinds, rule) for e in expressions if e is not None)

    def _single(self, setting: Setting, item: Item) -> Expression | None:
        if len(item.values) == 1 and item.name is None and item.rule is None:
            return item.values[0]
        self.reader.complain("NN0402", item.span, setting=setting.name, expected="a name or a call", found=item.span.text)
        return None

    def _formula(self, expression: Expression, kinds: Expected, rule: Rule) -> TrainFormula:
        """Looks through a loss or metric."""
        applied = self._applied(expression)
        if applied:
            known = set(self.ports.inputs + self.ports.outputs) if self.ports else set()
            self._check(expression, Place(VALUE, open_indices(expression, known | set(self.reader.scope.lets))), rule)
        else:
            self._check(expression, Place(kinds), rule)
            if self.ports and self.ports.several:
                self._complain_of_several(expression)
        return TrainFormula(self._reported(expression, applied), expression, applied)

    def _applied(self, expression: Expression) -> bool:
        """Whether it is a formula over the model's ports, and not a loss or metric that stands for itself."""
        if isinstance(expression, Call):
            given = [argument.value for argument in expression.arguments if argument.name is None]
            return any(isinstance(node, (Name, Member)) for value in given for node in walk(value))
        if isinstance(expression, Name):
            return self.ports is not None and expression.name in (*self.ports.inputs, *self.ports.outputs)
        if isinstance(expression, Member):
            return expression.value == Name("target")
        return any(isinstance(node, (Name, Member)) for node in walk(expression))

    def _complain_of_several(self, expression: Expression) -> None:
        assert self.ports is not None
        name = self._reported(expression, False)
        output = self.ports.outputs[0] if self.ports.outputs else "p"
        helps = (f"say which is meant: `{name}(target.{output}, {output})`",)
        self.reader.complain("NN0416", expression.span, helps=helps, outputs=listed(self.ports.outputs))

    def _reported(self, expression: Expression, applied: bool) -> str:
        """The name under which a figure is reported."""
        called = expression.function if isinstance(expression, Call) else expression
        name = called.name if isinstance(called, (Name, Member)) else " ".join(expression.span.text.split())
        if not (applied and self.ports and self.ports.several):
            return name
        read = {node.name for node in walk(expression) if isinstance(node, (Name, Member))}
        outputs = [output for output in self.ports.outputs if output in read]
        return f"{outputs[0]}_{name}" if len(outputs) == 1 else name

    def _check(self, expression: Expression, place: Place, rule: Rule) -> None:
        """Looks through a formula over the model's ports; without a model, nothing is known of them."""
        if self.ports is None:
            return
        roles = [("input", name) for name in self.ports.inputs] + [("output", name) for name in self.ports.outputs]
        names = {name: Local(name, role, expression.span) for role, name in roles}
        body = Body(self.reader.scope, rule, names, self.studies, self.reader.report, targets=self.ports.outputs)
        check(body, expression, place)
        self.used |= body.used
        self.lets |= body.lets


SETTINGS: dict[str, Callable[[TrainReader, Setting], None]] = {
    "loss": TrainReader.read_loss,
    "optimizer": TrainReader.read_optimizer,
    "metrics": TrainReader.read_metrics,
    **dict.fromkeys(PLAIN, TrainReader.read_plain),
    "class_weight": TrainReader.read_class_weight,
    "early_stop": TrainReader.read_early_stop,
    "checkpoint": TrainReader.read_checkpoint,
    "reduce_on_plateau": TrainReader.read_plateau,
}
"""The lines of a `train` block."""
