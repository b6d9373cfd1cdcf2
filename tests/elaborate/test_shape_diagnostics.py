"""Each row of the catalogue about shapes and building: its wrong example gets it and nothing else, its right one nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from nndsl.checking import check
from nndsl.diagnostics import CATALOGUE, Diagnostic, NNError, Source
from nndsl.diagnostics.messages import building, later, shapes

ROOT = Path(__file__).resolve().parents[2]
ROWS = {**shapes.ROWS, **building.ROWS, **later.ROWS}
TOLD = "".join(path.read_text() for path in (ROOT / "nndsl" / "checking" / "elaborate").glob("*.py"))
SHOWN = sorted(code for code, entry in ROWS.items() if entry.wrong and code in TOLD)


def told(text: str) -> tuple[Diagnostic, ...]:
    """What a file gets."""
    try:
        return check(Source("example.nn", text)).warnings
    except NNError as error:
        return error.diagnostics


@pytest.mark.parametrize("code", SHOWN)
def test_the_wrong_example_gets_its_code(code: str) -> None:
    assert [d.code for d in told(CATALOGUE[code].wrong)] == [code]


@pytest.mark.parametrize("code", SHOWN)
def test_the_right_example_gets_nothing(code: str) -> None:
    assert not told(CATALOGUE[code].right)


@pytest.mark.parametrize("code", SHOWN)
def test_the_place_is_in_the_file_at_hand(code: str) -> None:
    (diagnostic,) = told(CATALOGUE[code].wrong)
    assert diagnostic.labels[0].span.source.name == "example.nn"
    assert diagnostic.labels[0].span.text.strip()
