"""The gradient of a definition as equations: how its value changes with each entry of what it is applied to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from nndsl.checking.lower import lower
from nndsl.checking.pieces import Built
from nndsl.checking.specimen import Shown, applied, kept_names, loss_in_training, size_names
from nndsl.derive import adjoints
from nndsl.diagnostics import NNError
from nndsl.inspect.doc.equations import called, inlined, lines, of_one_sample
from nndsl.inspect.doc.slope import Curve
from nndsl.ir.equation import Origin, Program, Scan, adjoint_name
from nndsl.ir.expression import Apply, Expr, Number, Read, walk
from nndsl.ir.printer import program_text
from nndsl.passes.dead import dead
from nndsl.passes.simplify import simplify
from nndsl.passes.stabilise import stabilise, stabilise_slopes

SIZES = ((1009, 1013, 1019), (2003, 2011, 2017))
"""Extents that no formula has for a number of its own; two sets, since a text that differs between them hides a size."""
SMALL = 4
"""What sizes are where their names cannot be kept."""


@dataclass(frozen=True)
class Gradient:
    """The gradient of a definition.

    Args:
        lines: an equation each; `∂x` is the gradient with respect to x.
        sizes: what the sizes are, as `K = 4`, where they could not stay names; "" else.
    """

    lines: tuple[str, ...]
    sizes: str = ""


def gradient(shown: Shown) -> Gradient | None:
    """The gradient of a definition by the last thing it is applied to; None if it cannot be built by itself."""
    names = size_names(shown)
    if not any(p.axes for p in shown.settings):  # lists of such lengths would be long
        texts = [_attempt(shown, names, extents) for extents in SIZES]
        if texts[0] and texts[0] == texts[1]:
            return Gradient(tuple(texts[0]))
    small = dict.fromkeys(names, SMALL)
    found = _lines(lambda: applied(shown, kept_names(shown, small), small), {}) or _in_training(shown)
    return Gradient(tuple(found), ", ".join(f"{name} = {SMALL}" for name in names)) if found else None


def _attempt(shown: Shown, names: tuple[str, ...], extents: tuple[int, ...]) -> list[str]:
    sizes = dict(zip(names, extents, strict=False))
    return _lines(lambda: applied(shown, kept_names(shown, sizes), sizes), {extent: name for name, extent in sizes.items()})


def _lines(build: Callable[[], Built], sizes: dict[int, str]) -> list[str]:
    try:
        built = build()
    except NNError:
        return []
    program = backward(built)
    if any(isinstance(step, Scan) for step in program.steps):  # what runs in order is told in order
        return program_text(_without_places(program)).splitlines()
    return lines(inlined(of_one_sample(program)), sizes)


def _in_training(shown: Shown) -> list[str]:
    """The gradient of a loss that looks at the whole batch, summed over that, as where a model is trained with it."""
    try:
        built = loss_in_training(shown, SMALL)
    except NNError:
        return []
    target, output = "target.q", "q"  # as the small model of loss pieces calls them
    y, p = (argument.name for argument in shown.arguments)
    return lines(called(inlined(backward(built)), {target: y, output: p, adjoint_name(output): adjoint_name(p)}), {})


def backward(built: Built) -> Program:
    """The equations of the gradient and what they read, in the forms that generated code starts from."""
    ready = stabilise(simplify(lower(built.checked).learn))
    program = stabilise_slopes(simplify(adjoints(ready, built.seeds, built.wanted)))
    return simplify(dead(program, tuple(adjoint_name(name) for name in built.wanted)))


def curve(shown: Shown) -> Curve | None:
    """An activation that maps each number by itself, at its defaults, as a function of one number; None for others."""
    if size_names(shown):
        return None
    try:
        built = applied(shown)
    except NNError:
        return None
    entry = Read(shown.arguments[0].name)
    given = built.checked.output_tensors
    forward = inlined(of_one_sample(dead(lower(built.checked).forward, given)), given)
    slopes = inlined(of_one_sample(backward(built)))
    values = [e for e in forward if e.out in given]
    if len(values) != 1 or len(slopes) != 1 or not all(_is_of(e.expr, entry) for e in (*values, *slopes)):
        return None
    return Curve(values[0].expr, slopes[0].expr, entry)


def _without_places(program: Program) -> Program:
    steps = (replace(step, body=tuple(replace(e, origin=Origin()) for e in step.body)) if isinstance(step, Scan)
             else replace(step, origin=Origin()) for step in program.steps)
    return replace(program, steps=tuple(steps))


def _is_of(expr: Expr, entry: Read) -> bool:
    """Whether a formula depends on one entry, and on nothing else: no draw, no place, no step."""
    return all(isinstance(node, (Number, Apply)) or node == entry for node in walk(expr))
