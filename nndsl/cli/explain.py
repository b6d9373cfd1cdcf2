"""`nndsl explain CODE`"""

from __future__ import annotations

import textwrap

import click

from nndsl.cli.terminal import print_json
from nndsl.diagnostics import CATALOGUE, Entry, nearest


@click.command("explain")
@click.argument("code", required=False)
@click.option("--json", "as_json", is_flag=True, help="One object a line.")
def command(code: str | None, as_json: bool) -> None:
    """Explain a diagnostic's code, with a wrong and a right example.

    Without CODE, lists them all.
    """
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
