"""Finds all mistakes of a text that has one.

After a mistake the statement it stands in is left out, and reading goes on with the next one: of its block, or outside all
blocks. A misspelt word that opens a block is read as the one that was meant, so that the block's own mistakes are found.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from nndsl.diagnostics import Diagnostic, NNError, Source
from nndsl.syntax.automaton import Automaton, Unexpected
from nndsl.syntax.brackets import MOST_MISTAKES
from nndsl.syntax.build import BUILDERS
from nndsl.syntax.complaints import complain, meant
from nndsl.syntax.lines import Lines
from nndsl.syntax.place import Place
from nndsl.syntax.table import END_OF_FILE, table
from nndsl.syntax.token import Token
from nndsl.syntax.words import OUTSIDE, STATEMENT

OPENERS = frozenset(word.upper() for word in OUTSIDE)

def mistakes(text: Lines, source: Source) -> list[Diagnostic]:
    """Every mistake of a text, in the order of their places."""
    end = Token(END_OF_FILE, "", source, len(source.text), len(source.text))
    reader = _Reader([*text.tokens, end], list(text.mistakes))
    reader.read()
    return sorted(reader.found[:MOST_MISTAKES], key=lambda diagnostic: diagnostic.labels[0].span.start)


@dataclass
class _Reader:
    """Reads on after mistakes.

    Args:
        tokens: those of the text, and the end of the file.
        found: the mistakes so far.
        automaton: the parse so far, less the statements left out.
        starts: for each block that is open, the parse before its statement under way and the number of that one's first token.
        left: the numbers of the first tokens of the statements left out.
        headless: whether a block has lost its `{`, so that its statements seem to stand outside.
    """

    tokens: list[Token]
    found: list[Diagnostic]
    automaton: Automaton = field(default_factory=lambda: Automaton(table(), BUILDERS))
    starts: list[tuple[Automaton, int]] = field(default_factory=list)
    left: set[int] = field(default_factory=set)
    headless: bool = False

    def read(self) -> None:
        """Read to the end, or to the last mistake that is told."""
        self.starts = [(self.automaton.copy(), 0)]
        number = 0
        while number < len(self.tokens) and len(self.found) < MOST_MISTAKES:
            token = self.tokens[number]
            before = self.automaton.copy()
            try:
                self.automaton.feed(token)
            except NNError as error:
                number = self._leave_out(error.diagnostics[0])
            except Unexpected:
                number = self._complain(Place(self.tokens, number, self.starts[-1][1], before.accepted()))
            else:
                number += 1
                self._note_start(token, number)

    def _complain(self, place: Place) -> int:
        """Report a token that cannot stand where it stands; the number of the one to go on with."""
        diagnostic = complain(place)
        word = meant(place.head, len(self.starts) == 1)
        if diagnostic.code == "NN0016" and word in STATEMENT and diagnostic not in self.found:
            self.found.append(diagnostic)
            self.tokens[place.start] = replace(place.head, type=STATEMENT[word])
            self.automaton = self.starts[-1][0].copy()
            return place.start
        lost = self.headless and len(self.starts) == 1 and place.number == place.start and place.head.type not in OPENERS
        self.headless = lost or place.token.type == "END" and place.accepted == {"LBRACE"}
        return self._leave_out(None if lost else diagnostic)

    def _note_start(self, token: Token, number: int) -> None:
        """Remember where a statement begins after `token`."""
        if token.type == "RBRACE":
            self.starts.pop()
        elif token.type == "LBRACE":
            self.starts.append((self.automaton.copy(), number))
        elif token.type == "END":
            self.starts[-1] = (self.automaton.copy(), number)

    def _leave_out(self, diagnostic: Diagnostic | None) -> int:
        """Report a mistake, leave out its statement; the number of the token to go on with."""
        if self.starts[-1][1] in self.left and len(self.starts) > 1:
            self.starts.pop()  # without it the block makes no sense either: leave out the statement around
        before, start = self.starts[-1]
        self.left.add(start)
        end = self._end_of_statement(start)
        if diagnostic and not any(self._stands_in(known, start, end) for known in self.found):
            self.found.append(diagnostic)
        self.automaton = before.copy()
        if self.tokens[end].type == "END":
            self.starts[-1] = (before, end + 1)
            return end + 1
        return end if self.tokens[end].type == "RBRACE" else len(self.tokens)

    def _stands_in(self, diagnostic: Diagnostic, start: int, end: int) -> bool:
        return any(self.tokens[start].start <= label.span.start <= self.tokens[end].end for label in diagnostic.labels[:1])

    def _end_of_statement(self, start: int) -> int:
        """The number of the END, `}` or end of file after the statement that begins at `start`."""
        depth = 0
        for number in range(start, len(self.tokens)):
            kind = self.tokens[number].type
            if depth == 0 and kind in ("END", "RBRACE", END_OF_FILE):
                return number
            depth += (kind == "LBRACE") - (kind == "RBRACE")
        return len(self.tokens) - 1
