"""What a file says to no effect."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from nndsl.checking.body import Body
from nndsl.checking.names import Local, bound_sizes
from nndsl.checking.rules import TRAINING_SETTINGS
from nndsl.checking.scope import Found, Scope
from nndsl.checking.words import word
from nndsl.diagnostics import Diagnostic, problem
from nndsl.syntax.tree import Definition

CHECKED = ("setting", "let", "input", "param", "state", "total", "equation")
"""Roles of names that are there to be read. An argument is passed whether needed or not; an output is read outside."""

_ADVICE = {
    "setting": "nobody could tell whether it was given: take it out of the brackets, or use it",
    "input": "take it out, or use it",
}


def unused_names(found: Found, body: Body, read: Collection[str]) -> Iterator[Diagnostic]:
    """A diagnostic for each name of a definition that nothing reads.

    Args:
        found: the definition.
        body: what was found out about it.
        read: names of it that are read from outside, as a loss reads inputs.
    """
    if body.doubtful or not body.complete:
        return
    aliases = {p.name: p.alias for p in found.definition.parameters} if isinstance(found.definition, Definition) else {}
    second = {alias for alias in aliases.values() if alias}
    used = {*body.used, *read}
    for local in body.names.values():
        names = {local.name, aliases.get(local.name), *bound_sizes(found.definition, local.name, body.names)}
        if local.role in CHECKED and local.name not in second and not names & used and not _known(found, local):
            helps = (_ADVICE.get(local.role, "take it out, or use it"),)
            yield problem("NN0119", local.span, helps=helps, what=local.role, name=local.name,
                          where=f"{found.kind} `{found.definition.name}`")


def _known(found: Found, local: Local) -> bool:
    """Whether it is a setting that every optimizer has, listed to change its default."""
    return found.kind == "optimizer" and local.name in TRAINING_SETTINGS


def unused_lets(scope: Scope, read: Collection[str]) -> Iterator[Diagnostic]:
    """A diagnostic for each top-level `let` of a file that nothing reads."""
    for let in scope.lets.values():
        if let.name not in read:
            yield problem("NN0119", word(let.span, let.name, len("let")), helps=("take it out, or use it",), what="let",
                          name=let.name, where=scope.source.name)
