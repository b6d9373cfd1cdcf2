"""What the catalogue says about one diagnostic."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """A row of the catalogue.

    Args:
        message: the sentence shown; names in braces are filled in.
        meaning: what it means at length, for `nndsl explain`.
        wrong: a smallest file that gets it.
        right: the same file, mended.
        severity: `error`, `warning` or `advice`.
    """

    message: str
    meaning: str = ""
    wrong: str = ""
    right: str = ""
    severity: str = "error"
