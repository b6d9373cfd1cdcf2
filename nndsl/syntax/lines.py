"""Where statements end and which words open them: what no context-free grammar can say.

The rules, as the language reference states them:

- A statement ends at the end of its line or at `;`. A line goes on while a bracket is open, after an operator, a comma, `=` or
  `{`, and when the next line begins with an operator, `=`, `else`, `{` or `}`: no statement can begin with one of these. So a
  line that begins with a minus sign goes on too.
- A word such as `input` opens a statement only at its start, and only if no `=`, `[` or `<-` follows; else it is a name. In the
  blocks `data` and `train` the first name of every statement is its word.
- `<-` is an arrow only right after a statement's first operand; elsewhere it is `<` and `-`.
- In a setting a name right before another value announces it: `best val_loss`, `train 70%`.
- The lines `stable`, `exact`, `example`, `also` outside all blocks go on with the definition above them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from nndsl.diagnostics import Diagnostic
from nndsl.syntax.brackets import Brackets
from nndsl.syntax.token import Token
from nndsl.syntax.words import (
    ATTRIBUTES,
    BRACKETS,
    CLOSING,
    GOES_ON_AFTER,
    GOES_ON_BEFORE,
    KINDS,
    OPENING,
    RESERVED,
    STATEMENT,
    VALUES,
)

SIGNS = {sign: kind for kind, sign in BRACKETS.items()}
SEPARATORS = ("LINE_END", "SEMICOLON")
NO_WORD_BEFORE = ("EQUAL", "LSQB", "BECOMES")


@dataclass(frozen=True)
class Lines:
    """A text as the parser wants it.

    Args:
        tokens: the words, with an END between two statements.
        comments: the comments, in order.
        mistakes: what is wrong with the brackets.
    """

    tokens: tuple[Token, ...]
    comments: tuple[Token, ...]
    mistakes: tuple[Diagnostic, ...]


def lines(words: Iterable[Token]) -> Lines:
    """The tokens of a scanned text, divided into statements.

    Raises:
        NNError: too many brackets are open at once.
    """
    walk = _Walk()
    every = list(words)
    plain = [part for word in every if word.type != "COMMENT" for part in _less_closing_brackets(word)]
    for word, following in pairwise([*plain, None]):
        assert word is not None
        if word.type in SEPARATORS:
            walk.separate(word)
        else:
            walk.take(word, following)
    walk.brackets.finish()
    comments = tuple(word for word in every if word.type == "COMMENT")
    return Lines(tuple(walk.tokens), comments, tuple(walk.brackets.mistakes))


def _less_closing_brackets(word: Token) -> Iterable[Token]:
    """A string without end, and the closing brackets at the end of its line: they are not meant as part of it."""
    if word.type != "BROKEN_STRING":
        return (word,)
    kept = len(word.value.rstrip(" \t\r)]}"))
    tail = [(word.start + kept + n, c) for n, c in enumerate(word.value[kept:]) if c in SIGNS]
    string = Token(word.type, word.value[:kept], word.source, word.start, word.start + kept)
    return (string, *(Token(SIGNS[c], c, word.source, start, start + 1) for start, c in tail))


class _Walk:
    """Goes through the words and hands on tokens."""

    def __init__(self) -> None:
        self.tokens: list[Token] = []
        self.brackets = Brackets(self.tokens)
        self.start = 0  # the number of the first token of the statement under way
        self.separator: Token | None = None  # the line end or `;` passed since the last token
        self.line = 0  # the offset at which the line begins
        self.indent = 0  # the indentation of the line on which the statement begins

    def separate(self, separator: Token) -> None:
        """Pass a line end or a `;`, which counts more."""
        if separator.type == "LINE_END":
            self.line = separator.end
        if self.separator is None or separator.type == "SEMICOLON":
            self.separator = separator

    def take(self, word: Token, following: Token | None) -> None:
        """Hand on one word, after the END that stands before it."""
        new_line = self.separator is not None
        if self.separator is not None:
            if self.brackets.left_open(word, following, word.start - self.line):
                self._end_statement(self.separator)
            else:
                self._pass_separator(self.separator, word)
            self.separator = None
        if len(self.tokens) == self.start:
            self.indent = word.start - self.line if new_line else self.indent
        word.type = self._type(word, following)
        if word.type == "BECOMES" and not self._one_operand():
            self.tokens.append(Token("BELOW", "<", word.source, word.start, word.start + 1))
            word = Token("MINUS", "-", word.source, word.start + 1, word.end)
        if word.type in OPENING:
            self.brackets.begin(word, self.tokens[self.start] if self.start < len(self.tokens) else word, self.indent)
        elif word.type in CLOSING and not self.brackets.end(word, word.start - self.line if new_line else None):
            return
        self.tokens.append(word)
        if word.type == "LBRACE":
            self.start = len(self.tokens)

    def _pass_separator(self, separator: Token, word: Token) -> None:
        """End the statement, if it ends between `separator` and `word`."""
        if self.brackets.in_formula:
            if separator.type == "SEMICOLON":
                self.tokens.append(separator)
            return
        last = self.tokens[-1] if self.tokens else None
        if last is None or last.type == "LBRACE" or word.type == "RBRACE":
            return
        goes_on = last.type in GOES_ON_AFTER or RESERVED.get(word.value, word.type) in GOES_ON_BEFORE
        if (goes_on or last.value == "\\") and separator.type == "LINE_END":
            return
        if not self.brackets.open and word.value in ATTRIBUTES:
            self.start = len(self.tokens)
        else:
            self._end_statement(separator)

    def _end_statement(self, separator: Token) -> None:
        self.tokens.append(Token("END", separator.value, separator.source, separator.start, separator.end))
        self.start = len(self.tokens)

    def _type(self, word: Token, following: Token | None) -> str:
        """What a word is where it stands."""
        if word.type != "NAME" or word.value in RESERVED:
            return RESERVED.get(word.value, word.type)
        if len(self.tokens) == self.start:
            if self.brackets.in_settings:
                return "WORD"
            opens = word.value in STATEMENT and (following is None or following.type not in NO_WORD_BEFORE)
            return STATEMENT[word.value] if opens else "NAME"
        if word.value in KINDS and self.tokens[-1].type == "OVERRIDE":
            return STATEMENT[word.value]
        if word.value == "as" and self.tokens[-1].type == "STRING" and self.tokens[self.start].type == "IMPORT":
            return "AS"
        if self.brackets.in_settings and following is not None and RESERVED.get(following.value, following.type) in VALUES:
            return "ANNOUNCE"
        return "NAME"

    def _one_operand(self) -> bool:
        """Whether the statement so far is `name` or `name[...]`."""
        if self.brackets.in_formula or len(self.tokens) == self.start or self.tokens[self.start].type != "NAME":
            return False
        return len(self.tokens) == self.start + 1 or self.brackets.last_pair == (self.start + 1, len(self.tokens) - 1)
