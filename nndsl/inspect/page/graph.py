"""The graph of a model: what feeds what, with shapes, laid out in layers from top to bottom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nndsl.checking.checked import Checked
from nndsl.ir.equation import SAMPLE_WEIGHT
from nndsl.ir.expression import BATCH, Read, walk

GIVEN = ("input", "target")
"""The kinds of boxes that nothing computes."""


@dataclass(frozen=True)
class Node:
    """A box of the graph.

    Args:
        name: of an input, a layer, or a tensor that belongs to none.
        kind: what it is: a layer's definition, `input`, `target`, or "" for a value.
        shape: per sample.
        formulas: the user's tensors computed in it.
    """

    name: str
    kind: str
    shape: str
    formulas: tuple[str, ...]

    @property
    def note(self) -> str:
        """What stands below the name; what that says already is not said again."""
        told = "" if self.name == self.kind or self.name.startswith(f"{self.kind}_") else self.kind
        return f"{told} {self.shape}".strip()


@dataclass(frozen=True)
class Placed:
    """A box with the middle of its column and its row, both counted from 0."""

    node: Node
    column: float
    row: int


@dataclass(frozen=True)
class Graph:
    """Boxes and the arrows between them, by name."""

    boxes: tuple[Placed, ...]
    arrows: tuple[tuple[str, str], ...]


def graph(model: Checked) -> Graph:
    """The graph of what a model computes in training, its loss included, its metrics left out."""
    owner = _owners(model)
    arrows = dict.fromkeys(
        (owner[node.tensor], owner[e.out]) for e in model.learn.equations() for node in walk(e.expr)
        if isinstance(node, Read) and node.tensor in owner and e.out in owner and owner[node.tensor] != owner[e.out])
    used = _leading_to(arrows, {owner[name] for name in (*model.output_tensors, model.objective) if name in owner})
    arrows = {a: None for a in arrows if a[0] in used and a[1] in used}
    nodes = [_node(name, model, owner) for name in dict.fromkeys(owner.values()) if name in used]
    return Graph(tuple(_laid_out(nodes, arrows)), tuple(arrows))


def _owners(model: Checked) -> dict[str, str]:
    """Tensor to the box that it is drawn in: an outermost layer, or itself."""
    layers = [i.name for i in model.instances]
    given = [name for name, t in model.learn.tensors.items() if t.role in GIVEN]
    names = [*given, *(e.out for e in model.learn.equations())]
    inside = {name: [i for i in layers if name == i or name.startswith(i + ".")] for name in names}
    return {name: min(found, key=len) if found else name for name, found in inside.items()}


def _leading_to(arrows: Iterable[tuple[str, str]], ends: set[str]) -> set[str]:
    found, size = set(ends), 0
    while size < len(found):
        size = len(found)
        found |= {a for a, b in arrows if b in found}
    return found


def _node(name: str, model: Checked, owner: Mapping[str, str]) -> Node:
    definition = next((i.definition for i in model.instances if i.name == name), "")
    shapes = [i.outputs for i in model.instances if i.name == name]
    inside = tuple(e.out for e in model.learn.equations() if owner[e.out] == name)
    if shapes:
        return Node(name, definition, ", ".join(_shape(s) for s in shapes[0]), inside)
    tensor = model.learn.tensors[name]
    kind = "minimised" if name == model.objective else tensor.role if tensor.role in GIVEN and name != SAMPLE_WEIGHT else ""
    return Node(name, kind, _shape(e for e in tensor.shape if e != BATCH), inside)


def _shape(extents: Iterable[object]) -> str:
    texts = [str(extent) for extent in extents]
    return f"[{', '.join(texts)}]" if texts else "number"


def _laid_out(nodes: list[Node], arrows: Iterable[tuple[str, str]]) -> Iterable[Placed]:
    """Each box one row below the lowest that it depends on; beside each other as what feeds them stands."""
    into = {n.name: [a for a, b in arrows if b == n.name] for n in nodes}
    row: dict[str, int] = {n.name: 0 for n in nodes}
    for _ in nodes:  # a longest path has no more arrows than there are boxes; a circle ends here too
        before = dict(row)
        for name, sources in into.items():
            row[name] = max((row[a] + 1 for a in sources if row[a] < len(nodes)), default=0)
        if row == before:
            break
    out = {n.name: [b for a, b in arrows if a == n.name] for n in nodes}
    for name, sources in into.items():  # what is given stands just above where it is first used
        if not sources and out[name]:
            row[name] = max(0, min(row[b] for b in out[name]) - 1)
    column: dict[str, float] = {}
    for level in sorted(set(row.values())):
        here = [n for n in nodes if row[n.name] == level]
        here.sort(key=lambda n: sum(column.get(a, 0) for a in into[n.name]) / max(1, len(into[n.name])))
        for position, node in enumerate(here):
            column[node.name] = position - (len(here) - 1) / 2
    found = (Placed(n, column[n.name], row[n.name]) for n in nodes)
    return sorted(found, key=lambda box: (box.row, box.column))
