"""What could stand somewhere, in the user's words."""

from __future__ import annotations

from nndsl.syntax.table import END_OF_FILE
from nndsl.syntax.words import ATTRIBUTES, OPERATORS, STATEMENT, VALUES

FORMULA = VALUES | {"LPAR", "LSQB", "MINUS", "NOT"}
PHRASES: tuple[tuple[str, frozenset[str]], ...] = (
    ("a statement", frozenset(("INPUT", "OUTPUT"))),
    ("a definition", frozenset(("MODEL", "LAYER"))),
    ("a setting", frozenset(("WORD",))),
    ("a kind of definition", frozenset(("LAYER", "LOSS"))),
    ("`...`", frozenset(("DOTS",))),
    ("a formula", frozenset(("NAME", "NUMBER"))),
    ("a name", frozenset(("NAME",))),
    ("a text in quotes", frozenset(("STRING",))),
    ("`as`", frozenset(("AS",))),
    ("`)`", frozenset(("RPAR",))),
    ("`]`", frozenset(("RSQB",))),
    ("`{`", frozenset(("LBRACE",))),
    ("`,`", frozenset(("COMMA",))),
    ("`=`", frozenset(("EQUAL",))),
    ("`:`", frozenset(("COLON",))),
    ("an operator", frozenset(("PLUS", "TIMES"))),
    ("`(`", frozenset(("LPAR",))),
    ("`[`", frozenset(("LSQB",))),
    ("`|`", frozenset(("BAR",))),
    ("`<`", frozenset(("BELOW",))),
    ("`else`", frozenset(("ELSE",))),
    ("the end of the line", frozenset(("END",))),
    ("`}`", frozenset(("RBRACE",))),
    ("the end of the file", frozenset((END_OF_FILE,))),
)
"""What could stand somewhere, if all these tokens could."""

COVERED = {
    "a statement": frozenset(STATEMENT.values()) | {"IF", "NAME", "NUMBER", "STRING", "LPAR", "LSQB", "DOTS", "END"} | FORMULA,
    "a definition": frozenset(STATEMENT.values()) | {"END", END_OF_FILE},
    "a kind of definition": frozenset(STATEMENT.values()),
    "a setting": frozenset(("END",)),
    "a formula": FORMULA | {"ANNOUNCE"},
    "an operator": OPERATORS | {"LPAR", "LSQB", "DOT", "ELSE"},
    "the end of the line": frozenset((END_OF_FILE, "RBRACE")) | frozenset(word.upper() for word in ATTRIBUTES),
}
"""What a phrase says besides."""

FORM_OF = {
    "let": "`let name = formula`",
    "import": '`import "file.nn"` or `import "file.nn" as name`',
    "model": "`model name { ... }`",
    "data": "`data { ... }`",
    "train": "`train { ... }`",
    "require": '`require condition, "what is wrong otherwise"`',
    "example": "`example formula = value`",
    "shape": "`shape name[size, size]`",
    "total": "`total name = formula`",
    "final": "`final w = formula`",
    "also": "`also name, name`",
}
"""How the statement is written as a whole that begins with a word."""


def expected(accepted: frozenset[str]) -> str:
    """What could stand where tokens of these types are accepted, as `a name, `)` or an operator`."""
    rest = set(accepted)
    phrases = []
    for phrase, types in PHRASES:
        if types <= rest:
            phrases.append(phrase)
            rest -= types | COVERED.get(phrase, frozenset())
    first, last = phrases[:-1][:4], phrases[-1:]
    return " or ".join(filter(None, [", ".join(first), *last]))
