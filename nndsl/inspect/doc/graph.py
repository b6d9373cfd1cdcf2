"""What a plot of a definition shows, as numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import mpmath
import numpy as np

from nndsl.checking.lower import lower
from nndsl.checking.specimen import loss_in_training, schedule
from nndsl.diagnostics import NNError
from nndsl.inspect.doc.gradient import backward
from nndsl.inspect.doc.sheet import Sheet
from nndsl.inspect.doc.slope import NEAR, Curve, Real
from nndsl.ir.equation import SAMPLE_WEIGHT, adjoint_name
from nndsl.ir.interpreter import run

POINTS = 161
WIDTH = 4
STEPS = 1000
FLAT = 1e-9


@dataclass(frozen=True)
class Graph:
    """Lines over one axis.

    Args:
        title: what is shown.
        axis: what runs along.
        x: where; NaN stands between pieces that do not join.
        lines: the values of each line, by its name.
    """

    title: str
    axis: str
    x: tuple[float, ...]
    lines: dict[str, tuple[float, ...]]


def graph(sheet: Sheet) -> Graph | None:
    """The plot of a definition: function and slope, loss and gradient, or a schedule; None where there is nothing to plot."""
    if sheet.curve is not None:
        return _of_curve(sheet, sheet.curve)
    return _OF_KIND[sheet.kind](sheet) if sheet.kind in _OF_KIND else None


def _of_curve(sheet: Sheet, curve: Curve) -> Graph | None:
    ends = [float(m.at.evalf(30)) for m in sheet.meetings or () if m.kink]
    wide = max([WIDTH, *(1.5 * abs(x) for x in ends)])
    near = float(NEAR) * 10**12  # beside a jump, so that it is drawn upright
    x = sorted({*np.linspace(-wide, wide, POINTS).tolist(), *(e + s for e in ends for s in (-near, near))})
    name = sheet.name
    lines = {f"{name}({sheet.shown.arguments[0].name})": _numbers(curve.value_at, x), "derivative": _numbers(curve.slope_at, x)}
    return Graph(_title(sheet), sheet.shown.arguments[0].name, tuple(x), lines)


def _numbers(value: Callable[[Real], Real | None], x: Sequence[float]) -> tuple[float, ...]:
    found = (value(mpmath.mpf(at)) for at in x)
    return tuple(float("nan") if v is None else float(v) for v in found)


def _of_loss(sheet: Sheet) -> Graph | None:
    """The loss of one sample with one number, by its prediction."""
    try:
        built = loss_in_training(sheet.shown, 1)
    except NNError:
        return None
    port = built.checked.inputs[0]
    if port.shape != (1,):  # no loss of one number
        return None
    program = backward(built)
    whole = sheet.shown.arguments[0].bound is not None
    x = np.linspace(-WIDTH / 2, WIDTH / 2 + 1, POINTS)
    values, slopes = [], []
    for p in x:
        y = np.zeros((1,), int) if whole else np.ones((1, 1))
        target = built.checked.targets[0]
        given = {"p": np.array([[p]]), "target.q": y.reshape(1, *target.shape), SAMPLE_WEIGHT: np.ones(1)}
        found = run(program, given, batch=1)
        values.append(run(lower(built.checked).learn, given, batch=1)["loss"])
        slopes.append(found[adjoint_name("p")])
    lines = {name: tuple(float(np.sum(v)) for v in found) for name, found in (("loss", values), ("derivative", slopes))}
    if not np.ptp(lines["loss"]) > FLAT:
        return None
    return Graph(f"{_title(sheet)} for y = {0 if whole else 1}", sheet.shown.arguments[-1].name, tuple(x.tolist()), lines)


def _of_schedule(sheet: Sheet) -> Graph | None:
    """The rate over the updates, up to twice the largest number of them that a setting says."""
    try:
        program = lower(schedule(sheet.shown)).forward
    except NNError:
        return None
    last = 2 * (_longest(sheet.shown.chosen.values()) or _longest(s.default for s in sheet.settings) or STEPS // 2)
    steps = sorted({round(k * last / (POINTS - 1)) for k in range(POINTS)})
    rates = tuple(float(np.sum(run(program, {"x": np.zeros(1)}, batch=1, step=s)["value"])) for s in steps)
    return Graph(_title(sheet), "step", tuple(map(float, steps)), {sheet.name: rates})


def _longest(texts: Iterable[str]) -> int:
    """The largest whole number of at least 10 among texts, lists included; 0 without one."""
    counts = [int(number) for text in texts for number in re.findall(r"(?<![\w.])\d+(?![\w.%])", text)]
    return max((c for c in counts if c >= 10), default=0)


def _title(sheet: Sheet) -> str:
    """The name, and the values of those settings that have no default."""
    given = ", ".join(f"{name} = {text}" for name, text in sheet.shown.chosen.items())
    return f"{sheet.name} at {given}" if given else sheet.name


_OF_KIND = {"loss": _of_loss, "schedule": _of_schedule}
"""What is plotted of a kind besides functions of one number."""
