"""What is too deep, too large or no text is refused at once, with a diagnostic."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from parsing import codes, formula, parse_text

from nndsl.diagnostics import NNError, Source
from nndsl.syntax import parse, read_source, text
from nndsl.syntax.reading import LARGEST

DEEP: dict[str, Callable[[int], str]] = {
    "round brackets": lambda n: "let x = " + "(" * n + "1" + ")" * n,
    "round brackets left open": lambda n: "let x = " + "(" * n,
    "square brackets": lambda n: "let x = " + "[" * n + "]" * n,
    "braces": lambda n: "model m " + "{ if a " * n + "{ }" + "}" * n,
    "braces left open": lambda n: "model m " + "{ if a " * n,
    "indices": lambda n: "let y = " + "x[" * n + "1" + "]" * n,
    "calls": lambda n: "let y = " + "f(" * n + "1" + ")" * n,
    "calls of calls": lambda n: "let y = f" + "()" * n,
    "minus signs": lambda n: "let x = " + "-" * n + "1",
    "nots": lambda n: "let x = " + "not " * n + "1",
    "a sum": lambda n: "let x = 1" + " + 1" * n,
    "a product": lambda n: "let x = 1" + " * 1" * n,
    "powers": lambda n: "let x = 1" + "^1" * n,
    "a pipeline": lambda n: "model m {\n    output x" + " -> f" * n + "\n}",
    "elses": lambda n: "let x = (1" + " else 1" * n + ")",
    "ifs after else": lambda n: "model m {\n    if a { }" + " else if a { }" * n + "\n}",
    "members": lambda n: "let x = a" + ".b" * n,
}


@pytest.mark.parametrize("name", DEEP)
def test_too_deep(name: str) -> None:
    assert codes(DEEP[name](10_000)) == ["NN0008"]


@pytest.mark.parametrize("name", [name for name in DEEP if "open" not in name])
def test_deep_enough(name: str) -> None:
    file = parse_text(DEEP[name](90) + "\n")
    assert parse_text(text(file)) == file


def test_wide_is_not_deep() -> None:
    assert len(formula("[" + "1, " * 10_000 + "]").items) == 10_000
    assert len(parse_text("let x = 1\n" * 10_000).items) == 10_000
    assert len(formula("1" + " < 1" * 10_000).operands) == 10_001


@pytest.mark.parametrize("number", ["1" * 5_000, "0." + "1" * 5_000, "1e" + "9" * 5_000, "1" * 19, "1e309", "1e-400", "9e400%"])
def test_numbers(number: str) -> None:
    assert codes(f"let n = {number}") == ["NN0009"]


@pytest.mark.parametrize(("number", "value"), [("9" * 18, 10**18 - 1), ("0" * 20 + "1", 1), ("0e999", 0.0), ("0.0", 0.0),
                                               ("5e-324", 5e-324), ("1.7976931348623157e308", 1.7976931348623157e308)])
def test_numbers_that_fit(number: str, value: float) -> None:
    assert formula(number).value == value


def test_a_text_too_large() -> None:
    assert codes("# " + "x" * LARGEST) == ["NN0014"]
    assert parse_text("let n = 1\n# " + "x" * (LARGEST - 20)).items


@pytest.mark.parametrize("junk", ["\0", "let n = \0 3", "PK\x03\x04\0\0"])
def test_no_text(junk: str) -> None:
    assert codes(junk) == ["NN0013"]


UNITS = ("(", ")", "[", "]", "{", "}", '"', "'", "a ", "1 ", "=", "\\", "\x01", "é", "²", ";", "\n;", ",", ".", "()", "({",
         "[}", "if", "else ", "# \n", "-> ", "<-", "f(", "x[", "model m {\n", "} ", "let a = (", '"(\n', "} else if a {", "1.",
         "(1 2) ")


@pytest.mark.parametrize("unit", UNITS)
def test_much_of_the_same(unit: str) -> None:
    """Nothing but diagnostics of syntax comes of it."""
    for before in ("", "model m {\n", "train {\n", "let x = "):
        assert all(code.startswith("NN00") for code in codes(before + unit * (10_000 // len(unit))))


# ------------------------------------------------------------------------------------------------------- files


def refused(path: Path | str) -> NNError:
    with pytest.raises(NNError) as caught:
        read_source(path)
    (diagnostic,) = caught.value.diagnostics
    assert str(path) in diagnostic.message
    return caught.value


def code(path: Path | str) -> str:
    return refused(path).diagnostics[0].code


def test_reading(tmp_path: Path) -> None:
    path = tmp_path / "größe.nn"
    path.write_bytes("\ufefflet größe = 3\r\n".encode())
    assert read_source(path) == Source(str(path), "let größe = 3\r\n")
    assert parse(read_source(str(path))).items


def test_no_such_file(tmp_path: Path) -> None:
    (tmp_path / "digits.nn").write_text("let n = 3")
    assert refused(tmp_path / "digit.nn").diagnostics[0].helps == (f"did you mean `{tmp_path / 'digits.nn'}`?",)
    assert code(tmp_path / "else" / "digits.nn") == "NN0010"
    assert code("") in ("NN0010", "NN0011")
    assert code(tmp_path / "a\0b.nn") in ("NN0010", "NN0015")
    assert code(tmp_path / ("a" * 5000)) == "NN0015"


def test_a_folder(tmp_path: Path) -> None:
    assert code(tmp_path) == "NN0011"


def test_no_regular_file(tmp_path: Path) -> None:
    """A pipe is not opened: it would wait for a writer."""
    os.mkfifo(tmp_path / "pipe.nn")
    assert code(tmp_path / "pipe.nn") == "NN0011"


def test_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "latin.nn"
    path.write_bytes("let n = 3\nlet größe = 3\n".encode("latin-1"))
    error = refused(path)
    (label,) = error.diagnostics[0].labels
    assert error.diagnostics[0].code == "NN0012"
    assert (label.span.line, label.span.column, label.text) == (2, 7, "the byte 0xf6")
    assert "let gr" in str(error)


def test_utf8_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "cut.nn"
    path.write_bytes("let n = 3  # ö".encode()[:-1])
    assert code(path) == "NN0012"


@pytest.mark.parametrize("data", [b"\x93NUMPY\x01\x00v\x00", b"\x7fELF\0\0", "let n = 3".encode("utf-16"), b"\0" * 100])
def test_binary_files(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "weights.npy"
    path.write_bytes(data)
    assert code(path) == "NN0013"


def test_a_file_too_large(tmp_path: Path) -> None:
    path = tmp_path / "enormous.nn"
    with path.open("wb") as file:
        file.truncate(10**12)  # takes no room: it is never read as a whole
    assert code(path) == "NN0014"


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.nn"
    path.write_text("let n = 3")

    def refuse(self: Path, *arguments: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    error = refused(path)
    assert error.diagnostics[0].code == "NN0015" and "Permission denied" in error.diagnostics[0].message
