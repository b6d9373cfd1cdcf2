"""The catalogue tells the truth: its wrong examples are wrong in that way, its right ones are not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from parsing import codes

from nndsl.diagnostics import CATALOGUE, NNError
from nndsl.syntax import read_source
from nndsl.syntax.reading import LARGEST

SPELLING = {code: entry for code, entry in CATALOGUE.items() if code.startswith("NN00")}
OF_FILES = {code: entry for code, entry in SPELLING.items() if entry.wrong.startswith("nndsl ")}
OF_TEXTS = {code: entry for code, entry in SPELLING.items() if code not in OF_FILES}


@pytest.mark.parametrize("code", CATALOGUE)
def test_codes_and_messages(code: str) -> None:
    entry = CATALOGUE[code]
    assert re.fullmatch(r"NN0[0-9]{3}", code)
    assert entry.severity in ("error", "warning", "advice")
    assert entry.message and not entry.message.endswith((".", " ")) and "\n" not in entry.message


@pytest.mark.parametrize("code", SPELLING)
def test_rows_are_complete(code: str) -> None:
    entry = SPELLING[code]
    assert entry.meaning.endswith(".") and entry.wrong and entry.right


@pytest.mark.parametrize("code", OF_TEXTS)
def test_wrong_and_right_texts(code: str) -> None:
    assert codes(OF_TEXTS[code].wrong) == [code]
    assert codes(OF_TEXTS[code].right) == []


@pytest.mark.parametrize("code", OF_FILES)
def test_wrong_and_right_files(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("digits.nn").write_text("let n = 3\n")
    Path("folder").mkdir()
    Path("latin.nn").write_bytes("let größe = 3\n".encode("latin-1"))
    Path("weights.npy").write_bytes(b"\x93NUMPY\x01\0")
    Path("enormous.nn").write_text("#" * (LARGEST + 1))
    Path("secret.nn").write_text("let n = 3\n")
    opened = Path.open

    def open_all_but_secrets(path: Path, mode: str = "r") -> object:
        if path.name == "secret.nn":  # permissions do not stop a test that runs as root
            raise PermissionError(13, "Permission denied")
        return opened(path, mode)

    monkeypatch.setattr(Path, "open", open_all_but_secrets)
    with pytest.raises(NNError) as caught:
        read_source(OF_FILES[code].wrong.split()[-1])
    assert [d.code for d in caught.value.diagnostics] == [code]
    assert read_source(OF_FILES[code].right.split()[-1]).text == "let n = 3\n"
