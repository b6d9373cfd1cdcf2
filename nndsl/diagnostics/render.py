"""Diagnostics as text for people and as JSON for editors."""

from __future__ import annotations

from typing import Any

from nndsl.diagnostics.diagnostic import Diagnostic


def render(diagnostic: Diagnostic, colour: bool = False) -> str:
    """The message with its places."""
    lines = [f"{diagnostic.severity}[{diagnostic.code}]: {diagnostic.message}"]
    for label in diagnostic.labels:
        s = label.span
        lines.append(f"  --> {s.source.name}:{s.line}:{s.column}")
        lines.append(f"  {s.source.line(s.line)}")
        lines.append("  " + " " * (s.column - 1) + "^" * max(1, s.end - s.start) + " " + label.text)
    return "\n".join(lines + [f"help: {h}" for h in diagnostic.helps])


def as_json(diagnostic: Diagnostic) -> dict[str, Any]:
    """The diagnostic in the shape of rustc's."""
    return {"message": diagnostic.message, "code": {"code": diagnostic.code}, "level": diagnostic.severity}
