"""The `example` lines of definitions, evaluated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nndsl.checking.checked import Checked, Port
from nndsl.checking.elaborate import Special, elaborate
from nndsl.checking.lower import lower
from nndsl.checking.rules import RULES
from nndsl.checking.scope import FORMULA, Found, Scope
from nndsl.checking.training import TrainFormula, TrainFormulas
from nndsl.diagnostics import NNError, Report, Source
from nndsl.ir.equation import SAMPLE_WEIGHT, target_name
from nndsl.ir.interpreter import run
from nndsl.syntax import parse
from nndsl.syntax.tree import Argument, Call, Definition, Example, Expression, ListOf, Member, Model, Name, Number
from nndsl.verify.report import Disagreement

IDLE = "model example { input x;  output same = x }\n"
PREDICTED = "model example {{ input p{brackets};  output q = p }}\n"

TOLERANCE = 1e-12


@dataclass(frozen=True)
class Stated:
    """An `example` line.

    Args:
        found: the definition it stands beside.
        line: it.
    """

    found: Found
    line: Example

    def disagreement(self) -> Disagreement | None:
        """What is wrong with it: None if it holds."""
        try:
            value, wanted = _evaluated(self.found, self.line.value), _numbers(self.found.scope, self.line.expected)
        except NNError as error:
            return self._complaint("; ".join(d.message for d in error.diagnostics))
        if np.shape(value) not in ((), np.shape(wanted)) or not np.allclose(value, wanted, TOLERANCE, 1e-15, equal_nan=True):
            return self._complaint(f"it is {_text(value)}")
        return None

    def _complaint(self, text: str) -> Disagreement:
        return Disagreement("example", self.found.definition.name, str(self.line.span.place), self.line.span.text, text)


def definitions(scopes: Iterable[Scope]) -> Iterator[Found]:
    """The definitions of some files, each once."""
    for scope in scopes:
        for definition in dict.fromkeys(d for d in scope.definitions.values() if isinstance(d, Definition)):
            yield Found(definition, scope)


def examples(found: Found) -> Iterator[Stated]:
    """The `example` lines of a definition: those in its block, and those after it."""
    if isinstance(found.definition, Definition):
        for line in (*found.definition.body, *found.definition.attributes):
            if isinstance(line, Example):
                yield Stated(found, line)


def files(scope: Scope) -> Iterator[Scope]:
    """A file and all that it imports, each once."""
    seen: dict[int, Scope] = {}
    todo = [scope]
    while todo:
        here = todo.pop()
        if id(here) not in seen:
            seen[id(here)] = here
            todo += here.imports
    return iter(seen.values())


def _evaluated(found: Found, value: Expression) -> Any:
    """The value of what stands before the equals sign."""
    if not isinstance(value, Call):
        return _numbers(found.scope, value)
    return _metric(found, value) if found.kind == "metric" else _numbers(found.scope, _named_by_kind(found, value))


def _named_by_kind(found: Found, call: Call) -> Call:
    """A call of the definition that says of which kind it is, where its kind is none that formulas call by bare names."""
    if found.kind in FORMULA or not isinstance(call.function, Name):
        return call
    name, span = call.function.name, call.function.span
    return replace(call, function=Member(Name(found.kind, span=span), name, span=span))


def _numbers(scope: Scope, formula: Expression) -> Any:
    """The value of a formula of numbers, or of lists of them."""
    if isinstance(formula, ListOf):
        return np.array([_numbers(scope, item) for item in formula.items])
    if isinstance(formula, Number):
        return formula.value
    checked = _built(scope, IDLE, TrainFormulas(TrainFormula("loss", formula, True)))
    return run(lower(checked).learn, {"x": np.zeros(1), SAMPLE_WEIGHT: np.ones(1)}, batch=1)["loss"]


def _metric(found: Found, call: Call) -> Any:
    """The value of a metric whose targets and predictions are lists with one entry a sample."""
    assert isinstance(found.definition, Definition)
    count = RULES[found.kind].arguments
    y, p = (_numbers(found.scope, a.value) for a in call.arguments[:count])
    names = [parameter.name for parameter in found.definition.parameters[count:]]
    given = [a for a in call.arguments[count:] if a.name is None]
    settings = [Argument(name, a.value, span=a.span) for name, a in zip(names, given, strict=False)]
    settings += [a for a in call.arguments[count:] if a.name is not None]
    formula = TrainFormula("value", replace(_named_by_kind(found, call), arguments=tuple(settings)), False)
    target = Port("q", y.shape[1:], "int" if y.dtype.kind in "iub" else "real")
    brackets = f"[{', '.join(map(str, p.shape[1:]))}]" if p.shape[1:] else ""
    checked = lower(_built(found.scope, PREDICTED.format(brackets=brackets), TrainFormulas(metrics=(formula,)),
                           Special(targets=(target,))))
    totals = run(checked.assess, {"p": p, target_name("q"): y, SAMPLE_WEIGHT: np.ones(len(y))}, batch=len(y))
    known = {n: totals[n] for n, t in checked.finish.tensors.items() if t.role == "total" and n in totals}
    return run(checked.finish, known, batch=1)[checked.metrics[0].result]


def _built(scope: Scope, model: str, formulas: TrainFormulas, special: Special | None = None) -> Checked:
    """A small model with formulas, among the names of a file."""
    item = parse(Source("<example>", model)).items[0]
    assert isinstance(item, Model)
    report = Report()
    checked = elaborate(replace(scope, trained=item), formulas, None, None, report, special)
    report.stop_if_failed()
    assert checked is not None
    return checked


def _text(value: Any) -> str:
    return np.array2string(np.asarray(value), separator=", ", floatmode="unique")
