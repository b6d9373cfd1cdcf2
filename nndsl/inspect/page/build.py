"""The page of a model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from string import Template

from nndsl.compiler import Stages
from nndsl.diagnostics import Source
from nndsl.inspect.layers import HEAD, Layer, cells, layers, total, totals
from nndsl.inspect.page.drawing import svg
from nndsl.inspect.page.escaping import escaped
from nndsl.inspect.page.graph import graph
from nndsl.inspect.page.links import linked_code, of_place
from nndsl.inspect.page.texts import Stretch, stretches
from nndsl.inspect.reading import reading, scan_text
from nndsl.inspect.tidy import shown
from nndsl.inspect.told import Block, derivatives
from nndsl.ir.equation import Equation, Scan
from nndsl.ir.printer import equation_text

WORDS = re.compile(r"""(?P<comment>\#.*)|(?P<text>"[^"]*")|(?P<gradient>∂L/∂[\w.]+|δ[\w.²³∂/]+)
    |(?P<word>\b(?:def|return|for|in|range|if|elif|else|from|import|reversed|and|or|not
    |model|layer|activation|loss|optimizer|metric|input|output|param|state|train|data|let|repeat|target|where)\b)
    |(?P<number>(?<![\w.])\d+(?:\.\d+)?(?:e[-+]?\d+)?)""", re.VERBOSE)
"""What is coloured."""


def page(stages: Stages, source: Source) -> str:
    """The page.

    Args:
        stages: the model at every stage.
        source: its file.
    """
    lines = _Lines(stages)
    rows = layers(stages)
    figures = "".join(f"<li><b>{value}</b> {name}</li>" for name, value in totals(stages, rows))
    own = files("nndsl.inspect.page")
    style, script, frame = ((own / f"page.{kind}").read_text("utf-8") for kind in ("css", "js", "html"))
    return Template(frame).substitute(
        name=escaped(stages.checked.name), file=escaped(source.name), style=style, script=script, figures=figures,
        graph=svg(graph(stages.checked), lines.link), table=_table((*rows, total(rows)), lines),
        source="\n".join(lines.source(source)), formulas="\n".join(lines.formulas()),
        derivatives="\n".join(lines.derivatives()), code="\n".join(lines.code()))


def _table(rows: Sequence[Layer], lines: _Lines) -> str:
    head = "".join(f'<th scope="col">{escaped(name)}</th>' for name in HEAD)
    body = ""
    for row in rows:
        texts = "".join(f"<td>{escaped(cell)}</td>" for cell in cells(row))
        body += f"<tr {lines.link(lines.inside([row.name]))}>{texts}</tr>\n"
    return f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}</tbody></table>"


def coloured(text: str, *, words: bool) -> str:
    """A line with its parts marked for the eye, the words of a language only where it is written in one."""
    found, at = [], 0
    for part in WORDS.finditer(text):
        if part.lastgroup == "word" and not words:
            continue
        found += [escaped(text[at : part.start()]), f'<i class="{part.lastgroup}">{escaped(part[0])}</i>']
        at = part.end()
    return "".join([*found, escaped(text[at:])])


class _Lines:
    """The lines of every view, linked by the numbers of the formulas that they are part of."""

    def __init__(self, stages: Stages) -> None:
        self.stages = stages
        self.equations = list(stages.checked.learn.equations())
        told = reading(stages)
        self.blocks: list[Block] = derivatives(told, None)
        heads = [line.equation for block in self.blocks for line in block.heads]
        names = [*(e.out for e in self.equations), *(e.out for e in heads)]
        self.numbers: Mapping[str, int] = {name: number for number, name in enumerate(dict.fromkeys(names))}

    def link(self, names: Iterable[str]) -> str:
        """The attribute that says which formulas an element is part of."""
        return f'data-f="{" ".join(str(n) for n in sorted({self.numbers[x] for x in names if x in self.numbers}))}"'

    def inside(self, layers: Sequence[str]) -> set[str]:
        """The tensors of some layers."""
        return {n for n in self.numbers if any(n == layer or (layer and n.startswith(layer + ".")) for layer in layers)}

    def line(self, view: str, number: int, text: str, names: Iterable[str], label: str = "", kind: str = "") -> str:
        """A line of a view."""
        mark = f'<span class="n">{escaped(label)}</span>' if label else ""
        return (f'<div class="l {kind}" id="{view}{number}" role="option" aria-selected="false" {self.link(names)}>{mark}'
                f"<code>{coloured(text, words=view in 'sc') or '&#8203;'}</code></div>")

    def source(self, source: Source) -> Iterator[str]:
        """The model's file and the definitions it uses."""
        places = [e.origin.place for e in self.equations]
        number = 0
        for stretch in stretches(source, places, self.stages.artifact.imports):
            yield f'<h3 role="presentation">{escaped(stretch.file)}</h3>'
            for text, label, names in self._linked(stretch):
                yield self.line("s", number, text, names, label)
                number += 1

    def _linked(self, stretch: Stretch) -> Iterator[tuple[str, str, set[str]]]:
        for at, text in enumerate(stretch.lines, stretch.first):
            place = f"{stretch.file}:{at}"
            names = self.inside([i.name for i in self.stages.checked.instances if i.place == place])
            yield text, str(at), names | of_place(self.equations, place)

    def formulas(self) -> Iterator[str]:
        """The formulas as the user wrote them, under their layers."""
        number, part = 0, None
        for step in self.stages.checked.learn.steps:
            body, steps = (step.body, scan_text(step)) if isinstance(step, Scan) else ((step,), "")
            if steps:
                yield f'<p class="scan" role="presentation">for {escaped(steps)}, one after the other</p>'
            for equation in body:
                if part != (part := self._part(equation)):
                    yield f'<h3 role="presentation">{escaped(part)}</h3>'
                text = equation_text(shown(equation), short=False)
                yield self.line("f", number, text, [equation.out], kind="inner" if steps else "")
                number += 1

    def _part(self, equation: Equation) -> str:
        layers = (i.name for i in self.stages.checked.instances)
        names = [name for name in layers if equation.out == name or equation.out.startswith(name + ".")]
        return max(names, key=len, default="model")

    def derivatives(self) -> Iterator[str]:
        """The gradients under the formulas that give them."""
        number = 0
        for block in self.blocks:
            if block.words and not block.heads:
                yield f'<p role="presentation">{escaped(block.words)}</p>'
            names = {line.equation.out for line in block.heads}
            for position, head in enumerate(block.heads):
                if block.words and position == len(block.heads) - 1:
                    yield f'<p role="presentation">{escaped(block.words)}</p>'
                yield self.line("d", number, head.text, [head.equation.out], kind="head")
                number += 1
            for line in block.lines:
                yield self.line("d", number, line.text, names, kind="inner" if block.heads else "")
                number += 1

    def code(self) -> Iterator[str]:
        """The generated module."""
        users = list(self.numbers)
        for number, line in enumerate(linked_code(self.stages.code, self.stages.artifact, users)):
            yield self.line("c", number, line.text, line.formulas, str(number + 1))


