"""`nndsl list [KIND]`"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import click

from nndsl.checking.specimen import Shown
from nndsl.cli.terminal import print_json, print_table
from nndsl.inspect.doc.lookup import LISTED, PLURALS, library
from nndsl.syntax.tree import Also


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

    @property
    def summary(self) -> str:
        """The first sentence about it, and its other names."""
        first = re.split(r"(?<=\.)\s+(?=[A-Z])", " ".join(self.about.split()))[0]
        return first + (f" Also {', '.join(self.also)}." if self.also else "")


@click.command("list")
@click.argument("kind", required=False, callback=_kind)
@click.option("--json", "as_json", is_flag=True, help="One object a line.")
def command(kind: str | None, as_json: bool) -> None:
    """List the standard library.

    KIND is activation, layer, loss, metric, optimizer, schedule, initializer or regularizer. `nndsl doc NAME` tells more.
    """
    rows = [row for row in definitions() if kind in (None, row.kind)]
    if as_json:
        for row in rows:
            print_json({"kind": row.kind, "name": row.name, "settings": row.settings, "also": row.also, "about": row.about})
    else:
        print_table(("kind", "name", "about"), [(row.kind, row.name, row.summary) for row in rows])


def definitions() -> Iterator[Row]:
    """Every definition of the library that a file can use, by kind, then as the library orders them."""
    return (_row(shown) for kind in LISTED for shown in library(kind))


def _row(shown: Shown) -> Row:
    definition = shown.definition
    also = tuple(name for line in shown.lines if isinstance(line, Also) for name in line.names)
    settings = ", ".join(" ".join(p.span.text.split()) for p in definition.parameters)
    return Row(definition.kind, definition.name, settings, also, definition.documentation)
