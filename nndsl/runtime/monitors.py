"""Figures that are watched: to stop early, to keep the best weights, to lower the learning rate."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from nndsl.diagnostics import Diagnostic, Source, nearest, problem
from nndsl.runtime.data.places import word_span
from nndsl.settings import Mode, TrainSettings

Direction = Literal["min", "max"]

LESS_IS_BETTER = frozenset({"loss", "error", "entropy", "crossentropy", "divergence", "deviation", "distance", "perplexity",
                            "mse", "mae", "rmse", "mape", "msle"})
MORE_IS_BETTER = frozenset({"accuracy", "acc", "auc", "precision", "recall", "score", "similarity", "iou", "specificity",
                            "sensitivity", "probability", "f1", "r2"})
"""Words that tell, standing in a figure's name between underscores, which way is better. Where none does, `mode` must."""


@dataclass(frozen=True)
class Watch:
    """A figure and its best value so far.

    Args:
        monitor: its name, as `val_loss`.
        direction: whether less or more is better.
        min_delta: by how much a value must be better to count.
        best: the best value; None until there is a finite one.
        epoch, step: when that was: epochs finished and updates made.
        wait: epochs since then.
    """

    monitor: str
    direction: Direction
    min_delta: float = 0.0
    best: float | None = None
    epoch: int = 0
    step: int = 0
    wait: int = 0

    def seen(self, figures: Mapping[str, object], epoch: int, step: int) -> Watch:
        """The watch after another epoch; a value that is not finite is never better."""
        value = figures.get(self.monitor)
        if isinstance(value, (int, float)) and math.isfinite(value) and self._better(value):
            return replace(self, best=float(value), epoch=epoch, step=step, wait=0)
        return replace(self, wait=self.wait + 1)

    def _better(self, value: float) -> bool:
        if self.best is None:
            return True
        return value + self.min_delta < self.best if self.direction == "min" else value - self.min_delta > self.best


@dataclass(frozen=True)
class Watches:
    """What a run watches; None for what it does not.

    Args:
        stop: for `early_stop`.
        best: for `checkpoint best`.
        plateau: for `reduce_on_plateau`.
    """

    stop: Watch | None = None
    best: Watch | None = None
    plateau: Watch | None = None

    def seen(self, figures: Mapping[str, object], epoch: int, step: int) -> Watches:
        """All watches after another epoch."""
        def after(watch: Watch | None) -> Watch | None:
            return watch and watch.seen(figures, epoch, step)

        return Watches(after(self.stop), after(self.best), after(self.plateau))


def direction(monitor: str, mode: Mode = "auto") -> Direction | None:
    """Whether less or more of a figure is better; None if neither the mode nor the name tells."""
    if mode != "auto":
        return mode
    words = set(monitor.removeprefix("val_").split("_"))
    if words & LESS_IS_BETTER:
        return "min"
    return "max" if words & MORE_IS_BETTER else None


def watches(settings: TrainSettings) -> Watches:
    """The watches of a run at its start."""
    stop, best, plateau = settings.early_stop, settings.checkpoint, settings.reduce_on_plateau
    return Watches(
        _watch(stop.monitor, stop.mode, abs(stop.min_delta)) if stop else None,
        _watch(best.best, best.mode, 0.0) if best and best.best else None,
        _watch(plateau.monitor, plateau.mode, abs(plateau.min_delta)) if plateau else None)


def _watch(monitor: str, mode: Mode, min_delta: float) -> Watch:
    return Watch(monitor, direction(monitor, mode) or "min", min_delta)


def check_monitors(settings: TrainSettings, metrics: tuple[str, ...], validation: bool,
                   text: Source | None = None) -> tuple[Diagnostic, ...]:
    """What is wrong with the figures that `early_stop`, `checkpoint best` and `reduce_on_plateau` name.

    Args:
        settings: the train block.
        metrics: names of the metrics.
        validation: whether there is a validation part.
        text: the model file, to point at.
    """
    stop, best, plateau = settings.early_stop, settings.checkpoint, settings.reduce_on_plateau
    said: list[tuple[str, str, Mode]] = []
    if stop:
        said.append(("early_stop", stop.monitor, stop.mode))
    if best and best.best:
        said.append(("checkpoint", best.best, best.mode))
    if plateau:
        said.append(("reduce_on_plateau", plateau.monitor, plateau.mode))
    measured = ["loss", *metrics]
    found = (_check(setting, monitor, mode, measured, validation, text) for setting, monitor, mode in said)
    return tuple(diagnostic for diagnostic in found if diagnostic)


def _check(setting: str, monitor: str, mode: Mode, measured: list[str], validation: bool,
           text: Source | None) -> Diagnostic | None:
    span = word_span(text, line_of(text, setting), monitor)
    known = measured + [f"val_{name}" for name in measured]
    if monitor not in known:
        meant = nearest(monitor, known)
        available = known if validation else measured
        helps = (f"did you mean `{meant}`?",) if meant else ("measured are " + ", ".join(f"`{k}`" for k in available),)
        return problem("NN0602", span, monitor=monitor, helps=helps)
    if monitor not in measured and not validation:
        return problem("NN0603", span, monitor=monitor, helps=("add `validation 10%` to the split of the data block",))
    if direction(monitor, mode) is None:
        helps = (f"say `{setting} ... {monitor}, mode = max` if more is better, else `mode = min`",)
        return problem("NN0604", span, monitor=monitor, helps=helps)
    return None


def line_of(text: Source | None, word: str) -> str:
    """`file:line` of the first line that begins with a setting's name."""
    lines = text.text.split("\n") if text else []
    found = next((k for k, line in enumerate(lines, 1) if line.replace("{", " ").replace(";", " ").split()[:1] == [word]), 0)
    return f"{text.name if text else ''}:{found or ''}"
