"""The words of a text, as the scanner cuts it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from nndsl.diagnostics import Source, Span


@dataclass(slots=True)
class Token:
    """One word, number, string or sign.

    Args:
        type: the grammar's name for it, as `NAME` or `ARROW`.
        value: its text.
        source: where it stands.
        start: the offset of its first character.
        end: the offset after its last one.
    """

    type: str
    value: str
    source: Source
    start: int
    end: int

    depth: ClassVar[int] = 0

    @property
    def span(self) -> Span:
        """Where it stands."""
        return Span(self.source, self.start, self.end)
