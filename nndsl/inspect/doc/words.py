"""What was found out about a definition, in words: the same ones for the terminal and for the documentation's pages."""

from __future__ import annotations

import sympy as sp

from nndsl.inspect.doc.sheet import Sheet
from nndsl.inspect.doc.slope import Bound, Meeting, Range, Real
from nndsl.inspect.doc.weights import Weight

SEARCHED = "≈: searched for at many points, not proved."


def derivative_lines(sheet: Sheet) -> list[str]:
    """The derivative, an equation a line."""
    found = sheet.gradient
    return [] if found is None else list(found.lines)


def derivative_note(sheet: Sheet) -> str:
    """What the derivative is of, and by what."""
    found = sheet.gradient
    if found is None:
        return ""
    last = sheet.shown.arguments[-1].name
    note = f"∂{last} is the derivative with respect to {last}" if any(f"∂{last}" in line for line in found.lines) else ""
    given = "; ∂value is that with respect to the result" if any("∂value" in line for line in found.lines) else ""
    sizes = f"; here {found.sizes}" if found.sizes else ""
    return f"{note}{given}{sizes}."


def weight_note(weight: Weight) -> str:
    """What is to be said of a weight besides its shape."""
    return "; ".join(part for part in (weight.when, "" if weight.trained else "not trained") if part)


def kink_lines(sheet: Sheet) -> list[str]:
    """Where pieces of the function meet, a line each."""
    if sheet.curve is None:
        return []
    if sheet.meetings is None:
        return ["not known: the conditions are too hard to solve"]
    name = sheet.shown.arguments[0].name
    return [_meeting(m, name) for m in sheet.meetings] or ["none"]


def _exact(value: sp.Expr) -> str:
    """A number as SymPy knows it; a decimal fraction that somebody wrote as such."""
    return f"{float(value):g}" if value.is_Rational and value.q > 1 and sp.factorint(value.q).keys() <= {2, 5} else str(value)


def _meeting(m: Meeting, name: str) -> str:
    where = f"{name} = {_exact(m.at)}"
    if not m.kink:
        return f"{where}: pieces meet without a kink, slope {_real(m.at_point)}"
    jump = "; the function itself jumps" if m.jump else ""
    return f"{where}: slope {_real(m.left)} on the left, {_real(m.at_point)} there, {_real(m.right)} on the right{jump}"


def _real(value: Real | None) -> str:
    if value is None:
        return "none"
    return f"{float(value):.6g}"


def range_text(sheet: Sheet) -> str:
    """Between what the slope lies: an interval, `[` and `]` where it reaches the bound."""
    found = sheet.range
    if found is None:
        return ""
    if found.least.value == found.greatest.value:
        return f"{_bound(found.least)} everywhere"
    open_, close = ("[" if found.least.attained else "("), ("]" if found.greatest.attained else ")")
    return f"{open_}{_bound(found.least)}, {_bound(found.greatest)}{close}"


def is_searched(found: Range | None) -> bool:
    """Whether a bound was only searched for."""
    return found is not None and not (found.least.exact and found.greatest.exact)


def _bound(bound: Bound) -> str:
    if bound.value in (sp.oo, -sp.oo):
        text = "∞" if bound.value == sp.oo else "-∞"
    elif bound.exact:
        text = _exact(bound.value)
    else:
        text = f"{0.0 if abs(float(bound.value)) < 1e-15 else float(bound.value):.6g}"
    return text if bound.exact else f"≈ {text}"
