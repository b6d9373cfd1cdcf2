"""Trees are printed as text that gives the same tree."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from parsing import body, formula, parse_text, walk
from random_trees import Grower

from nndsl.diagnostics import Source
from nndsl.syntax import format_file, parse, read_source, text, tree

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FILES = sorted([*HERE.glob("files/*.nn"), *ROOT.glob("nndsl/library/*.nn"), *ROOT.glob("examples/*.nn")])

MINIMAL = {
    "((a))": "a",
    "(a + b) + c": "a + b + c",
    "a + (b + c)": "a + (b + c)",
    "(a * b) + (c / d)": "a * b + c / d",
    "a * (b / c)": "a * (b / c)",
    "(a - b) * c": "(a - b) * c",
    "-(a * b)": "-(a * b)",
    "(-a) * b": "-a * b",
    "(-a)^2": "(-a)^2",
    "-(a^2)": "-a^2",
    "(a^b)^c": "(a^b)^c",
    "a^(b^c)": "a^b^c",
    "a^(-b)": "a^-b",
    "a ^ (b + 1)": "a^(b + 1)",
    "(a < b) == c": "(a < b) == c",
    "not (a or b)": "not (a or b)",
    "not (a and b) or c": "not (a and b) or c",
    "(a or b) and c": "(a or b) and c",
    "(a -> b) -> c": "a -> b -> c",
    "a -> (b -> c)": "a -> (b -> c)",
    "(a -> b) + c": "(a -> b) + c",
    "f((a else 0), b)": "f((a else 0), b)",
    "f(a else 0)": "f((a else 0))",
    "(f(a))(b)[ (c) ]": "f(a)(b)[c]",
    "x[(a < b)]": "x[(a < b)]",
    "x [ i<3@ -1 , ... ]": "x[i < 3 @ -1, ...]",
    "( ... )": "(...)",
    "[ 1,2, ]": "[1, 2]",
    "70%": "70%",
    "1e-4": "1e-4",
    "0.10": "0.1",
    "007": "7",
}


@pytest.mark.parametrize("written", MINIMAL)
def test_formulas_get_the_brackets_they_need(written: str) -> None:
    assert text(formula(written)) == MINIMAL[written]


seeds = st.integers(0, 2**32)


@given(seeds)
@settings(max_examples=300, deadline=None)
def test_random_formulas(seed: int) -> None:
    node = Grower(seed).formula()
    assert formula(text(node)) == node


@given(seeds)
@settings(max_examples=200, deadline=None)
def test_random_files(seed: int) -> None:
    file = Grower(seed).file()
    printed = text(file)
    assert parse_text(printed) == file
    assert format_file(file) == printed


@given(seeds)
@settings(max_examples=200, deadline=None)
def test_comments_anywhere(seed: int) -> None:
    grower = Grower(seed)
    file = grower.file()
    parsed = parse_text(grower.with_comments(text(file)))
    written = format_file(parsed)
    formatted = parse_text(written)
    assert formatted == parsed == file
    assert sorted(c.text.strip() for c in formatted.comments) == sorted(c.text.strip() for c in parsed.comments)
    assert format_file(formatted) == written


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_files(path: Path) -> None:
    file = parse(read_source(path))
    assert parse_text(text(file)) == file
    formatted = format_file(file)
    again = parse_text(formatted)
    assert again == file
    assert sorted(c.text.strip() for c in again.comments) == sorted(c.text.strip() for c in file.comments)
    assert format_file(again) == formatted
    assert [d.documentation for d in again.items if isinstance(d, tree.Definition)] == [
        d.documentation for d in file.items if isinstance(d, tree.Definition)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_parts_of_files(path: Path) -> None:
    for node in walk(parse(read_source(path))):
        if isinstance(node, (tree.Equation, tree.Update, tree.If, tree.Param)):
            assert body(text(node)) == (node,)


def test_an_output_of_a_list_keeps_its_word() -> None:
    node = tree.Output(None, tree.ListOf((tree.Name("a"), tree.Name("b"))))
    assert text(node) == "output ([a, b])"
    assert body(text(node)) == (node,)


@pytest.mark.parametrize(("node", "written"), [
    (tree.Number(-3), "-3"),
    (tree.Number(float("inf")), "inf"),
    (tree.Binary("^", tree.Number(-2.5), tree.Number(float("-inf"))), "(-2.5)^-inf"),
])
def test_numbers_that_no_text_has(node: tree.Expression, written: str) -> None:
    assert text(node) == written


@pytest.mark.parametrize("written", ["70%", "1e-4", "12"])
def test_a_number_put_in_place_of_another_is_printed(written: str) -> None:
    """... though it still stands where the other one stood."""
    assert text(replace(formula(written), value=0.25)) == "0.25"


@pytest.mark.parametrize("node", [tree.Number(float("nan")), tree.String('a"b'), tree.String("a\nb"), tree.Import('"')])
def test_what_cannot_be_written(node: tree.Node) -> None:
    with pytest.raises(ValueError, match=r"NaN|holds no"):
        text(node)


def test_a_layout() -> None:
    source = read_source(HERE / "layout" / "before.nn")
    expected = (HERE / "layout" / "after.nn").read_text(encoding="utf-8")
    assert format_file(parse(source)) == expected
    assert format_file(parse(Source("after.nn", expected))) == expected
