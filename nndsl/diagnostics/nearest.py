"""The name a user probably meant."""

from __future__ import annotations

from collections.abc import Iterable


def _distance(a: str, b: str) -> int:
    """The restricted edit distance: insert, delete, replace, or swap two neighbours."""
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            best = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                best = min(best, before[j - 2] + 1)
            row.append(best)
        before, last = last, row
    return last[-1]


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name closest to `name`, or None if none is close: at most a third of its letters may differ."""
    limit = max(len(name), 3) / 3
    found = min(((_distance(name.lower(), k.lower()), k) for k in known if abs(len(k) - len(name)) <= limit), default=None)
    return found[1] if found and found[0] <= limit else None
