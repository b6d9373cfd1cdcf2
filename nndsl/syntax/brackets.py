"""Which brackets are open, and what is wrong with them.

A bracket that was never closed would swallow the rest of the file. Two things tell where it should have been closed: the word
of a block (`train {`) at the left, where no open block begins further left; and, within round or square brackets, a line that
can only be a statement. Missing brackets are then put in as tokens without text, so that what follows is understood.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from nndsl.diagnostics import Diagnostic, Label, NNError, nearest, problem
from nndsl.syntax.token import Token
from nndsl.syntax.words import BLOCK_WORDS, BRACKETS, CLOSING, KINDS, OPENING, OPERATORS, OUTSIDE, SETTINGS, STATEMENT

DEEPEST = 100
"""How many brackets may be open at once."""

MOST_MISTAKES = 20
"""After so many mistakes nobody reads on."""

BETWEEN_VALUES = OPERATORS | {"COMMA", "LPAR", "LSQB", "EQUAL", "AT", "COLON", "NOT", "BAR", "ELSE"}
"""After these a line within brackets may begin with a value."""


@dataclass(frozen=True)
class _Open:
    """A bracket that is open.

    Args:
        token: the bracket.
        place: its number among the tokens.
        indent: the indentation of the line on which its statement begins.
        settings: whether it is the brace of a `data` or `train` block.
    """

    token: Token
    place: int
    indent: int
    settings: bool


@dataclass
class Brackets:
    """The brackets of a text, read from its start.

    Args:
        tokens: the words passed so far; missing brackets are put there.
        mistakes: what was wrong so far.
        open: the brackets open, the innermost last.
        last_pair: the numbers of the tokens of the brackets closed last.
        crooked: a block inside another and its `}`, where that stands further left than the block begins: its own is missing.
    """

    tokens: list[Token]
    mistakes: list[Diagnostic] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)
    last_pair: tuple[int, int] = (-1, -1)
    crooked: tuple[Token, Token] | None = None

    @property
    def in_formula(self) -> bool:
        """Whether a round or square bracket is open."""
        return bool(self.open) and self.open[-1].token.type != "LBRACE"

    @property
    def in_settings(self) -> bool:
        """Whether the innermost bracket is the brace of a `data` or `train` block."""
        return bool(self.open) and self.open[-1].settings

    def begin(self, word: Token, head: Token, indent: int) -> None:
        """Pass an opening bracket.

        Args:
            word: the bracket.
            head: the first word of its statement.
            indent: the indentation of the line on which that stands.

        Raises:
            NNError: too many brackets are open.
        """
        if word.type == "LBRACE":
            self._close_formula(word)
        if len(self.open) == DEEPEST:
            raise NNError(problem("NN0008", word.span, limit=DEEPEST))
        settings = word.type == "LBRACE" and not self.open and _holds_settings(head)
        self.open.append(_Open(word, len(self.tokens), indent, settings))

    def end(self, word: Token, indent: int | None) -> bool:
        """Pass a closing bracket; false if it is to be left out, because no block is open that it could close.

        Args:
            word: the bracket.
            indent: its indentation if it is the first word of its line, else None.
        """
        if word.type == "RBRACE":
            self._close_formula(word)
        if not any(o.token.type == CLOSING[word.type] for o in self._within_block()):
            return self._fits_nothing(word)
        while self.open[-1].token.type != CLOSING[word.type]:
            self._mismatch(word)
            self._insert()
        opener = self.open.pop()
        self.last_pair = (opener.place, len(self.tokens))
        if self.open and self.crooked is None and indent is not None and indent < opener.indent:
            self.crooked = (opener.token, word)
        elif not self.open:
            self.crooked = None
        return True

    def _add(self, diagnostic: Diagnostic) -> None:
        if len(self.mistakes) < MOST_MISTAKES:
            self.mistakes.append(diagnostic)

    def _within_block(self) -> list[_Open]:
        """The innermost block that is open and what is open in it."""
        first = max((n for n, o in enumerate(self.open) if o.token.type == "LBRACE"), default=0)
        return self.open[first:]

    def _fits_nothing(self, word: Token) -> bool:
        """A closing bracket that no open one waits for. If one of another kind is open, that one was meant."""
        if not self.in_formula:
            self._add(problem("NN0003", word.span, "nothing is open here", bracket=word.value))
            return word.type != "RBRACE"
        self._mismatch(word)
        opener = self.open.pop()
        word.type = OPENING[opener.token.type]
        self.last_pair = (opener.place, len(self.tokens))
        return True

    def _mismatch(self, word: Token) -> None:
        opener = self.open[-1].token
        self._add(problem("NN0004", word.span, f"expected `{BRACKETS[OPENING[opener.type]]}`",
                          also=(Label(opener.span, "opened here"),), found=word.value, opener=opener.value))

    def left_open(self, word: Token, following: Token | None, indent: int) -> bool:
        """Close what must have been left open above a line that begins with `word`; whether a new statement begins there."""
        if not self.open:
            return False
        if _opens_block(word, following, self.in_settings) and indent <= max(o.indent for o in self.open):
            self._close_formula(word)
            self._close_blocks(word)
            return True
        if self.in_formula and indent <= self.open[-1].indent and _opens_statement(word, following, self.tokens[-1]):
            self._close_formula(word)
            return True
        return False

    def finish(self) -> None:
        """Close what is open at the end of the text."""
        self._close_formula(None)
        self._close_blocks(None)

    def _close_formula(self, before: Token | None) -> None:
        """Close the round and square brackets that are open; the outermost is reported."""
        unclosed = [o for o in self._within_block() if o.token.type != "LBRACE"]
        if unclosed and not any(token.type == "BROKEN_STRING" for token in self.tokens[unclosed[0].place :]):
            self._report(unclosed[0].token, before)
        for _ in unclosed:
            self._insert()

    def _close_blocks(self, before: Token | None) -> None:
        """Close the blocks that are open; the one whose end is probably missing is reported."""
        if self.crooked:
            opener, end = self.crooked
            self._report(opener, before, Label(end.span, "this one closes the block around it"))
        elif self.open:
            self._report(self.open[-1].token, before)
        while self.open:
            self._insert()
        self.crooked = None

    def _report(self, opener: Token, before: Token | None, *also: Label) -> None:
        if before is not None:
            also = (*also, Label(before.span, "expected before this"))
        self._add(problem("NN0002", opener.span, "opened here", also=also, bracket=opener.value,
                          closing=BRACKETS[OPENING[opener.type]]))

    def _insert(self) -> None:
        """Close the innermost bracket by a token without text."""
        last = self.tokens[-1]
        self.tokens.append(Token(OPENING[self.open.pop().token.type], "", last.source, last.end, last.end))


def _holds_settings(head: Token) -> bool:
    """Whether a block outside all others is `data` or `train`, misspelt perhaps."""
    return head.type in SETTINGS or head.type == "NAME" and (nearest(head.value, OUTSIDE) or "").upper() in SETTINGS


def _opens_block(word: Token, following: Token | None, in_settings: bool) -> bool:
    """Whether a line that begins with `word` opens a block or a definition, which never stands inside another."""
    if following is None or STATEMENT.get(word.value) not in BLOCK_WORDS:
        return False
    if word.value in KINDS and in_settings:
        return False  # `loss huber(delta = 2)` is a setting
    return following.type in ("NAME", "LBRACE", "STRING")


def _opens_statement(word: Token, following: Token | None, last: Token) -> bool:
    """Whether a line within brackets can only be a statement, because two values would stand side by side."""
    if word.type != "NAME" or following is None:
        return False
    return last.type not in BETWEEN_VALUES or following.type in ("NAME", "NUMBER", "STRING")
