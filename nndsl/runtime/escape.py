"""Names and texts that users chose, made harmless for where they are shown."""

from __future__ import annotations

import unicodedata

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def printable(text: str) -> str:
    """Text without control characters and marks that turn the direction of writing: `\\x1b`, `\\u202e` stand for them."""
    return "".join(_visible(c) if unicodedata.category(c) in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp") else c for c in text)


def _visible(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def spreadsheet_text(text: str) -> str:
    """Text that a spreadsheet does not take for a formula: where it looks like one, a quote stands before it."""
    return "'" + text if text.startswith(FORMULA_SIGNS) else text


def file_name(text: str) -> str:
    """A name that is safe as a file's: letters, digits, `_`, `-` and inner dots stay, the rest become `_`."""
    safe = "".join(c if c.isalnum() or c in "_-." else "_" for c in text).strip(".")
    return safe[:100] or "_"
