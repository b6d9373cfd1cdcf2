"""Every model on the language page, compiled in float64, has the gradients that differences of its loss have."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fenced import Block, blocks
from model_differences import assert_gradients_of_model

import nndsl
from nndsl.checking import check
from nndsl.diagnostics import Source

PAGE = Path(__file__).resolve().parents[2] / "docs" / "language.md"

MODELS = [block for block in blocks(PAGE, "nn", "nn run") if re.search(r"^model ", block.text, re.M)]


def with_objective(block: Block) -> str:
    """The text of a block; one without a `train` block is given the squared errors of its outputs to minimise."""
    opened = check(Source(f"{PAGE.parent}/doc.nn", block.text))
    if opened.scope.train is not None:
        return block.text
    terms = [f"mse(target.{port.name}, {port.name})" for port in opened.must_have_model().outputs]
    return f"{block.text}\ntrain {{ loss {' + '.join(terms)} }}\n"


@pytest.mark.parametrize("block", MODELS, ids=str)
def test_gradients_agree_with_differences(block: Block) -> None:
    assert_gradients_of_model(nndsl.loads(with_objective(block), name=f"{PAGE.parent}/doc.nn", precision="float64"))
