"""The source lines to show: the model's file, and the definitions that it uses from the library and from imported files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from nndsl.diagnostics import Source


@dataclass(frozen=True)
class Stretch:
    """Lines of one file.

    Args:
        file: its name, as places give it.
        first: the number of the first line.
        lines: the texts.
    """

    file: str
    first: int
    lines: tuple[str, ...]


def stretches(source: Source, places: Iterable[str], imports: Iterable[str]) -> Iterator[Stretch]:
    """The model's file, then the definitions around every other place, in the order of their use.

    Args:
        source: the model's.
        places: `file:line` of what is used.
        imports: the files that the model's imports, relative to it.
    """
    yield Stretch(source.name, 1, tuple(source.text.removesuffix("\n").split("\n")))
    folder = Path(source.name).parent
    known = {str(folder / path): folder / path for path in imports}
    shown: set[tuple[str, int]] = set()
    for place in dict.fromkeys(places):
        file, _, number = place.rpartition(":")
        text = _text(file, known)
        if text and number.isdecimal() and (file, int(number)) not in shown:
            found = _definition(file, text.splitlines(), int(number))
            shown |= {(file, found.first + i) for i in range(len(found.lines))}
            yield found


def _text(file: str, imports: dict[str, Path]) -> str:
    if file in imports:
        return imports[file].read_text("utf-8")
    library = files("nndsl") / file
    return library.read_text("utf-8") if file.startswith("library/") and library.is_file() else ""


def _definition(file: str, lines: list[str], number: int) -> Stretch:
    """What belongs to a definition is indented, or is its closing brace; comments may stand above it."""
    first = min(number, len(lines)) - 1
    while first and (not lines[first].strip() or lines[first][0] in " \t}"):
        first -= 1
    last = first + 1
    while last < len(lines) and lines[last][:1] in (" ", "\t", "}"):
        last += 1
    while first and lines[first - 1].startswith("#"):
        first -= 1
    return Stretch(file, first + 1, tuple(lines[first:last]))
