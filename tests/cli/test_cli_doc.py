"""`doc`: what is told of a definition, of the library's or a user's own, as text, as JSON and as a plot."""

from __future__ import annotations

import builtins
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nndsl.inspect.doc.lookup import LISTED, library

OWN = """
let steep = 3

# Straight, then bent by the root. After somebody 1999.
activation bent(x, k = 2) = where(x < 1, k * x, k + sqrt(x) * guarded(steep) - steep)
    also bow
    example bent(1) = 2

function guarded(v) = max(v, 0)

# Steps after the sign.
optimizer signed(learning_rate = 0.1) {
    state m = 0
    m <- m + g
    w <- w - learning_rate * sign(m)
}

# Half the square, then straight.
loss half(y[..., K], p[..., K], cut = 1) = mean[k](where(abs(y[..., k] - p[..., k]) < cut, (y[..., k] - p[..., k])^2 / 2, cut))

activation noisy(x) = x * bernoulli(0.5)

activation leaky(x[T]) { output h[t] = x[t] + 0.5 * (h[t - 1] else 0) }

schedule saw(top, steps = 40) = top * (1 - mod(step, steps) / steps)
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "own.nn"
    path.write_text(OWN)
    return path


def object_of(nndsl: Callable, *arguments: Any) -> dict[str, Any]:
    result = nndsl("doc", *arguments, "--json")
    assert (result.code, result.err) == (0, ""), result.err
    (line,) = result.out.splitlines()
    return json.loads(line)


def test_an_activation_of_the_library(nndsl: Callable) -> None:
    found = object_of(nndsl, "activation.leaky_relu")
    assert found["signature"] == "leaky_relu(x, negative_slope = 0.2)" and found["kind"] == "activation"
    assert found["formulas"] == ["activation leaky_relu(x, negative_slope = 0.2) = where(x > 0, x, negative_slope · x)"]
    assert found["derivative"] == ["∂x = where(x > 0, 1, negative_slope)"]
    assert found["kinks"] == [{"at": 0, "left": 0.2, "there": 0.2, "right": 1, "kink": True, "jump": False}]
    assert found["range"] == {"least": {"value": 0.2, "exact": True, "attained": True},
                              "greatest": {"value": 1, "exact": True, "attained": True}}
    assert found["examples"] == ["leaky_relu(-1) = -0.2"]


@pytest.mark.parametrize(("name", "interval"), [
    ("sigmoid", "(0, 0.25]"), ("tanh", "(0, 1]"), ("exponential", "(0, ∞)"), ("hard_silu", "[-0.5, 1.5]"),
    ("softplus", "(0, 1)"), ("elu", "(0, 1]"), ("linear", "1 everywhere"), ("gelu", "[≈ -0.128904, ≈ 1.1289]"),
    ("sin", "[-1, 1]"), ("log", "(0, ∞)"), ("tan", "[1, ≈ ∞)")])
def test_ranges(nndsl: Callable, name: str, interval: str) -> None:
    assert f"\n    {interval}\n" in nndsl("doc", name, "--no-plot").out


def test_kinks_with_and_without_a_jump(nndsl: Callable) -> None:
    text = " ".join(nndsl("doc", "hard_shrink", "--no-plot").out.split())
    assert "x = 0.5: slope 0 on the left, 0 there, 1 on the right; the function itself jumps" in text
    assert "x = 0: pieces meet without a kink, slope 1" in nndsl("doc", "celu", "--no-plot").out
    assert "Kinks\n    none" in nndsl("doc", "mish", "--no-plot").out


def test_definitions_of_ones_own(nndsl: Callable, own: Path) -> None:
    found = object_of(nndsl, "bow", "--source", own)
    assert found["about"] == "Straight, then bent by the root. After somebody 1999." and found["also"] == ["bow"]
    assert found["derivative"] == ["∂x = where(x < 1, k, 1.5 / sqrt(x))"]
    assert found["formulas"][1:] == ["function guarded(v) = max(v, 0)", "let steep = 3"]
    assert [(k["at"], k["left"], k["right"], k["jump"]) for k in found["kinks"]] == [(1, 2, 1.5, False)]
    assert found["range"]["least"]["value"] == 0 and found["range"]["greatest"]["value"] == 2
    assert object_of(nndsl, "optimizer.signed", "--source", own)["state"] == ["state m = 0"]
    assert object_of(nndsl, "half", "--source", own)["derivative"] == [
        "∂p[k] = where(abs(y[k] - p[k]) < cut, 1 / K · (p[k] - y[k]), 0)"]
    assert "own.nn" in found["place"]
    assert object_of(nndsl, "noisy", "--source", own)["range"] is None  # it is no function of one number
    assert any(line.startswith("for t = 3, ..., 0:") for line in object_of(nndsl, "leaky", "--source", own)["derivative"])
    assert object_of(nndsl, "selu", "--source", own)["name"] == "selu"


def test_a_name_of_several_kinds(nndsl: Callable) -> None:
    both = nndsl("doc", "cosine_similarity", "--json").out.splitlines()
    assert {json.loads(line)["kind"] for line in both} == {"loss", "metric"}
    assert object_of(nndsl, "metric.cosine_similarity")["kind"] == "metric"


def test_an_unknown_name(nndsl: Callable) -> None:
    wrong = nndsl("doc", "sigmod")
    assert wrong.code == 2 and wrong.out == "" and "did you mean sigmoid?" in wrong.err


def test_mistakes_in_the_file_are_told(nndsl: Callable, tmp_path: Path) -> None:
    path = tmp_path / "wrong.nn"
    path.write_text("activation f(x) = x * z\n")
    result = nndsl("doc", "f", "--source", path)
    assert result.code == 1 and "NN0101" in result.err and result.out == ""


@pytest.mark.parametrize("kind", LISTED)
def test_every_definition_is_told(kind: str) -> None:
    """Without a word about any of them in Python."""
    from nndsl.inspect.doc.sheet import Sheet
    from nndsl.inspect.doc.text import as_text

    for shown in library(kind):
        text = as_text(Sheet(shown))
        assert text.startswith(f"{kind} {shown.definition.name}") and "Formula\n" in text
        assert "1009" not in text and "2003" not in text, "a size was not given its name"


# ---------------------------------------------------------------------------------------------------- plots


def test_plots_in_the_terminal(nndsl: Callable, own: Path) -> None:
    for name, caption in (("tanh", "⠒ tanh(x)   • derivative"), ("huber", "⠒ loss   • derivative"), ("warmup", "⠒ warmup")):
        text = nndsl("doc", name).out
        assert caption in text and "┌" in text and "└" in text
    assert "saw at top = 1" in nndsl("doc", "saw", "--source", own).out
    assert "┌" not in nndsl("doc", "adam").out


WITH_PLOT, WITHOUT = ("silu", "huber", "cosine_decay", "kl_divergence"), ("adam", "lstm", "multi_head_attention", "conv2d")


@pytest.mark.parametrize("name", [*WITH_PLOT, *WITHOUT])
def test_pages_fit_into_eighty_columns(nndsl: Callable, name: str) -> None:
    lines = nndsl("doc", name).out.splitlines()
    assert max(len(line) for line in lines) <= 80
    drawn = [line for line in lines if line.endswith(("│", "┐", "┘"))]
    assert len({len(line) for line in drawn}) <= 1 and not any("bullet" in line or "braille" in line for line in drawn)
    assert len(drawn) == (16 if name in WITH_PLOT else 0)


def test_plots_as_files(nndsl: Callable, tmp_path: Path) -> None:
    for ending, start in ((".png", b"\x89PNG"), (".svg", b"<?xml"), (".pdf", b"%PDF")):
        path = tmp_path / f"plot{ending}"
        assert nndsl("doc", "elu", "--plot", path).code == 0
        assert path.read_bytes().startswith(start)
    for name, path, reason in (("elu", "plot.doc", "none of .svg"), ("adam", "plot.png", "nothing to plot"),
                               ("elu", "no/plot.png", "No such file")):
        result = nndsl("doc", name, "--plot", tmp_path / path)
        assert result.code != 0 and reason in result.err, result.err


@pytest.mark.parametrize(("missing", "arguments", "code"), [("plotext", (), 0), ("matplotlib", ("--plot", "out.png"), 1)])
def test_without_what_draws(nndsl: Callable, monkeypatch: pytest.MonkeyPatch, missing: str, arguments: tuple,
                            code: int) -> None:
    """All else is told, and how to install it."""
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.split(".")[0] == missing:
            raise ModuleNotFoundError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    for module in [name for name in sys.modules if name.split(".")[0] == missing]:
        monkeypatch.delitem(sys.modules, module)
    result = nndsl("doc", "elu", *arguments)
    assert result.code == code and "pip install 'nndsl[plot]'" in result.err and "Formula" in result.out


def test_endless_searches_end() -> None:
    """What SymPy cannot solve is said to be unknown, after so much work and not so much time."""
    from nndsl.inspect.doc.work import within

    def endless() -> int:
        number = 0
        while True:
            number = max(number, len([number]))

    assert within(endless, calls=1000) is None
    assert within(lambda: 7) == 7 and sys.getprofile() is None
