"""Prints a whole file anew, with its comments and with its empty lines between statements."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator

from nndsl.diagnostics import NOWHERE
from nndsl.syntax.printer import INDENT, Line, lines, text
from nndsl.syntax.tree import Comment, File


def format_file(file: File) -> str:
    """The canonical source of a file: parsed again, it gives an equal tree and the same comments.

    A comment on a line of its own stays above what follows it, one at the end of a line stays at its end, and one within a
    statement moves above that. Of several empty lines one is kept.
    """
    if file.span is NOWHERE:
        return text(file)
    source = file.span.source.text
    printed = list(lines(file))
    above, after = _attached(printed, file.comments, source)
    shown: list[str] = []
    for number, line in enumerate([*printed, None]):
        for comment in above[number]:
            shown += _empty_line(source, comment.span.start, shown)
            shown.append(_margin(line) + text(comment))
        if line is not None:
            shown += _empty_line(source, line.start, shown) if not line.text.startswith("}") else ()
            shown.append(line.shown() + (f"  {text(after[number])}" if number in after else ""))
    return "\n".join(shown) + "\n"


def _attached(printed: list[Line], comments: tuple[Comment, ...], source: str) -> tuple[
        defaultdict[int, list[Comment]], dict[int, Comment]]:
    """The comments that go above each line, by its number, and those that go after one."""
    above: defaultdict[int, list[Comment]] = defaultdict(list)
    after: dict[int, Comment] = {}
    starts = [line.start for line in printed]
    for comment in comments:
        number = bisect_left(starts, comment.span.start)  # that of the line after the comment
        if number and comment.span.start < printed[number - 1].end:
            above[number - 1].append(comment)
        elif number == 0 or _begins_line(source, comment.span.start):
            above[number].append(comment)
        else:
            if number - 1 in after:  # only one fits after a line
                above[number - 1].append(after[number - 1])
            after[number - 1] = comment
    return above, after


def _margin(line: Line | None) -> str:
    """The indentation of a comment above `line`; above a `}` it belongs to the block that ends there."""
    depth = 0 if line is None else line.depth + line.text.startswith("}")
    return " " * (INDENT * depth)


def _empty_line(source: str, start: int, shown: list[str]) -> Iterator[str]:
    """An empty line, if one stood above the line that begins at `start`, and it is not the first of a block."""
    line = source.rfind("\n", 0, start)
    before = source[source.rfind("\n", 0, max(line, 0)) + 1 : max(line, 0)]
    if line > 0 and not before.strip() and _begins_line(source, start) and shown and not shown[-1].endswith("{"):
        yield ""


def _begins_line(source: str, start: int) -> bool:
    return not source[source.rfind("\n", 0, start) + 1 : start].strip()
