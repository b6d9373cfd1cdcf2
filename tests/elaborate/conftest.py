"""What the tests of elaboration share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nndsl.checking import check_model
from nndsl.checking.checked import Checked
from nndsl.checking.lower import lower
from nndsl.diagnostics import Source
from nndsl.ir.equation import Program
from nndsl.ir.interpreter import run
from nndsl.ir.verifier import verify

SAMPLES = 5
Arrays = dict[str, np.ndarray[Any, Any]]


@pytest.fixture(scope="session")
def build() -> Callable[[str], Checked]:
    """Builds a model of a text; every program of it is valid, nested and flat."""

    def built(text: str) -> Checked:
        nested = check_model(Source("model.nn", text))
        flat = lower(nested)
        for name in ("forward", "assess", "learn", "update", "finish", "initial", "final"):
            verify(getattr(nested, name))
            verify(getattr(flat, name), flat=True)
        return flat

    return built


@pytest.fixture(scope="session")
def arrays() -> Callable[[Checked], Arrays]:
    """Random inputs, targets, sample weights and parameters for a model."""

    def made(checked: Checked) -> Arrays:
        draw = np.random.default_rng(1)

        def filled(shape: tuple[int, ...], dtype: str = "real", limit: int | None = None) -> Any:
            return draw.integers(0, limit or 2, shape) if dtype == "int" else draw.normal(size=shape)

        found = {p.name: filled((SAMPLES, *p.shape), p.dtype, p.limit) for p in checked.inputs}
        found |= {"target." + p.name: filled((SAMPLES, *p.shape), p.dtype, p.limit) for p in checked.targets}
        found |= {v.name: filled(v.shape) for v in checked.variables if v.kind != "optimizer"}
        return found | {"sample weight": draw.uniform(0.5, 2, SAMPLES)}

    return made


@pytest.fixture(scope="session")
def ran() -> Callable[..., Arrays]:
    """Interprets a program."""

    def interpreted(program: Program, given: Arrays, **more: Any) -> Arrays:
        return run(program, {k: v for k, v in given.items() if k in program.tensors}, batch=SAMPLES, **more)

    return interpreted
