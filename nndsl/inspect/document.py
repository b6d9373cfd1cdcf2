"""Formulas and gradients as a document in LaTeX."""

from __future__ import annotations

from collections.abc import Iterator

from nndsl.inspect.reading import Line
from nndsl.inspect.tex import equation_tex, text_tex
from nndsl.inspect.told import SAFE, Block, Telling

DISPLAYED = 90
"""An equation of more letters than that does not fit on a line."""
HEAD = r"""\documentclass[a4paper]{article}
\usepackage{amsmath}
\usepackage[margin=2cm]{geometry}
\setlength{\parindent}{0pt}
\allowdisplaybreaks
\begin{document}"""


def document(name: str, telling: Telling) -> list[str]:
    """The lines of a document that pdflatex takes as it is.

    Args:
        name: the model's.
        telling: what to set.
    """
    body = [line for block in telling.blocks for line in _block(block)]
    return [*HEAD.splitlines(), rf"\section*{{{text_tex(name)}}}", "", *_legend(telling), *body, r"\end{document}"]


def _legend(telling: Telling) -> Iterator[str]:
    if telling.words:
        yield from (text_tex(telling.words), "")
    if telling.symbols:
        yield r"\begin{description}"
        yield from (rf"\item[{{\normalfont {text_tex(sign)}}}] {text_tex(meaning)}" for sign, meaning in telling.symbols)
        yield from (r"\end{description}", "")


def _block(block: Block) -> Iterator[str]:
    if block.title:
        yield rf"\subsection*{{{text_tex(block.title)}}}"
        yield ""
    for head in block.heads:
        yield rf"\medskip{{\raggedright\hangindent=3em From $\displaystyle {equation_tex(head.equation)}$:\par}}"
        yield ""
    yield from (_equation(line) for line in block.lines)
    if block.safe:
        yield text_tex(SAFE.capitalize())
        yield from (_equation(line) for line in block.safe)
    yield ""


def _equation(line: Line) -> str:
    """An equation on a line of its own; a long one as a paragraph, which TeX breaks between its terms."""
    text = f"{equation_tex(line.equation)}{_steps(line)}"
    if len(line.text) <= DISPLAYED:
        return rf"\[ {text} \]"
    return rf"{{\raggedright\hangindent=6em\hspace*{{3em}}$\displaystyle {text}$\par}}"


def _steps(line: Line) -> str:
    return rf" \qquad \text{{for }} {line.steps.replace('...', chr(92) + 'dots')}" if line.steps else ""
