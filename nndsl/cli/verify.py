"""`nndsl verify FILE`"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nndsl.cli.main import FAILED
from nndsl.cli.options import hyperparameters
from nndsl.cli.terminal import coloured, print_json, print_table
from nndsl.syntax import read_source

if TYPE_CHECKING:
    from nndsl.verify.report import Report

SHOWN = 20
"""Disagreements printed for a model; the rest are counted."""


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

    FILE is a model; NAME a definition of the library, as `gelu` or `loss.huber`.
    """
    if (what is None) != library:
        raise click.UsageError("give a FILE, the NAME of a definition, or --library")
    # SymPy, Numba and the compiler are loaded only once the arguments are in order
    from nndsl.verify import verify_definitions, verify_source
    from nndsl.verify.report import summary

    with _progress() as tell:
        if what is not None and (what.endswith(".nn") or Path(what).exists()):
            if not Path(what).is_file():
                raise click.BadParameter(f"there is no file {what!r}", param_hint="FILE")
            reports = [verify_source(read_source(Path(what)), settings, mutate, seed, tell)]
        else:
            reports = list(verify_definitions(what, mutate, seed, tell))
            if not reports:
                raise click.BadParameter(f"{what!r} is neither a file nor a definition of the library", param_hint="NAME")
    for report in reports:
        _print_objects(report) if as_json else _print(report, brief=library)
    end = summary(reports)
    if as_json:
        print_json(end)
    else:
        _print_end(end)
    return 0 if all(r.fine for r in reports) else FAILED


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
    for p in report.parameters:
        print_json({"event": "parameter", "model": report.name, **vars(p)})
    for kind, verdict in report.optimizer.items():
        print_json({"event": "update", "model": report.name, "variable": kind, "verdict": verdict})
    for d in report.disagreements:
        print_json({"event": "disagreement", "model": report.name, **vars(d)})
    for m in report.mutants:
        print_json({"event": "mutant", "model": report.name, **vars(m)})


def _print(report: Report, *, brief: bool) -> None:
    if brief:
        verdicts = [p.verdict for p in report.parameters] + list(report.optimizer.values())
        worst = next((v for v in ("failed", "sampled") if v in verdicts), "proved")
        click.echo(f"{'failed' if not report.fine else worst:8} {report.name}")
    else:
        head = ("gradient of", "place", "verdict", "entries", "by differences", "float32")
        rows = [(p.name, p.place, p.verdict, str(p.entries), "" if p.error is None else f"{p.error:.0e}",
                 "" if p.ulp is None else f"{p.ulp:.1f} ulp") for p in report.parameters]
        if rows:
            print_table(head, rows, right=("entries", "by differences", "float32"))
        for kind, verdict in report.optimizer.items():
            click.echo(f"update of {kind}: {verdict}")
    for d in report.disagreements[:SHOWN]:
        click.echo(f"\n{d.witness}: {d.name}  {d.place}\n    {d.formula}\n    {d.text}".replace("\n    \n", "\n"))
    if len(report.disagreements) > SHOWN:
        click.echo(f"\n... and {len(report.disagreements) - SHOWN} more")
    for m in report.mutants:
        if m.outcome != "caught":
            click.echo(f"\n{m.outcome}: {m.kind}, line {m.line} of the generated module")
            click.echo(f"  - {m.before}\n  + {m.after}\n  {m.by}")


def _print_end(end: dict[str, object]) -> None:
    mutants = end["mutants"]
    assert isinstance(mutants, dict)
    text = f"\n{end['parameters']} gradients: {end['proved']} proved, {end['sampled']} sampled, {end['failed']} failed"
    if mutants["planted"]:
        survived = mutants["planted"] - mutants["caught"] - mutants["equivalent"]
        text += (f"\n{mutants['planted']} faults planted: {mutants['caught']} caught, {mutants['equivalent']} equivalent, "
                 f"{survived} survived")
    click.echo(text)
