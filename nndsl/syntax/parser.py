"""From the text of a file to its tree."""

from __future__ import annotations

from dataclasses import replace

from nndsl.diagnostics import NNError, Source, Span, problem
from nndsl.syntax import tree
from nndsl.syntax.automaton import Automaton, Unexpected
from nndsl.syntax.build import BUILDERS
from nndsl.syntax.comments import documentation
from nndsl.syntax.lines import Lines, lines
from nndsl.syntax.reading import check_text
from nndsl.syntax.recovery import mistakes
from nndsl.syntax.scanner import scan
from nndsl.syntax.table import table

TopLevel = tree.Import | tree.Let | tree.Definition | tree.Model | tree.Data | tree.Train


def parse(source: Source) -> tree.File:
    """The syntax tree of a file.

    Raises:
        NNError: with every mistake in its spelling.
    """
    check_text(source)
    text = lines(scan(source))
    automaton = Automaton(table(), BUILDERS)
    if not text.tokens:
        helps = ("begin with `model name { ... }` or with a definition",)
        raise NNError(problem("NN0006", Span(source, 0, 0), helps=helps))
    try:
        if text.mistakes:
            raise NNError(*text.mistakes)
        for token in text.tokens:
            automaton.feed(token)
        items = automaton.finish(source).value
    except (Unexpected, NNError):
        raise NNError(*mistakes(text, source)) from None
    return _file(source, text, items)


def _file(source: Source, text: Lines, items: tuple[TopLevel, ...]) -> tree.File:
    comments = tuple(tree.Comment(c.value[1:].rstrip("\r"), span=c.span) for c in text.comments)
    documented = tuple(_with_documentation(item, comments) for item in items)
    return tree.File(documented, comments, span=Span(source, 0, len(source.text)))


def _with_documentation(item: TopLevel, comments: tuple[tree.Comment, ...]) -> TopLevel:
    if isinstance(item, (tree.Definition, tree.Model)):
        return replace(item, documentation=documentation(comments, item.span))
    return item
