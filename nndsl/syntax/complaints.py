"""What to say about a token that cannot stand where it stands.

The first row of `COMPLAINTS` that has something to say speaks; the last one always has. What could stand there is said in the
user's words, never by a token's name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from nndsl.diagnostics import Diagnostic, Span, nearest, problem
from nndsl.syntax.foreign import FOREIGN, FOREIGN_WORDS
from nndsl.syntax.table import END_OF_FILE
from nndsl.syntax.token import Token
from nndsl.syntax.words import (
    ATTRIBUTES,
    BLOCK_WORDS,
    GOES_ON_AFTER,
    INSIDE,
    KINDS,
    OPERATORS,
    OUTSIDE,
    RESERVED,
    STATEMENT,
    VALUES,
)


@dataclass(frozen=True)
class Place:
    """A token that cannot stand where it stands.

    Args:
        tokens: those of the whole text.
        number: which of them it is.
        start: the number of the first token of its statement.
        accepted: the types of all tokens that could stand there.
    """

    tokens: tuple[Token, ...]
    number: int
    start: int
    accepted: frozenset[str]

    @property
    def token(self) -> Token:
        """The culprit."""
        return self.tokens[self.number]

    @property
    def head(self) -> Token:
        """The first token of the statement."""
        return self.tokens[self.start]

    def near(self, distance: int) -> Token:
        """The token so many places further, or the last or first one."""
        return self.tokens[min(max(self.number + distance, 0), len(self.tokens) - 1)]

    @property
    def ends(self) -> bool:
        """Whether the culprit is the end of a statement, a bracket or the file."""
        return self.token.type in ("END", "RBRACE", "RPAR", "RSQB", END_OF_FILE)

    @property
    def inside(self) -> bool:
        """Whether a statement of a block of equations could stand there."""
        return "INPUT" in self.accepted


Complaint = Callable[[Place], Diagnostic | None]


def complain(place: Place) -> Diagnostic:
    """The diagnostic for a token that cannot stand where it stands."""
    return next(found for complaint in COMPLAINTS if (found := complaint(place)))


# ------------------------------------------------------------------------------------------------------- what is no word


def _broken(place: Place) -> Diagnostic | None:
    """A string without end, a number that is none."""
    token = place.token
    if token.type == "BROKEN_STRING":
        return problem("NN0005", token.span, 'expected `"` before the line ends')
    if token.type == "BROKEN_NUMBER":
        return problem("NN0024", token.span, helps=_number_helps(token.value), found=_short(token.value))
    return None


def _number_helps(text: str) -> tuple[str, ...]:
    if re.fullmatch(r"\.[0-9]+%?|[0-9]+\.", text):
        return (f"write `{text.rstrip('.') if text[0] != '.' else '0' + text}`",)
    product = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)([^\W\d_]\w*)", text)
    if product and not re.fullmatch(r"[eExXoObB][0-9a-fA-F_]*", product[2]):
        return (f"a product is written `{product[1]} * {product[2]}`",)
    return (f"write `{text.replace('_', '')}`",) if re.fullmatch(r"[0-9]+(_[0-9]+)+", text) else ()


def _foreign(place: Place) -> Diagnostic | None:
    """A sign that other languages have."""
    text, token, before = place.token.source.text, place.token, place.near(-1)
    starts = [before.start, token.start] if place.number and before.end == token.start else [token.start]
    if token.type == "UNKNOWN":
        starts = list(range(token.start, token.end))
    for start in starts:
        for sign, remedy in FOREIGN.items():
            if text.startswith(sign, start) and start + len(sign) > token.start:
                span = Span(token.source, start, start + len(sign))
                return problem("NN0019", span, helps=(remedy,), found=sign)
    return None


def _unknown(place: Place) -> Diagnostic | None:
    if place.token.type != "UNKNOWN":
        return None
    token = place.token
    offset = next((n for n, c in enumerate(token.value) if not (c.isidentifier() or c.isdigit())), 0)
    char = token.value[offset]
    name = f"{unicodedata.name(char, '')} U+{ord(char):04X}".strip()
    shown = f"`{char}`" if char.isascii() and char.isprintable() else f"`{char}` ({name})" if char.isprintable() else name
    return problem("NN0007", Span(token.source, token.start + offset, token.start + offset + 1), character=shown)


# ------------------------------------------------------------------------------------------------------- words misplaced


def _attribute_alone(place: Place) -> Diagnostic | None:
    if place.token.value not in ATTRIBUTES or place.token.type == "NAME" or place.inside:
        return None
    return problem("NN0025", place.token.span, "there is no definition right above", word=place.token.value)


def _misplaced(place: Place) -> Diagnostic | None:
    """A statement that stands in a block but belongs outside, or the other way round."""
    kind, word = place.token.type, place.token.value
    if kind in BLOCK_WORDS and place.inside:
        return problem("NN0017", place.token.span, "it stands outside all blocks", word=word, here="in a block")
    outside = "MODEL" in place.accepted
    if outside and (word in INSIDE and kind != "NAME" or kind == "IF"):
        return problem("NN0017", place.token.span, "it stands in the block of a model or a definition", word=word,
                       here="outside all blocks")
    return None


def _reserved_name(place: Place) -> Diagnostic | None:
    token = place.token
    if token.value not in RESERVED or token.type == "NAME" or "NAME" not in place.accepted or "NUMBER" in place.accepted:
        return None
    if place.number == place.start and place.near(1).type not in ("EQUAL", "LSQB", "BECOMES"):
        return None
    return problem("NN0026", token.span, "expected a name of your own", word=token.value)


def _no_statement(place: Place) -> Diagnostic | None:
    """A statement that begins with a word that opens none."""
    head, distance = place.head, place.number - place.start
    if head.type != "NAME" or "LPAR" in place.accepted and place.token.type == "EQUAL":
        return None
    words = _openers(place)
    close = FOREIGN_WORDS.get(head.value) or nearest(head.value, words)
    side_by_side = distance == 1 and (place.token.type in VALUES or place.token.type == "LBRACE")
    if distance == 0 and place.near(1).type == "EQUAL":
        helps: tuple[str, ...] = (f"a number with a name is written `let {head.value} = ...`",)
        return problem("NN0016", head.span, helps=helps, word=head.value)
    if distance == 0 or side_by_side or close and place.ends and place.near(1 - distance).type == "LPAR":
        helps = (f"did you mean `{close}`?",) if close else (_all_openers(words),) if distance == 0 else ()
        return problem("NN0016", head.span, helps=helps, word=head.value)
    return None


def _openers(place: Place) -> tuple[str, ...]:
    """The words that open a statement there."""
    return OUTSIDE if place.number == place.start else (*INSIDE, *ATTRIBUTES, "if")


def _all_openers(words: tuple[str, ...]) -> str:
    return "what can begin here is " + ", ".join(f"`{word}`" for word in words[:-1]) + f" or `{words[-1]}`"


# ------------------------------------------------------------------------------------------------------- parts missing


def _setting_sign(place: Place) -> Diagnostic | None:
    """`epochs = 20` or `epochs: 20`."""
    word = place.near(-1)
    if place.number == 0 or word.type != "WORD" or place.token.type not in ("EQUAL", "COLON"):
        return None
    return problem("NN0020", place.token.span, helps=(f"write `{word.value} {place.near(1).value}`",), word=word.value,
                   sign=place.token.value)


def _pairs_in_braces(place: Place) -> Diagnostic | None:
    """`class_weight {0: 1, 1: 2.5}`"""
    if place.token.type != "LBRACE" or place.head.type != "WORD":
        return None
    return problem("NN0019", place.token.span, found="{", helps=(f"pairs are written `{place.head.value} 0: 1, 1: 2.5`",))


def _no_brackets(place: Place) -> Diagnostic | None:
    """`layer flatten {`"""
    name = place.near(-1)
    if place.number < 2 or place.near(-2).value not in KINDS or place.token.type not in ("EQUAL", "LBRACE"):
        return None
    if name.type != "NAME" or "LPAR" not in place.accepted or len(place.accepted) > 1:
        return None
    kind = place.near(-2).value
    return problem("NN0021", name.span, "expected `(` after this", helps=(f"write `{kind} {name.value}()`",), name=name.value)


def _right_side(place: Place) -> Diagnostic | None:
    """`x = ` at the end of a block, or before a line that was meant as a statement of its own."""
    sign = place.near(-1)
    waits = sign.type in GOES_ON_AFTER - {"COMMA", "LBRACE", "ELSE"} and place.number > place.start
    if waits and place.ends and "NUMBER" in place.accepted:
        return problem("NN0028", sign.span, "nothing follows", sign=sign.value)
    sign, word = place.near(-2), place.near(-1)
    if place.number < 2 or sign.type not in GOES_ON_AFTER - {"LBRACE"} or "\n" not in _between(sign, word):
        return None
    swallowed = place.token.type == "EQUAL" or word.value in STATEMENT and place.token.type in VALUES
    return problem("NN0028", sign.span, "nothing follows on its line", sign=sign.value) if swallowed else None


def _between(first: Token, second: Token) -> str:
    return first.source.text[first.end : second.start]


def _compares(place: Place) -> Diagnostic | None:
    if place.token.type != "EQUAL" or "EQUALS" not in place.accepted:
        return None
    return problem("NN0022", place.token.span, helps=("`==` asks whether two values are equal",))


def _second_statement(place: Place) -> Diagnostic | None:
    token = place.token
    if "END" not in place.accepted or token.type not in VALUES | {"IF", "LPAR"} or place.near(-1).type == "NUMBER":
        return None
    begins = token.value in STATEMENT or place.near(1).type in ("EQUAL", "BECOMES", "LSQB") or token.type == "IF"
    if not begins and place.near(-1).type != "RBRACE":
        return None
    helps = ("put it on a line of its own, or write `;` before it",)
    return problem("NN0023", token.span, helps=helps, found=_short(token.value))


def _formula_alone(place: Place) -> Diagnostic | None:
    if not place.ends or "EQUAL" not in place.accepted or place.head.type in STATEMENT.values() or place.number == place.start:
        return None
    span = place.head.span.to(place.near(-1).span)
    return problem("NN0027", span, helps=("`name = formula` gives it a name, `output formula` gives it out",))


# ------------------------------------------------------------------------------------------------------- all the rest


FORMULA = VALUES | {"LPAR", "LSQB", "MINUS", "NOT"}
PHRASES: tuple[tuple[str, frozenset[str]], ...] = (
    ("a statement", frozenset(("INPUT", "OUTPUT"))),
    ("a definition", frozenset(("MODEL", "LAYER"))),
    ("a setting", frozenset(("WORD",))),
    ("a kind of definition", frozenset(("LAYER", "LOSS"))),
    ("`...`", frozenset(("DOTS",))),
    ("a formula", frozenset(("NAME", "NUMBER"))),
    ("a name", frozenset(("NAME",))),
    ('a text in quotes', frozenset(("STRING",))),
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
    ("`}`", frozenset(("RBRACE",))),
    ("the end of the line", frozenset(("END",))),
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

FORMS = {
    "LET": "`let name = formula`",
    "IMPORT": '`import "file.nn"` or `import "file.nn" as name`',
    "MODEL": "`model name { ... }`",
    "DATA": "`data { ... }`",
    "TRAIN": "`train { ... }`",
    "REQUIRE": '`require condition, "what is wrong otherwise"`',
    "EXAMPLE": "`example formula = value`",
    "SHAPE": "`shape name[size, size]`",
    "TOTAL": "`total name = formula`",
    "FINAL": "`final w = formula`",
    "ALSO": "`also name, name`",
}
"""How a statement is written as a whole."""


def _expected(accepted: frozenset[str]) -> str:
    """What could stand somewhere, in the user's words."""
    rest = set(accepted)
    phrases = []
    for phrase, types in PHRASES:
        if types <= rest:
            phrases.append(phrase)
            rest -= types | COVERED.get(phrase, frozenset())
    first, last = phrases[:-1][:4], phrases[-1:]
    return " or ".join(filter(None, [", ".join(first), *last]))


def _anything(place: Place) -> Diagnostic:
    token, before = place.token, place.near(-1)
    helps: tuple[str, ...] = ()
    if before.type == "NUMBER" and token.type in ("NAME", "LPAR") and "TIMES" in place.accepted:
        helps = (f"a product is written `{before.value} * {token.value}`",)
    elif token.type == "ELSE" and place.number == place.start:
        helps = ("`else` follows the `}` of an `if`",)
    elif place.head.type in FORMS and (place.number - place.start <= 3 or place.ends) and place.number > place.start:
        helps = (f"it is written {FORMS[place.head.type]}",)
    expected = _expected(place.accepted)
    return problem("NN0001", token.span, f"expected {expected}" if expected else "", helps=helps, found=_found(token))


def _found(token: Token) -> str:
    """What stands there, in the user's words."""
    if token.type == END_OF_FILE:
        return "the end of the file"
    if token.type == "END" and token.value != ";":
        return "the end of the line"
    return f"`{_short(token.value)}`"


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"


COMPLAINTS: tuple[Complaint, ...] = (
    _broken,
    _foreign,
    _unknown,
    _attribute_alone,
    _misplaced,
    _setting_sign,
    _pairs_in_braces,
    _no_brackets,
    _right_side,
    _reserved_name,
    _second_statement,
    _no_statement,
    _compares,
    _formula_alone,
    _anything,
)
