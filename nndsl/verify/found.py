"""What was found out about the entries of a tensor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from nndsl.verify.report import Verdict, worst


@dataclass
class Found:
    """What was found out about a tensor.

    Args:
        verdict: the worst of its entries.
        entries, sampled: how many were looked at, and how many of them SymPy could not decide.
        doubts: entries whose values differ, each with what was found and what was wanted.
    """

    verdict: Verdict = "proved"
    entries: int = 0
    sampled: int = 0
    doubts: list[tuple[int, float, float]] = field(default_factory=list)

    def add(self, verdict: Verdict, entry: int, found: float, wanted: float) -> None:
        """Count an entry."""
        self.entries += 1
        self.sampled += verdict == "sampled"
        if verdict == "failed":
            self.doubts.append((entry, found, wanted))
        self.verdict = worst((self.verdict, verdict))

    def merge(self, other: Found) -> None:
        """Count what another point gave."""
        self.entries += other.entries
        self.sampled += other.sampled
        self.doubts += other.doubts
        self.verdict = worst((self.verdict, other.verdict))

    def settle(self, agrees: Callable[[int], bool]) -> None:
        """Look once more at the entries that are in doubt.

        Args:
            agrees: whether an entry has the right value at 50 digits.
        """
        left = [doubt for doubt in self.doubts if not agrees(doubt[0])]
        self.sampled += len(self.doubts) - len(left)
        self.doubts = left
        self.verdict = "failed" if left else "sampled" if self.sampled else "proved"
