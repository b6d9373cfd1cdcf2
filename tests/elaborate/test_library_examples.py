"""The `example` lines of the library hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nndsl.checking.elaborate import elaborate
from nndsl.checking.imports import open_scope
from nndsl.checking.library import standard
from nndsl.checking.lower import lower
from nndsl.checking.training import TrainFormula, TrainFormulas
from nndsl.diagnostics import Report, Source
from nndsl.ir.interpreter import run
from nndsl.syntax import parse
from nndsl.syntax.tree import Definition, Example, Expression, Let

MODEL = "model m { input x;  output same = x }\n"
EVALUATED = ("activation", "function", "loss", "regularizer", "schedule")
KINDS = ("loss", "regularizer", "schedule")
"""Kinds that a formula names before the dot."""


def examples() -> list[Any]:
    """Every example of the library, and its definition; those of metrics, which see whole epochs, are for the interface."""
    found = []
    for scope in standard().library.scopes:
        for definition in dict.fromkeys(scope.definitions.values()):
            seen = isinstance(definition, Definition) and definition.kind != "metric"
            lines = (*definition.body, *definition.attributes) if seen else ()
            found += [pytest.param(definition, line, id=line.span.text) for line in lines if isinstance(line, Example)]
    return found


def number(text: str) -> Any:
    """The value of a formula of numbers, as an array with an entry a sample."""
    source = Source("example.nn", MODEL + f"let value = {text}\n")
    report = Report()
    scope = open_scope(source, {}, report)
    (formula,) = [item.value for item in parse(source).items if isinstance(item, Let)]
    entries = [formula] if not text.startswith("[") else list(formula.items)  # type: ignore[union-attr]
    values = [objective(entry, scope, report) for entry in entries]
    return values[0] if len(values) == 1 and not text.startswith("[") else np.array(values)


def objective(formula: Expression, scope: Any, report: Report) -> Any:
    """What the objective is with a formula for a loss."""
    checked = elaborate(scope, TrainFormulas(TrainFormula("loss", formula, True)), None, None, report)
    report.stop_if_failed()
    assert checked is not None
    flat = lower(checked)
    return run(flat.learn, {"x": np.zeros(1), "sample weight": np.ones(1)}, batch=1)["loss"]


@pytest.mark.parametrize(("definition", "line"), examples())
def test_example(definition: Definition, line: Example) -> None:
    assert definition.kind in EVALUATED
    text = line.value.span.text
    value = number(f"{definition.kind}.{text}" if definition.kind in KINDS else text)
    np.testing.assert_allclose(value, number(line.expected.span.text), rtol=1e-12, atol=1e-15)


def test_there_are_examples() -> None:
    assert len(examples()) > 10
