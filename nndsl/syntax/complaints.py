"""What to say about a token that cannot stand where it stands.

The first row of `COMPLAINTS` that has something to say speaks; the last one always has. What could stand there is said in the
user's words, never by a token's name.
"""

from __future__ import annotations

from collections.abc import Callable

from nndsl.diagnostics import Diagnostic, nearest, problem
from nndsl.syntax.expected import FORM_OF, expected
from nndsl.syntax.foreign import FOREIGN_WORDS
from nndsl.syntax.place import Place, found, short
from nndsl.syntax.strange import broken, foreign, unknown
from nndsl.syntax.token import Token
from nndsl.syntax.words import ATTRIBUTES, BLOCK_WORDS, GOES_ON_AFTER, INSIDE, KINDS, OUTSIDE, RESERVED, STATEMENT, VALUES

Complaint = Callable[[Place], Diagnostic | None]


def complain(place: Place) -> Diagnostic:
    """The diagnostic for a token that cannot stand where it stands."""
    return next(diagnostic for complaint in COMPLAINTS if (diagnostic := complaint(place)))


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
    if token.type == "EQUAL" and place.number == place.start + 1:
        token = place.head
    elif "NAME" not in place.accepted or "NUMBER" in place.accepted:
        return None
    if token.value not in RESERVED:
        return None
    return problem("NN0026", token.span, "expected a name of your own", word=token.value)


def _number_outside(place: Place) -> Diagnostic | None:
    """`width = 64` outside all blocks."""
    head = place.head
    if place.number != place.start or head.type != "NAME" or place.near(1).type != "EQUAL":
        return None
    if head.value in FORM_OF:
        helps = (f"it is written {FORM_OF[head.value]}",)
        return problem("NN0001", place.near(1).span, "expected a name", helps=helps, found="`=`")
    return problem("NN0016", head.span, helps=(f"a number gets a name by `let {head.value} = ...`",), word=head.value)


def _no_statement(place: Place) -> Diagnostic | None:
    """A statement that begins with a word that opens none."""
    head, distance = place.head, place.number - place.start
    if head.type != "NAME":
        return None
    close = meant(head, distance == 0)
    side_by_side = distance == 1 and (place.token.type in VALUES or place.token.type == "LBRACE")
    call = close and place.ends and place.near(1 - distance).type == "LPAR"
    if not (distance == 0 or side_by_side or call):
        return None
    words = ", ".join(f"`{word}`" for word in OUTSIDE)
    helps = (f"did you mean `{close}`?",) if close else (f"what can begin here is {words}",) if distance == 0 else ()
    return problem("NN0016", head.span, helps=helps, word=head.value)


def meant(word: Token, outside: bool) -> str | None:
    """The word that a name was probably meant to be that opens no statement.

    Args:
        word: the name.
        outside: whether it stands outside all blocks.
    """
    return FOREIGN_WORDS.get(word.value) or nearest(word.value, OUTSIDE if outside else (*INSIDE, *ATTRIBUTES, "if"))


# ------------------------------------------------------------------------------------------------------- parts missing


def _setting_sign(place: Place) -> Diagnostic | None:
    """`epochs = 20` or `epochs: 20`."""
    word = place.near(-1)
    if place.number == 0 or word.type != "WORD" or place.token.type not in ("EQUAL", "COLON"):
        return None
    return problem("NN0020", place.token.span, helps=(f"write `{word.value} {place.near(1).value}`",), word=word.value,
                   sign=place.token.value)


def _no_comma(place: Place) -> Diagnostic | None:
    """`early_stop val_loss patience = 5`"""
    name = place.near(-1)
    if place.head.type != "WORD" or place.token.type != "EQUAL" or place.near(-2).type != "ANNOUNCE":
        return None
    return problem("NN0001", name.span, "expected `,` before this", found=found(name))


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
    if "END" not in place.accepted or token.type not in VALUES | {"IF", "LPAR"}:
        return None
    signs = ("EQUAL", "BECOMES") if place.near(-1).type == "NUMBER" else ("EQUAL", "BECOMES", "LSQB")  # `2 x[i]` is no equation
    begins = token.value in STATEMENT or token.type == "IF" or place.near(1).type in signs
    if not begins and (place.near(-1).type != "RBRACE" or token.type != "NAME"):
        return None
    helps = ("put it on a line of its own, or write `;` before it",)
    return problem("NN0023", token.span, helps=helps, found=short(token.value))


def _else_alone(place: Place) -> Diagnostic | None:
    token = place.near(-1) if place.token.type == "LBRACE" else place.token
    if token.type != "ELSE":
        return None
    return problem("NN0001", token.span, "expected the `}` of an `if` before this", found="`else`")


def _formula_alone(place: Place) -> Diagnostic | None:
    if not place.ends or "EQUAL" not in place.accepted or place.head.type in STATEMENT.values() or place.number == place.start:
        return None
    span = place.head.span.to(place.near(-1).span)
    return problem("NN0027", span, helps=("`name = formula` gives it a name, `output formula` gives it out",))


# ------------------------------------------------------------------------------------------------------- all the rest


def _anything(place: Place) -> Diagnostic:
    help = next((text for helper in HELPERS if (text := helper(place))), None)
    helps = (help,) if help else ()
    return problem("NN0001", place.token.span, f"expected {expected(place.accepted)}", helps=helps, found=found(place.token))


def _product(place: Place) -> str | None:
    number, name = place.near(-1), place.token
    fits = "TIMES" in place.accepted and number.type == "NUMBER" and name.type == "NAME"
    return f"a product is written `{number.value} * {name.value}`" if fits else None


def _pipeline(place: Place) -> str | None:
    fits = "ARROW" in place.accepted and place.token.type == "NAME" and place.near(1).type == "LPAR"
    return "layers are applied one after the other by `->`" if fits else None


def _list(place: Place) -> str | None:
    return "a list is written `[1, 2]`" if "NUMBER" in place.accepted and place.token.type == "LBRACE" else None


def _form(place: Place) -> str | None:
    """How the statement is written as a whole, near its beginning and where it breaks off."""
    form = FORM_OF.get(place.head.value)
    fits = place.head.type != "NAME" and (place.number - place.start <= 3 or place.ends)
    return f"it is written {form}" if form and fits else None


HELPERS: tuple[Callable[[Place], str | None], ...] = (_product, _pipeline, _list, _form)

COMPLAINTS: tuple[Complaint, ...] = (
    broken,
    foreign,
    unknown,
    _attribute_alone,
    _misplaced,
    _number_outside,
    _setting_sign,
    _no_comma,
    _pairs_in_braces,
    _no_brackets,
    _right_side,
    _else_alone,
    _reserved_name,
    _second_statement,
    _no_statement,
    _compares,
    _formula_alone,
    _anything,
)
