"""docs/library.md is what the library's own texts say, one table a kind.

`NNDSL_RENEW=1 pytest tests/docs/test_docs_library.py` writes it anew, to be read before it is kept.
"""

from __future__ import annotations

import os
from pathlib import Path

from nndsl.cli.list import PLURALS, Row, definitions

PAGE = Path(__file__).resolve().parents[2] / "docs" / "library.md"
SHOWN = ("activations", "layers", "losses", "metrics", "optimizers", "schedules", "initializers", "regularizers")
HEAD = """# The standard library

What a file can use without an import. Every line is one definition of `nndsl/library/*.nn`, where its formula stands;
`nndsl list` prints the same in a terminal. Names, settings and defaults are Keras's. The first argument of an activation
is what it is applied to; losses and metrics take the targets `y` and the predictions `p`, regularizers the weight `w`. In
brackets after them stand their axes: `...` is any number of them, `K @ axis` the one that the setting `axis` names. What
every layer and every optimizer takes besides is told in [the language](language.md#layers).

Elementwise functions of one argument, such as `tanh`, `exp` and `erf`, are activations as well: see
[the language](language.md#formulas).
"""


def line(row: Row) -> str:
    """A definition as a line of a table."""
    about = " ".join(row.about.split())
    cells = (f"`{row.name}({row.settings})`", ", ".join(f"`{name}`" for name in row.also), about)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for plural in SHOWN:
        rows = [line(row) for row in definitions() if row.kind == PLURALS[plural]]
        parts += [f"\n## {plural.capitalize()}\n\n| definition | also | |\n|---|---|---|\n", "\n".join(rows), "\n"]
    return "".join(parts)


def test_the_page_is_the_library() -> None:
    if os.environ.get("NNDSL_RENEW"):
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page(), "renew with NNDSL_RENEW=1 and read what has changed"
