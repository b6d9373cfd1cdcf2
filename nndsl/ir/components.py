"""What leads to itself: the strongly connected components of a graph."""

from __future__ import annotations

from collections.abc import Sequence


def components(needs: Sequence[Sequence[int]]) -> list[list[int]]:
    """The groups of nodes that lead to each other, each after those it needs, else in the order of their numbers.

    Args:
        needs: for each node, those that must come before it.

    Source: R. Tarjan, Depth-first search and linear graph algorithms, 1972.
    """
    found: list[list[int]] = []
    number: dict[int, int] = {}
    low: dict[int, int] = {}
    open_nodes: list[int] = []
    grouped: set[int] = set()
    for root in range(len(needs)):
        path = [(root, iter(needs[root]))] if root not in number else []
        while path:
            node, rest = path[-1]
            if node not in number:
                number[node] = low[node] = len(number)
                open_nodes.append(node)
            child = next(rest, None)
            if child is None:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[node])
                if low[node] == number[node]:
                    at = open_nodes.index(node)
                    found.append(sorted(open_nodes[at:]))
                    grouped.update(found[-1])
                    del open_nodes[at:]
            elif child not in number:
                path.append((child, iter(needs[child])))
            elif child not in grouped:
                low[node] = min(low[node], number[child])
    return found
