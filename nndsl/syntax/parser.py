"""From the text of a file to its tree."""

from __future__ import annotations

from nndsl.diagnostics import NNError, Source, Span, problem
from nndsl.syntax import tree
from nndsl.syntax.automaton import Automaton, Unexpected
from nndsl.syntax.build import BUILDERS
from nndsl.syntax.lines import lines
from nndsl.syntax.scanner import scan
from nndsl.syntax.table import table


def parse(source: Source) -> tree.File:
    """The syntax tree of a file.

    Raises:
        NNError: with every mistake in its spelling.
    """
    text = lines(scan(source))
    if text.mistakes:
        raise NNError(*text.mistakes)
    state = Automaton(table(), BUILDERS)
    try:
        for token in text.tokens:
            state.feed(token)
        piece = state.finish(source)
    except Unexpected as error:
        raise NNError(problem("NN0001", error.token.span, found=f"`{error.token.value}`")) from None
    span = Span(source, 0, len(source.text))
    comments = tuple(tree.Comment(c.value[1:], span=c.span) for c in text.comments)
    return tree.File(piece.value, comments, span=span)
