"""The `example` lines of definitions, evaluated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from nndsl.checking.elaborate import elaborate
from nndsl.checking.imports import open_scope
from nndsl.checking.library import standard
from nndsl.checking.lower import lower
from nndsl.checking.scope import Scope
from nndsl.checking.training import TrainFormula, TrainFormulas
from nndsl.diagnostics import Report, Source
from nndsl.ir.interpreter import run
from nndsl.syntax import parse
from nndsl.syntax.tree import Definition, Example, Expression, Let, ListOf
from nndsl.verify.report import Disagreement

IDLE = "model examples { input x;  output same = x }\n"
PREFIXED = ("loss", "regularizer", "schedule")
"""Kinds that a formula names before the dot."""

EVALUATED = (*PREFIXED, "activation", "function")
"""Kinds whose examples are formulas of numbers; those of metrics are sums over samples, and held by the tests."""

TOLERANCE = 1e-12


def definitions(scopes: Iterable[Scope]) -> Iterator[Definition]:
    """The definitions of some files, each once."""
    for scope in scopes:
        yield from dict.fromkeys(d for d in scope.definitions.values() if isinstance(d, Definition))


def library() -> Iterator[Definition]:
    """The library's definitions."""
    return definitions(standard().library.scopes)


def disagreements(definition: Definition, source: str = "") -> Iterator[Disagreement]:
    """The examples of a definition that do not hold.

    Args:
        definition: it.
        source: the file it stands in; "" for the library.
    """
    for line in (*definition.body, *definition.attributes):
        if isinstance(line, Example) and definition.kind in EVALUATED:
            text = line.value.span.text
            called = f"{definition.kind}.{text}" if definition.kind in PREFIXED else text
            found, wanted = (_value(t, source) for t in (called, line.expected.span.text))
            if not np.allclose(found, wanted, rtol=TOLERANCE, atol=1e-15, equal_nan=True):
                yield Disagreement("example", definition.name, str(line.span.place), line.span.text, f"it is {found}")


def _value(text: str, source: str) -> Any:
    """The value of a formula of numbers."""
    imported = f'import "{Path(source).name}"\n' if source else ""
    small = Source(str(Path(source).parent / "<example>") if source else "<example>", f"{imported}{IDLE}let value = {text}\n")
    report = Report()
    scope = open_scope(small, {}, report)
    formula = next(item.value for item in parse(small).items if isinstance(item, Let))
    if isinstance(formula, ListOf):
        return np.array([_number(entry, scope, report) for entry in formula.items])
    return _number(formula, scope, report)


def _number(formula: Expression, scope: Scope, report: Report) -> Any:
    checked = elaborate(scope, TrainFormulas(TrainFormula("loss", formula, True)), None, None, report)
    report.stop_if_failed()
    assert checked is not None
    return run(lower(checked).learn, {"x": np.zeros(1), "sample weight": np.ones(1)}, batch=1)["loss"]
