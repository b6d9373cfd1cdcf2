"""A bound on how much may be computed: SymPy can search for ever."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

CALLS = 3_000_000
"""Function calls before a search is given up: a few seconds, and the same ones on every machine."""


UNANSWERED = (NotImplementedError, ValueError, TypeError, RecursionError, ZeroDivisionError)
"""What SymPy raises where it has no method, or its methods fail."""


class Enough(Exception):
    """The bound is reached."""


def within(work: Callable[[], T], calls: int = CALLS) -> T | None:
    """What `work` gives, or None where that takes more than so many function calls, or where SymPy finds no answer.

    Calls are counted and not seconds, so that the answer does not depend on the machine.
    """
    left = calls

    def count(*_: Any) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise Enough

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        return work()
    except (Enough, *UNANSWERED):
        return None
    finally:
        sys.setprofile(before)
