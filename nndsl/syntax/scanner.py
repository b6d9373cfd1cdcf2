"""Cuts a text into words, numbers, strings and signs, as the grammar's terminals say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from nndsl.diagnostics import Source
from nndsl.syntax.table import table
from nndsl.syntax.token import Token


@cache
def _pattern() -> re.Pattern[str]:
    """All terminals as one expression."""
    return re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in table().terminals))


def scan(source: Source) -> Iterator[Token]:
    """The words of a text in order, line ends and comments among them, spaces not.

    Every character belongs to a word: what is none of the language's is an UNKNOWN one.
    """
    for match in _pattern().finditer(source.text):
        kind = match.lastgroup
        assert kind is not None
        if kind == "NAME" and not match.group().isidentifier():  # digits and signs such as ² pass for letters in \w
            kind = "UNKNOWN"
        if kind != "SPACE":
            yield Token(kind, match.group(), source, match.start(), match.end())
