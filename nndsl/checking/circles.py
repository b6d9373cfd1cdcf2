"""Things that are defined by themselves."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import TypeVar

N = TypeVar("N", bound=Hashable)


def circles(nodes: Iterable[N], after: Callable[[N], Iterable[N]]) -> Iterator[tuple[N, ...]]:
    """The circles that a walk through a graph meets, each once, starting with the node that comes first in `nodes`.

    Args:
        nodes: every node.
        after: the nodes that one leads to.
    """
    order: Mapping[N, int] = {node: number for number, node in enumerate(nodes)}
    done: set[N] = set()
    for start in order:
        trail: list[N] = []
        stack: list[tuple[N, Iterator[N]]] = []
        _enter(start, order, done, trail, stack, after)
        while stack:
            _, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                stack.pop()
                done.add(trail.pop())
            elif following in trail:
                circle = trail[trail.index(following) :]
                first = min(range(len(circle)), key=lambda i: order[circle[i]])
                yield (*circle[first:], *circle[:first])
            else:
                _enter(following, order, done, trail, stack, after)


def _enter(node: N, order: Mapping[N, int], done: set[N], trail: list[N], stack: list[tuple[N, Iterator[N]]],
           after: Callable[[N], Iterable[N]]) -> None:
    """Goes on to a node that was not looked at yet."""
    if node not in done and node in order:
        trail.append(node)
        stack.append((node, iter(tuple(after(node)))))
