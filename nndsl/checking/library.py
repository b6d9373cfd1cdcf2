"""The standard library as the language sees it: found by name, and parsed only where a file uses it.

The texts in nndsl/library are about a thousand lines, more than `check` may parse in its time; so an index made of the lines
that open a definition says where each one stands, and only what is asked for is parsed. The texts keep to one rule for that:
what belongs to a definition is indented, or is its closing brace.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

from nndsl.checking.scope import KINDS, Found, Key, Scope
from nndsl.diagnostics import Source
from nndsl.syntax import parse
from nndsl.syntax.tree import Definition, Let, Model

K = TypeVar("K")
V = TypeVar("V")

OPENING = re.compile(rf"^(?:(?P<kind>{'|'.join(KINDS)})\s+(?P<name>\w+)\s*\(|let\s+(?P<let>\w+)\s*=)", re.MULTILINE)
ALSO = re.compile(r"^[^#\n]*\balso\s+(\w+(?:\s*,\s*\w+)*)", re.MULTILINE)


class Pieces(Mapping[K, V]):
    """A mapping whose values are parsed when they are first asked for."""

    def __init__(self, starts: Mapping[K, int], load: Callable[[int], V]) -> None:
        self._starts, self._load = starts, cache(load)

    def __getitem__(self, key: K) -> V:
        return self._load(self._starts[key])

    def __iter__(self) -> Iterator[K]:
        return iter(self._starts)

    def __len__(self) -> int:
        return len(self._starts)

    def __contains__(self, key: object) -> bool:
        return key in self._starts


@dataclass(frozen=True)
class Index:
    """Where the definitions and constants of a text stand.

    Args:
        text: the text.
        cuts: where a piece begins, in order, and at last the length of the text.
        definitions: the number of the piece of each definition, by kind and name.
        lets: that of each top-level `let`.
    """

    text: str
    cuts: tuple[int, ...]
    definitions: Mapping[Key, int]
    lets: Mapping[str, int]

    def piece(self, number: int) -> str:
        """The text of a piece, below as many empty lines as stand above it, so that its lines keep their numbers."""
        start, end = self.cuts[number : number + 2]
        return "\n" * self.text.count("\n", 0, start) + self.text[start:end]


def index(text: str) -> Index:
    """Where each definition and each `let` of `text` stands, second names included, without parsing it."""
    matches = tuple(OPENING.finditer(text))
    cuts = (*(_with_comment(text, m.start()) for m in matches), len(text))
    definitions: dict[Key, int] = {}
    lets: dict[str, int] = {}
    for number, match in enumerate(matches):
        if match["let"]:
            lets[match["let"]] = number
            continue
        second = ALSO.findall(text, match.end(), cuts[number + 1])
        for name in (match["name"], *(n.strip() for line in second for n in line.split(","))):
            definitions[match["kind"], name] = number
    return Index(text, cuts, definitions, lets)


def _with_comment(text: str, start: int) -> int:
    """Where the comment block right above the line at `start` begins, or `start`."""
    while start and text.startswith("#", above := text.rfind("\n", 0, start - 1) + 1):
        start = above
    return start


class Library:
    """Definitions in several texts that see each other: what the standard library's own files have underneath.

    Args:
        texts: each file's text by the name it is shown under.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.scopes = tuple(self._scope(name, text) for name, text in texts.items())
        self._homes = {key: scope for scope in self.scopes for key in scope.definitions}

    def _scope(self, name: str, text: str) -> Scope:
        parts = index(text)

        def load(number: int) -> Any:
            return parse(Source(name, parts.piece(number))).items[0]

        definitions: Mapping[Key, Definition | Model] = Pieces(parts.definitions, load)
        lets: Mapping[str, Let] = Pieces(parts.lets, load)
        return Scope(Source(name, text), definitions=definitions, lets=lets, underneath=self)

    def find(self, kind: str, name: str) -> Found | None:
        """The definition of that kind and name in any of the files."""
        home = self._homes.get((kind, name))
        return home.find_written(kind, name) if home else None

    def names(self, kind: str) -> Iterator[str]:
        """Every name of that kind in any of the files."""
        return (name for k, name in self._homes if k == kind)


class Standard:
    """The standard library as a user's file sees it: without the functions, which are helpers of its own."""

    def __init__(self, library: Library) -> None:
        self.library = library

    def find(self, kind: str, name: str) -> Found | None:
        """The standard definition of that kind and name."""
        return None if kind == "function" else self.library.find(kind, name)

    def names(self, kind: str) -> Iterator[str]:
        """Every standard name of that kind."""
        return iter(()) if kind == "function" else self.library.names(kind)


@cache
def standard() -> Standard:
    """The standard library that ships with nndsl."""
    folder = files("nndsl") / "library"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".nn"))
    return Standard(Library({f"library/{name}": (folder / name).read_text("utf-8") for name in names}))
