"""The parser's table is the grammar's, and makes Lark unnecessary."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from parsing import parse_text

from nndsl.syntax import table as module
from nndsl.syntax.build import BUILDERS
from nndsl.syntax.generate import generate
from nndsl.syntax.table import TABLE, grammar_path, table, to_json
from nndsl.syntax.words import RESERVED, STATEMENT

ROOT = Path(__file__).resolve().parents[2]


def test_the_table_is_that_of_the_grammar() -> None:
    """If this fails after the grammar was changed: `python -m nndsl.syntax.generate`."""
    grammar = grammar_path().read_text(encoding="utf-8")
    assert to_json(generate(grammar), grammar) == TABLE.read_text(encoding="utf-8")


def test_the_grammar_is_that_at_the_top_of_a_checkout() -> None:
    assert grammar_path().read_text(encoding="utf-8") == (ROOT / "grammar" / "nn.lark").read_text(encoding="utf-8")


def test_the_grammar_stands_in_the_package_of_an_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = tmp_path / "nndsl" / "grammar" / "nn.lark"
    installed.parent.mkdir(parents=True)
    installed.write_text("")
    monkeypatch.setattr(module, "__file__", str(tmp_path / "nndsl" / "syntax" / "table.py"))
    assert grammar_path() == installed


def test_a_changed_grammar_gets_a_new_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "nn.lark"
    path.write_text(grammar_path().read_text(encoding="utf-8") + "// changed\n", encoding="utf-8")
    monkeypatch.setattr(module, "grammar_path", lambda: path)
    assert table.__wrapped__() == table()


def test_a_lost_table_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TABLE", tmp_path / "table.json")
    assert table.__wrapped__() == table()


def test_every_rule_has_a_row_and_every_row_a_rule() -> None:
    named = {rule.builder for rule in table().rules} - {"", "splice"}
    assert named == set(BUILDERS)


def test_every_word_is_a_terminal() -> None:
    terminals = {name for state in table().actions for name in state}
    assert terminals >= {*STATEMENT.values(), *RESERVED.values()}


def test_parsing_imports_no_lark() -> None:
    program = "import sys; from nndsl.syntax import parse; from nndsl.diagnostics import Source; " \
              "parse(Source('a', 'let n = 3')); print('lark' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert run.stdout.strip() == "False"


def test_the_table_is_plain_data() -> None:
    data = json.loads(TABLE.read_text(encoding="utf-8"))
    assert set(data) == {"grammar", "terminals", "rules", "states"}
    assert parse_text("let n = 3").items
