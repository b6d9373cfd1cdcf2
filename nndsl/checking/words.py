"""Finding the very word a diagnostic is about, and saying what was meant instead."""

from __future__ import annotations

import re
from collections.abc import Iterable

from nndsl.diagnostics import Span, nearest

FEW = 8
"""How many names a hint lists at most."""


def word(span: Span, name: str, skip: int = 0) -> Span:
    """Where `name` stands as a word of its own in `span`, from character `skip` on; all of `span` if it does not."""
    pattern = rf"(?<!\w){re.escape(name)}(?!\w)"
    match = re.compile(pattern).search(span.source.text, span.start + skip, span.end)
    return Span(span.source, match.start(), match.end()) if match else span


def did_you_mean(name: str, known: Iterable[str], what: str = "") -> tuple[str, ...]:
    """A hint with the nearest name; without a near one, a short list of the names there are, introduced by `what`."""
    names = sorted(set(known))
    close = nearest(name, names)
    if close:
        return (f"did you mean `{close}`?",)
    if not what or not 0 < len(names) <= FEW:
        return ()
    return (f"{what} {listed(names)}",)


def listed(names: Iterable[str], last: str = "and") -> str:
    """`a`, `b` and `c`"""
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} {last} {quoted[-1]}"


def article(noun: str) -> str:
    """`noun` with `a` or `an` before it."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
