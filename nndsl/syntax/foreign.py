"""What people write who come from other languages, and how it is written here."""

from __future__ import annotations

_QUOTES = 'texts stand in double quotes: `"text"`'
_WHOLE = "the whole formula is written out: `m <- m + ...`"

_SIGNS = {
    "**": "a power is written `^`",
    "%": "the remainder is `mod(a, b)`; `%` only ends a number, without a space before it",
    "&&": "write `and`",
    "&": "write `and`",
    "||": "write `or`",
    "|": "the absolute value is `abs(x)`; of two truth values one holds where `a or b`",
    "!": "write `not`",
    "~": "write `not`",
    "?": "a choice for each element is `where(condition, a, b)`",
    "===": "write `==`",
    "=>": "write `>=` to compare, `->` to apply",
    "=<": "write `<=`",
    "<>": "write `!=`",
    ":=": "write `=`",
    "+=": _WHOLE,
    "-=": _WHOLE,
    "*=": _WHOLE,
    "/=": _WHOLE,
    "'": _QUOTES,
    "‘": _QUOTES,
    "’": _QUOTES,
    "“": _QUOTES,
    "”": _QUOTES,
    "„": _QUOTES,
    "`": _QUOTES,
    "\\": "a line goes on by itself while a bracket is open and after an operator or a comma",
    "/*": "a comment begins with `#` and ends with its line",
    "−": "write `-`",
    "–": "write `-`",
    "×": "write `*`",
    "·": "write `*`",
    "÷": "write `/`",
    "≤": "write `<=`",
    "≥": "write `>=`",
    "≠": "write `!=`",
    "→": "write `->`",
    "←": "write `<-`",
    "…": "write `...`",
    "√": "write `sqrt(x)`",
    "²": "write `^2`",
    "³": "write `^3`",
    "∞": "write `inf`",
}
FOREIGN = dict(sorted(_SIGNS.items(), key=lambda row: -len(row[0])))
"""Signs of other languages, the longer ones first, each with what to write."""

FOREIGN_WORDS = {
    "return": "output",
    "def": "function",
    "fn": "function",
    "func": "function",
    "class": "layer",
    "network": "model",
    "net": "model",
    "const": "let",
    "var": "let",
    "from": "import",
    "include": "import",
    "dataset": "data",
    "fit": "train",
    "training": "train",
    "weight": "param",
    "parameter": "param",
    "variable": "param",
    "buffer": "state",
    "assert": "require",
    "elif": "else if",
}
"""Words that open statements in other languages, each with the one that does so here."""
