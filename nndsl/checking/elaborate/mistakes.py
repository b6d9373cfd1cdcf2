"""A mistake stops what it stands in, and nothing else."""

from __future__ import annotations

from nndsl.diagnostics import Diagnostic, Label, Span, problem


class Mistake(Exception):
    """What stands here has no meaning.

    Args:
        diagnostic: why; None where that was told already and only the consequences are met.
    """

    def __init__(self, diagnostic: Diagnostic | None = None) -> None:
        self.diagnostic = diagnostic
        super().__init__("" if diagnostic is None else diagnostic.message)


def mistake(code: str, span: Span | None, label: str = "", *, helps: tuple[str, ...] = (), also: tuple[Label, ...] = (),
            **values: object) -> Mistake:
    """A mistake told by a row of the catalogue; the arguments are those of `diagnostics.problem`."""
    return Mistake(problem(code, span, label, helps=helps, also=also, **values))
