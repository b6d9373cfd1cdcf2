"""The catalogue's wrong examples of data and monitors get their diagnostic, the right ones none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nndsl.checking.check import check_file
from nndsl.diagnostics import CATALOGUE, Diagnostic, NNError, Source
from nndsl.runtime.data import Wanted, load_data
from nndsl.runtime.monitors import check_monitors
from nndsl.signature import Port

MINE = [code for code in CATALOGUE if code[:4] in ("NN05", "NN06", "NN07")]


def told(text: str, folder: Path) -> tuple[Diagnostic, ...]:
    """The mistakes found with the data, as a run would find them before its first step."""
    source = Source("m.nn", text)
    _, blocks, _ = check_file(source)
    inputs = tuple(Port(name, (int(size),)) for name, size in re.findall(r"\b(\w)\[(\d+)\]", text))
    classes = int(re.search(r"dense\((\d)", text)[1])
    targets, weights = (Port("p", (), "int", classes),), blocks.train.class_weight
    wanted = Wanted(inputs, targets, folder=folder, text=source, class_weight=weights)
    try:
        data = load_data(blocks.data, wanted)
    except NNError as error:
        return error.diagnostics
    return check_monitors(blocks.train, tuple(m.name for m in blocks.formulas.metrics), data.validation is not None, source)


@pytest.mark.parametrize("code", [code for code in MINE if CATALOGUE[code].wrong and code != "NN0601"])
def test_examples(code: str, tmp_path: Path):
    found = told(CATALOGUE[code].wrong, tmp_path)
    assert {d.code for d in found} == {code}
    assert found[0].labels or code in ("NN0516", "NN0521")
    assert not told(CATALOGUE[code].right, tmp_path)


@pytest.mark.parametrize("code", MINE)
def test_every_row_explains_itself(code: str):
    assert CATALOGUE[code].meaning.endswith(".") and bool(CATALOGUE[code].wrong) == bool(CATALOGUE[code].right)
