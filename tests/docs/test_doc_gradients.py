"""Every model on the language page, compiled in float64, has the gradients that differences of its loss have."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from fenced import Block, blocks

import nndsl
from nndsl.checking import check
from nndsl.diagnostics import NNError, Source

PAGE = Path(__file__).resolve().parents[2] / "docs" / "language.md"
SAMPLES = 6


MODELS = [block for block in blocks(PAGE, "nn", "nn run") if re.search(r"^model ", block.text, re.M)]


def with_objective(block: Block) -> str:
    """The text of a block; one without a `train` block is given the squared errors of its outputs to minimise."""
    opened = check(Source(f"{PAGE.parent}/doc.nn", block.text))
    if opened.scope.train is not None:
        return block.text
    terms = [f"mse(target.{port.name}, {port.name})" for port in opened.must_have_model().outputs]
    return f"{block.text}\ntrain {{ loss {' + '.join(terms)} }}\n"


def random_arrays(ports: tuple, generator: np.random.Generator) -> dict[str, np.ndarray]:
    """Values that fit the ports: whole ones below their limit, where they have one, or else 0, 1 and 2."""
    return {port.name: generator.integers(0, port.limit or 3, (SAMPLES, *port.shape)) if port.dtype == "int"
            else generator.normal(size=(SAMPLES, *port.shape)) for port in ports}


@pytest.mark.parametrize("block", MODELS, ids=str)
def test_gradients_agree_with_differences(block: Block) -> None:
    try:
        model = nndsl.loads(with_objective(block), name=f"{PAGE.parent}/doc.nn", precision="float64")
    except NNError as error:  # the page says that it is not compiled yet
        assert all(d.code.startswith("NN09") for d in error.diagnostics), str(error)
        return
    generator = np.random.default_rng(3)
    x, y = random_arrays(model.network.inputs, generator), random_arrays(model.network.targets, generator)
    for name, value in model.weights.items():  # away from zero biases, where many things are flat
        model.weights[name] = value + 0.1 * generator.normal(size=value.shape)
    loss, gradients = model.loss_and_gradients(x, y)
    assert np.isfinite(loss) and set(gradients) <= set(model.weights)
    for name, gradient in gradients.items():
        assert any(agrees(model, x, y, name, gradient, generator) for _ in range(6)), f"{name}: every direction crosses a kink"


def agrees(model: nndsl.Model, x: dict, y: dict, name: str, gradient: np.ndarray, generator: np.random.Generator) -> bool:
    """Compare a gradient with differences along a random direction; False where a kink within the steps forbids it."""
    direction = generator.normal(size=gradient.shape)
    direction /= np.linalg.norm(direction)
    start = model.weights[name].copy()

    def slope(step: float) -> float:
        values = []
        for sign in (1, -1):
            model.weights[name] = start + sign * step * direction
            values.append(model.loss_and_gradients(x, y)[0])
        return (values[0] - values[1]) / (2 * step)

    coarse, middle, fine = (slope(4e-5 / 2**k) for k in range(3))
    model.weights[name] = start
    once = (4 * middle - coarse) / 3, (4 * fine - middle) / 3
    wanted = (16 * once[1] - once[0]) / 15
    scale = max(abs(wanted), float(np.abs(gradient * direction).max(initial=0)), 1e-3)
    if abs(once[1] - once[0]) > 1e-7 * scale:
        return False
    assert abs(float((gradient * direction).sum()) - wanted) <= 1e-7 * scale, name
    return True
