"""The parser's table: what to do with which token in which state.

Lark makes the table from grammar/nn.lark; generate.py keeps it as table.json beside this file, so that neither Lark nor the
construction of the automaton (together two fifths of the time `nndsl check` has) is needed to parse. A table that does not
fit the grammar, because someone is editing it, is made anew in memory.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("table.json")
END_OF_FILE = "$END"


@dataclass(frozen=True)
class Rule:
    """A rule of the grammar, as the automaton needs it.

    Args:
        origin: the rule's name.
        size: how many symbols it has.
        builder: the row of build.py for it; "" if its only child stands for it, `splice` if its children go to the rule above.
    """

    origin: str
    size: int
    builder: str


@dataclass(frozen=True)
class Table:
    """An LALR(1) automaton.

    Args:
        terminals: name and regular expression of each terminal that stands in texts; what comes first wins.
        rules: the rules.
        actions: for each state, by token type, the state to go to, or `~n` for the end of rule n.
        after: for each state, by rule name, the state after that rule's end.
    """

    terminals: tuple[tuple[str, str], ...]
    rules: tuple[Rule, ...]
    actions: tuple[Mapping[str, int], ...]
    after: tuple[Mapping[str, int], ...]


def to_json(table: Table, grammar: str) -> str:
    """The text of table.json: a state a line."""
    states = zip(table.actions, table.after, strict=True)
    rows = [json.dumps(state, separators=(",", ":")) for state in states]
    head = {"grammar": _fingerprint(grammar), "terminals": table.terminals,
            "rules": [[r.origin, r.size, r.builder] for r in table.rules]}
    return json.dumps(head)[:-1] + ', "states": [\n' + ",\n".join(rows) + "\n]}\n"


def _from_json(data: Any) -> Table:
    return Table(
        tuple((name, pattern) for name, pattern in data["terminals"]),
        tuple(Rule(*row) for row in data["rules"]),
        tuple(actions for actions, _ in data["states"]),
        tuple(after for _, after in data["states"]),
    )


def _fingerprint(grammar: str) -> str:
    return sha256(grammar.encode("utf-8")).hexdigest()


def grammar_path() -> Path:
    """Where the grammar stands: inside the package once installed, beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "grammar" / "nn.lark"
    return installed if installed.exists() else package.parent / "grammar" / "nn.lark"


@cache
def table() -> Table:
    """The table of the grammar as it stands."""
    grammar = grammar_path().read_text(encoding="utf-8")
    data = json.loads(TABLE.read_text(encoding="utf-8")) if TABLE.exists() else {}
    if data.get("grammar") == _fingerprint(grammar):
        return _from_json(data)
    from nndsl.syntax.generate import generate  # Lark takes 40 ms to import and 120 ms for the table

    return generate(grammar)
