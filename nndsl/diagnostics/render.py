"""Diagnostics as text for people and as JSON for editors and other programs."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

from nndsl.diagnostics.catalogue import CATALOGUE
from nndsl.diagnostics.diagnostic import Diagnostic, Label
from nndsl.diagnostics.span import Span

TAB = 4
"""A tab reaches to the next column that this divides."""
WIDEST = 160
"""Columns of a source line that are shown; a longer one is cut on both sides of the culprit."""

_INVISIBLE = ("Cc", "Cf", "Cs", "Zl", "Zp")
_COLOURS = {"error": "1;31", "warning": "1;33", "advice": "1;36", "place": "1;34", "help": "1;32", "message": "1"}


def render(diagnostic: Diagnostic, colour: bool = False) -> str:
    """The diagnostic as lines of text: message, places with their source lines, helps.

    Args:
        diagnostic: what to show.
        colour: whether to colour it for a terminal.
    """
    paint = _paint if colour else _plain
    level = diagnostic.severity
    lines = [paint(level, f"{level}[{diagnostic.code}]") + paint("message", f": {visible(diagnostic.message)}")]
    gutter = max((len(str(label.span.line)) for label in diagnostic.labels), default=0)
    file, above = "", ""
    for number, label in enumerate(diagnostic.labels):
        span = label.span
        if number == 0 or span.source.name != file:
            arrow, file, above = "-->" if number == 0 else ":::", span.source.name, ""
            lines.append(f"  {paint('place', arrow)} {visible(file)}:{span.line}:{span.column}")
        text, mark = _excerpt(label, "^" if number == 0 else "-")
        excerpt = "  " + paint("place", f"{span.line:>{gutter}} |") + f" {text}".rstrip()
        if excerpt != above:  # labels of one line share its excerpt
            lines.append(excerpt)
        lines.append(" " * (gutter + 5) + paint(level if number == 0 else "place", mark))
        above = excerpt
    return "\n".join([*lines, *(paint("help", "help") + f": {visible(text)}" for text in diagnostic.helps)])


def _plain(_what: str, text: str) -> str:
    return text


def _paint(what: str, text: str) -> str:
    return f"\x1b[{_COLOURS[what]}m{text}\x1b[0m"


def visible(text: str) -> str:
    """`text` with every character that moves the cursor, hides or reorders others written as an escape."""
    return "".join(_cell(char, 0) for char in text)


def _cell(char: str, column: int) -> str:
    """How a character is shown that begins at `column`."""
    if char == "\t":
        return " " * (TAB - column % TAB)
    if unicodedata.category(char) in _INVISIBLE:
        return char.encode("unicode_escape").decode("ascii")
    return char


def _width(shown: str) -> int:
    """How many columns of a terminal `shown` takes: two for the wide letters of East Asia, none for marks set above others."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in shown)


def _excerpt(label: Label, sign: str) -> tuple[str, str]:
    """The source line of a label, and below it the signs and the label's text."""
    span = label.span
    line = span.source.line(span.line).rstrip("\r")
    first = min(span.column - 1, len(line))
    last = max(min(first + span.end - span.start, len(line)), first + 1)
    start, end = _window(len(line), first, last)
    text, columns = _laid_out(line[start:end], "…" if start else "")
    left, right = columns[first - start], columns[min(last - start, len(columns) - 1)]
    mark = " " * left + sign * max(right - left, 1)
    return text + ("…" if end < len(line) else ""), f"{mark} {visible(label.text)}".rstrip()


def _laid_out(line: str, text: str) -> tuple[str, list[int]]:
    """`text` and then `line` as shown, and the column at which each character of `line` begins and the last one ends."""
    columns = [_width(text)]
    for char in line:
        cell = _cell(char, columns[-1])
        text += cell
        columns.append(columns[-1] + _width(cell))
    return text, columns


def _window(length: int, first: int, last: int) -> tuple[int, int]:
    """Which characters of a line of `length` are shown so that those from `first` to `last` are among them."""
    if length <= WIDEST:
        return 0, length
    spare = max(WIDEST - (last - first), 0) // 2
    start = max(min(first - spare, length - WIDEST), 0)
    return start, min(start + WIDEST, length)


def as_json(diagnostic: Diagnostic) -> dict[str, Any]:
    """The diagnostic in the shape of rustc's `--error-format=json`, ready for `json.dumps`."""
    explanation = CATALOGUE[diagnostic.code].meaning or None
    return {
        "$message_type": "diagnostic",
        "message": diagnostic.message,
        "code": {"code": diagnostic.code, "explanation": explanation},
        "level": diagnostic.severity,
        "spans": [_json_span(label, number == 0) for number, label in enumerate(diagnostic.labels)],
        "children": [{"message": text, "code": None, "level": "help", "spans": [], "children": [], "rendered": None}
                     for text in diagnostic.helps],
        "rendered": render(diagnostic) + "\n",
    }


def _json_span(label: Label, primary: bool) -> dict[str, Any]:
    span = label.span
    text = span.source.text
    end_line, end_column = span.source.position(span.end)
    return {
        "file_name": span.source.name,
        "byte_start": _bytes(text[: span.start]),
        "byte_end": _bytes(text[: span.end]),
        "line_start": span.line,
        "line_end": end_line,
        "column_start": span.column,
        "column_end": end_column,
        "is_primary": primary,
        "text": list(_highlights(span, end_line, end_column)),
        "label": label.text or None,
        "suggested_replacement": None,
        "suggestion_applicability": None,
        "expansion": None,
    }


def _bytes(text: str) -> int:
    """The length of `text` in UTF-8."""
    return len(text.encode("utf-8", "surrogatepass"))


def _highlights(span: Span, end_line: int, end_column: int) -> Iterator[dict[str, Any]]:
    """Each line of a span, and from which to which column it is meant."""
    for number in range(span.line, end_line + 1):
        text = span.source.line(number)
        start = span.column if number == span.line else 1
        end = end_column if number == end_line else len(text) + 1
        yield {"text": text, "highlight_start": start, "highlight_end": end}
