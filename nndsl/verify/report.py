"""What `verify` found: per parameter, per program, and every disagreement with its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Verdict = Literal["proved", "sampled", "failed"]

ORDER: tuple[Verdict, ...] = ("proved", "sampled", "failed")
"""From the best to the worst."""


def worst(verdicts: Iterable[Verdict], default: Verdict = "proved") -> Verdict:
    """The worst of some verdicts; `default` where there is none."""
    return max(verdicts, key=ORDER.index, default=default)


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
class Checked:
    """The verdict on a program without gradients.

    Args:
        name, title: the program, as `forward`, and what it is for.
        verdict: on all it leaves.
        entries: how many were compared.
        error: the largest relative difference of the compiled code from the equations.
    """

    name: str
    title: str
    verdict: Verdict
    entries: int
    error: float


@dataclass(frozen=True)
class Piece:
    """One piece of a piecewise formula: where a condition holds.

    Args:
        place: `file:line`.
        formula: the piecewise formula.
        condition: what holds on the piece.
    """

    place: str
    formula: str
    condition: str


@dataclass(frozen=True)
class Pieces:
    """Which pieces of piecewise formulas the points of the proof visited.

    Args:
        count, visited: how many there are, and how many were visited.
        missed: the others; equal ones of equal layers are told once.
    """

    count: int = 0
    visited: int = 0
    missed: tuple[Piece, ...] = ()


@dataclass(frozen=True)
class Disagreement:
    """Something that is not as it should be.

    Args:
        witness: `proof`, `numbers`, `optimizer`, `example`, `sympy`.
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
        programs: what is computed besides gradients.
        examples: how many `example` lines were evaluated.
        pieces: which pieces of piecewise formulas were visited.
        notes: what a reader should know, though nothing is wrong.
    """

    name: str
    parameters: tuple[Parameter, ...]
    optimizer: Mapping[str, Verdict] = field(default_factory=dict)
    disagreements: tuple[Disagreement, ...] = ()
    mutants: tuple[Mutant, ...] = ()
    programs: tuple[Checked, ...] = ()
    examples: int = 0
    pieces: Pieces = Pieces()
    notes: tuple[str, ...] = ()

    def count(self, verdict: Verdict) -> int:
        """How many parameters have a verdict."""
        return sum(p.verdict == verdict for p in self.parameters)

    @property
    def verdict(self) -> Verdict:
        """The worst of all verdicts; `failed` too where an example does not hold."""
        found = worst((*(p.verdict for p in self.parameters), *(p.verdict for p in self.programs), *self.optimizer.values()))
        return "failed" if self.disagreements else found

    @property
    def fine(self) -> bool:
        """Whether everything agrees, and every fault that was planted was caught."""
        return self.verdict != "failed" and all(m.outcome != "survived" for m in self.mutants)


def summary(reports: Sequence[Report]) -> dict[str, Any]:
    """The figures of some reports together, as the last line of `verify --json` has them."""
    mutants = [m for r in reports for m in r.mutants]
    return {
        "event": "end", "parameters": sum(len(r.parameters) for r in reports),
        **{verdict: sum(r.count(verdict) for r in reports) for verdict in ORDER},
        "mutants": {"planted": len(mutants), "caught": sum(m.outcome == "caught" for m in mutants),
                    "equivalent": sum(m.outcome == "equivalent" for m in mutants)},
        "examples": sum(r.examples for r in reports),
        "pieces": {"count": sum(r.pieces.count for r in reports), "visited": sum(r.pieces.visited for r in reports)},
    }


def together(name: str, reports: Sequence[Report]) -> Report:
    """Some reports as one; that of a single model as it is."""
    if len(reports) == 1:
        return reports[0]
    return Report(
        name, tuple(replace(p, name=f"{r.name}: {p.name}") for r in reports for p in r.parameters),
        {f"{r.name}: {kind}": verdict for r in reports for kind, verdict in r.optimizer.items()},
        tuple(d for r in reports for d in r.disagreements), tuple(m for r in reports for m in r.mutants),
        tuple(replace(p, title=f"{r.name}: {p.title}") for r in reports for p in r.programs), sum(r.examples for r in reports),
        Pieces(sum(r.pieces.count for r in reports), sum(r.pieces.visited for r in reports),
               tuple(p for r in reports for p in r.pieces.missed)),
        tuple(f"{r.name}: {note}" for r in reports for note in r.notes))
