"""Formulas and gradients as blocks to read: what is said first, then equations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nndsl.inspect.reading import Group, Line, Reading
from nndsl.inspect.tidy import shown
from nndsl.ir.equation import Equation
from nndsl.ir.expression import Apply, Draw, Read, walk


@dataclass(frozen=True)
class Block:
    """Equations that belong together.

    Args:
        words: what is said about them, a paragraph.
        heads: the formulas they come from.
        lines: the equations.
        place: where the user wrote the last of `heads`.
    """

    words: str
    heads: tuple[Line, ...]
    lines: tuple[Line, ...]
    place: str = ""


def forward(equations: Sequence[Equation]) -> list[Block]:
    """The formulas of the forward pass, as one block."""
    return [Block("", (), tuple(Line(shown(e), e.out) for e in equations))]


def derivatives(reading: Reading, layer: str | None) -> list[Block]:
    """The gradients of a model, or those that go into, through and out of one layer.

    Args:
        reading: all of them.
        layer: the layer's path; None for all.
    """
    groups = [g for g in reading.groups if layer is None or _is_of(g, layer)]
    blocks = [Block("", tuple(_line(e) for e in g.formulas), g.lines, _place(g)) for g in groups]
    for position, group in enumerate(groups):
        if group.safe is not None:
            words = "Computed in an equal form that neither overflows nor cancels:"
            blocks[position] = Block(words, (*blocks[position].heads, _line(group.safe)), group.lines, _place(group))
    legend = [Block(" ".join(introduction(reading, groups)), (), ())]
    used = {node.tensor for g in groups for line in g.lines for node in walk(line.equation.expr) if isinstance(node, Read)}
    kept = [e for e in reading.kept if layer is None or e.out in used]
    if kept:
        legend.append(Block("Computed on the way:", (), tuple(_line(e) for e in kept)))
    return [*legend, *blocks]


def introduction(reading: Reading, groups: Sequence[Group]) -> Iterator[str]:
    """The sentences that say how to read the gradients."""
    loss = f", here `{reading.loss.out}`" if reading.loss is not None else ""
    yield f"L is what training makes small{loss}. δv is short for ∂L/∂v, the slope of L in the entry v."
    yield "Under each formula stand the slopes that it gives by the chain rule. Read from top to bottom:"
    yield "a line uses only what stands above it, and values of the forward pass. n counts the samples of a batch."
    lines = [line for group in groups for line in group.lines]
    nodes = [node for line in lines for node in walk(line.equation.expr)]
    if any(isinstance(node, Apply) and node.operation == "where" for node in nodes):
        yield "where(c, a, b) is a where c holds, and b elsewhere."
    if any(line.equation.accumulate for line in lines):
        yield "+= adds to a slope that has several sources; all start at 0."
    if any(line.steps for line in lines):
        yield "Lines with the same `for` belong to one recurrence: they are run together, step after step."
    entries = (node for line in lines for formula in line.equation.index for node in walk(formula))
    if any(isinstance(node, Read) and node.tensor.startswith("winner of") for node in (*nodes, *entries)):
        yield "`winner of m` is the place of the entry that is the maximum or minimum m, counted from 0."
    if any(isinstance(node, Draw) for node in nodes):
        yield "A random number is the same one as in the forward pass."


def text(blocks: Sequence[Block]) -> list[str]:
    """Blocks as lines for a terminal."""
    found: list[str] = []
    for block in blocks:
        found += [""] if found else []
        found += _wrapped(block.words) if block.words and not block.heads else []
        heads = [line.text for line in block.heads]
        if block.words and heads:
            heads = [*heads[:-1], f"{block.words} {heads[-1]}"]
        if heads:
            at = len(heads) - 1 - bool(block.words)
            heads[at] += f"    {block.place}" if block.place else ""
        found += heads
        found += [("    " if heads or block.words else "") + line.text for line in block.lines]
    return found


def _wrapped(words: str, width: int = 110) -> list[str]:
    lines = [""]
    for word in words.split():
        if len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + word
    return lines


def _is_of(group: Group, layer: str) -> bool:
    return any(name == layer or name.startswith(layer + ".") for name in (group.root, *(line.tensor for line in group.lines)))


def _line(equation: Equation) -> Line:
    return Line(equation, equation.out)


def _place(group: Group) -> str:
    return group.formulas[-1].origin.place if group.formulas else ""
