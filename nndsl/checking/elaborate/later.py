"""What is checked like all else but not compiled yet: told once the rest is right."""

from __future__ import annotations

from dataclasses import dataclass, field

from nndsl.diagnostics import Diagnostic, Report, Span, problem


@dataclass(eq=False)
class Later:
    """What was met that is not compiled yet.

    Args:
        recurrences: tensors that refer to their own entries.
        others: what else, `d(u, x)` among it.
    """

    recurrences: dict[str, Span] = field(default_factory=dict)
    others: list[Diagnostic] = field(default_factory=list)

    def tell(self, report: Report) -> None:
        """Report it."""
        told: set[str] = set()
        for name, span in self.recurrences.items():
            path, _, own = name.rpartition(".")
            if path not in told:  # those of one layer belong together
                report.add(problem("NN0902", span, name=own))
            told.add(path)
        for diagnostic in self.others:
            report.add(diagnostic)
