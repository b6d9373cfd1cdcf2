"""What each pass of the compiler changed, as differences of programs."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from nndsl.compiler import ALL, Stages, late_passes, looked_at
from nndsl.derive import derive, differentiate
from nndsl.ir.equation import Program
from nndsl.ir.printer import program_text


def changes(stages: Stages, stage: str, program: str) -> list[str]:
    """The steps between the stage before and this one, each with the equations that it removed and added.

    Args:
        stages: the model.
        stage: `checked`, `equations`, `adjoints` or `passes`.
        program: one of the model's programs.
    """
    lines: list[str] = []
    before: Program | None = None
    for name, after in _steps(stages, stage, program):
        if before is not None:
            lines += ["", *_difference(name, before, after)] if lines else _difference(name, before, after)
        before = after
    return lines


def _steps(stages: Stages, stage: str, program: str) -> Iterator[tuple[str, Program]]:
    """The program after each step on the way to a stage, the one that it starts from first."""
    if stage == "checked":
        yield "", Program({}, ())
        yield "check", getattr(stages.checked, program)
    elif stage == "equations":
        yield "", getattr(stages.checked, program)
        yield "lower", getattr(stages.equations, program)
    elif stage == "adjoints":
        found: Program = getattr(stages.equations, program)
        yield "", found
        for change in ALL.before:
            found = change(found)
            yield change.__name__, found
        yield differentiate.__name__, getattr(stages.forward, program)
        yield derive.__name__, getattr(stages.adjoints, program)
    else:
        found = getattr(stages.adjoints, program)
        yield "", found
        for change in late_passes(ALL, looked_at(stages.checked)):
            found = change(found)
            yield change.__name__, found


def _difference(name: str, before: Program, after: Program) -> list[str]:
    old, new = program_text(before).splitlines(), program_text(after).splitlines()
    lines, removed, added = list[str](), 0, 0
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            lines += [*(f"- {text}" for text in old[a:b]), *(f"+ {text}" for text in new[c:d])]
            removed, added = removed + b - a, added + d - c
    told = f"{removed} removed, {added} added" if lines else "nothing changed"
    return [f"# {name}: {told}", *lines]
