"""Formulas and gradients as blocks to read, under the layers that they belong to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from nndsl.checking.checked import Checked
from nndsl.inspect.layers import innermost, shapes_text
from nndsl.inspect.legend import HOW_TO_READ, symbols
from nndsl.inspect.reading import Group, Line, Reading, scan_text
from nndsl.inspect.tidy import shown
from nndsl.ir.equation import Equation, Scan
from nndsl.ir.expression import Read, walk
from nndsl.signature import Instance

SAFE = "computed in an equal form, which neither overflows nor cancels:"
ON_THE_WAY = "computed on the way"
WIDTH = 110


@dataclass(frozen=True)
class Block:
    """Equations that belong together.

    Args:
        heads: the formulas they come from.
        lines: the equations.
        place: where the user wrote the last of `heads`.
        safe: what is computed instead of the formulas.
        title: of all blocks from here to the next title; "" where there is none.
        layer: the path of the layer that they belong to; "" for the model itself.
    """

    heads: tuple[Line, ...]
    lines: tuple[Line, ...]
    place: str = ""
    safe: tuple[Line, ...] = ()
    title: str = ""
    layer: str = ""


@dataclass(frozen=True)
class Telling:
    """What is told of a model.

    Args:
        words: how to read it, a paragraph; "" where it needs no explanation.
        symbols: those that occur, and what they mean.
        blocks: in order.
    """

    words: str
    symbols: tuple[tuple[str, str], ...]
    blocks: tuple[Block, ...]


def forward(model: Checked, layer: str | None) -> Telling:
    """The formulas of the forward pass as the user wrote them, of the whole model or one layer."""
    blocks: list[Block] = []
    for step in model.learn.steps:
        body, steps = (step.body, scan_text(step)) if isinstance(step, Scan) else ((step,), "")
        for equation in body:
            if layer is None or _within(equation.out, layer):
                line = Line(shown(equation), equation.out, steps)
                owner = innermost(equation.out, model.instances)
                blocks.append(Block((), (line,), layer=owner.name if owner else ""))
    return Telling("", (), tuple(_titled(_joined(blocks), model.name, model.instances)))


def _joined(blocks: Sequence[Block]) -> list[Block]:
    """Neighbours of one layer as one block."""
    found: list[Block] = []
    for block in blocks:
        if found and found[-1].layer == block.layer:
            found[-1] = replace(found[-1], lines=(*found[-1].lines, *block.lines))
        else:
            found.append(block)
    return found


def derivatives(reading: Reading, layer: str | None) -> Telling:
    """The gradients of a model, or those that go into, through and out of one layer.

    Args:
        reading: all of them.
        layer: the layer's path; None for all.
    """
    groups = [g for g in reading.groups if layer is None or _is_of(g, layer)]
    used = {node.tensor for g in groups for line in g.lines for node in walk(line.equation.expr) if isinstance(node, Read)}
    kept = [_line(e) for e in reading.kept if layer is None or e.out in used]
    blocks = [_block(group, reading.instances) for group in groups]
    return Telling(HOW_TO_READ, tuple(symbols(reading, groups)),
                   (*_kept(kept, reading.instances), *_titled(blocks, reading.name, reading.instances)))


def _kept(lines: Sequence[Line], instances: Sequence[Instance]) -> Iterator[Block]:
    """What gradients read that no formula of the user names."""
    owners = [innermost(line.tensor, instances) for line in lines]
    blocks = [Block((), (line,), layer=o.name if o else "") for line, o in zip(lines, owners, strict=True)]
    for block in _joined(blocks):
        yield replace(block, title=f"{block.layer}: {ON_THE_WAY}" if block.layer else ON_THE_WAY.capitalize())


def _block(group: Group, instances: Sequence[Instance]) -> Block:
    owner = innermost(group.root, instances)
    return Block(tuple(_line(e) for e in group.formulas), group.lines, _place(group), tuple(_line(e) for e in group.safe),
                 layer=owner.name if owner else "")


def _titled(blocks: Sequence[Block], model: str, instances: Sequence[Instance]) -> Iterator[Block]:
    """The blocks, the first of each run of one layer under its title."""
    titles = {i.name: f"{i.name}: {i.definition}, {shapes_text(i.inputs)} → {shapes_text(i.outputs)}" for i in instances}
    before: str | None = None
    for block in blocks:
        title = titles.get(block.layer, f"{model}: the model") if block.layer != before else ""
        yield replace(block, title=title)
        before = block.layer


def text(telling: Telling) -> list[str]:
    """What is told as lines for a terminal."""
    found = _wrapped(telling.words) if telling.words else []
    wide = max((len(name) for name, _ in telling.symbols), default=0)
    found += ["", *(f"    {name:{wide}}  {meaning}" for name, meaning in telling.symbols)] if telling.symbols else []
    for block in telling.blocks:
        if block.title:
            found += ["", block.title, "─" * len(block.title)]
        elif found:
            found.append("")
        found += _lines(block)
    return found[1:] if found and not found[0] else found


def _lines(block: Block) -> Iterator[str]:
    *others, last = [line.text for line in block.heads] or [""]
    yield from others
    if last:
        yield last + (f"    {block.place}" if block.place else "")
    yield from (("    " if block.heads else "") + line.text for line in block.lines)
    if block.safe:
        yield f"  {SAFE}"
        yield from ("    " + line.text for line in block.safe)


def _wrapped(words: str) -> list[str]:
    lines = [""]
    for word in words.split():
        if len(lines[-1]) + len(word) >= WIDTH:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + word
    return lines


def _within(tensor: str, layer: str) -> bool:
    return tensor == layer or tensor.startswith(layer + ".")


def _is_of(group: Group, layer: str) -> bool:
    return any(_within(name, layer) for name in (group.root, *(line.tensor for line in group.lines)))


def _line(equation: Equation) -> Line:
    return Line(equation, equation.out)


def _place(group: Group) -> str:
    return group.formulas[-1].origin.place if group.formulas else ""
