"""What the advice of `nndsl lint` is worth: every pair of models trained, and their curves drawn.

    python tests/benchmarks/lint_curves.py [CODE...] [--png FOLDER]

writes docs/lint/CODE.svg, and prints the figures that docs/lint.md gives.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
from dataclasses import dataclass
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
from matplotlib.ticker import MaxNLocator

from nndsl.api.experiment import Options, prepare, run
from nndsl.diagnostics import NNError, Source
from nndsl.lint.advice import advice

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "lint"

DIGITS = """data {{
    source sklearn("digits")
    scale  x: standard
    split  train 80%, test 20%, stratify, seed 3
}}

model m {{
    input  x[64]
    output p = x -> {layers}
}}

train {{
    loss      {loss}
    optimizer sgd(learning_rate = {rate}, momentum = 0.9)
    metrics   {metrics}
    epochs    {epochs}
    batch     32
    seed      1
}}
"""
DIABETES = """data {{
    source sklearn("diabetes")
    scale  x: standard
    scale  y: standard
    split  train 80%, test 20%, seed 3
}}

model m {{
    input  x[10]
    output y = x -> {layers}
}}

train {{
    loss      mse
    optimizer sgd(learning_rate = {rate}, momentum = 0.9)
    epochs    {epochs}
    batch     {batch}
    seed      1
}}
"""
NUMBER = """loss relative_error(y, p) = mean(abs(y - p) / {below})

data {{
    source sklearn("digits")
    target p = target
    scale  x: standard
    split  train 80%, test 20%, seed 3
}}

model m {{
    input  x[64]
    output p = x -> dense(32, tanh) -> dense(1)
}}

train {{
    loss      relative_error
    optimizer adam(learning_rate = 0.003)
    epochs    15
    batch     32
    seed      1
}}
"""


def digits(layers: str, rate: float = 0.01, epochs: int = 20, loss: str = "sparse_categorical_crossentropy",
           metrics: str = "accuracy") -> str:
    """A classifier of scikit-learn's digits."""
    return DIGITS.format(layers=layers, loss=loss, rate=rate, epochs=epochs, metrics=metrics)


def diabetes(layers: str, rate: float = 0.01, epochs: int = 60, batch: int = 32) -> str:
    """A regression on scikit-learn's diabetes."""
    return DIABETES.format(layers=layers, rate=rate, epochs=epochs, batch=batch)


@dataclass(frozen=True)
class Curve:
    """A model to train.

    Args:
        name: in the legend.
        text: the file.
        advised: whether it gets the advice.
    """

    name: str
    text: str
    advised: bool


@dataclass(frozen=True)
class Picture:
    """Curves that belong together.

    Args:
        title, figure: what is shown; the figure is one of an epoch's.
        log: whether its axis is logarithmic.
        curves: the models.
    """

    title: str
    figure: str
    log: bool
    curves: tuple[Curve, ...]


FAR = "kernel_initializer = random_normal(stddev = 1)"
SQUARES = "loss squares(y[...]: int, p[..., K]) = mean[k]((where(k == y[...], 1, 0) - p[..., k])^2)\n"
GAIN = "kernel_initializer = variance_scaling(scale = {})"
LAST = "dense(10, softmax)"
NORMALISED = "dense(32, use_bias = false) -> batch_norm"


def deep(count: int, width: int, function: str, initializer: str = "", rate: float = 0.01) -> str:
    """So many equal layers, and one that classifies."""
    setting = f", {initializer}" if initializer else ""
    return digits(f"repeat({count}, dense({width}, {function}{setting})) -> {LAST}", rate)


PICTURES = {
    "NN0801": Picture("20 layers, digits", "loss", True, (
        Curve("sigmoid", deep(20, 32, "sigmoid"), True),
        Curve("sigmoid, gain 1.85", deep(20, 32, "sigmoid", GAIN.format(3.41)), True),
        Curve("selu, lecun_normal", deep(20, 32, "selu", "kernel_initializer = lecun_normal"), False),
        Curve("sigmoid, batch_norm", digits(f"repeat(20, {NORMALISED} -> activation(sigmoid)) -> {LAST}"), False))),
    "NN0802": Picture("A bias before batch_norm, digits", "loss", True, (
        Curve("with the bias", digits(f"dense(32) -> batch_norm -> activation(relu) -> {LAST}"), True),
        Curve("without", digits(f"{NORMALISED} -> activation(relu) -> {LAST}"), False))),
    "NN0803": Picture("Begun from outputs that are wrong and sure of it, digits", "accuracy", False, (
        Curve("softmax, mse", SQUARES + digits(f"dense(32, relu) -> dense(10, softmax, {FAR})", loss="squares"), True),
        Curve("softmax, cross-entropy", digits(f"dense(32, relu) -> dense(10, softmax, {FAR})"), False))),
    "NN0804": Picture("20 layers of relu, digits", "loss", True, (
        Curve("random_normal(stddev = 0.4)",
              deep(20, 32, "relu", "kernel_initializer = random_normal(stddev = 0.4)", 0.003), True),
        Curve("gain 1.41", deep(20, 32, "relu", GAIN.format(2), 0.003), False))),
    "NN0805": Picture("12 layers of relu, digits", "loss", True, (
        Curve("glorot_uniform", deep(12, 64, "relu", rate=0.003), True),
        Curve("gain 1.41", deep(12, 64, "relu", GAIN.format(2), 0.003), False))),
    "NN0806": Picture("Targets of mean 0 and variance 1, diabetes", "loss", False, (
        Curve("sigmoid", diabetes("dense(16, tanh) -> dense(1, sigmoid)"), True),
        Curve("no activation", diabetes("dense(16, tanh) -> dense(1)"), False))),
    "NN0807": Picture("Relative error where some targets are 0, digits", "loss", True, (
        Curve("abs(y) below", NUMBER.format(below="abs(y)"), True),
        Curve("max(abs(y), 1) below", NUMBER.format(below="max(abs(y), 1)"), False))),
    "NN0808": Picture("Linear regression, whole batches, diabetes", "loss", True, (
        Curve("1.05 of the bound", "1.05", True), Curve("1.03 of the bound", "1.03", True),
        Curve("0.97 of the bound", "0.97", False), Curve("a half of it", "0.5", False))),
}
BOUND = 0.471
"""What the advice calls stable for the model of NN0808, told by its message."""


def text_of(code: str, curve: Curve) -> str:
    """The file of a curve; those of learning rates are given as multiples of the bound."""
    if code != "NN0808":
        return curve.text
    return diabetes("dense(1)", rate=float(curve.text) * BOUND, epochs=140, batch=442)


def trained(text: str, figure: str) -> tuple[list[float], str]:
    """A figure, epoch by epoch, and why the run ended if it failed."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "m.nn"
        file.write_text(text)
        experiment = prepare(Source(str(file), text), {})
        history: list[float] = []
        try:
            result, path = run(experiment, Options(out=Path(folder) / "runs", threads=1), lambda _: ())
            return [float(epoch.figures[figure]) for epoch in result.history], ""
        except NNError as error:
            line = next(Path(folder, "runs").rglob("history.jsonl"), None)
            for row in line.read_text().splitlines() if line else ():
                history.append(float(json.loads(row).get(figure, math.nan)))
            return history, error.diagnostics[0].code + ": " + error.diagnostics[0].message


def draw(code: str, picture: Picture, histories: list[list[float]], png: Path | None) -> None:
    """Write a picture as SVG, and as PNG to look at."""
    matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": code, "font.size": 9, "font.family": "sans-serif"})
    figure, axes = plt.subplots(figsize=(5.2, 2.9), layout="constrained")
    styles = {True: iter([("#c0392b", "--", 1.4), ("#e08e45", ":", 2.4)]),
              False: iter([("#1f6fb2", "-", 1.6), ("#2a9d8f", "-", 1.6)])}
    for number, (curve, history) in enumerate(zip(picture.curves, histories, strict=True)):
        name = curve.name if history else f"{curve.name}: stops in the first epoch"
        colour, line, width = next(styles[curve.advised])
        axes.plot(range(1, len(history) + 1), history, color=colour, label=name, linewidth=width, linestyle=line,
                  zorder=3 + curve.advised - number / 10)
    if picture.log:
        axes.set_yscale("log")
        finite = [value for history in histories for value in history if math.isfinite(value) and value > 0]
        axes.set_ylim(min(finite) / 1.5, min(max(finite) * 1.5, 1e3))
        axes.yaxis.set_major_formatter("{x:g}")
        axes.yaxis.set_minor_formatter(lambda x, _: f"{x:g}" if f"{x:e}"[0] in "25" else "")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set(title=picture.title, xlabel="epoch", ylabel=picture.figure)
    axes.grid(alpha=0.25)
    axes.legend(frameon=False, fontsize=8)
    FOLDER.mkdir(exist_ok=True)
    figure.savefig(FOLDER / f"{code}.svg", metadata={"Date": None, "Creator": None})
    if png is not None:
        figure.savefig(png / f"{code}.png", dpi=130)
    plt.close(figure)


def main() -> None:
    """Train, draw, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("codes", nargs="*", default=list(PICTURES))
    parser.add_argument("--png", type=Path)
    options = parser.parse_args()
    for code in options.codes:
        picture, histories = PICTURES[code], []
        for curve in picture.curves:
            text = text_of(code, curve)
            told = [d for d in advice(Source("m.nn", text), {}) if d.code == code]
            assert bool(told) == curve.advised, f"{code}: {curve.name}: {[d.message for d in told]}"
            history, reason = trained(text, picture.figure)
            histories.append(history)
            shown = f"{history[0]:.4g} after 1 epoch, {history[-1]:.4g} after {len(history)}" if history else "no epoch"
            print(f"{code}  {curve.name:32} {picture.figure} {shown}  {reason}")
            for diagnostic in told:
                print(f"        {diagnostic.message} / {diagnostic.labels[0].text}")
        draw(code, picture, histories, options.png)


if __name__ == "__main__":
    main()
