"""Every layer of the library, with settings that reach its branches: gradients against differences."""

from __future__ import annotations

import numpy as np
import pytest
from layer_cases import CASES, SETTINGS, Case
from layer_slopes import apart, assert_gradients
from library import definitions
from plain_module import plain_module

import nndsl
from nndsl import cache
from nndsl.inspect.doc.weights import weights
from nndsl.syntax.tree import Definition

LAYERS = list(definitions("layer"))
ALL = [pytest.param(name, case, id=f"{name}-{number}") for name, found in CASES.items() for number, case in enumerate(found)]


def test_no_layer_is_left_out() -> None:
    assert set(CASES) == {definition.name for definition in LAYERS}


@pytest.mark.parametrize("definition", LAYERS, ids=lambda d: d.name)
def test_each_is_documented(definition: Definition) -> None:
    assert definition.documentation.strip()


@pytest.mark.parametrize(("name", "case"), ALL)
def test_gradients(name: str, case: Case) -> None:
    settings, shapes = case
    random = np.random.default_rng(2)
    whole = name == "embedding"
    inputs = [random.integers(0, 7, (3, *s)) if whole else apart(random, (3, *s)) for s in shapes]
    if name in ("maximum", "minimum"):  # the same place of different inputs is compared
        inputs = list(np.moveaxis(apart(random, (3, *shapes[0], len(shapes))), -1, 0))
    assert_gradients(nndsl.layer(name, **settings).build(*shapes), inputs)


@pytest.mark.parametrize(("name", "case"), [pytest.param(name, case, id=f"{name}-{number}") for name, found in SETTINGS.items()
                                            for number, case in enumerate(found)])
def test_gradients_with_more_settings(name: str, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "load_module", lambda artifact: plain_module(cache.module_path(artifact).read_text()))
    settings, shapes = case
    random = np.random.default_rng(2)
    assert_gradients(nndsl.layer(name, **settings).build(*shapes), [apart(random, (3, *s)) for s in shapes])


@pytest.mark.parametrize(("name", "case"), [p for p in ALL if not {"f", "layer"} & p.values[1][0].keys()])
def test_weights_are_as_documented(name: str, case: Case) -> None:
    """What the page of the layers says of weights: their names, order and axes, and which of them are trained."""
    settings, shapes = case
    layer = nndsl.layer(name, **settings).build(*shapes)
    told = weights(next(d for d in LAYERS if d.name == name))
    own = dict(layer.weights)
    assert list(own) == [name for name in dict.fromkeys(w.name for w in told) if name in own]
    assert {w.name for w in told if not w.when} <= set(own)
    for path, value in own.items():
        lines = [w for w in told if w.name == path and w.trained == (path not in layer.state)]
        assert any("..." in w.shape or "einsum" in w.shape or len(value.shape) == w.shape.count(",") + bool(w.shape)
                   for w in lines)
