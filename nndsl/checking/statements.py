"""Statements: what stands in the block of a definition. One visitor for each kind of statement."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any

from nndsl.checking.body import Body, Place, bare
from nndsl.checking.formulas import check, check_extents
from nndsl.checking.indices import new_indices
from nndsl.checking.names import target_name
from nndsl.checking.rules import ANYTHING, INITIAL, OPTIMIZER
from nndsl.checking.walking import open_indices, values
from nndsl.checking.words import article, did_you_mean, word
from nndsl.diagnostics import Label
from nndsl.syntax.tree import (
    Also,
    Axis,
    Bound,
    Count,
    Dots,
    Equation,
    Exact,
    Example,
    Expression,
    Final,
    If,
    Indexed,
    Input,
    Let,
    Name,
    Node,
    Output,
    Param,
    Penalty,
    Require,
    Shape,
    Stable,
    State,
    Statement,
    Total,
    Update,
    Use,
)

BOUNDS = ("int", "bool", "real")
"""What the values of an input or argument may be."""


def check_statement(body: Body, statement: Statement) -> None:
    """Looks through one statement; the branches of an `if` are statements of their own."""
    VISITORS[type(statement)](body, statement)


def check_axes(body: Body, axes: Collection[Axis], *, binding: bool) -> None:
    """Looks through the sizes of a declaration.

    Args:
        body: where it stands.
        axes: the sizes.
        binding: whether a new name is bound by the value that comes in, as in an input; else it is unknown.
    """
    for axis in axes:
        if not isinstance(axis.value, Dots) and not (binding and _is_bound(body, axis.value)):
            check(body, axis.value, Place(built="a size", of="a size"))
        for part in (axis.extent, axis.place):
            if part is not None:
                check(body, part, Place(built="a size"))


def _is_bound(body: Body, size: Expression) -> bool:
    """Whether a size is a new name, bound by what comes in; the batch has its own."""
    local = body.names.get(size.name) if isinstance(size, Name) else None
    return size == Name("batch") or (local is not None and local.role == "size")


def check_bound(body: Body, bound: Bound | None) -> None:
    """Looks through `: int < 5000`."""
    if bound is None:
        return
    if bound.kind not in BOUNDS:
        where = word(bound.span, bound.kind)
        body.complain("NN0133", where, helps=did_you_mean(bound.kind, BOUNDS, "they are"), name=bound.kind)
    if bound.limit is not None:
        check(body, bound.limit, Place(built="a limit"))


def _let(body: Body, node: Let) -> None:
    check(body, node.value, Place(ANYTHING, built="a `let`"))


def _input(body: Body, node: Input) -> None:
    check_axes(body, node.declaration.axes or (), binding=True)
    check_bound(body, node.declaration.bound)
    if node.declaration.default is not None:
        check(body, node.declaration.default, Place())


def _kept(body: Body, node: Param | State) -> None:
    """A parameter or state: its sizes are known, its first value is an initializer or a formula."""
    check_axes(body, node.declaration.axes or (), binding=False)
    check_bound(body, node.declaration.bound)
    if node.declaration.default is not None:
        check(body, node.declaration.default, Place(INITIAL, of=f"the first value of `{node.declaration.name}`"))


def _left(body: Body, target: Expression) -> frozenset[str]:
    """The indices of a left side."""
    if not isinstance(target, Indexed):
        return frozenset()
    check_extents(body, target)
    return new_indices(body, target, frozenset())


def _equation(body: Body, node: Equation | Total) -> None:
    name = target_name(node.target)
    if name is not None and name is node.target and not body.rule.ordered:
        _check_itself(body, name, node.value)
    check(body, node.value, Place(indices=_left(body, node.target)))


def _check_itself(body: Body, name: Name, value: Expression) -> None:
    """Complains about `x = x -> f`: without an index it could only mean itself, whole."""
    again = next((node for node in values(value) if node.name == name.name), None)
    if again is not None:
        body.used.add(name.name)
        body.circular.add(name.span.start)
        helps = (f"give the new value a name of its own, as in `{name.name}_2 = ...`",)
        read = (Label(again.span, "and read here"),)
        body.complain("NN0108", name.span, "defined here", helps=helps, also=read, name=name.name)


def _open(body: Body, value: Expression) -> None:
    """A formula that need not name the indices it leaves open."""
    known = {*body.names, *body.scope.lets, *body.rule.special, "batch"}
    check(body, value, Place(indices=open_indices(value, known)))


def _output(body: Body, node: Output) -> None:
    if node.target is None:
        _open(body, node.value)
    else:
        check(body, node.value, Place(indices=_left(body, node.target)))


def _formula(body: Body, node: Penalty | Count | Stable | Exact) -> None:
    _open(body, node.value)


def _shape(body: Body, node: Shape) -> None:
    name = node.declaration.name
    where = word(node.declaration.span, name)
    if name not in body.names and name not in body.rule.special:
        helps = did_you_mean(name, (*body.names, *body.rule.special))
        body.complain("NN0101", where, helps=helps, name=name)
    check_axes(body, node.declaration.axes or (), binding=True)


def _require(body: Body, node: Require) -> None:
    check(body, node.condition, Place(built="a `require`"))
    message = node.span.text.rfind(node.message)
    for match in re.finditer(r"\{(\w+)\}", node.message):
        name = match[1]
        if name in body.names:
            body.used.add(name)
        elif name in body.scope.lets:
            body.lets.add(name)
        else:
            where = word(node.span, name, max(message, 0))
            body.complain("NN0101", where, helps=body.guess(name, (*body.names, *body.scope.lets)), name=name)


def _update(body: Body, node: Update) -> None:
    """`<-` sets the next value of a state, in optimizers that of the weight too."""
    name = target_name(node.target)
    assert name is not None
    states = [local.name for local in body.names.values() if local.role == "state"]
    changeable = (*states, "w") if body.rule.ordered else tuple(states)
    local = body.names.get(name.name)
    if name.name in changeable:
        body.used.add(name.name)
    elif local is not None or name.name in body.rule.special:
        body.used.add(name.name)
        what = body.rule.special[name.name] if local is None else f"no state but {article(local.role)}"
        advice = f"`{name.name} = ...` defines a value; `state {name.name} = 0` keeps one from step to step"
        body.complain("NN0117", name.span, helps=() if local is None else (advice,), name=name.name, what=what)
    else:
        body.unknown.add(name.name)
        helps = body.guess(name.name, changeable) or (f"write `state {name.name} = 0` above it",)
        body.complain("NN0101", name.span, helps=helps, name=name.name)
    check(body, node.value, Place(indices=_left(body, node.target)))


def _final(body: Body, node: Final) -> None:
    name = target_name(node.target)
    if name is None or name.name != "w":
        body.complain("NN0117", node.target.span, name=bare(node.target), what="not the weight `w`")
    check(body, node.value, Place())


def _use(body: Body, node: Use) -> None:
    check(body, node.value, Place(OPTIMIZER))


def _if(body: Body, node: If) -> None:
    check(body, node.condition, Place(built="an `if`"))


def _example(body: Body, node: Example) -> None:
    """An example applies what it stands beside, which is no circle."""
    before = len(body.uses)
    check(body, node.value, Place())
    check(body, node.expected, Place(built="an example's value"))
    del body.uses[before:]


def _nothing(body: Body, node: Also) -> None:
    """Second names are the scope's."""


VISITORS: dict[type[Node], Callable[[Body, Any], None]] = {
    Let: _let,
    Input: _input,
    Param: _kept,
    State: _kept,
    Total: _equation,
    Equation: _equation,
    Output: _output,
    Penalty: _formula,
    Count: _formula,
    Stable: _formula,
    Exact: _formula,
    Shape: _shape,
    Require: _require,
    Update: _update,
    Final: _final,
    Use: _use,
    If: _if,
    Example: _example,
    Also: _nothing,
}
"""What looks through each kind of statement."""
