"""Every file of tests/language: the wrong ones with the exact text they get, the right ones with none.

`NNDSL_RENEW=1 pytest tests/checking/test_language_files.py` writes the expected texts anew, to be read before they are kept.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nndsl.checking.check import check, check_file
from nndsl.diagnostics import CATALOGUE, Diagnostic, NNError, Source, render
from nndsl.diagnostics.messages import arguments, blocks, names
from nndsl.syntax import read_source

LANGUAGE = Path(__file__).resolve().parents[1] / "language"
BAD = sorted(p.name for p in (LANGUAGE / "bad").glob("*.nn"))
GOOD = sorted(p.name for p in (LANGUAGE / "good").glob("*.nn"))
ELSEWHERE = {"NN0112"}
"""What takes many files: test_scopes.py."""
CODES = tuple(sorted({*names.ROWS, *arguments.ROWS, *blocks.ROWS} - ELSEWHERE))
BY_SETTINGS = {"NN0124": {"hiden": "3"}, "NN0125": {"hidden": "3 +"}}
"""What only a wrong `--set` can bring about."""

RENEW = bool(os.environ.get("NNDSL_RENEW"))


def diagnostics(source: Source, settings: dict[str, str] | None = None) -> tuple[Diagnostic, ...]:
    try:
        report = check_file(source, settings or {})[2]
    except NNError as error:
        return error.diagnostics
    return tuple(report)


def shown(name: str) -> str:
    return "\n\n".join(render(d) for d in diagnostics(read_source(name))) + "\n"


@pytest.mark.parametrize("name", BAD)
def test_wrong_files_get_just_these_diagnostics(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(LANGUAGE / "bad")
    expected = Path(name).with_suffix(".expected")
    if RENEW:
        assert not os.environ.get("CI"), "expected texts are renewed by hand only"
        expected.write_text(shown(name), encoding="utf-8")
    assert shown(name) == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", GOOD)
def test_right_files_get_none(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(LANGUAGE / "good")
    assert shown(name) == "\n"


@pytest.mark.parametrize("name", GOOD)
def test_right_files_are_built(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole checking finds nothing either."""
    monkeypatch.chdir(LANGUAGE / "good")
    assert [render(d) for d in check(read_source(name)).warnings] == []


def test_there_are_enough_wrong_files() -> None:
    assert len(BAD) >= 60
    texts = {p.stem for p in (LANGUAGE / "bad").glob("*.expected")}
    assert texts == {Path(name).stem for name in BAD}


@pytest.mark.parametrize("code", CODES)
def test_each_row_explains_itself(code: str) -> None:
    entry = CATALOGUE[code]
    if code in BY_SETTINGS:
        source = Source("example.nn", "let hidden = 8\nmodel m { input x[4];  output p = x -> dense(hidden) }\n")
        assert [d.code for d in diagnostics(source, BY_SETTINGS[code])] == [code]
        assert not diagnostics(source, {"hidden": "3"})
        return
    assert [d.code for d in diagnostics(Source("example.nn", entry.wrong))] == [code]
    assert not diagnostics(Source("example.nn", entry.right))


def test_each_row_is_met_by_a_wrong_file() -> None:
    texts = "".join(p.read_text(encoding="utf-8") for p in (LANGUAGE / "bad").glob("*.expected"))
    missing = [code for code in CODES if code not in BY_SETTINGS and f"[{code}]" not in texts]
    assert not missing
