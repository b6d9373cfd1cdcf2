"""The words of the language, and what the signs mean for where a line ends."""

from __future__ import annotations

KINDS = ("activation", "function", "initializer", "layer", "loss", "metric", "optimizer", "regularizer", "schedule")
"""The kinds of definition."""

OUTSIDE = ("import", "let", "override", *KINDS, "model", "data", "train")
"""Words that open a statement outside all blocks."""

INSIDE = ("let", "input", "inputs", "param", "state", "shape", "total", "final", "output", "penalty", "count", "require", "use")
"""Words that open a statement in a block of equations; `if` does too."""

ATTRIBUTES = ("stable", "exact", "example", "also")
"""Words that open a line which belongs to the definition before it, or around it."""

STATEMENT = {word: word.upper() for word in (*OUTSIDE, *INSIDE, *ATTRIBUTES)}
"""The token type of each word that is a name except where it opens a statement."""

RESERVED = {word: word.upper() for word in ("if", "else", "and", "or", "not", "true", "false", "none")}
"""The token type of each word that is never a name."""

BLOCK_WORDS = frozenset(word.upper() for word in (*KINDS, "model", "data", "train", "import", "override"))
"""Types of the words that stand only outside all blocks."""

SETTINGS = ("DATA", "TRAIN")
"""Types of the words whose block holds settings."""

OPENING = {"LPAR": "RPAR", "LSQB": "RSQB", "LBRACE": "RBRACE"}
CLOSING = {close: open_ for open_, close in OPENING.items()}
BRACKETS = {"LPAR": "(", "RPAR": ")", "LSQB": "[", "RSQB": "]", "LBRACE": "{", "RBRACE": "}"}

OPERATORS = frozenset(("ARROW", "OR", "AND", "EQUALS", "DIFFERS", "BELOW", "AT_MOST", "ABOVE", "AT_LEAST", "PLUS", "MINUS",
                       "TIMES", "OVER", "FLOOR", "POWER"))
"""Types of the operators with two sides."""

GOES_ON_AFTER = OPERATORS | {"EQUAL", "BECOMES", "ELSE", "NOT", "COMMA", "LBRACE"}
"""After these a line end does not end the statement. (A `{` is no end of one either.)"""

GOES_ON_BEFORE = OPERATORS | {"EQUAL", "BECOMES", "ELSE", "LBRACE", "RBRACE"}
"""Before these a line end does not end the statement: no statement can begin with one."""

VALUES = frozenset(("NAME", "NUMBER", "STRING", "TRUE", "FALSE", "NONE"))
"""Types of the words that are a formula by themselves."""
