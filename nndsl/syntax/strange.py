"""What to say about characters and words that are none of the language's."""

from __future__ import annotations

import re
import unicodedata

from nndsl.diagnostics import Diagnostic, Span, problem
from nndsl.syntax.foreign import FOREIGN
from nndsl.syntax.place import Place, short


def broken(place: Place) -> Diagnostic | None:
    """A string without end, a number that is none."""
    token = place.token
    if token.type == "BROKEN_STRING":
        return problem("NN0005", token.span, 'expected `"` before the line ends')
    if token.type == "BROKEN_NUMBER":
        return problem("NN0024", token.span, helps=_number_helps(token.value), found=short(token.value))
    return None


def _number_helps(text: str) -> tuple[str, ...]:
    if re.fullmatch(r"\.[0-9]+%?|[0-9]+\.", text):
        return (f"write `{text.rstrip('.') if text[0] != '.' else '0' + text}`",)
    product = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)([^\W\d_]\w*)", text)
    if product and not re.fullmatch(r"[eE][0-9]*|[xXoObB][0-9a-fA-F_]+", product[2]):
        return (f"a product is written `{product[1]} * {product[2]}`",)
    return (f"write `{text.replace('_', '')}`",) if re.fullmatch(r"[0-9]+(_[0-9]+)+", text) else ()


def foreign(place: Place) -> Diagnostic | None:
    """A sign that other languages have."""
    text, token, before = place.token.source.text, place.token, place.near(-1)
    starts = [before.start, token.start] if place.number and before.end == token.start else [token.start]
    if token.type == "UNKNOWN":
        starts = list(range(token.start, token.end))
    for start in starts:
        for sign, remedy in FOREIGN.items():
            if text.startswith(sign, start) and start + len(sign) > token.start:
                span = Span(token.source, start, start + len(sign))
                return problem("NN0019", span, helps=(remedy,), found=sign)
    return None


def unknown(place: Place) -> Diagnostic | None:
    """A character that is no sign of the language."""
    if place.token.type != "UNKNOWN":
        return None
    token = place.token
    offset = next((n for n, c in enumerate(token.value) if not (c.isidentifier() or c.isdecimal())), 0)
    char = token.value[offset]
    name = f"{unicodedata.name(char, '')} U+{ord(char):04X}".strip()
    shown = f"`{char}`" if char.isascii() and char.isprintable() else f"`{char}` ({name})" if char.isprintable() else name
    return problem("NN0007", Span(token.source, token.start + offset, token.start + offset + 1), character=shown)
