"""`nndsl lint FILE`"""

from __future__ import annotations

from pathlib import Path

import click

from nndsl.cli.options import DATA_FILE, MODEL_FILE, hyperparameters
from nndsl.cli.terminal import print_json, show
from nndsl.diagnostics import as_json
from nndsl.syntax import read_source


@click.command("lint")
@click.argument("file", type=MODEL_FILE)
@hyperparameters
@click.option("--data", type=DATA_FILE, help="A .csv, .npz, .npy or .parquet file in the place of the file's own source.")
@click.option("--json", "json_lines", is_flag=True, help="One object a line, in the shape of rustc's.")
def command(file: Path, settings: dict[str, str], data: Path | None, json_lines: bool) -> None:
    """Advise on what is right but will hardly learn, with the reason and a remedy.

    Where the file has a `data` block, or with --data, targets and learning rates are looked at too.
    """
    # SymPy takes half a second to import, which `nndsl lint --help` need not spend
    from nndsl.lint.advice import advice

    found = advice(read_source(file), settings, data)
    for diagnostic in found if json_lines else ():
        print_json(as_json(diagnostic))
    if found and not json_lines:
        show(found)
    if not json_lines:
        click.echo(f"{len(found)} finding{'' if len(found) == 1 else 's'}")
