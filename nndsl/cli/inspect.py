"""`nndsl inspect FILE`"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from nndsl.checking import check_model
from nndsl.checking.lower import lower
from nndsl.cli.options import MODEL_FILE, hyperparameters
from nndsl.cli.terminal import print_json, print_table
from nndsl.diagnostics import Source, nearest
from nndsl.inspect.layers import Layer, layers
from nndsl.syntax import parse, read_source

STAGES = ("ast", "checked", "equations", "adjoints", "passes", "code")
PROGRAMS = ("forward", "assess", "learn", "update", "finish", "initial", "final")


@click.command("inspect")
@click.argument("file", type=MODEL_FILE)
@hyperparameters
@click.option("--stage", type=click.Choice(STAGES), help="The model after one stage of the compiler.")
@click.option("--code", "stage", flag_value="code", help="The Python that trains; as --stage code.")
@click.option("--program", type=click.Choice(PROGRAMS), help="With --stage: one of the model's programs only.")
@click.option("--formulas", is_flag=True, help="The equations of the forward pass.")
@click.option("--derivatives", is_flag=True, help="The gradients derived from them.")
@click.option("--layer", metavar="NAME", help="With --formulas or --derivatives: those of one layer only.")
@click.option("--json", "as_json", is_flag=True, help="One object a line.")
def command(file: Path, settings: dict[str, str], stage: str | None, program: str | None, formulas: bool, derivatives: bool,
            layer: str | None, as_json: bool) -> None:
    """Show layers, shapes and parameters, formulas, derivatives, stages or code."""
    if (stage is not None) + formulas + derivatives > 1:
        raise click.UsageError("give one of --stage, --code, --formulas and --derivatives")
    if layer is not None and not (formulas or derivatives):
        raise click.UsageError("--layer goes with --formulas or --derivatives")
    if program is not None and stage in (None, "ast", "code"):
        raise click.UsageError("--program goes with --stage checked, equations, adjoints or passes")
    source = read_source(file)
    if stage:
        _print_text("stage", stage_text(source, settings, stage, program), as_json)
    elif formulas or derivatives:
        _print_lines(equation_lines(source, settings, layer, derivatives), as_json)
    else:
        checked = check_model(source, settings)
        _print_layers(layers(checked, lower(checked)), as_json)


def stage_text(source: Source, settings: dict[str, str], stage: str, program: str | None) -> str:
    """The model, or one of its programs, after one of `STAGES`."""
    # each stage imports no more than it needs: SymPy alone takes half a second
    from nndsl.inspect.stages import STAGES, model_text, tree_text

    if stage == "ast":
        return tree_text(parse(source))
    from nndsl.compiler import compile_source

    stages = compile_source(source, settings)
    return stages.code if stage == "code" else model_text(STAGES[stage](stages), program)


def equation_lines(source: Source, settings: dict[str, str], layer: str | None, derivatives: bool) -> list[str]:
    """The forward equations, or those of the gradients, of the whole model or one layer."""
    # SymPy takes half a second to import, and the table of layers does without
    from nndsl.compiler import compile_source
    from nndsl.inspect import stages

    found = compile_source(source, settings)
    names = [i.name for i in found.checked.instances]
    if layer is not None and layer not in names:
        close = nearest(layer, names)
        hint = f"did you mean {close!r}?" if close else f"there are {', '.join(names)}"
        raise click.BadParameter(f"the model has no layer {layer!r}; {hint}", param_hint="--layer")
    if derivatives:
        return stages.derivatives(found.adjoints.learn, layer)
    return stages.formulas(found.equations.learn, layer)


def _print_text(key: str, text: str, as_json: bool) -> None:
    if as_json:
        print_json({key: text})
    else:
        click.echo(text, nl=False)


def _print_lines(lines: Iterable[str], as_json: bool) -> None:
    for line in lines:
        if as_json:
            print_json({"equation": line})
        else:
            click.echo(line)


def _print_layers(rows: Sequence[Layer], as_json: bool) -> None:
    if as_json:
        for row in rows:
            print_json(vars(row))
        return
    total = Layer("total", "", (), (), sum(r.parameters for r in rows), sum(r.operations for r in rows), "")
    table = [(r.name, r.definition, _shapes(r.inputs), _shapes(r.outputs), f"{r.parameters:,}", f"{r.operations:,}", r.place)
             for r in (*rows, total)]
    print_table(("layer", "definition", "input", "output", "parameters", "operations", "place"), table,
                right=("parameters", "operations"))


def _shapes(shapes: tuple[tuple[int, ...], ...]) -> str:
    return ", ".join(f"[{', '.join(map(str, shape))}]" for shape in shapes)
