"""From text to the syntax tree and back."""

from nndsl.syntax.layout import format_file
from nndsl.syntax.parser import parse
from nndsl.syntax.printer import text
from nndsl.syntax.reading import read_source

__all__ = ["format_file", "parse", "read_source", "text"]
