"""Plots: in the terminal by plotext, as a file by matplotlib; both come with the extra `plot`."""

from __future__ import annotations

import textwrap
from pathlib import Path
from types import ModuleType

from nndsl.diagnostics import NNError, problem
from nndsl.inspect.doc.graph import Graph

SIZE = (72, 18)
FORMS = (".svg", ".png", ".pdf")
EXTRA = "pip install 'nndsl[plot]'"


def in_terminal(graph: Graph, size: tuple[int, int] = SIZE) -> str:
    """The plot as lines of text, without colours: the lines differ by their marks.

    Args:
        graph: what is shown.
        size: columns and rows.

    Raises:
        NNError: plotext is not installed.
    """
    plotext = _plotext()
    figure = plotext.figure
    figure.clear()
    figure.theme("colorless")
    figure.plot_size(*size)
    figure.label(graph.axis)
    places = [graph.x[0] + k * (graph.x[-1] - graph.x[0]) / 4 for k in range(5)]
    figure.ruler("x").ticks(places, [f"{place:g}" for place in places])
    for (_, y), mark in zip(graph.lines.items(), MARKS, strict=False):
        points = [(a, b) for a, b in zip(graph.x, y, strict=True) if b == b]
        signal = figure.signal([a for a, _ in points], [b for _, b in points], marker=mark)
        signal.lines()
        figure.draw(signal)
    text = str(plotext.uncolorize(str(figure.build())))
    names = "   ".join(f"{sign} {name}" for name, sign in zip(graph.lines, MARKS.values(), strict=False))
    return "\n".join([graph.title, *(line.rstrip() for line in text.rstrip("\n").splitlines()), f"{'':6}{names}"])


MARKS = {"braille": "⠒", "•": "•"}
"""What plotext draws with, a letter or the name of a way to draw, and what stands for them in the caption."""


def in_file(graph: Graph, path: Path) -> None:
    """Write the plot to a file, whose ending, one of `FORMS`, says in what form.

    Raises:
        NNError: matplotlib is not installed.
        OSError: the file cannot be written.
    """
    figures = _matplotlib()
    figure = figures.Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    for (name, y), style in zip(graph.lines.items(), ("-", "--"), strict=False):
        axes.plot(graph.x, y, style, label=name)
    axes.axhline(0, color="0.7", linewidth=0.8, zorder=0)
    axes.set(title=textwrap.fill(graph.title, 60), xlabel=graph.axis)
    axes.grid(True, alpha=0.3)
    axes.legend()
    figure.savefig(path)


def _plotext() -> ModuleType:
    # an extra that need not be installed
    try:
        import plotext
    except ModuleNotFoundError as error:
        raise _missing("drawing in the terminal", "plotext") from error
    module: ModuleType = plotext
    return module


def _matplotlib() -> ModuleType:
    # an extra that need not be installed, and takes its time to load
    try:
        from matplotlib import figure
    except ModuleNotFoundError as error:
        raise _missing("drawing a plot into a file", "matplotlib") from error
    module: ModuleType = figure
    return module


def _missing(what: str, package: str) -> NNError:
    return NNError(problem("NN0522", None, what=what, package=package, helps=(EXTRA,)))
