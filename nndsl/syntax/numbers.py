"""The values of numbers as they are written."""

from __future__ import annotations


def read_number(text: str) -> int | float:
    """The value of `3`, `0.5`, `1e-4` or `70%`: an int if there is neither point, exponent nor percent sign.

    A number beyond the largest float64 is infinite, and one below the smallest is 0.
    """
    if text.endswith("%"):
        return float(text[:-1]) / 100
    return int(text) if text.isdigit() else float(text)
