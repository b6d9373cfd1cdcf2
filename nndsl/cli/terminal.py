"""Where words go: results to stdout, all else to stderr, coloured only where someone looks."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TextIO

import click

from nndsl.diagnostics import Diagnostic, render


def coloured(stream: TextIO) -> bool:
    """Whether to colour what goes to `stream`: NO_COLOR forbids it, FORCE_COLOR asks for it, else terminals but `dumb` ones."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def show(diagnostics: Iterable[Diagnostic]) -> None:
    """Print diagnostics to stderr, an empty line between two."""
    colour = coloured(sys.stderr)
    click.echo("\n\n".join(render(d, colour=colour) for d in diagnostics), err=True, color=colour)


def print_json(value: Mapping[str, Any]) -> None:
    """Print one object as one line to stdout; figures that are not finite become null, as JSON has none."""
    click.echo(json.dumps(_finite(value), ensure_ascii=False, allow_nan=False), color=False)


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(k): _finite(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(v) for v in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[str] = ()) -> None:
    """Print a table to stdout: drawn on a terminal, aligned text elsewhere.

    Args:
        head: the columns' names.
        rows: their texts.
        right: the columns set flush right.
    """
    if coloured(sys.stdout):
        _draw(head, rows, right)
        return
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    for row in (head, *rows):
        cells = [text.rjust(w) if name in right else text.ljust(w) for text, w, name in zip(row, widths, head, strict=True)]
        click.echo("  ".join(cells).rstrip())


def _draw(head: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[str]) -> None:
    # rich takes a tenth of a second to import, and only terminals see it
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in head:
        table.add_column(name, justify="right" if name in right else "left")
    for row in rows:
        table.add_row(*(Text(text) for text in row))
    Console(force_terminal=True).print(table)
