"""What the language page shows is built and run: each model, compiled in float64, has the gradients that differences tell."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from fenced import Block, blocks
from model_differences import assert_gradients_of_model, random_arrays

import nndsl
from nndsl.checking import check
from nndsl.diagnostics import Source
from nndsl.syntax.tree import Also, Definition

PAGE = Path(__file__).resolve().parents[2] / "docs" / "language.md"
NAME = f"{PAGE.parent}/doc.nn"

EVERY = blocks(PAGE, "nn", "nn run")
STOPPED = [block for block in EVERY if "stop(" in block.text]
"""Differences see what `stop` hides from gradients."""


def with_objective(block: Block) -> str:
    """The text of a block; one without a `train` block is given the squared errors of its outputs to minimise."""
    opened = check(Source(NAME, block.text))
    if opened.scope.train is not None:
        return block.text
    terms = [f"mse(target.{port.name}, {port.name})" for port in opened.must_have_model().outputs]
    return f"{block.text}\ntrain {{ loss {' + '.join(terms)} }}\n"


@pytest.mark.parametrize("block", EVERY, ids=str)
def test_every_definition_is_part_of_a_model(block: Block) -> None:
    """Where nothing applies a definition, its shapes are not looked at."""
    scope = check(Source(NAME, block.text)).scope
    assert scope.models
    for definition in set(scope.definitions.values()):
        if isinstance(definition, Definition):
            also = (name for line in definition.attributes if isinstance(line, Also) for name in line.names)
            names = [definition.name, *also]
            elsewhere = block.text.replace(definition.span.text, "")
            assert re.search(rf"\b({'|'.join(names)})\b", elsewhere), f"{definition.name} is only defined"


@pytest.mark.parametrize("block", [block for block in EVERY if block not in STOPPED], ids=str)
def test_gradients_agree_with_differences(block: Block) -> None:
    assert_gradients_of_model(nndsl.loads(with_objective(block), name=NAME, precision="float64"))


@pytest.mark.parametrize("block", STOPPED, ids=str)
def test_what_stops_gradients_learns(block: Block) -> None:
    model = nndsl.loads(with_objective(block), name=NAME, precision="float64")
    random = np.random.default_rng(1)
    x, y = (random_arrays(ports, random) for ports in (model.network.inputs, model.network.targets))
    before, _ = model.loss_and_gradients(x, y)
    model.fit(x, y, epochs=30)
    after, _ = model.loss_and_gradients(x, y)
    assert after < before
