"""A definition as text for the terminal, and as one JSON object."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from nndsl.inspect.doc.sheet import Sheet
from nndsl.inspect.doc.words import (
    SEARCHED,
    derivative_lines,
    derivative_note,
    is_searched,
    kink_lines,
    range_text,
    weight_note,
)

WIDTH = 80
INDENT = 4


def as_text(sheet: Sheet) -> str:
    """All of a definition, but for its plot."""
    return "\n\n".join(_parts(sheet))


def _parts(sheet: Sheet) -> Iterator[str]:
    also = f"   also {', '.join(sheet.also)}" if sheet.also else ""
    yield textwrap.fill(f"{sheet.kind} {sheet.name}{also}   {sheet.place}", WIDTH, subsequent_indent=INDENT * " ",
                        break_long_words=False, break_on_hyphens=False)
    if sheet.about:
        yield textwrap.fill(sheet.about, WIDTH)
    yield _section("Formula", *sheet.formulas)
    if sheet.settings:
        yield _section("Settings", "\n".join(_settings(sheet)))
    if sheet.weights:
        yield _section("Weights, in this order", "\n".join(_weights(sheet)))
    elif sheet.states:
        yield _section("State", "\n".join(sheet.states))
    if sheet.gradient is not None:
        yield _section(f"Derivative: {derivative_note(sheet)}", "\n".join(derivative_lines(sheet)))
    if sheet.curve is not None:
        at = f", at {sheet.at}" if sheet.at else ""
        yield _section(f"Kinks{at}", "\n".join(kink_lines(sheet)))
        note = f"\n{SEARCHED}" if is_searched(sheet.range) else ""
        yield _section(f"Range of the derivative{at}", range_text(sheet) + note)
    if sheet.examples:
        yield _section("Examples", "\n".join(sheet.examples))


def _settings(sheet: Sheet) -> Iterator[str]:
    rows = [(f"{s.name} | {s.alias}" if s.alias else s.name, s.default or "must be given") for s in sheet.settings]
    wide = max(len(name) for name, _ in rows)
    yield from (f"{name:{wide}}  {default}" for name, default in rows)


def _weights(sheet: Sheet) -> Iterator[str]:
    rows = [(w.name + w.shape, w.initial, weight_note(w)) for w in sheet.weights]
    wide, next_wide = (max(len(row[k]) for row in rows) for k in (0, 1))
    yield from (f"{name:{wide}}  {initial:{next_wide}}  {note}".rstrip() for name, initial, note in rows)


def _section(title: str, *texts: str) -> str:
    return f"{title}\n" + "\n\n".join("\n".join(_indented(line) for line in text.splitlines()) for text in texts)


def _indented(line: str) -> str:
    """A line below a title; a long one is broken at spaces, and goes on further to the right."""
    text = line.lstrip(" ")
    deep = " " * (INDENT + len(line) - len(text))
    return textwrap.fill(text, WIDTH, initial_indent=deep, subsequent_indent=deep + 2 * INDENT * " ", break_long_words=False,
                         break_on_hyphens=False)


def as_object(sheet: Sheet) -> dict[str, Any]:
    """The same as an object for JSON."""
    return {
        "kind": sheet.kind, "name": sheet.name, "also": sheet.also, "about": sheet.about, "place": sheet.place,
        "signature": sheet.signature, "formulas": sheet.formulas,
        "settings": [{"name": s.name, "alias": s.alias or None, "default": s.default or None} for s in sheet.settings],
        "weights": [asdict(w) for w in sheet.weights], "state": sheet.states,
        "derivative": derivative_lines(sheet), "sizes": sheet.gradient.sizes if sheet.gradient else "",
        "at": sheet.at, "kinks": _meetings(sheet), "range": _range(sheet), "examples": sheet.examples}


def _meetings(sheet: Sheet) -> list[dict[str, Any]] | None:
    if sheet.meetings is None:
        return None

    def number(value: Any) -> float | None:
        return None if value is None else float(value)

    return [{"at": float(m.at.evalf(17)), "left": number(m.left), "there": number(m.at_point), "right": number(m.right),
             "kink": m.kink, "jump": m.jump} for m in sheet.meetings]


def _range(sheet: Sheet) -> dict[str, Any] | None:
    if sheet.range is None:
        return None
    return {end: {"value": float(bound.value) if bound.value.is_finite else str(bound.value).replace("oo", "inf"),
                  "exact": bound.exact, "attained": bound.attained}
            for end, bound in (("least", sheet.range.least), ("greatest", sheet.range.greatest))}
