"""How diagnostics look, to people and to programs."""

from __future__ import annotations

import json
import re

import pytest

from nndsl.diagnostics import Diagnostic, Label, NNError, Source, Span, as_json, problem, render

TEXT = "model m {\n    h = x -> dense(64)\n    output p = h -> dense2\n}\n"
SOURCE = Source("mlp.nn", TEXT)


def span(word: str, source: Source = SOURCE) -> Span:
    start = source.text.index(word)
    return Span(source, start, start + len(word))


def diagnostic(*labels: Label, message: str = "something is wrong", helps: tuple[str, ...] = ()) -> Diagnostic:
    return Diagnostic("NN0001", message, labels, helps)


def test_two_places_and_a_help() -> None:
    shown = render(diagnostic(Label(span("dense2"), "expects 128"), Label(span("dense(64)"), "produces [64]"),
                              message="`dense2` expects 128 inputs but gets 64", helps=("remove the size to infer it",)))
    assert shown == """\
error[NN0001]: `dense2` expects 128 inputs but gets 64
  --> mlp.nn:3:21
  3 |     output p = h -> dense2
                          ^^^^^^ expects 128
  2 |     h = x -> dense(64)
                   --------- produces [64]
help: remove the size to infer it"""


def test_no_place() -> None:
    assert render(problem("NN0010", None, path="a.nn", helps=("look elsewhere",))) == (
        "error[NN0010]: there is no file `a.nn`\nhelp: look elsewhere")


def test_places_of_one_line_share_it() -> None:
    assert render(diagnostic(Label(span("h -> dense2"), "this"), Label(span("p ="), "that"))) == """\
error[NN0001]: something is wrong
  --> mlp.nn:3:16
  3 |     output p = h -> dense2
                     ^^^^^^^^^^^ this
                 --- that"""


def test_places_in_two_files() -> None:
    other = Source("blocks.nn", "\n\nlayer f() { }\n")
    labels = (Label(span("dense2"), "here"), Label(span("f", other), "there"), Label(span("layer", other)))
    assert render(diagnostic(*labels)) == """\
error[NN0001]: something is wrong
  --> mlp.nn:3:21
  3 |     output p = h -> dense2
                          ^^^^^^ here
  ::: blocks.nn:3:7
  3 | layer f() { }
            - there
      -----"""


def test_line_numbers_of_different_width() -> None:
    source = Source("a.nn", "x\n" * 99 + "last\n")
    assert render(diagnostic(Label(span("last", source)), Label(Span(source, 0, 1), "first"))) == """\
error[NN0001]: something is wrong
  --> a.nn:100:1
  100 | last
        ^^^^
    1 | x
        - first"""


def test_a_place_of_several_lines_is_marked_on_the_first() -> None:
    assert "\n  1 | model m {\n      ^^^^^^^^^\n" in render(diagnostic(Label(span(TEXT), ""), Label(span("h ="), "")))


@pytest.mark.parametrize(("text", "word", "line", "mark"), [
    ("\tx = y", "y", "    x = y", "        ^"),
    ("a\tb\tc", "c", "a   b   c", "        ^"),
    ("中文 = y", "y", "中文 = y", "       ^"),
    ("中文 = y", "文", "中文 = y", "  ^^"),
    ("e\u0301 = y", "y", "e\u0301 = y", "    ^"),
    ("a\x1b[2J = y", "y", "a\\x1b[2J = y", "           ^"),
    ("a\u202eb = y", "y", "a\\u202eb = y", "           ^"),
    ("a\ud800 = y", "y", "a\\ud800 = y", "          ^"),
    ("x = y\r", "y", "x = y", "    ^"),
])
def test_columns(text: str, word: str, line: str, mark: str) -> None:
    shown = render(diagnostic(Label(span(word, Source("a.nn", text))))).split("\n")
    assert shown[2:] == [f"  1 | {line}", f"      {mark}"]


def test_what_the_user_wrote_cannot_steer_a_terminal() -> None:
    source = Source("a\x1b[2J.nn", "x")
    shown = render(diagnostic(Label(Span(source, 0, 1), "\x07"), message="no `\x9b2J`", helps=("\u202e",)))
    assert all(char == "\n" or char.isprintable() for char in shown)


@pytest.mark.parametrize("start", [0, 300, 999])
def test_a_long_line_is_cut_around_the_culprit(start: int) -> None:
    source = Source("a.nn", "".join(chr(0x61 + n % 26) for n in range(1000)))
    lines = render(diagnostic(Label(Span(source, start, start + 1), "here"))).split("\n")
    assert len(lines[2]) < 180
    assert lines[2][lines[3].index("^")] == source.text[start]


def test_a_culprit_longer_than_a_screen() -> None:
    source = Source("a.nn", "x" * 1000)
    lines = render(diagnostic(Label(Span(source, 0, 1000), "all of it"))).split("\n")
    assert len(lines[3]) < 190 and lines[3].endswith("^ all of it")


@pytest.mark.parametrize("text", ["", "x", "x\n", "x\n\n"])
def test_the_end_of_a_text(text: str) -> None:
    source = Source("a.nn", text)
    shown = render(diagnostic(Label(Span(source, len(text), len(text)), "expected more")))
    assert shown.endswith("^ expected more")


def test_colour_changes_nothing_but_colour() -> None:
    item = diagnostic(Label(span("dense2"), "expects 128"), Label(span("dense(64)"), "produces [64]"), helps=("a help",))
    coloured = render(item, colour=True)
    assert coloured != render(item)
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == render(item)


def test_an_error_shows_all_its_diagnostics() -> None:
    error = NNError(diagnostic(message="one"), diagnostic(message="two"))
    assert str(error) == "error[NN0001]: one\n\nerror[NN0001]: two"


def test_json() -> None:
    source = Source("größe.nn", "größe = äß\n  y\n")
    item = problem("NN0001", Span(source, 8, 14), "here", found="`äß`", helps=("a help",), also=(Label(Span(source, 0, 5)),))
    data = json.loads(json.dumps(as_json(item)))
    assert data["message"] == "`äß` cannot stand here"
    assert data["level"] == "error"
    assert data["code"]["code"] == "NN0001" and "understood" in data["code"]["explanation"]
    assert data["rendered"] == render(item) + "\n"
    assert data["children"] == [
        {"message": "a help", "code": None, "level": "help", "spans": [], "children": [], "rendered": None}]
    first, second = data["spans"]
    assert first == {
        "file_name": "größe.nn", "byte_start": 10, "byte_end": 18, "line_start": 1, "line_end": 2, "column_start": 9,
        "column_end": 4, "is_primary": True, "label": "here",
        "text": [{"text": "größe = äß", "highlight_start": 9, "highlight_end": 11},
                 {"text": "  y", "highlight_start": 1, "highlight_end": 4}],
        "suggested_replacement": None, "suggestion_applicability": None, "expansion": None,
    }
    assert (second["byte_start"], second["byte_end"], second["is_primary"], second["label"]) == (0, 7, False, None)


def test_json_without_a_place() -> None:
    data = as_json(problem("NN0010", None, path="a.nn"))
    assert data["spans"] == [] and data["$message_type"] == "diagnostic"
