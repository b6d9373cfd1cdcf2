"""Users' text in HTML."""

from __future__ import annotations

import unicodedata
from html import escape

PLAIN = "\t"
"""Characters without a picture that stay as they are."""


def escaped(text: str) -> str:
    """Text between tags; what has no picture, or turns the direction of reading, is shown by its number."""
    return escape("".join(c if _has_picture(c) else f"\\u{ord(c):04x}" for c in text), quote=False)


def _has_picture(letter: str) -> bool:
    return letter in PLAIN or not unicodedata.category(letter).startswith("C")


def attribute(text: str) -> str:
    """Text between the quotes of an attribute."""
    return escaped(text).replace('"', "&quot;").replace("'", "&#39;")
