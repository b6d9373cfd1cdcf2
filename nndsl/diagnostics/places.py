"""From `file:line`, as equations cite it, back to the text."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from nndsl.diagnostics.diagnostic import Label
from nndsl.diagnostics.span import Source, Span


def line_label(place: str, text: str, main: Source) -> tuple[Label, ...]:
    """A label on a whole line without its comment; none where the line is not to be had.

    Args:
        place: `file:line`.
        text: what is said under it.
        main: the model file; other names are files of the library, or paths.
    """
    name, _, line = place.rpartition(":")
    found = main if name == main.name else _read(name)
    if found is None or not line.isdigit():
        return ()
    content = found.line(int(line)).split("#")[0].rstrip()
    start = sum(len(one) + 1 for one in found.text.split("\n")[: int(line) - 1])
    return (Label(Span(found, start + len(content) - len(content.lstrip()), start + len(content)), text),)


def _read(name: str) -> Source | None:
    inside = files("nndsl") / name
    try:
        text = inside.read_text(encoding="utf-8") if inside.is_file() else Path(name).read_text(encoding="utf-8")
    except OSError:
        return None
    return Source(name, text)
