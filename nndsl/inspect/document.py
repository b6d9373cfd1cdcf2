"""Formulas and gradients as a document in LaTeX."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nndsl.inspect.reading import Line
from nndsl.inspect.tex import equation_tex, text_tex
from nndsl.inspect.told import Block

HEAD = r"""\documentclass[a4paper]{article}
\usepackage[utf8]{inputenc}
\usepackage[T1]{fontenc}
\usepackage{amsmath}
\usepackage[margin=2cm]{geometry}
\setlength{\parindent}{0pt}
\allowdisplaybreaks
\begin{document}"""


def document(name: str, blocks: Sequence[Block]) -> list[str]:
    """The lines of a document that pdflatex takes as it is.

    Args:
        name: the model's.
        blocks: what to set.
    """
    body = [line for block in blocks for line in _block(block)]
    return [*HEAD.splitlines(), rf"\section*{{{text_tex(name)}}}", "", *body, r"\end{document}"]


def _block(block: Block) -> Iterator[str]:
    heads = list(block.heads)
    safe = heads.pop() if block.words and heads else None
    if block.words and safe is None:
        yield text_tex(block.words)
        yield ""
    for head in heads:
        yield rf"\medskip From $\displaystyle {equation_tex(head.equation)}$:"
        yield ""
    if safe is not None:
        yield rf"{text_tex(block.words)} $\displaystyle {equation_tex(safe.equation)}$"
        yield ""
    for line in block.lines:
        yield rf"\[ {equation_tex(line.equation)}{_steps(line)} \]"
    yield ""


def _steps(line: Line) -> str:
    return rf" \qquad \text{{for }} {line.steps.replace('...', chr(92) + 'dots')}" if line.steps else ""
