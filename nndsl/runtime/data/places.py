"""Where in the model file something stands that only came to light with the data."""

from __future__ import annotations

import re

from nndsl.diagnostics import Label, Source, Span


def word_span(source: Source | None, place: str, word: str) -> Span | None:
    """The stretch of `word` on the line that `place` names, or of the whole line where the word is not on it.

    Args:
        source: the model file; None if the model did not come from a text.
        place: `file:line`.
        word: what to underline.
    """
    file, _, line = place.rpartition(":")
    if source is None or file != source.name or not line.isdigit():
        return None
    text = source.line(int(line))
    start = sum(len(before) + 1 for before in source.text.split("\n")[:int(line) - 1])
    found = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text.split("#")[0])
    if found:
        return Span(source, start + found.start(), start + found.end())
    stripped = text.split("#")[0].strip()
    indent = len(text) - len(text.lstrip())
    return Span(source, start + indent, start + indent + len(stripped)) if stripped else None


def setting_span(source: Source | None, name: str) -> Span | None:
    """Where the setting `name` of a block stands; None where it cannot be found."""
    found = re.search(rf"^[^#\n]*?(?<!\w)({re.escape(name)})(?!\w)", source.text, re.M) if source else None
    return Span(source, *found.span(1)) if source and found else None


def port_label(source: Source | None, role: str, name: str, text: str) -> tuple[Label, ...]:
    """Where the model declares a port, with `text` under it; nothing where it cannot be found.

    Args:
        source: the model file.
        role: `input`, or anything else for an output.
        name: the port's.
        text: what to say there.
    """
    if source is None:
        return ()
    word = "input" if role == "input" else "output"
    # Layers have inputs too, and stand before or after; the model's are the ones in a `model` block.
    for model in reversed(list(re.finditer(r"^[ \t]*model\b[^\n{]*(?=\{)", source.text, re.M))):
        declared = re.compile(rf"(?:^|[;{{])[^#\n;]*?\b{word}\b[^#\n;]*?(?<![\w.])({re.escape(name)})(?!\w)", re.M)
        found = declared.search(source.text, model.end())
        if found:
            return (Label(Span(source, *found.span(1)), text),)
    return ()
