"""The graph as SVG."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from nndsl.inspect.page.escaping import attribute, escaped
from nndsl.inspect.page.graph import GIVEN, Graph, Placed
from nndsl.inspect.page.links import Links

WIDE, HIGH, GAP, STEP = 114, 38, 10, 58
LETTERS = {"name": 13, "note": 17}
"""So many letters of a line fit into a box."""
LANE = 6
"""How far from boxes those arrows run that pass them."""

Point = tuple[float, float]


def svg(graph: Graph, links: Links) -> str:
    """The drawing.

    Args:
        graph: what to draw.
        links: from boxes to formulas.
    """
    left = min((b.column for b in graph.boxes), default=0)
    wide = (max((b.column for b in graph.boxes), default=0) - left + 1) * (WIDE + GAP) + 2 * LANE
    high = (max((b.row for b in graph.boxes), default=0) + 1) * STEP
    at = {b.node.name: ((b.column - left + 0.5) * (WIDE + GAP) + LANE, b.row * STEP + HIGH / 2 + 4) for b in graph.boxes}
    parts = [f'<svg class="graph" viewBox="0 0 {wide:g} {high:g}" width="{wide:g}" height="{high:g}" role="group" '
             'aria-label="The graph of the model">']
    parts += [_arrow(at[a], at[b], at.values()) for a, b in graph.arrows]
    for number, box in enumerate(graph.boxes):
        parts += _box(box, at[box.node.name], links, first=number == 0)
    return "\n".join([*parts, "</svg>"])


def _arrow(start: Point, end: Point, boxes: Collection[Point]) -> str:
    """An arrow from box to box; one that passes rows of others runs straight down where none of them stands."""
    (x, y), (u, v) = (start[0], start[1] + HIGH / 2), (end[0], end[1] - HIGH / 2 - 2)
    passed = [a for a, b in boxes if start[1] < b < end[1]]
    if not passed:
        middle = (y + v) / 2
        path = f"M{x:g} {y:g}C{x:g} {middle:g} {u:g} {middle:g} {u:g} {v:g}"
    else:
        free = (x, u, min(passed) - WIDE / 2 - LANE, max(passed) + WIDE / 2 + LANE)
        lane = min((w for w in free if all(abs(w - a) > WIDE / 2 for a in passed)), key=lambda w: abs(w - x) + abs(w - u))
        bend = STEP - HIGH
        path = (f"M{x:g} {y:g}C{x:g} {y + bend:g} {lane:g} {y:g} {lane:g} {y + bend:g}"
                f"V{v - bend:g}C{lane:g} {v:g} {u:g} {v - bend:g} {u:g} {v:g}")
    return f'<path class="arrow" d="{path}"/><path class="tip" d="M{u - 4:g} {v - 5:g}L{u:g} {v + 1:g}L{u + 4:g} {v - 5:g}z"/>'


def _box(box: Placed, middle: tuple[float, float], links: Links, *, first: bool) -> Iterator[str]:
    """A box; of all of them one at a time is reached by Tab, and the arrow keys go on from there."""
    (x, y), node = middle, box.node
    label = ", ".join(part for part in (node.name, node.kind, node.shape) if part)
    hue = links.hue(node.formulas) if node.kind not in GIVEN else ""
    yield (f'<g class="{f"box {hue}".strip()}" {links.link(node.formulas)} tabindex="{0 if first else -1}" role="button" '
           f'aria-label="{attribute(label)}">')
    yield f"<title>{escaped(label)}</title>"
    left, top, x = x - WIDE / 2, y - HIGH / 2, x + 3 * bool(hue)
    yield f'<rect class="frame" x="{left:g}" y="{top:g}" width="{WIDE}" height="{HIGH}" rx="6"/>'
    if hue:
        yield f'<rect class="strip" x="{left + 4:g}" y="{top + 6:g}" width="3" height="{HIGH - 12}" rx="1.5"/>'
    yield f'<text x="{x:g}" y="{y - 3:g}" class="name">{escaped(_cut(node.name, "name"))}</text>'
    yield f'<text x="{x:g}" y="{y + 13:g}" class="note">{escaped(_cut(node.note, "note"))}</text></g>'


def _cut(text: str, line: str) -> str:
    return text if len(text) <= LETTERS[line] else text[: LETTERS[line] - 1] + "…"
