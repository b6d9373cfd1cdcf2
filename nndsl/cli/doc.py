"""`nndsl doc NAME`"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nndsl.cli.options import MODEL_FILE
from nndsl.cli.terminal import print_json
from nndsl.diagnostics import NNError, nearest

if TYPE_CHECKING:
    from nndsl.inspect.doc.sheet import Sheet


@click.command("doc")
@click.argument("name")
@click.option("--source", type=MODEL_FILE, metavar="FILE", help="A .nn file whose definitions come before the library's.")
@click.option("--plot", "plot", metavar="OUT", type=click.Path(dir_okay=False, writable=True, path_type=Path),
              help="Write the plot to a file, .svg, .png or .pdf, instead of drawing it.")
@click.option("--no-plot", is_flag=True, help="Draw no plot.")
@click.option("--json", "as_json", is_flag=True, help="One object a definition.")
def command(name: str, source: Path | None, plot: Path | None, no_plot: bool, as_json: bool) -> None:
    """Show a definition: formula, derivative, settings, kinks, a plot.

    NAME is that of a definition of the library or of FILE; `kind.name`, as loss.huber, says which where several kinds have it.
    """
    # SymPy takes half a second to import, which usage errors need not wait for
    from nndsl.inspect.doc.lookup import look_up
    from nndsl.inspect.doc.sheet import Sheet
    from nndsl.inspect.doc.text import as_object, as_text

    found = [Sheet(shown) for shown in look_up(name, source)]
    if not found:
        raise click.BadParameter(_unknown(name, source), param_hint="NAME")
    for number, sheet in enumerate(found):
        if as_json:
            print_json(as_object(sheet))
        else:
            click.echo("\n" * (2 * bool(number)) + as_text(sheet))
    if plot is not None:
        _write_plot(found, plot, name)
    elif not (as_json or no_plot):
        _draw_plots(found)


def _unknown(name: str, source: Path | None) -> str:
    from nndsl.inspect.doc.lookup import names  # imports SymPy no more than the caller did

    close = nearest(name.rpartition(".")[2], names(source))
    return f"there is no definition {name}" + (f"; did you mean {close}?" if close else "; `nndsl list` shows all")


def _draw_plots(sheets: Sequence[Sheet]) -> None:
    """Draw what can be drawn; where plotext is missing, say once how to get it."""
    # a plot is seldom all that is asked for
    from nndsl.inspect.doc.graph import graph
    from nndsl.inspect.doc.plots import in_terminal

    for sheet in sheets:
        shown = graph(sheet)
        try:
            if shown is not None:
                click.echo("\n" + in_terminal(shown))
        except NNError as error:
            click.echo(f"no plot: {error.diagnostics[0].message}; {error.diagnostics[0].helps[0]}", err=True)
            return


def _write_plot(sheets: Sequence[Sheet], path: Path, name: str) -> None:
    """Write the one plot there is to a file."""
    # a plot is seldom all that is asked for
    from nndsl.inspect.doc.graph import graph
    from nndsl.inspect.doc.plots import FORMS, in_file

    graphs = [(sheet, shown) for sheet in sheets if (shown := graph(sheet)) is not None]
    if not graphs:
        raise click.BadParameter(f"there is nothing to plot of {name}", param_hint="--plot")
    if len(graphs) > 1:
        raise click.BadParameter(f"say which: {' or '.join(f'{s.kind}.{s.name}' for s, _ in graphs)}", param_hint="NAME")
    if path.suffix not in FORMS:
        raise click.BadParameter(f"{path.name} ends in none of {', '.join(FORMS)}", param_hint="--plot")
    try:
        in_file(graphs[0][1], path)
    except OSError as error:
        raise click.FileError(str(path), error.strerror or "it cannot be written") from None
