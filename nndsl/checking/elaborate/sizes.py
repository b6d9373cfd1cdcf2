"""Signatures: what names in brackets mean there, and whether shapes fit."""

from __future__ import annotations

from nndsl.checking.elaborate.arrays import shape_text
from nndsl.checking.elaborate.axes import positions
from nndsl.checking.elaborate.evaluate import known, whole
from nndsl.checking.elaborate.frame import Frame
from nndsl.checking.elaborate.mistakes import Mistake, mistake
from nndsl.checking.elaborate.several import single_axes, whole_names
from nndsl.diagnostics import Label, Span
from nndsl.ir.expression import BATCH, Extent
from nndsl.syntax.tree import Axis, Dots, Expression, Name


def bind_sizes(axes: tuple[Axis, ...], shape: tuple[Extent, ...], frame: Frame, span: Span, name: str,
               also: tuple[Label, ...] = ()) -> None:
    """Give the sizes that a signature names their values, and compare those that have one.

    Args:
        axes: what stands between the brackets.
        shape: of the value given.
        frame: the definition; new sizes become names of it.
        span: where the value was given, for messages.
        name: how the signature calls the value.
        also: where else the value comes from.

    Raises:
        Mistake: the value has another number of axes, or another size.
    """
    written, axes = axes, single_axes(axes, frame)
    try:
        placed, rest = positions(axes, len(shape), frame.place(), span)
    except Mistake as error:
        if error.diagnostic is None or error.diagnostic.code != "NN0204":
            raise
        raise mistake("NN0232", span, f"is {shape_text(shape)}", also=(*also, Label(signature(axes, span), "is asked for")),
                      name=name, axes=asked(axes), shape=shape_text(shape)) from None
    for axis, position in placed:
        bind_size(axis.value, shape[position], frame, span, name, also)
    whole_names(written, frame)
    if rest is not None:
        dots = tuple(shape[position] for position in rest)
        if frame.dots is None:
            frame.dots = dots


def bind_size(node: Expression, extent: Extent, frame: Frame, span: Span, name: str, also: tuple[Label, ...]) -> None:
    """Bind or compare one size."""
    if isinstance(node, Name) and node.name == BATCH:
        return
    if isinstance(node, Name) and node.name not in frame.names and node.name not in frame.scope.lets:
        frame.names[node.name] = extent
        return
    wanted = whole(known(node, frame.place()), node.span)
    if wanted != extent:
        there = (Label(node.span, f"is {wanted} here"),) if node.span != span else ()
        raise mistake("NN0203", span, f"expects {wanted}", also=(*also, *there), name=frame.label or name, expected=wanted,
                      found=extent)


def signature(axes: tuple[Axis, ...], span: Span) -> Span:
    """The text between the brackets of a signature."""
    return axes[0].value.span.to(axes[-1].value.span) if axes else span


def asked(axes: tuple[Axis, ...]) -> str:
    """How many axes a signature asks for, in words."""
    count = sum(not isinstance(axis.value, Dots) for axis in axes)
    least = "at least " if count < len(axes) else ""
    return f"{least}{count} {'axis' if count == 1 else 'axes'}"
