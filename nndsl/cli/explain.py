"""`nndsl explain CODE`"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

import click

from nndsl.cli.terminal import print_json
from nndsl.diagnostics import CATALOGUE, Entry, nearest


@click.command("explain")
@click.argument("code", required=False)
@click.option("--json", "as_json", is_flag=True, help="One object a line.")
@click.option("--page", "as_page", is_flag=True, help="All of them, as a page of the documentation.")
def command(code: str | None, as_json: bool, as_page: bool) -> None:
    """Explain a diagnostic's code, with a wrong and a right example.

    Without CODE, lists them all.
    """
    if as_page:
        click.echo(page(CATALOGUE), nl=False)
        return
    codes = sorted(CATALOGUE) if code is None else [_known(code)]
    for each in codes:
        entry = CATALOGUE[each]
        if as_json:
            print_json({"code": each, "severity": entry.severity, "message": entry.message, "meaning": entry.meaning,
                        "wrong": entry.wrong, "right": entry.right})
        elif code is None:
            click.echo(f"{each}  {entry.message}")
        else:
            click.echo(at_length(each, entry))


def _known(code: str) -> str:
    """The code as the catalogue writes it, or a usage error."""
    wanted = code.upper() if code.upper().startswith("NN") else f"NN{code.zfill(4)}"
    if wanted not in CATALOGUE:
        close = nearest(wanted, CATALOGUE)
        raise click.BadParameter(f"there is no code {code}" + (f"; did you mean {close}?" if close else ""), param_hint="CODE")
    return wanted


def at_length(code: str, entry: Entry) -> str:
    """What the catalogue says about a code: message, meaning, a wrong and a right example."""
    parts = [f"{entry.severity}[{code}]: {entry.message}"]
    if entry.meaning:
        parts.append(textwrap.fill(entry.meaning, 100))
    for title, example in (("Wrong:", entry.wrong), ("Right:", entry.right)):
        if example:
            parts.append(f"{title}\n\n{textwrap.indent(example.rstrip(), '    ')}")
    return "\n\n".join(parts)


GROUPS = {
    "00": "Text and syntax",
    "01": "Names and kinds",
    "02": "Shapes and indices",
    "03": "Arguments and settings",
    "04": "The data and train blocks",
    "05": "The data itself",
    "06": "Running",
    "07": "Checkpoints",
    "08": "Advice",
}
"""What the first two digits of a code say."""


def page(catalogue: Mapping[str, Entry]) -> str:
    """The catalogue as a page in Markdown, by groups."""
    lines = ["# Diagnostics", "",
             "Every diagnostic has a stable code. This page is made from the catalogue: `nndsl explain --page`.", ""]
    for number, title in GROUPS.items():
        rows = {code: entry for code, entry in sorted(catalogue.items()) if code[2:4] == number}
        if rows:
            lines += [f"## {title}", ""]
        for code, entry in rows.items():
            lines += [f"### {code}", "", f"{entry.severity}: {entry.message}", ""]
            lines += [entry.meaning, ""] if entry.meaning else []
            for word, example in (("Wrong", entry.wrong), ("Right", entry.right)):
                lines += [f"{word}:", "", textwrap.indent(example.rstrip(), "    "), ""] if example else []
    return "\n".join(lines).rstrip("\n") + "\n"
