"""What `verify` found: per parameter, and every disagreement with its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Verdict = Literal["proved", "sampled", "failed"]


@dataclass(frozen=True)
class Parameter:
    """The verdict on one gradient.

    Args:
        name, place: the parameter, or the input of a piece, and `file:line` of its declaration.
        verdict: `proved` entry by entry; `sampled` where SymPy could not decide everything; `failed`.
        entries: how many entries of gradients were compared on its way to the loss.
        error: the largest relative difference from slopes by differences; None if nothing could be compared.
        ulp: the error in float32, in units of the last place of the largest entry; None if it was not measured.
    """

    name: str
    place: str
    verdict: Verdict
    entries: int
    error: float | None
    ulp: float | None


@dataclass(frozen=True)
class Disagreement:
    """Something that is not as it should be.

    Args:
        witness: `proof`, `numbers`, `optimizer`, `example`.
        name: of the tensor or definition.
        place: `file:line`.
        formula: what it is computed by.
        text: what was found and what was wanted.
    """

    witness: str
    name: str
    place: str
    formula: str
    text: str


@dataclass(frozen=True)
class Mutant:
    """A fault that was planted.

    Args:
        kind: a sign, a factor, ...
        line: of the generated module.
        before, after: the text of the line.
        outcome: `caught`, `equivalent` or `survived`.
        by: what caught it, or why it changes nothing.
    """

    kind: str
    line: int
    before: str
    after: str
    outcome: Literal["caught", "equivalent", "survived"]
    by: str


@dataclass(frozen=True)
class Report:
    """All that was found about a model or piece.

    Args:
        name: its.
        parameters: in order.
        optimizer: of the update, the verdict on each kind of variable; empty without one.
        disagreements: in the order found.
        mutants: the faults planted.
    """

    name: str
    parameters: tuple[Parameter, ...]
    optimizer: dict[str, Verdict] = field(default_factory=dict)
    disagreements: tuple[Disagreement, ...] = ()
    mutants: tuple[Mutant, ...] = ()

    def count(self, verdict: Verdict) -> int:
        """How many parameters have a verdict."""
        return sum(p.verdict == verdict for p in self.parameters)

    @property
    def fine(self) -> bool:
        """Whether everything agrees, and every fault that was planted was caught."""
        survived = any(m.outcome == "survived" for m in self.mutants)
        return not (self.disagreements or self.count("failed") or survived or "failed" in self.optimizer.values())


def summary(reports: Sequence[Report]) -> dict[str, Any]:
    """The figures of some reports together, as the last line of `verify --json` has them."""
    mutants = [m for r in reports for m in r.mutants]
    return {
        "event": "end", "parameters": sum(len(r.parameters) for r in reports),
        **{verdict: sum(r.count(verdict) for r in reports) for verdict in ("proved", "sampled", "failed")},
        "mutants": {"planted": len(mutants), "caught": sum(m.outcome == "caught" for m in mutants),
                    "equivalent": sum(m.outcome == "equivalent" for m in mutants)},
    }
