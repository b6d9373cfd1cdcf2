"""All views of a model as one page of HTML that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from nndsl.compiler import Stages
from nndsl.inspect.layers import Layer, layers, shapes_text
from nndsl.inspect.stages import derivatives, formulas, line

STYLE = """body { font: 16px/1.5 system-ui, sans-serif; max-width: 70em; margin: 2em auto; padding: 0 1em; }
table { border-collapse: collapse; } th, td { padding: .2em .8em; text-align: left; border-bottom: 1px solid #8884; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
pre { overflow-x: auto; padding: 1em; background: #8881; }"""


def page(stages: Stages, text: str) -> str:
    """The page.

    Args:
        stages: the model at every stage.
        text: its source.
    """
    name = escape(stages.checked.name)
    rows = layers(stages.checked, stages.equations)
    parts = [
        "<!doctype html>", '<html lang="en">',
        f'<head><meta charset="utf-8"><title>{name}</title><style>{STYLE}</style></head>', "<body>",
        f"<h1>{name}</h1>", "<h2>Layers</h2>", _table(rows), "<h2>Source</h2>", _listing([text]),
        "<h2>Formulas</h2>", _listing(map(line, formulas(stages.equations.learn))), "<h2>Derivatives</h2>",
        _listing(map(line, derivatives(stages.adjoints.learn))), "<h2>Code</h2>", _listing([stages.code]), "</body>", "</html>"]
    return "\n".join(parts) + "\n"


def _listing(lines: Iterable[str]) -> str:
    return f"<pre>{escape(chr(10).join(lines).rstrip())}</pre>"


def _table(rows: Sequence[Layer]) -> str:
    head = "".join(f"<th>{word}</th>" for word in ("layer", "definition", "input", "output", "parameters", "operations"))
    body = [f"<tr>{''.join(_cells(row))}</tr>" for row in rows]
    return "\n".join([f"<table><tr>{head}</tr>", *body, "</table>"])


def _cells(row: Layer) -> Iterable[str]:
    for text in (row.name, row.definition, shapes_text(row.inputs), shapes_text(row.outputs)):
        yield f"<td>{escape(text)}</td>"
    for number in (row.parameters, row.operations):
        yield f'<td class="number">{number:,}</td>'
