"""Where something stands in a source text."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Source:
    """A source text and the name it is shown under.

    Args:
        name: how messages call it, usually the path as the user gave it.
        text: the whole text.
    """

    name: str
    text: str = field(repr=False)

    def position(self, offset: int) -> tuple[int, int]:
        """The line and column, both counted from 1, of a character offset."""
        line = self.text.count("\n", 0, offset) + 1
        return line, offset - (self.text.rfind("\n", 0, offset) + 1) + 1

    def line(self, number: int) -> str:
        """The text of line `number`, counted from 1, without its line end."""
        lines = self.text.split("\n")
        return lines[number - 1] if 0 < number <= len(lines) else ""


@dataclass(frozen=True)
class Span:
    """A stretch of a source text: characters `start` up to but not including `end`."""

    source: Source = field(repr=False, compare=False)
    start: int
    end: int

    @property
    def line(self) -> int:
        """The line, counted from 1, on which the stretch begins."""
        return self.source.position(self.start)[0]

    @property
    def column(self) -> int:
        """The column, counted from 1, at which the stretch begins."""
        return self.source.position(self.start)[1]

    @property
    def text(self) -> str:
        """The text itself."""
        return self.source.text[self.start : self.end]

    @property
    def place(self) -> str:
        """`file:line`, as generated code cites it."""
        return f"{self.source.name}:{self.line}"

    def to(self, other: Span) -> Span:
        """The stretch from the start of this one to the end of `other`."""
        return Span(self.source, self.start, other.end)


NOWHERE = Span(Source("", ""), 0, 0)
