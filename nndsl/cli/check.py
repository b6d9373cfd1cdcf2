"""`nndsl check FILE...`"""

from __future__ import annotations

from pathlib import Path

import click

from nndsl.checking import Examined, examine, in_order
from nndsl.cli.main import FAILED
from nndsl.cli.options import MODEL_FILE
from nndsl.cli.terminal import print_json, show
from nndsl.diagnostics import Diagnostic, NNError, Source, as_json
from nndsl.syntax import read_source


@click.command("check")
@click.argument("files", nargs=-1, required=True, type=MODEL_FILE)
@click.option("--lint", is_flag=True, help="Advise too, on files without mistakes, as `nndsl lint` does.")
@click.option("--json", "json_lines", is_flag=True, help="One object a line, in the shape of rustc's.")
def command(files: tuple[Path, ...], lint: bool, json_lines: bool) -> int:
    """Report every mistake of one or more files."""
    found = {file: mistakes(file) for file in files}
    if lint:
        found = {file: [*told, *_advised(file, told)] for file, told in found.items()}
    diagnostics = [d for file in found.values() for d in file]
    for diagnostic in diagnostics if json_lines else ():
        print_json(as_json(diagnostic))
    if diagnostics and not json_lines:
        show(diagnostics)
        kinds = [d.severity for d in diagnostics]
        counts = [_count(kinds.count(kind), kind) for kind in ("error", "warning") if kind in kinds]
        counts += [f"{kinds.count('advice')} advised"] if "advice" in kinds else []
        click.echo(f"\n{' and '.join(counts)} in {_count(sum(map(bool, found.values())), 'file')}", err=True)
    return FAILED if any(d.severity == "error" for d in diagnostics) else 0


def mistakes(file: Path) -> list[Diagnostic]:
    """Every diagnostic of a file and of those it imports, the names and shapes of its data included."""
    try:
        source = read_source(file)
        examined = examine(source)
    except NNError as error:
        return list(error.diagnostics)
    return in_order((*examined.diagnostics, *_of_data(examined, source)), source)


def _advised(file: Path, told: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Advice on a file, if it has a model and no mistakes."""
    # SymPy takes half a second to import, which plain `check` does not spend
    from nndsl.lint.advice import advice

    source = read_source(file)
    without = any(d.severity == "error" for d in told) or examine(source).model is None
    return () if without else advice(source, {})


def _of_data(examined: Examined, source: Source) -> tuple[Diagnostic, ...]:
    """What does not fit between a model and its data, as far as names and shapes tell."""
    data, model = examined.data, examined.model
    if data is None:
        return ()
    # NumPy takes a tenth of a second to import, and many files have no data
    from nndsl.runtime.data import Wanted, check_data, check_names

    if model is None:  # what it wants is not known then, but the data may have mistakes of their own
        return check_names(data, Wanted((), (), folder=Path(source.name).parent, text=source))
    return check_data(data, Wanted(model.inputs, model.targets, folder=Path(source.name).parent, text=source))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
