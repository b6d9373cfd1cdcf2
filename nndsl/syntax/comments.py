"""Which comments document a definition."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence

from nndsl.diagnostics import Span
from nndsl.syntax.tree import Comment


def documentation(comments: Sequence[Comment], span: Span) -> str:
    """The comment block right above a definition: the lines before it that hold nothing but comments.

    Args:
        comments: the file's, in order.
        span: the definition's.
    """
    text, below = span.source.text, span.start
    block: list[str] = []
    for comment in reversed(comments[: bisect(comments, span.start, key=lambda c: c.span.start)]):
        line = text.rfind("\n", 0, comment.span.start) + 1
        if text[comment.span.end : below].strip(" \t\r") != "\n" or text[line : comment.span.start].strip():
            break
        block.append(comment.text.removeprefix(" "))
        below = line
    return "\n".join(reversed(block))
