"""The page of a model."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from importlib.resources import files
from string import Template

from nndsl.compiler import Stages
from nndsl.diagnostics import Source
from nndsl.inspect.layers import HEAD, NOTES, Layer, cells, layers, total, totals
from nndsl.inspect.page.colours import NN, PYTHON, coloured
from nndsl.inspect.page.drawing import svg
from nndsl.inspect.page.escaping import attribute, escaped
from nndsl.inspect.page.graph import graph
from nndsl.inspect.page.links import Links, linked_code
from nndsl.inspect.page.parts import parts
from nndsl.inspect.page.texts import Stretch, stretches
from nndsl.inspect.reading import reading
from nndsl.inspect.told import SAFE, derivatives, forward

VIEWS = {"source": "Source", "formulas": "Formulas", "derivatives": "Derivatives", "code": "Generated code"}
"""The views of lines, and their titles."""
SHARES = {"parameters": "parameters", "FLOP": "operations", "backward": "backward", "memory": "memory"}
"""The columns whose cells show their share of the whole, and what they are of a layer."""
GROW = '<svg viewBox="0 0 12 12" aria-hidden="true"><path d="M7 1h4v4M5 11H1V7M11 1 6.8 5.2M1 11l4.2-4.2"/></svg>'


def page(stages: Stages, source: Source) -> str:
    """The page.

    Args:
        stages: the model at every stage.
        source: its file.
    """
    views = _Views(stages)
    rows = layers(stages)
    figures = "".join(f"<li><b>{value}</b> {name}</li>" for name, value in totals(stages, rows))
    lines = {"source": views.source(source), "formulas": views.formulas(), "derivatives": views.derivatives(),
             "code": views.code()}
    before = {"derivatives": views.legend()}
    sections = [_section("model", "Model", svg(graph(stages.checked), views.links)),
                *(_section(view, VIEWS[view], "\n".join(found), before.get(view, "")) for view, found in lines.items()),
                _section("layers", "Layers", _table((*rows, total(rows)), views.links))]
    tabs = (f'<button type="button" role="tab" aria-controls="{view}" data-view="{view}">{view.capitalize()}</button>'
            for view in (*VIEWS, "model"))
    own = files("nndsl.inspect.page")
    style, script, frame = ((own / f"page.{kind}").read_text("utf-8") for kind in ("css", "js", "html"))
    return Template(frame).substitute(name=escaped(stages.checked.name), file=escaped(source.name), style=style, script=script,
                                      figures=figures, tabs="\n".join(tabs), sections="\n".join(sections))


def _section(name: str, title: str, inside: str, before: str = "") -> str:
    """A part of the page under its title; those of lines can be moved through, and enlarged."""
    labelled = f'aria-labelledby="{name}-title"'
    grow = (f'<button type="button" class="grow" aria-label="Enlarge {title}" title="Enlarge" aria-pressed="false">{GROW}'
            "</button>" if name in VIEWS else "")
    kinds = {"model": 'class="scroll"', "layers": f'class="scroll" tabindex="0" role="group" {labelled}'}
    kind = kinds.get(name, f'class="scroll lines" role="listbox" tabindex="0" {labelled}')
    return (f'<section id="{name}" {labelled}><div class="title"><h2 id="{name}-title">{title}</h2>{grow}</div>\n{before}'
            f"<div {kind}>\n{inside}\n</div></section>")


def _table(rows: Sequence[Layer], links: Links) -> str:
    notes = {name: f' title="{attribute(note)}"' for name, note in NOTES.items()}
    head = "".join(f'<th scope="col"{notes.get(name, "")}>{escaped(name)}</th>' for name in HEAD)
    body = ""
    for row in rows:
        texts = "".join(f"<td{_share(row, rows[-1], name)}>{escaped(cell)}</td>"
                        for name, cell in zip(HEAD, cells(row), strict=True))
        names = links.inside([row.name])
        body += f'<tr class="{links.hue(names)}" {links.link(names)}>{texts}</tr>\n'
    return f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}</tbody></table>"


def _share(row: Layer, whole: Layer, column: str) -> str:
    """The attribute that says how much of the whole a layer has."""
    if column not in SHARES or row is whole:
        return ""
    part, all_of_it = (getattr(one, SHARES[column]) for one in (row, whole))
    return f' style="--share:{100 * part / max(1, all_of_it):.1f}%"'


class _Views:
    """The lines of every view, linked by the numbers of the formulas that they are part of."""

    def __init__(self, stages: Stages) -> None:
        self.stages = stages
        self.equations = list(stages.checked.learn.equations())
        self.telling = derivatives(reading(stages), None)
        heads = [line.equation.out for block in self.telling.blocks for line in block.heads]
        self.links = Links([*(e.out for e in self.equations), *heads], stages.checked.instances)

    def line(self, view: str, number: int, inside: str, names: Collection[str], label: str = "", *, kind: str = "",
             indent: int = 0) -> str:
        """A line of a view."""
        mark = f'<span class="n">{escaped(label)}</span>' if label else ""
        deep = f' style="--in:{indent}"' if indent else ""
        classes = " ".join(filter(None, ("l", kind, self.links.hue(names) if view == "c" else "")))
        return (f'<div class="{classes}" id="{view}{number}" role="option" aria-selected="false" {self.links.link(names)}>'
                f"{mark}<code{deep}>{inside or '&#8203;'}</code></div>")

    def source(self, source: Source) -> Iterator[str]:
        """The model's file and the definitions it uses."""
        places = [e.origin.place for e in self.equations]
        number = 0
        for stretch in stretches(source, places, self.stages.artifact.imports):
            if stretch.file != source.name:  # that one stands at the top of the page
                yield f'<h3 role="presentation">{escaped(stretch.file)}</h3>'
            for at, text in enumerate(stretch.lines, stretch.first):
                own = stretch.file == source.name
                inside = parts(source, at, text, self.stages.checked.instances, self.links) if own else coloured(text, NN)
                yield self.line("s", number, inside, self._of_line(stretch, at), str(at), indent=_indent(text))
                number += 1

    def _of_line(self, stretch: Stretch, at: int) -> set[str]:
        place = f"{stretch.file}:{at}"
        own = {e.out for e in self.equations if e.origin.place == place}
        return own | self.links.inside([i.name for i in self.stages.checked.instances if i.place == place])

    def formulas(self) -> Iterator[str]:
        """The formulas as the user wrote them, under their layers."""
        number, steps = 0, ""
        for block in forward(self.stages.checked, None).blocks:
            yield self._heading(block.layer, block.title)
            for line in block.lines:
                if line.steps and line.steps != steps:
                    yield f'<p class="scan" role="presentation">for {escaped(line.steps)}, one after the other</p>'
                steps = line.steps
                text = coloured(replace(line, steps="").text, own=block.layer)
                yield self.line("f", number, text, {line.tensor}, kind="inner" if steps else "")
                number += 1

    def _heading(self, layer: str, title: str) -> str:
        """The title of a layer, in its colour."""
        name, _, rest = title.partition(": ")
        hue = self.links.hue(self.links.inside([layer])) if layer else ""
        return f'<h3 role="presentation" class="{hue}">{escaped(name)}<span>{escaped(rest)}</span></h3>'

    def derivatives(self) -> Iterator[str]:
        """The gradients under the formulas that give them."""
        number = 0
        for block in self.telling.blocks:
            if block.title:
                yield self._heading(block.layer, block.title)
            names = {line.equation.out for line in block.heads}
            groups = ((block.heads, "head"), (block.lines, "inner" if block.heads else ""), (block.safe, "inner"))
            for lines, kind in groups:
                if lines and lines is block.safe:
                    yield f'<p role="presentation">{escaped(SAFE)}</p>'
                for line in lines:
                    own = {line.equation.out} if kind == "head" else names
                    yield self.line("d", number, coloured(line.text, own=block.layer), own, kind=kind)
                    number += 1

    def legend(self) -> str:
        """How to read the gradients, folded away."""
        symbols = "".join(f"<dt>{coloured(sign)}</dt><dd>{escaped(meaning)}</dd>"
                          for sign, meaning in self.telling.symbols)
        return f"<details><summary>How to read this</summary><p>{escaped(self.telling.words)}</p><dl>{symbols}</dl></details>\n"

    def code(self) -> Iterator[str]:
        """The generated module."""
        for number, line in enumerate(linked_code(self.stages.code, self.stages.artifact, list(self.links.numbers))):
            yield self.line("c", number, coloured(line.text, PYTHON), line.formulas, str(number + 1), indent=_indent(line.text))


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip(" "))
