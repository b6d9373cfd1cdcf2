"""Where statements end, and which words open them: what the grammar cannot say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from nndsl.diagnostics import Source
from nndsl.syntax.token import Token

KINDS = ("activation", "function", "initializer", "layer", "loss", "metric", "optimizer", "regularizer", "schedule")
ATTRIBUTES = ("stable", "exact", "example", "also")
TOP_WORDS = ("import", "let", "override", *KINDS, "model", "data", "train")
INNER_WORDS = ("let", "input", "inputs", "param", "state", "shape", "total", "final", "output", "penalty", "count", "require", "use")
RESERVED = {word: word.upper() for word in ("if", "else", "and", "or", "not", "true", "false", "none")}
STATEMENT_WORDS = {word: word.upper() for word in (*TOP_WORDS, *INNER_WORDS, *ATTRIBUTES)}

BINARY = {"ARROW", "OR", "AND", "EQUALS", "DIFFERS", "BELOW", "AT_MOST", "ABOVE", "AT_LEAST", "PLUS", "MINUS", "TIMES", "OVER",
          "FLOOR", "POWER", "EQUAL", "BECOMES", "ELSE"}
GOES_ON_AFTER = BINARY | {"NOT", "COMMA", "LBRACE"}
GOES_ON_BEFORE = BINARY | {"LBRACE", "RBRACE"}
NO_STATEMENT_WORD_BEFORE = {"EQUAL", "LSQB", "BECOMES"}
OPERANDS = {"NAME", "NUMBER", "STRING"}


@dataclass
class _Lines:
    """The state of the walk over the words of a file."""

    out: list[Token] = field(default_factory=list)
    comments: list[Token] = field(default_factory=list)
    brackets: list[tuple[Token, int]] = field(default_factory=list)
    settings: bool = False
    start: int = 0
    end: Token | None = None

    def take(self, token: Token, following: Token | None) -> None:
        """Hand on one word, with the END before it where a statement ends."""
        if self.end is not None:
            self._finish_statement(self.end, token)
        self._promote(token, following)
        if token.type == "BECOMES" and not self._first_operand_stands_alone():
            self._emit(Token("BELOW", "<", token.source, token.start, token.start + 1))
            token = Token("MINUS", "-", token.source, token.start + 1, token.end)
        self._bracket(token)

    def _emit(self, token: Token) -> None:
        self.out.append(token)

    def _finish_statement(self, end: Token, token: Token) -> None:
        self.end = None
        last = self.out[-1].type if self.out else "LBRACE"
        if last == "LBRACE" or token.type == "RBRACE":
            return
        if end.type == "LINE_END":
            word = token.value if token.type == "NAME" else ""
            if last in GOES_ON_AFTER or token.type in GOES_ON_BEFORE or word in ("else", "and", "or"):
                return
            if not self.brackets and word in ATTRIBUTES:
                self.start = len(self.out)
                return
        self._emit(Token("END", end.value, end.source, end.start, end.end))
        self.start = len(self.out)

    def _promote(self, token: Token, following: Token | None) -> None:
        """Turn a name into the statement word or the reserved word that it is here."""
        if token.type != "NAME":
            return
        if token.value in RESERVED:
            token.type = RESERVED[token.value]
        elif len(self.out) == self.start:
            self._promote_first(token, following)
        elif self.out[-1].type == "OVERRIDE" and token.value in KINDS:
            token.type = token.value.upper()
        elif token.value == "as" and self.out[self.start].type == "IMPORT":
            token.type = "AS"
        elif self.settings and self.brackets[-1][0].type == "LBRACE" and following is not None and (
                following.type in OPERANDS and RESERVED.get(following.value, "TRUE") in ("TRUE", "FALSE", "NONE")):
            token.type = "ANNOUNCE"

    def _promote_first(self, token: Token, following: Token | None) -> None:
        if self.settings:
            token.type = "WORD"
        elif token.value in STATEMENT_WORDS and (following is None or following.type not in NO_STATEMENT_WORD_BEFORE):
            token.type = STATEMENT_WORDS[token.value]

    def _first_operand_stands_alone(self) -> bool:
        """Whether the statement so far is `name` or `name[...]`."""
        first = self.out[self.start : self.start + 1]
        if not first or first[0].type != "NAME" or self.brackets and self.brackets[-1][0].type != "LBRACE":
            return False
        return len(self.out) == self.start + 1 or self.closed == (self.start + 1, len(self.out) - 1)

    closed: tuple[int, int] = (-1, -1)

    def _bracket(self, token: Token) -> None:
        if token.type in ("LPAR", "LSQB", "LBRACE"):
            self.brackets.append((token, len(self.out)))
            if token.type == "LBRACE" and len(self.brackets) == 1:
                self.settings = bool(self.out) and self.out[self.start].type in ("DATA", "TRAIN")
        elif token.type in ("RPAR", "RSQB", "RBRACE") and self.brackets:
            self.closed = (self.brackets.pop()[1], len(self.out))
            if not self.brackets:
                self.settings = False
        self._emit(token)
        if token.type == "LBRACE":
            self.start = len(self.out)

    def separate(self, token: Token) -> None:
        """Note a line end or `;`; within round and square brackets a line end means nothing."""
        if self.brackets and self.brackets[-1][0].type != "LBRACE" and token.type == "LINE_END":
            return
        if self.end is None or token.type == "SEMICOLON":
            self.end = token


def lines(words: Iterable[Token]) -> tuple[list[Token], list[Token]]:
    """The tokens that the parser is given, and the comments."""
    state = _Lines()
    rest = [w for w in words]
    real = [w for w in rest if w.type not in ("COMMENT",)]
    state.comments = [w for w in rest if w.type == "COMMENT"]
    for n, word in enumerate(real):
        if word.type in ("LINE_END", "SEMICOLON"):
            state.separate(word)
        else:
            state.take(word, real[n + 1] if n + 1 < len(real) else None)
    return state.out, state.comments
