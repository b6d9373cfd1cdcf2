"""Cuts a text into words, numbers, strings and signs, as the grammar's terminals say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from nndsl.diagnostics import Source
from nndsl.syntax.grammar import parser
from nndsl.syntax.token import Token

UNKNOWN = "UNKNOWN"
"""The type of a character that begins no terminal."""


@cache
def _pattern() -> re.Pattern[str]:
    """All terminals as one expression: longer signs first, and what is left is UNKNOWN."""
    fixed = {t.name: t.pattern.value for t in parser().terminals if t.pattern.type == "str"}
    signs = sorted(fixed, key=lambda name: (-len(fixed[name]), name))
    words = [(t.name, t.pattern.to_regexp()) for t in parser().terminals if t.name not in fixed]
    rows = [*words, *((name, re.escape(fixed[name])) for name in signs), (UNKNOWN, ".")]
    return re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in rows), re.DOTALL)


def scan(source: Source) -> Iterator[Token]:
    """The words of `source` in order, comments and line ends among them, spaces not."""
    for match in _pattern().finditer(source.text):
        kind = match.lastgroup
        if kind != "SPACE":
            assert kind is not None
            yield Token(kind, match.group(), source, match.start(), match.end())
