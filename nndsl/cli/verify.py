"""`nndsl verify FILE`"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nndsl.cli.main import FAILED
from nndsl.cli.options import hyperparameters
from nndsl.cli.terminal import coloured, print_json, print_table
from nndsl.syntax import read_source

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from nndsl.verify.report import Report

SHOWN = 20
"""Disagreements, and missed pieces, printed for a model; the rest are counted."""


@click.command("verify")
@click.argument("what", required=False, metavar="[FILE | NAME]")
@hyperparameters
@click.option("--library", is_flag=True, help="Every definition of the library, with its examples.")
@click.option("--mutate", type=click.IntRange(0), default=0, metavar="N",
              help="Plant N small faults in the generated backward code, and count those that are caught.")
@click.option("--seed", type=click.IntRange(0), default=0, metavar="N", help="Which faults are planted.  [default: 0]")
@click.option("--json", "as_json", is_flag=True, help="One object a line for each finding, and one for the end.")
def command(what: str | None, settings: dict[str, str], library: bool, mutate: int, seed: int, as_json: bool) -> int:
    """Prove the generated derivatives, and hold them against numbers.

    FILE is a model, or a file of definitions; NAME a definition of the library, as `gelu` or `loss.huber`.
    """
    if (what is None) != library:
        raise click.UsageError("give a FILE, the NAME of a definition, or --library")
    # SymPy, Numba and the compiler are loaded only once the arguments are in order
    from nndsl.verify.report import summary

    with _progress() as tell:
        reports = []
        for report in _reports(what, settings, mutate, seed, tell):
            reports.append(report)
            if library:
                _print_objects(report) if as_json else _print_line(report)
    if not library:
        for report in reports:
            _print_objects(report) if as_json else _print(report)
    end = summary(reports)
    if as_json:
        print_json(end)
    else:
        _print_end(end, reports)
    return 0 if all(r.fine for r in reports) else FAILED


def _reports(what: str | None, settings: dict[str, str], mutate: int, seed: int,
             tell: Callable[[str], None]) -> Iterable[Report]:
    """What was found about a file, a definition, or all of the library."""
    # SymPy, Numba and the compiler are loaded only once the arguments are in order
    from nndsl.verify import verify_definitions, verify_source

    if what is None:
        return verify_definitions(None, mutate, seed, tell)
    if what.endswith(".nn") or Path(what).exists():
        if not Path(what).is_file():
            raise click.BadParameter(f"there is no file {what!r}", param_hint="FILE")
        return verify_source(read_source(Path(what)), settings, mutate, seed, tell, ahead=True)
    found = list(verify_definitions(what, mutate, seed, tell))
    if not found:
        raise click.BadParameter(f"{what!r} is neither a file nor a definition of the library", param_hint="NAME")
    return found


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Tells on a terminal what is under way."""
    if not coloured(sys.stderr):
        yield lambda text: None
        return
    # rich takes a tenth of a second to import, and only terminals see it
    from rich.console import Console

    with Console(stderr=True).status("compile") as status:
        yield status.update


def _print_objects(report: Report) -> None:
    def told(event: str, items: Sequence[DataclassInstance]) -> None:
        for item in items:
            print_json({"event": event, "model": report.name, **asdict(item)})

    told("parameter", report.parameters)
    told("program", report.programs)
    for kind, verdict in report.optimizer.items():
        print_json({"event": "update", "model": report.name, "variable": kind, "verdict": verdict})
    told("disagreement", report.disagreements)
    told("missed", report.pieces.missed)
    told("mutant", report.mutants)
    for note in report.notes:
        print_json({"event": "note", "model": report.name, "text": note})


def _print_line(report: Report) -> None:
    """One definition of many."""
    click.echo(f"{report.verdict:8} {report.name}" + "".join(f"; {note}" for note in report.notes))
    _print_disagreements(report)
    _print_mutants(report)


def _print(report: Report) -> None:
    head = ("gradient of", "place", "verdict", "entries", "by differences", "float32")
    rows = [(p.name, p.place, p.verdict, str(p.entries), "-" if p.error is None else f"{p.error:.0e}",
             "-" if p.ulp is None else f"{p.ulp:.1f} ulp") for p in report.parameters]
    if rows:
        print_table(head, rows, right=("entries", "by differences", "float32"))
    for kind, verdict in report.optimizer.items():
        click.echo(f"update of {kind}: {verdict}")
    for program in report.programs:
        click.echo(f"{program.title}: {program.verdict}")
    if report.examples:
        click.echo(f"{report.examples} example{'s' if report.examples > 1 else ''} evaluated")
    _print_pieces(report)
    for note in report.notes:
        click.echo(f"note: {note}")
    _print_disagreements(report)
    _print_mutants(report)


def _print_pieces(report: Report) -> None:
    pieces = report.pieces
    if pieces.count:
        click.echo(f"pieces of piecewise formulas: {pieces.visited} of {pieces.count} visited")
    for piece in pieces.missed[:SHOWN]:
        click.echo(f"  not visited: {piece.condition}  {piece.place}")
    _print_rest(len(pieces.missed))


def _print_disagreements(report: Report) -> None:
    for d in report.disagreements[:SHOWN]:
        click.echo(f"\n{d.witness}: {d.name}  {d.place}\n    {d.formula}\n    {d.text}".replace("\n    \n", "\n"))
    _print_rest(len(report.disagreements))


def _print_rest(count: int) -> None:
    if count > SHOWN:
        click.echo(f"\n... and {count - SHOWN} more")


def _print_mutants(report: Report) -> None:
    for m in report.mutants:
        if m.outcome != "caught":
            click.echo(f"\n{m.outcome}: {m.kind}, line {m.line} of the generated module")
            click.echo(f"  - {m.before}\n  + {m.after}\n  {m.by}")


def _print_end(end: dict[str, Any], reports: Sequence[Report]) -> None:
    mutants = end["mutants"]
    text = f"\n{end['parameters']} gradients: {end['proved']} proved, {end['sampled']} sampled, {end['failed']} failed"
    if len(reports) > 1:
        counts = ", ".join(f"{sum(r.verdict == v for r in reports)} {v}" for v in ("proved", "sampled", "failed"))
        text = f"\n{len(reports)} definitions: {counts}; {end['examples']} examples evaluated{text}"
    if mutants["planted"]:
        survived = mutants["planted"] - mutants["caught"] - mutants["equivalent"]
        text += (f"\n{mutants['planted']} faults planted: {mutants['caught']} caught, {mutants['equivalent']} equivalent, "
                 f"{survived} survived")
    click.echo(text)
