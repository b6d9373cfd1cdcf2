"""Which lines of the views belong together: every line is linked to the formulas that it is part of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from nndsl.artifact import Artifact
from nndsl.inspect.reading import ADJOINT, root
from nndsl.ir.equation import Equation

FUNCTION = re.compile(r"def (\w+)\(")
OPERATION = re.compile(r"^\((\w+),")
PLACE = re.compile(r"\bat\.(\w+)")
COMPUTED = re.compile(r"^(.+?)(?:\[.*\])? \+?= ")


@dataclass(frozen=True)
class Code:
    """A line of the generated module.

    Args:
        text: the line.
        formulas: the user's tensors whose formulas it computes or differentiates.
    """

    text: str
    formulas: frozenset[str] = frozenset()


def of_place(equations: Iterable[Equation], place: str) -> frozenset[str]:
    """The tensors whose formulas stand in a line, given as `file:line`."""
    return frozenset(e.out for e in equations if e.origin.place == place)


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
