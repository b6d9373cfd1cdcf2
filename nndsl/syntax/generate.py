"""Makes the parser's table from the grammar, with Lark.

Run `python -m nndsl.syntax.generate` after every change of grammar/nn.lark.
"""

from __future__ import annotations

from typing import Any

from lark import Lark
from lark.grammar import Rule as LarkRule

from nndsl.syntax.table import END_OF_FILE, TABLE, Rule, Table, grammar_path, to_json


def generate(grammar: str) -> Table:
    """The LALR(1) table of a grammar, its states numbered in the order in which they are reached: it is always the same."""
    lark = Lark(grammar, start="file", parser="lalr", lexer="basic", maybe_placeholders=False)
    automaton: Any = lark.parser.parser._parse_table  # Lark shows it nowhere else
    states: dict[int, dict[str, tuple[Any, Any]]] = automaton.states
    order = _reached(states, automaton.start_states["file"])
    numbers = {state: number for number, state in enumerate(order)}
    rules = sorted({arg for row in states.values() for _, arg in row.values() if isinstance(arg, LarkRule)}, key=str)
    actions: list[dict[str, int]] = []
    after: list[dict[str, int]] = []
    for state in order:
        row = sorted(states[state].items())
        actions.append({name: ~rules.index(arg) if isinstance(arg, LarkRule) else numbers[arg]
                        for name, (_, arg) in row if name.isupper()})
        if state == automaton.end_states["file"]:
            actions[-1][END_OF_FILE] = numbers[state]
        after.append({name: numbers[arg] for name, (_, arg) in row if not name.isupper()})
    return Table(_terminals(lark), tuple(_rule(rule) for rule in rules), tuple(actions), tuple(after))


def _reached(states: dict[int, dict[str, tuple[Any, Any]]], start: int) -> list[int]:
    """The states in the order in which a walk from `start` meets them."""
    order = [start]
    for state in order:
        for _, (_, arg) in sorted(states[state].items()):
            if not isinstance(arg, LarkRule) and arg not in order:
                order.append(arg)
    return order


def _rule(rule: LarkRule) -> Rule:
    """How the automaton ends a rule: `?` rules of one child vanish, those with `_` in front hand their children on."""
    origin = rule.origin.name
    if origin.startswith("_"):
        return Rule(origin, len(rule.expansion), "splice")
    vanishes = rule.options.expand1 and not rule.alias and len(rule.expansion) == 1
    return Rule(origin, len(rule.expansion), "" if vanishes else rule.alias or origin)


def _terminals(lark: Lark) -> tuple[tuple[str, str], ...]:
    """By the grammar's priority; first words, numbers and strings in its order, then signs, the longer ones first."""
    signs = [t for t in lark.terminals if t.pattern.type == "str"]
    words = [t for t in lark.terminals if t.pattern.type == "re"]
    ordered = sorted([*words, *sorted(signs, key=lambda t: (-len(t.pattern.value), t.name))], key=lambda t: -t.priority)
    return tuple((t.name, t.pattern.to_regexp()) for t in ordered)


if __name__ == "__main__":
    text = grammar_path().read_text(encoding="utf-8")
    TABLE.write_text(to_json(generate(text), text), encoding="utf-8")
