"""What is checked like all else but not compiled yet: told once the rest is right."""

from __future__ import annotations

from dataclasses import dataclass, field

from nndsl.diagnostics import Diagnostic, Report


@dataclass(eq=False)
class Later:
    """What was met that is not compiled yet.

    Args:
        others: `d(u, x)`.
    """

    others: list[Diagnostic] = field(default_factory=list)

    def tell(self, report: Report) -> None:
        """Report it."""
        for diagnostic in self.others:
            report.add(diagnostic)
