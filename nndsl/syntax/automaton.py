"""The LALR(1) automaton: takes one token after the other and calls the builder of each rule that ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nndsl.diagnostics import NNError, Source, problem
from nndsl.syntax.piece import DEEPEST, Builder
from nndsl.syntax.table import END_OF_FILE, Rule, Table
from nndsl.syntax.token import Token

SYMBOLS = 10
"""How many symbols of a rule wait at most while what stands in it is read: `if a { } else if ...` has 7."""


class Unexpected(Exception):
    """A token that cannot stand where it stands."""

    def __init__(self, token: Token) -> None:
        self.token = token
        super().__init__(token.type)


@dataclass
class Automaton:
    """A parse under way.

    Args:
        table: the states.
        builders: what makes a value of a rule's children, by the name in the table.
        states: where the automaton is: the state after each symbol that waits for its rule to end.
        values: what these symbols were made into, a symbol each.
    """

    table: Table
    builders: Mapping[str, Builder]
    states: list[int] = field(default_factory=lambda: [0])
    values: list[Any] = field(default_factory=list)

    def copy(self) -> Automaton:
        """The same parse, to be continued in another way."""
        return Automaton(self.table, self.builders, self.states.copy(), self.values.copy())

    def feed(self, token: Token) -> None:
        """Go on with one token.

        Raises:
            Unexpected: it cannot stand here.
            NNError: the builders refuse a rule, or too many wait for their ends.
        """
        states, table = self.states, self.table
        while (action := table.actions[states[-1]].get(token.type)) is not None:
            if action >= 0:
                states.append(action)
                self.values.append(token)
                if len(states) > DEEPEST * SYMBOLS:
                    raise NNError(problem("NN0008", token.span, limit=DEEPEST))
                return
            rule = table.rules[~action]
            if rule.builder:
                self._end_rule(rule)
            else:  # the rule's only child stands for it; two thirds of all rules end here
                states[-1] = table.after[states[-2]][rule.origin]
        raise Unexpected(token)

    def finish(self, source: Source) -> Any:
        """The value of the whole text, which must end here.

        Raises:
            Unexpected: something is still to come.
        """
        self.feed(Token(END_OF_FILE, "", source, len(source.text), len(source.text)))
        return self.values[0]

    def _end_rule(self, rule: Rule) -> None:
        """Let the rule's builder make one value of its children."""
        states, values = self.states, self.values
        first = len(values) - rule.size
        children = _spliced(values[first:])
        values[first:] = [children if rule.builder == "splice" else self.builders[rule.builder](children)]
        del states[first + 1 :]
        states.append(self.table.after[states[-1]][rule.origin])

    def accepted(self) -> frozenset[str]:
        """The types of all tokens that could stand here."""
        return frozenset(name for name in self.table.actions[self.states[-1]] if self._accepts(name))

    def _accepts(self, name: str) -> bool:
        """Whether a token of that type is taken in the end; that a rule can end before it does not say so yet."""
        states = self.states.copy()
        while (action := self.table.actions[states[-1]].get(name)) is not None:
            if action >= 0:
                return True
            rule = self.table.rules[~action]
            del states[len(states) - rule.size :]
            states.append(self.table.after[states[-1]][rule.origin])
        return False


def _spliced(values: list[Any]) -> list[Any]:
    """The children of a rule, with those of rules that hand theirs on among them.

    A list that grows from the left is continued in place: copying it for each entry would take quadratic time.
    """
    children: list[Any] = []
    if values and type(values[0]) is list:
        children, *values = values
    for value in values:
        if type(value) is list:
            children += value
        else:
            children.append(value)
    return children
