"""Which lines of the views belong together: every line is linked to the formulas that it is part of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from nndsl.artifact import Artifact
from nndsl.inspect.reading import ADJOINT, root
from nndsl.signature import Instance

FUNCTION = re.compile(r"def (\w+)\(")
OPERATION = re.compile(r"^\((\w+),")
PLACE = re.compile(r"\bat\.(\w+)")
COMPUTED = re.compile(r"^(.+?)(?:\[.*\])? \+?= ")

HUES = 8
"""The colours of layers; after so many they begin again."""


@dataclass(frozen=True)
class Code:
    """A line of the generated module.

    Args:
        text: the line.
        formulas: the user's tensors whose formulas it computes or differentiates.
    """

    text: str
    formulas: frozenset[str] = frozenset()


class Links:
    """From tensors to the numbers by which elements of the page are linked, and to the colours of their layers.

    Args:
        tensors: those that formulas compute, in order.
        layers: the model's.
    """

    def __init__(self, tensors: Iterable[str], layers: Iterable[Instance]) -> None:
        self.numbers: Mapping[str, int] = {name: number for number, name in enumerate(dict.fromkeys(tensors))}
        names = sorted({i.name for i in layers}, key=[i.name for i in layers].index)
        outer = [name for name in names if not any(name.startswith(other + ".") for other in names)]
        self._outer = {name: number for number, name in enumerate(outer)}

    def link(self, names: Iterable[str]) -> str:
        """The attribute that says which formulas an element is part of."""
        return f'data-f="{" ".join(str(n) for n in sorted({self.numbers[x] for x in names if x in self.numbers}))}"'

    def inside(self, layers: Sequence[str]) -> set[str]:
        """The tensors of some layers."""
        return {n for n in self.numbers if any(n == layer or (layer and n.startswith(layer + ".")) for layer in layers)}

    def hue(self, names: Iterable[str]) -> str:
        """The class that colours what belongs to one layer; "" for what belongs to several or none."""
        found = {self._layer(name) for name in names}
        [layer] = found if len(found) == 1 else [""]
        return f"k{self._outer[layer] % HUES}" if layer else ""

    def _layer(self, tensor: str) -> str:
        """The outermost layer that a tensor belongs to; "" for the model itself."""
        return next((layer for layer in self._outer if tensor == layer or tensor.startswith(layer + ".")), "")


def linked_code(code: str, artifact: Artifact, users: Sequence[str]) -> list[Code]:
    """The lines of the generated module, linked.

    Args:
        code: the module's text.
        artifact: which says what the rows call each tensor.
        users: the tensors that the user's formulas compute.
    """
    tensors = {p.at: p.name for p in (*artifact.kept, *(t for part in artifact.parts for t in part.temporaries))}
    lines = code.splitlines()
    rows = dict(_rows(lines, tensors, users))
    calls: dict[str, set[str]] = {}
    for number, found in rows.items():
        operation = OPERATION.match(lines[number].strip())
        if operation:
            calls.setdefault(operation[1].lower(), set()).update(found)
    inside = dict(_functions(lines, calls))
    return [Code(text, rows.get(n, frozenset()) or frozenset(inside.get(n, set()))) for n, text in enumerate(lines)]


def _rows(lines: Sequence[str], tensors: dict[str, str], users: Sequence[str]) -> Iterator[tuple[int, frozenset[str]]]:
    """The lines of the rows of operations, each with its formulas."""
    within, comments, numbers = False, [""], list[int]()
    for number, line in enumerate((*lines, "")):
        text = line.strip()
        opens = text.startswith("#") and bool(numbers) and not lines[numbers[-1]].strip().startswith("#")
        if opens or text in ("]", "]),") or text.startswith("*("):
            found = _computed(comments, [lines[n] for n in numbers], tensors, users)
            yield from ((n, found) for n in numbers)
            comments, numbers = [""], []
        within = (within or text == "return [") and text != "]"
        if within and text.startswith("#"):
            comments.append(text.removeprefix("#"))
            numbers.append(number)
        elif within and numbers:
            numbers.append(number)


def _computed(comments: Sequence[str], rows: Sequence[str], tensors: dict[str, str], users: Sequence[str]) -> frozenset[str]:
    """The user's tensors whose formulas an operation computes or differentiates."""
    named = [tensors[at] for row in rows for at in PLACE.findall(row) if at in tensors]
    found = set[str]()
    for comment in comments:
        computed = COMPUTED.match(comment.strip())
        _, adjoint, source = comment.partition(ADJOINT)
        if adjoint:
            found.add(root(source.strip(), users))
        elif computed and not comment.startswith("  "):
            found |= {root(name, users) for name in named if name == computed[1] or name.endswith("." + computed[1])}
    return frozenset(found & set(users))


def _functions(lines: Sequence[str], calls: dict[str, set[str]]) -> Iterator[tuple[int, set[str]]]:
    """The lines of functions, with the formulas of the operations that call them."""
    found: set[str] = set()
    for number, line in enumerate(lines):
        head = FUNCTION.match(line)
        if head:
            found = calls.get(head[1], set())
        elif line and not line.startswith((" ", "#")):
            found = set()
        if line:
            yield number, found
