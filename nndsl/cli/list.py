"""`nndsl list [KIND]`"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import click

from nndsl.checking.library import standard
from nndsl.checking.scope import KINDS
from nndsl.cli.terminal import print_json, print_table
from nndsl.syntax.tree import Also, Definition

LISTED = tuple(kind for kind in KINDS if kind != "function")
"""The library's functions are helpers of its own files, which others do not see."""
PLURALS = {kind + ("es" if kind.endswith("s") else "s"): kind for kind in LISTED}


def _kind(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """A kind in the singular, given so or in the plural."""
    kind = PLURALS.get(value, value) if value else None
    if kind is not None and kind not in LISTED:
        raise click.BadParameter(f"{value!r} is none of {', '.join(LISTED)}", ctx, param)
    return kind


@dataclass(frozen=True)
class Row:
    """A definition of the library, as it is listed."""

    kind: str
    name: str
    settings: str
    also: tuple[str, ...]
    about: str


@click.command("list")
@click.argument("kind", required=False, callback=_kind)
@click.option("--json", "as_json", is_flag=True, help="One object a line.")
def command(kind: str | None, as_json: bool) -> None:
    """List the standard library.

    KIND is activation, layer, loss, metric, optimizer, schedule, initializer or regularizer.
    """
    rows = [row for row in definitions() if kind in (None, row.kind)]
    if as_json:
        for row in rows:
            print_json({"kind": row.kind, "name": row.name, "settings": row.settings, "also": row.also, "about": row.about})
    else:
        table = [(row.kind, f"{row.name}({row.settings})", ", ".join(row.also)) for row in rows]
        print_table(("kind", "definition", "also"), table)


def definitions() -> Iterator[Row]:
    """Every definition of the library that a file can use, by kind, then as the library orders them."""
    for kind in LISTED:
        for scope in standard().library.scopes:
            for (its_kind, name), found in scope.definitions.items():
                if its_kind == kind and isinstance(found, Definition) and name == found.name:
                    yield _row(found)


def _row(definition: Definition) -> Row:
    lines = (*definition.attributes, *definition.body)
    also = tuple(name for line in lines if isinstance(line, Also) for name in line.names)
    settings = ", ".join(" ".join(p.span.text.split()) for p in definition.parameters)
    return Row(definition.kind, definition.name, settings, also, definition.documentation)
