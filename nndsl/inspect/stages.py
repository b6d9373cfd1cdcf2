"""What each stage of the compiler made of a model, as text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields

from nndsl.checking.checked import Checked
from nndsl.compiler import PROGRAMS, Stages
from nndsl.ir.printer import program_text
from nndsl.syntax.tree import File, Node


def tree_text(file: File) -> str:
    """The syntax tree, a node a line, what stands inside it indented."""
    return "\n".join(_node(file, "", 0)) + "\n"


def _node(node: Node, label: str, depth: int) -> Iterator[str]:
    plain, inner = [], []
    for field in fields(node):
        value = getattr(node, field.name)
        parts = value if isinstance(value, tuple) else (value,)
        if any(isinstance(part, Node) for part in parts):
            inner += [(field.name, part) for part in parts]
        elif field.repr and field.compare and value not in (None, (), False, ""):
            plain.append(f"{field.name}={value!r}")
    yield "  " * depth + (f"{label}: " if label else "") + " ".join([type(node).__name__, *plain])
    for name, part in inner:
        yield from _node(part, name, depth + 1)


STAGES: dict[str, Callable[[Stages], Checked]] = {
    "checked": lambda stages: stages.checked,
    "equations": lambda stages: stages.equations,
    "adjoints": lambda stages: stages.adjoints,
    "passes": lambda stages: stages.passes,
}
"""The stages that are programs of equations, in order."""


def model_text(model: Checked, program: str | None = None) -> str:
    """The programs of a model, an equation a line; or one of them."""
    if program is not None:
        return program_text(getattr(model, program))
    parts = [f"# {name}\n{program_text(getattr(model, name))}" for name in PROGRAMS if getattr(model, name).steps]
    return "\n".join(parts)
