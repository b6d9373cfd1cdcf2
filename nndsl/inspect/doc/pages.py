"""The documentation's pages of the library, one a kind, a section a definition."""

from __future__ import annotations

from collections.abc import Iterator

from nndsl.inspect.doc.lookup import PLURALS, library
from nndsl.inspect.doc.sheet import Setting, Sheet
from nndsl.inspect.doc.weights import Weight
from nndsl.inspect.doc.words import (
    SEARCHED,
    derivative_lines,
    derivative_note,
    is_searched,
    kink_lines,
    range_text,
    weight_note,
)

HEAD = """# The standard library: {plural}

What `nndsl doc NAME` shows, made from the definitions in `nndsl/library`; see [the standard library](../library.md).
"""


LAYERS = """
The weights of a layer stand in Keras's order, that of `get_weights`; each equals Keras's array after a reshape at most. Of
several lines with the same name one holds, which one its condition says. The names are those of `weights`, of a run's
checkpoints and of `nndsl inspect`, where the path of the layer stands before them: `dense_1.kernel`. A layer that is made of
others, such as `bidirectional`, has the weights of these, under their paths: `forward.kernel`.
"""

INDEX = """# The standard library

What a file can use without an import: every line is one definition of `nndsl/library`, told at length on the page of its
kind; `nndsl list` and `nndsl doc NAME` print the same in a terminal. Names, settings and defaults are Keras's. The first
argument of an activation is what it is applied to; losses and metrics take the targets `y` and the predictions `p`,
regularizers the weight `w`. In brackets after them stand their axes: `...` is any number of them, `K @ axis` the one that the
setting `axis` names. What every layer and every optimizer takes besides is told in [the language](language.md#layers).

Elementwise functions of one argument, such as `tanh`, `exp` and `erf`, are activations as well: see
[the language](language.md#formulas).
"""


def pages() -> Iterator[tuple[str, str]]:
    """Every page: its path below the folder of the documentation, and its text."""
    yield "library.md", index()
    yield from ((f"library/{plural}.md", page(plural)) for plural in PLURALS)


def index() -> str:
    """All definitions, a line each, by kinds."""
    parts = [INDEX]
    for plural, kind in PLURALS.items():
        parts += [f"\n## {plural.capitalize()}\n\n| definition | also | |\n|---|---|---|\n"]
        parts += [_row(Sheet(shown), plural) for shown in library(kind)]
    return "".join(parts)


def _row(sheet: Sheet, plural: str) -> str:
    also = ", ".join(f"`{name}`" for name in sheet.also)
    cells = (f"[`{sheet.signature}`](library/{plural}.md#{sheet.name})", also, sheet.about)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def page(plural: str) -> str:
    """The page of a kind, in Markdown."""
    head = HEAD.format(plural=plural) + (LAYERS if PLURALS[plural] == "layer" else "")
    parts = [head, *("\n".join(section(Sheet(shown))) for shown in library(PLURALS[plural]))]
    return "\n".join(parts)


def section(sheet: Sheet) -> Iterator[str]:
    """A definition as a section, line by line."""
    yield from (f"## {sheet.name}", "")
    if sheet.also:
        yield from (f"Also {', '.join(f'`{name}`' for name in sheet.also)}.", "")
    yield from (_escaped(sheet.about), "")
    yield from _fenced("\n\n".join(sheet.formulas))
    if sheet.settings:
        yield from ("| setting | default |", "|---|---|")
        yield from (_setting(setting) for setting in sheet.settings)
        yield ""
    if sheet.weights:
        yield from ("| weight | first values | |", "|---|---|---|")
        yield from (_weight(weight) for weight in sheet.weights)
        yield ""
    if sheet.gradient is not None:
        yield from (f"Derivative: {derivative_note(sheet)}", "")
        yield from _fenced("\n".join(derivative_lines(sheet)))
    if sheet.curve is not None:
        at = f" at {sheet.at}" if sheet.at else ""
        kinks = kink_lines(sheet)
        yield from ((f"Kinks{at}: {kinks[0]}.", "") if len(kinks) == 1 else
                    (f"Kinks{at}:", "", *(f"- {line}" for line in kinks), ""))
        note = f" ({SEARCHED.rstrip('.')})" if is_searched(sheet.range) else ""
        yield from (f"Range of the derivative{at}: {range_text(sheet)}{note}.", "")
    if sheet.examples:
        yield from ("Examples:", "")
        yield from _fenced("\n".join(sheet.examples))


def _setting(setting: Setting) -> str:
    names = ", ".join(f"`{name}`" for name in (setting.name, setting.alias) if name)
    return f"| {names} | {f'`{setting.default}`' if setting.default else 'must be given'} |"


def _weight(weight: Weight) -> str:
    return f"| `{weight.name}{weight.shape}` | `{weight.initial}` | {weight_note(weight)} |"


def _fenced(text: str) -> Iterator[str]:
    yield from ("```text", text, "```", "")


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("*", "\\*").replace("_", "\\_") if "`" not in text else text
