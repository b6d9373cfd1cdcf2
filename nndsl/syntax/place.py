"""A place where the text goes wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nndsl.syntax.table import END_OF_FILE
from nndsl.syntax.token import Token


@dataclass(frozen=True)
class Place:
    """A token that cannot stand where it stands.

    Args:
        tokens: those of the whole text.
        number: which of them it is.
        start: the number of the first token of its statement.
        accepted: the types of all tokens that could stand there.
    """

    tokens: Sequence[Token]
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


def found(token: Token) -> str:
    """What stands there, in the user's words."""
    if token.type == END_OF_FILE:
        return "the end of the file"
    if token.type == "END" and token.value != ";":
        return "the end of the line"
    return f"`{short(token.value)}`"


def short(text: str) -> str:
    """A text as a message can show it: at most 40 characters."""
    return text if len(text) <= 40 else text[:39] + "…"
