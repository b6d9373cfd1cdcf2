"""Indices: where they come from, and that their names are free."""

from __future__ import annotations

from nndsl.checking.body import Body, Place
from nndsl.checking.primitives import NUMBERS
from nndsl.checking.walking import introduced, values
from nndsl.checking.words import article
from nndsl.diagnostics import Label
from nndsl.syntax.tree import Dots, Expression, Indexed, Name, Number


def new_indices(body: Body, head: Indexed, around: frozenset[str], *, batch: bool = False) -> frozenset[str]:
    """The indices that a left side or a reduction introduces, each of which must be new.

    Args:
        body: where it stands.
        head: the left side, or the `sum[i]` of a reduction.
        around: the indices in scope already.
        batch: whether the batch may be named, as in a reduction.
    """
    new: set[str] = set()
    for name, part in introduced(head.axes):
        if name is not None and not (batch and name.name == "batch"):
            _check_new(body, name, around)
            new.add(name.name)
        elif name is None and not isinstance(part, (Dots, Number)):  # `output p[1] = ...` states a size
            body.complain("NN0132", part.span)
            new.update(node.name for node in values(part))
    return frozenset(new)


def _check_new(body: Body, name: Name, around: frozenset[str]) -> None:
    """Complains about an index whose name is taken."""
    local = body.names.get(name.name)
    if name.name in ("batch", *body.rule.special, *NUMBERS):
        meaning = body.rule.special.get(name.name, "a name of the language")
        body.complain("NN0106", name.span, name=name.name, what=f"{meaning}, not free for an index")
    elif local is not None:
        body.used.add(name.name)
        also = (Label(local.span, f"{article(local.role)} of that name"),)
        body.complain("NN0118", name.span, also=also, name=name.name)
    elif name.name in around or name.name in body.scope.lets:
        body.lets.add(name.name)
        body.complain("NN0118", name.span, name=name.name)


def unknown_index(body: Body, node: Expression, name: str, place: Place) -> None:
    """Complains about a name between index brackets that means nothing, once for each name."""
    if name in body.unknown:
        return
    body.unknown.add(name)
    helps = body.guess(name, (*place.indices, *body.names))
    advice = (f"name it on the left, or reduce over it: `sum[{name}](...)`",)
    body.complain("NN0129", node.span, helps=helps or advice, name=name)
