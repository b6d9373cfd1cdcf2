"""`nndsl diff A B`"""

from __future__ import annotations

from pathlib import Path

import click

from nndsl.cli.options import MODEL_FILE
from nndsl.cli.terminal import print_json
from nndsl.syntax import read_source


@click.command("diff")
@click.argument("before", type=MODEL_FILE)
@click.argument("after", type=MODEL_FILE)
@click.option("--json", "json_lines", is_flag=True, help="One object a line.")
def command(before: Path, after: Path, json_lines: bool) -> None:
    """Say what differs in meaning between two model files."""
    # SymPy takes half a second to import, which `nndsl diff --help` need not spend
    from nndsl.checking import check_model
    from nndsl.lint.changes import DIFFERENT, changes

    found = changes(check_model(read_source(before)), check_model(read_source(after)))
    for change in found:
        print_json(vars(change)) if json_lines else click.echo(f"{change.kind:<10}{change.what}: {change.how}")
    if not json_lines:
        differing = sum(change.kind in DIFFERENT for change in found)
        click.echo(f"{differing} difference{'' if differing == 1 else 's'}" if differing else "the same in meaning")
