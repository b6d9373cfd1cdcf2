"""From text to the syntax tree and back."""

from nndsl.syntax.parser import parse

__all__ = ["parse"]
