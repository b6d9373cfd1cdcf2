"""Names that stand for several axes at once: `C @ axes`, where `axes` is a list.

Such a size is the list of what these axes are long, such an index one index for each of them. So before a statement is looked
at, `x[..., c @ axes] * gamma[c]` becomes `x[..., c.1 @ 1, c.2 @ 2] * gamma[c.1, c.2]`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

from nndsl.checking.elaborate.evaluate import known, whole
from nndsl.checking.elaborate.frame import Frame
from nndsl.checking.elaborate.mistakes import mistake
from nndsl.checking.walking import walk
from nndsl.syntax.tree import Axis, Expression, Group, Indexed, Name, Node, Number, Statement

S = TypeVar("S", bound=Statement | Expression)
Lists = Mapping[str, tuple[int, ...]]
"""The axes that a name stands for."""


def single(statement: S, frame: Frame) -> S:
    """A statement or formula in which each name stands for one axis.

    Args:
        statement: as it is written.
        frame: the definition around it.

    Raises:
        Mistake: the same name stands for different axes.
    """
    lists = _lists(statement, frame)
    return cast(S, _rebuilt(statement, lists)) if lists else statement


def single_axes(axes: tuple[Axis, ...], frame: Frame) -> tuple[Axis, ...]:
    """The axes of a signature, each a single one: a name that is a list stands for as many as that has entries."""
    found = Indexed(Name(""), axes)
    lists = dict(_lists(found, frame))
    for axis in axes:
        if isinstance(axis.value, Name) and axis.value.name not in lists:
            value = frame.names.get(axis.value.name)
            if isinstance(value, tuple):
                lists[axis.value.name] = tuple(range(len(value)))
    return _axes(axes, lists) if lists else axes


def whole_names(axes: tuple[Axis, ...], frame: Frame) -> None:
    """Give the names of a signature that stand for several axes their value, once all of these have theirs."""
    for name, numbers in _lists(Indexed(Name(""), axes), frame).items():
        frame.names.setdefault(name, tuple(frame.names[_part(name, n)] for n in range(len(numbers))))  # type: ignore[misc]


def _lists(node: Statement | Expression, frame: Frame) -> Lists:
    """What the names after which `@` is followed by a list stand for."""
    found: dict[str, tuple[int, ...]] = {}
    for axis in _placed(node):
        assert axis.place is not None
        value = known(axis.place, frame.place())
        if isinstance(value, tuple):
            if not isinstance(axis.value, Name):
                raise mistake("NN0206", axis.place.span, expected="the number of an axis", found="a list")
            numbers = tuple(whole(number, axis.place.span) for number in value)
            if len(found.setdefault(axis.value.name, numbers)) != len(numbers):
                raise mistake("NN0331", axis.place.span, expected=len(found[axis.value.name]), found=len(numbers))
    return found


def _placed(node: Statement | Expression) -> Iterator[Axis]:
    """The entries of index brackets whose place is said."""
    for expression in _expressions(node):
        for part in walk(expression):
            if isinstance(part, Indexed):
                yield from (axis for axis in part.axes if axis.place is not None)


def _expressions(node: Statement | Expression) -> Iterator[Expression]:
    """The formulas of a statement, or a formula itself."""
    parts = (getattr(node, "target", None), getattr(node, "value", None)) if isinstance(node, Statement) else (node,)
    return (part for part in parts if part is not None)


def _part(name: str, number: int) -> str:
    return f"{name}.{number + 1}"


def _rebuilt(node: Any, lists: Lists) -> Any:
    """The same with an axis for each that a name stands for."""
    if isinstance(node, Indexed):
        return replace(node, value=_rebuilt(node.value, lists), axes=_axes(node.axes, lists))
    if isinstance(node, Name) and len(lists.get(node.name, ())) == 1:  # used as a number
        return replace(node, name=_part(node.name, 0))
    if isinstance(node, Group):
        return replace(node, items=tuple(one for item in node.items for one in _items(item, lists)))
    if isinstance(node, tuple):
        return tuple(_rebuilt(item, lists) for item in node)
    if isinstance(node, Node) and is_dataclass(node):
        return replace(node, **{f.name: _rebuilt(getattr(node, f.name), lists) for f in fields(node) if f.name != "span"})
    return node


def _items(item: Expression, lists: Lists) -> Iterator[Expression]:
    if isinstance(item, Name) and item.name in lists:
        yield from (replace(item, name=_part(item.name, n)) for n in range(len(lists[item.name])))
    else:
        yield _rebuilt(item, lists)


def _axes(axes: tuple[Axis, ...], lists: Lists) -> tuple[Axis, ...]:
    found: list[Axis] = []
    for axis in axes:
        if not isinstance(axis.value, Name) or axis.value.name not in lists:
            found.append(_rebuilt(axis, lists))
            continue
        for n, place in enumerate(lists[axis.value.name]):
            extent = None if axis.extent is None else Indexed(axis.extent, (Axis(Number(n)),), span=axis.extent.span)
            found.append(replace(axis, value=replace(axis.value, name=_part(axis.value.name, n)), extent=extent,
                                 place=None if axis.place is None else Number(place, span=axis.place.span)))
    return tuple(found)
