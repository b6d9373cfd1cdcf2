"""From the text of a file to its tree."""

from __future__ import annotations

from lark import Token as LarkToken
from lark import UnexpectedToken

from nndsl.diagnostics import NNError, Source, Span, problem
from nndsl.syntax import tree
from nndsl.syntax.grammar import parser
from nndsl.syntax.lines import lines
from nndsl.syntax.scanner import scan


def parse(source: Source) -> tree.File:
    """The syntax tree of a file.

    Raises:
        NNError: with every mistake in its spelling.
    """
    tokens, comments = lines(scan(source))
    state = parser().parse_interactive()
    try:
        for token in tokens:
            state.feed_token(token)
        piece = state.feed_eof()
    except UnexpectedToken as error:
        token = error.token
        where = Span(source, len(source.text), len(source.text)) if isinstance(token, LarkToken) else token.span
        raise NNError(problem("NN0001", where, found=f"`{token.value}`")) from None
    span = Span(source, 0, len(source.text))
    return tree.File(piece.value, tuple(tree.Comment(c.value[1:], span=c.span) for c in comments), span=span)
