"""`--set name=value`: new values for the `let`s at the top of the file that is run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from nndsl.checking.scope import Scope
from nndsl.checking.words import did_you_mean
from nndsl.diagnostics import NNError, Report, Source, problem
from nndsl.syntax import parse
from nndsl.syntax.tree import Let

NO_LETS = ("write `let name = value` at the top of the file",)


def with_settings(scope: Scope, settings: Mapping[str, str], report: Report) -> Scope:
    """`scope` with other values in place of those written in its top-level `let`s.

    Args:
        scope: the file's.
        settings: the values, as text, by the names of the `let`s.
        report: gets the diagnostics.
    """
    lets = dict(scope.lets)
    for name, text in settings.items():
        if name in lets:
            lets[name] = _value(name, text, report) or lets[name]
        else:
            helps = did_you_mean(name, lets, "its hyperparameters are") or (() if lets else NO_LETS)
            report.add(problem("NN0124", None, helps=helps, name=name, file=scope.source.name))
    return replace(scope, lets=lets)


def _value(name: str, text: str, report: Report) -> Let | None:
    """`let name = text`, if that is all it says."""
    try:
        items = parse(Source("--set", f"let {name} = {text}")).items
    except NNError:
        items = ()
    if len(items) == 1 and isinstance(items[0], Let):
        return items[0]
    report.add(problem("NN0125", None, name=name, text=text))
    return None


def written(value: object) -> str:
    """A hyperparameter's new value, given in Python, as the command line would write it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "none" if value is None else str(value)
