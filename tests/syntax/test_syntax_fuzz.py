"""Whatever a text is, parsing it gives a tree or diagnostics, in less than a second."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from parsing import walk
from random_trees import Grower

from nndsl.diagnostics import NNError, Source, as_json, render
from nndsl.syntax import parse, text
from nndsl.syntax.words import INSIDE, OUTSIDE, RESERVED

HERE = Path(__file__).parent
EVERYTHING = (HERE / "files" / "everything.nn").read_text(encoding="utf-8")
SIGNS = ("->", "<-", "==", "//", "...", "x", "1", "70%", "also")
WORDS = (*OUTSIDE, *INSIDE, *RESERVED, *"()[]{};,.:=<>+-*/^|@\"#'%&!?\n\n\n ", *SIGNS)
changes = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 3), st.sampled_from((*WORDS, ""))), max_size=4)


def survives(content: str) -> None:
    """A tree whose spans lie within the text, or diagnostics that can be shown and whose places lie within it."""
    try:
        file = parse(Source("fuzz.nn", content))
    except NNError as error:
        assert error.diagnostics
        for diagnostic in error.diagnostics:
            assert diagnostic.code.startswith("NN00")
            assert all(0 <= label.span.start <= label.span.end <= len(content) for label in diagnostic.labels)
            assert render(diagnostic, colour=True)
            assert as_json(diagnostic)["spans"] or diagnostic.code in ("NN0013", "NN0014")
    else:
        assert all(0 <= node.span.start <= node.span.end <= len(content) for node in walk(file))
        assert parse(Source("again.nn", text(file))) == file


@given(st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_text(content: str) -> None:
    survives(content)


@given(st.lists(st.sampled_from(WORDS), max_size=80).map(" ".join))
@settings(max_examples=400, deadline=None)
def test_words_in_any_order(content: str) -> None:
    survives(content)


@given(st.integers(0, len(EVERYTHING)), st.integers(0, 40), st.sampled_from(WORDS) | st.text(max_size=3))
@settings(max_examples=200, deadline=None)
def test_a_file_with_something_replaced(start: int, length: int, put: str) -> None:
    survives(EVERYTHING[:start] + put + EVERYTHING[start + length :])


@given(st.integers(0, 2**32), changes)
@settings(max_examples=300, deadline=None)
def test_random_files_with_things_replaced(seed: int, changes: list[tuple[int, int, str]]) -> None:
    content = text(Grower(seed).file())
    for place, length, put in changes:
        start = place % (len(content) + 1)
        content = content[:start] + put + content[start + length :]
    survives(content)


@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_bytes(data: bytes) -> None:
    survives(data.decode("latin-1"))
    survives(data.decode("utf-8", "replace"))
    survives(data.decode("utf-8", "surrogateescape"))
