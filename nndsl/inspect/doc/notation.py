"""The text of a definition as mathematics is written: `·` for `*`, `²` for `^2`, `←` for `<-`."""

from __future__ import annotations

import re

from nndsl.checking.specimen import Shown
from nndsl.diagnostics import Source, Span
from nndsl.syntax.scanner import scan
from nndsl.syntax.token import Token
from nndsl.syntax.tree import Also, Example

SIGNS = {"*": "·", "<-": "←", "->": "→", "<=": "≤", ">=": "≥", "!=": "≠", "^2": "²", "^3": "³"}
WORDS = {"NAME": {"sum": "Σ", "prod": "Π", "pi": "π", "inf": "∞"}}
"""Names that are written otherwise, by the kind of their token."""


def formula(shown: Shown) -> str:
    """What a definition says, in mathematical notation, without its examples and other names."""
    return unicode_text(without_lines(shown))


def without_lines(shown: Shown) -> str:
    """The text of a definition without the lines about it."""
    span = shown.definition.span
    text, start = span.text, span.start
    for line in sorted((s.span for s in shown.lines if isinstance(s, (Also, Example))), key=lambda s: -s.start):
        text = _cut(text, line, start)
    return re.sub(r"\n\s*\n", "\n", text).rstrip()


def _cut(text: str, line: Span, start: int) -> str:
    before, after = text[: line.start - start].rstrip(" \t;"), text[line.end - start:].lstrip(" \t;")
    return before.rstrip("\n") + after if after.startswith("\n") or not after else before + after


def unicode_text(text: str) -> str:
    """A text of the language in mathematical notation; comments and strings stay as they are."""
    tokens = [t for t in scan(Source("", text)) if t.type != "LINE_END"]
    parts, end = [], 0
    for number, token in enumerate(tokens):
        if token.start < end:  # the exponent of a power, written already
            continue
        following = tokens[number + 1] if number + 1 < len(tokens) else None
        sign, stop = _sign(token, following)
        parts += [text[end:token.start], sign]
        end = stop
    return "".join([*parts, text[end:]])


def _sign(token: Token, following: Token | None) -> tuple[str, int]:
    """How a token is written, and where what it stands for ends."""
    if following is not None and token.value == "^" and token.value + following.value in SIGNS:
        return SIGNS[token.value + following.value], following.end
    plain = token.type not in ("COMMENT", "STRING")
    named = WORDS.get(token.type, {}).get(token.value)
    reduces = following is None or following.value in ("[", "(") or token.value not in ("sum", "prod")
    if named is not None and reduces:
        return named, token.end
    return SIGNS.get(token.value, token.value) if plain else token.value, token.end
