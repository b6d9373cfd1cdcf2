"""Every example runs, on its real data, and learns what it should."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "examples").glob("*.nn"))

LEARNT = {  # what the test part, or without one the last epoch, must reach
    "autoencoder": ("loss", "below", 0.018),
    "batch_norm20": ("accuracy", "above", 0.8),
    "diabetes": ("loss", "below", 0.7),
    "digits": ("accuracy", "above", 0.96),
    "heat": ("mae", "below", 0.001),
    "iris": ("accuracy", "above", 0.9),
    "lenet": ("accuracy", "above", 0.93),
    "lstm": ("accuracy", "above", 0.93),
    "own_formulas": ("accuracy", "above", 0.9),
    "selu20": ("accuracy", "above", 0.8),
    "transformer": ("accuracy", "above", 0.93),
    "two_tower": ("accuracy", "above", 0.93),
    "vae": ("loss", "below", 28),
    "xor": ("accuracy", "above", 1.0),
}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_example_learns(path: Path, nndsl: Callable, tmp_path: Path) -> None:
    result = nndsl("run", path, "--json", "--out", tmp_path / "run")
    assert result.code == 0, result.err
    *epochs, end = [json.loads(line) for line in result.out.splitlines()]
    figure, side, mark = LEARNT[path.stem]
    value = (end["test"] or epochs[-1])[figure]
    assert value >= mark if side == "above" else value <= mark
    assert [e["event"] for e in epochs] == ["epoch"] * end["epochs"]
    assert Path(end["run"]).is_relative_to(tmp_path / "run")
    assert (Path(end["run"]) / "summary.json").is_file()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_example_is_without_mistakes(path: Path, nndsl: Callable) -> None:
    result = nndsl("check", path)
    assert (result.code, result.out, result.err) == (0, "", "")


def test_twins_differ_in_activation_and_normalisation_only() -> None:
    selu, norm = ((EXAMPLES[0].parent / f"{name}.nn").read_text(encoding="utf-8") for name in ("selu20", "batch_norm20"))
    code = [line for line in selu.splitlines() if not line.startswith("#")]
    code = [line.replace("selu20", "batch_norm20").replace("dense(32, selu, kernel_initializer = lecun_normal)",
            "dense(32, use_bias = false, kernel_initializer = lecun_normal) -> batch_norm(momentum = 0.9) -> activation(relu)")
            for line in code]
    assert code == [line for line in norm.splitlines() if not line.startswith("#")]
