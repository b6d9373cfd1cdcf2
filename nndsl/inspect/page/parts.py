"""A line of the model's file, cut into the parts that apply its layers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from nndsl.diagnostics import Source
from nndsl.inspect.page.colours import NN, coloured
from nndsl.inspect.page.links import Links
from nndsl.signature import Instance

Characters = tuple[int, int]


def parts(source: Source, number: int, text: str, layers: Sequence[Instance], links: Links) -> str:
    """The line as HTML, each application of a layer linked to that layer's formulas.

    Args:
        source: the model's file.
        number: of the line, counted from 1.
        text: the line.
        layers: those of the model.
        links: to formulas.
    """
    start = sum(len(line) + 1 for line in source.text.split("\n")[: number - 1])
    found, at = [], 0
    for (first, last), names in _outermost(_stretches(source, layers), start, start + len(text)):
        formulas, inside = links.inside(names), text[first - start : last - start]
        first += len(inside) - len(inside.lstrip())
        found += [coloured(text[at : first - start], NN),
                  f'<span class="part {links.hue(formulas)}" {links.link(formulas)}>{coloured(inside.lstrip(), NN)}</span>']
        at = last - start
    return "".join([*found, coloured(text[at:], NN)])


def _stretches(source: Source, layers: Iterable[Instance]) -> dict[Characters, list[str]]:
    """From the characters that apply layers to the names of these."""
    found: dict[Characters, list[str]] = {}
    for layer in layers:
        if layer.span[1] and layer.place.rpartition(":")[0] == source.name:
            found.setdefault(layer.span, []).append(layer.name)
    return found


def _outermost(stretches: dict[Characters, list[str]], start: int, end: int) -> Iterator[tuple[Characters, list[str]]]:
    """Those that touch a line, cut to it, from left to right, none inside another."""
    reached = start
    for (first, last), names in sorted(stretches.items(), key=lambda one: (one[0][0], -one[0][1])):
        begin, stop = max(first, start), min(last, end)
        if reached <= begin < stop:
            yield (begin, stop), names
            reached = stop
