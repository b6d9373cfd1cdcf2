"""Finding the very word a diagnostic is about, and saying what was meant instead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice

from nndsl.diagnostics import Span, nearest

MOST_COMPARED = 1000
"""How many names are compared with one that is unknown."""

FEW = 8
"""How many names a hint lists at most."""


def word(span: Span, name: str, skip: int = 0) -> Span:
    """Where `name` stands as a word of its own in `span`, from character `skip` on; all of `span` if it does not."""
    pattern = rf"(?<!\w){re.escape(name)}(?!\w)"
    match = re.compile(pattern).search(span.source.text, span.start + skip, span.end)
    return Span(span.source, match.start(), match.end()) if match else span


def one_line(span: Span) -> str:
    """The text of a stretch without its line breaks."""
    return " ".join(span.text.split())


def did_you_mean(name: str, known: Iterable[str], what: str = "", few: Iterable[str] | None = None) -> tuple[str, ...]:
    """A hint with the nearest name; without a near one, a short list of the names there are.

    Args:
        name: what was written. Of a single letter every other is near, which helps nobody.
        known: what might have been meant.
        what: introduces the list; "" for none.
        few: what to list instead of all of `known`.
    """
    names = sorted(set(known))
    close = meant(name, names)
    if close:
        return (f"did you mean `{close}`?",)
    listing = names if few is None else list(few)
    if not what or not 0 < len(listing) <= FEW:
        return ()
    return (f"{what} {listed(listing)}",)


def meant(name: str, known: Iterable[str]) -> str | None:
    """The nearest name; None where none is near."""
    if len(name) == 1:
        return None
    letters, most = set(name.lower()), max(len(name), 3) / 3
    # a letter that a name lacks is at least one difference: most names are put aside without measuring how far they are
    alike = (k for k in known if abs(len(k) - len(name)) <= most and len(letters.difference(k.lower())) <= most)
    compared = list(islice(alike, MOST_COMPARED))
    close = nearest(name, compared)
    same = [k for k in compared if close is not None and k.lower() == close.lower()]
    return max(same, key=lambda k: k.islower() == name.islower(), default=None)


def listed(names: Iterable[str], last: str = "and") -> str:
    """`a`, `b` and `c`"""
    return joined([f"`{name}`" for name in names], last)


def joined(words: Sequence[str], last: str = "or") -> str:
    """a, b or c"""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def number_of(count: int, one: str, many: str) -> str:
    """`1 axis`, `2 axes`"""
    return f"{count} {one if count == 1 else many}"


def article(noun: str) -> str:
    """`noun` with `a` or `an` before it."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
