"""The graph as SVG."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from nndsl.inspect.page.escaping import attribute, escaped
from nndsl.inspect.page.graph import Graph, Placed

WIDE, HIGH, GAP, STEP = 114, 38, 8, 60
LETTERS = {"name": 15, "note": 20}
"""So many letters of a line fit into a box."""


def svg(graph: Graph, link: Callable[[Iterable[str]], str]) -> str:
    """The drawing.

    Args:
        graph: what to draw.
        link: the attribute that links an element to formulas.
    """
    left = min((b.column for b in graph.boxes), default=0)
    wide = (max((b.column for b in graph.boxes), default=0) - left + 1) * (WIDE + GAP)
    high = (max((b.row for b in graph.boxes), default=0) + 1) * STEP
    at = {b.node.name: ((b.column - left + 0.5) * (WIDE + GAP), b.row * STEP + HIGH / 2 + 4) for b in graph.boxes}
    parts = [f'<svg class="graph" viewBox="0 0 {wide:g} {high:g}" width="{wide:g}" height="{high:g}" role="img" '
             'aria-label="The graph of the model">']
    parts += [_arrow(at[a], at[b]) for a, b in graph.arrows]
    for box in graph.boxes:
        parts += _box(box, at[box.node.name], link)
    return "\n".join([*parts, "</svg>"])


def _arrow(start: tuple[float, float], end: tuple[float, float]) -> str:
    (x, y), (u, v) = (start[0], start[1] + HIGH / 2), (end[0], end[1] - HIGH / 2 - 2)
    long = abs(v - y) > STEP
    bend = WIDE / 2 + GAP / 2 if long and abs(x - u) < 1 else 0
    middle = (y + v) / 2
    path = (f"M{x:g} {y:g}C{x + bend:g} {middle:g} {u + bend:g} {middle:g} {u:g} {v:g}" if not bend else
            f"M{x:g} {y:g}C{x + bend:g} {y + 20:g} {x + bend:g} {y + 20:g} {x + bend:g} {middle:g}"
            f"S{u + bend:g} {v - 20:g} {u:g} {v:g}")
    return f'<path class="arrow" d="{path}"/><path class="head" d="M{u - 4:g} {v - 5:g}L{u:g} {v + 1:g}L{u + 4:g} {v - 5:g}z"/>'


def _box(box: Placed, middle: tuple[float, float], link: Callable[[Iterable[str]], str]) -> Iterator[str]:
    x, y = middle
    name, note = box.node.name, box.node.note
    yield f'<g class="box" {link(box.node.formulas)} tabindex="0" role="button" aria-label="{attribute(f"{name}, {note}")}">'
    yield f"<title>{escaped(f'{name}, {note}')}</title>"
    yield f'<rect x="{x - WIDE / 2:g}" y="{y - HIGH / 2:g}" width="{WIDE}" height="{HIGH}" rx="7"/>'
    yield f'<text x="{x:g}" y="{y - 3:g}" class="name">{escaped(_cut(name, "name"))}</text>'
    yield f'<text x="{x:g}" y="{y + 13:g}" class="note">{escaped(_cut(note, "note"))}</text></g>'


def _cut(text: str, line: str) -> str:
    return text if len(text) <= LETTERS[line] else text[: LETTERS[line] - 1] + "…"
