"""`nndsl inspect FILE`"""

from __future__ import annotations

from pathlib import Path

import click

from nndsl.cli.options import MODEL_FILE, hyperparameters
from nndsl.cli.terminal import print_json, print_table
from nndsl.diagnostics import Source, nearest
from nndsl.syntax import parse, read_source

STAGES = ("ast", "checked", "equations", "adjoints", "passes", "code")
PROGRAMS = ("forward", "assess", "learn", "update", "finish", "initial", "final")


@click.command("inspect")
@click.argument("file", type=MODEL_FILE)
@hyperparameters
@click.option("--formulas", is_flag=True, help="The formulas of the forward pass.")
@click.option("--derivatives", is_flag=True, help="The gradients derived from them, from the loss to every weight.")
@click.option("--layer", metavar="NAME", help="With --formulas or --derivatives: those of one layer only.")
@click.option("--tex", is_flag=True, help="With --formulas or --derivatives: as a document in LaTeX.")
@click.option("--stage", type=click.Choice(STAGES), help="The model after one stage of the compiler.")
@click.option("--code", is_flag=True, help="The Python that trains; as --stage code.")
@click.option("--program", type=click.Choice(PROGRAMS), help="With --stage: one of the model's programs only.")
@click.option("--changes", is_flag=True, help="With --stage: what each pass on the way to it removed and added.")
@click.option("--html", type=click.Path(dir_okay=False, writable=True, path_type=Path), metavar="OUT",
              help="Write all of it as one page.")
@click.option("--json", "as_json", is_flag=True, help="One object a line.")
def command(file: Path, settings: dict[str, str], formulas: bool, derivatives: bool, layer: str | None, tex: bool,
            stage: str | None, code: bool, program: str | None, changes: bool, html: Path | None, as_json: bool) -> None:
    """Show layers, shapes and parameters, formulas, derivatives, stages or code."""
    if formulas + derivatives + code + (stage is not None) + (html is not None) > 1:
        raise click.UsageError("give one of --formulas, --derivatives, --stage, --code and --html")
    if not (formulas or derivatives) and (tex or layer is not None):
        raise click.UsageError("--layer and --tex go with --formulas or --derivatives")
    if program is not None and stage in (None, "ast", "code"):
        raise click.UsageError("--program goes with --stage checked, equations, adjoints or passes")
    if changes and stage in (None, "ast", "code"):
        raise click.UsageError("--changes goes with --stage checked, equations, adjoints or passes")
    source = read_source(file)
    if stage is not None and changes:
        text = change_text(source, settings, stage, program or "learn")
        print_json({"changes": text}) if as_json else click.echo(text)
    elif stage or code:
        text = stage_text(source, settings, stage or "code", program)
        print_json({"stage": text}) if as_json else click.echo(text, nl=False)
    elif formulas or derivatives:
        for line in equation_lines(source, settings, derivatives, layer, tex, bare=as_json):
            print_json({"equation": line}) if as_json else click.echo(line)
    elif html:
        write_page(source, settings, html)
    else:
        print_layers(source, settings, as_json)


def stage_text(source: Source, settings: dict[str, str], stage: str, program: str | None) -> str:
    """The model, or one of its programs, after one of `STAGES`."""
    # each stage imports no more than it needs: SymPy alone takes half a second
    from nndsl.inspect.stages import STAGES, model_text, tree_text

    if stage == "ast":
        return tree_text(parse(source))
    from nndsl.compiler import compile_source

    stages = compile_source(source, settings)
    return stages.code if stage == "code" else model_text(STAGES[stage](stages), program)


def change_text(source: Source, settings: dict[str, str], stage: str, program: str) -> str:
    """What each pass on the way to one of `STAGES` did to one of the model's programs."""
    # SymPy takes half a second to import, which usage errors need not wait for
    from nndsl.compiler import compile_source
    from nndsl.inspect.changes import changes

    return "\n".join(changes(compile_source(source, settings), stage, program))


def equation_lines(source: Source, settings: dict[str, str], gradients: bool, layer: str | None, tex: bool,
                   bare: bool) -> list[str]:
    """The equations of the forward pass, or those of the gradients, of the whole model or one layer.

    Args:
        source, settings: the model.
        gradients: whether those of the gradients are wanted.
        layer: the instance whose equations are wanted; None for all.
        tex: whether as LaTeX.
        bare: whether without the words between them.
    """
    # SymPy takes half a second to import, which usage errors need not wait for
    from nndsl.compiler import compile_source
    from nndsl.inspect import told
    from nndsl.inspect.document import document
    from nndsl.inspect.reading import reading
    from nndsl.inspect.tex import equation_tex

    stages = compile_source(source, settings)
    names = [i.name for i in stages.checked.instances]
    if layer is not None and layer not in names:
        close = nearest(layer, names)
        hint = f"did you mean {close!r}?" if close else f"there are {', '.join(names)}"
        raise click.BadParameter(f"the model has no layer {layer!r}; {hint}", param_hint="--layer")
    telling = told.derivatives(reading(stages), layer) if gradients else told.forward(stages.checked, layer)
    if bare:
        return [equation_tex(line.equation) if tex else line.text for block in telling.blocks for line in block.lines]
    return document(stages.checked.name, telling) if tex else told.text(telling)


def write_page(source: Source, settings: dict[str, str], path: Path) -> None:
    """Write all views of a model as one page of HTML."""
    # SymPy takes half a second to import, which usage errors need not wait for
    from nndsl.compiler import compile_source
    from nndsl.inspect.page import page

    text = page(compile_source(source, settings), source)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.FileError(str(path), error.strerror or "it cannot be written") from None


def print_layers(source: Source, settings: dict[str, str], as_json: bool) -> None:
    """Print the table of layers, and the figures of the whole model."""
    # SymPy takes half a second to import, which usage errors need not wait for
    from nndsl.compiler import compile_source
    from nndsl.inspect.layers import HEAD, cells, layers, total, totals

    stages = compile_source(source, settings)
    rows = layers(stages)
    if as_json:
        for row in rows:
            print_json(vars(row))
        return
    print_table(HEAD, [cells(row) for row in (*rows, total(rows))], right=HEAD[4:8])
    click.echo("")
    for name, value in totals(stages, rows):
        click.echo(f"{value:>11}  {name}")
