"""Definitions by name: the library's, and those of a user's file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from nndsl.checking.check import check_file
from nndsl.checking.library import standard
from nndsl.checking.primitives import ACTIVATIONS
from nndsl.checking.scope import KINDS, Found, Scope
from nndsl.checking.specimen import Shown
from nndsl.diagnostics import Source
from nndsl.syntax import parse, read_source
from nndsl.syntax.tree import Definition

LISTED = tuple(kind for kind in KINDS if kind != "function")
"""The library's functions are helpers of its own files, which others do not see."""

PLURALS = {kind + ("es" if kind.endswith("s") else "s"): kind for kind in LISTED}


def library(kind: str) -> Iterator[Shown]:
    """Every definition of a kind that the library gives to files, in its order."""
    for scope in standard().library.scopes:
        for (its_kind, name), found in scope.definitions.items():
            if its_kind == kind and isinstance(found, Definition) and name == found.name:
                yield Shown(Found(found, scope))


def look_up(name: str, file: Path | None = None) -> list[Shown]:
    """Every definition of a name, one a kind at most.

    Args:
        name: alone, or with its kind before a dot.
        file: whose definitions come before the library's.

    Raises:
        NNError: with every mistake of the file.
    """
    kind, dot, rest = name.rpartition(".")
    kinds = (kind,) if dot else KINDS
    scope = check_file(read_source(file))[0] if file is not None else None
    found = [shown for each in kinds if (shown := _shown(each, rest, scope, file)) is not None]
    primitive = not found and rest in ACTIVATIONS and (not dot or kind in ("activation", "function"))
    return [_primitive(rest)] if primitive else found


def names(file: Path | None = None) -> list[str]:
    """Every name that can be looked up."""
    known = [name for kind in LISTED for name in standard().names(kind)]
    scope = check_file(read_source(file))[0] if file is not None else None
    own = [name for kind, name in scope.definitions if kind in KINDS] if scope is not None else []
    return [*own, *known, *ACTIVATIONS]


def _shown(kind: str, name: str, scope: Scope | None, file: Path | None) -> Shown | None:
    own = scope.find(kind, name) if scope is not None else None
    if own is not None and isinstance(own.definition, Definition) and own.scope.file is not None:
        return Shown(own, str(file))
    found = standard().find(kind, name)
    return Shown(found) if found is not None and isinstance(found.definition, Definition) else None


def _primitive(name: str) -> Shown:
    """An elementwise function of the language itself, written as a definition would be."""
    text = f"# An elementwise function of the language itself.\nactivation {name}(x) = {name}(x)\n"
    source = Source("language", text)
    definition = next(item for item in parse(source).items if isinstance(item, Definition))
    return Shown(Found(definition, Scope(source, underneath=standard())))
