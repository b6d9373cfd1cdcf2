"""The models of tests/golden: small ones that between them show every kind of generated code."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from nndsl.checking import check
from nndsl.checking.checked import Checked
from nndsl.compiler import Stages, compile_source
from nndsl.diagnostics import Source
from nndsl.signature import Port

FOLDER = Path(__file__).resolve().parents[1] / "golden"
NAMES = tuple(sorted(path.stem for path in FOLDER.glob("*.nn")))


def source(name: str) -> Source:
    """A model's text, under a name that does not say where it stands."""
    return Source(f"{name}.nn", (FOLDER / f"{name}.nn").read_text(encoding="utf-8"))


@cache
def checked(name: str) -> Checked:
    """A model after checking."""
    return check(source(name), {}).must_have_model()


@cache
def stages(name: str) -> Stages:
    """A model through the whole compiler."""
    return compile_source(source(name), {})


def batch_of(model: Checked, samples: int) -> dict[str, np.ndarray]:
    """Arrays that a model could be trained on."""
    random = np.random.default_rng(1)
    fed = {port.name: port for port in model.inputs} | {f"target.{port.name}": port for port in model.targets}
    return {name: _drawn(port, samples, random) for name, port in fed.items()} | {
        "sample weight": random.uniform(0.5, 2, samples)}


def _drawn(port: Port, samples: int, random: np.random.Generator) -> np.ndarray:
    shape = (samples, *port.shape)
    return random.integers(0, port.limit or 3, shape) if port.dtype == "int" else random.normal(size=shape)
