"""From text to the syntax tree and back."""

from nndsl.syntax.parser import parse
from nndsl.syntax.reading import read_source

__all__ = ["parse", "read_source"]
