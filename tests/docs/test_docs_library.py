"""The pages of the library are what the library's own texts say, and say something of every definition.

`NNDSL_RENEW=1 pytest tests/docs/test_docs_library.py` writes them anew, to be read before they are kept.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from nndsl.inspect.doc.lookup import LISTED, PLURALS, library
from nndsl.inspect.doc.pages import index, page, pages
from nndsl.syntax.tree import Definition

DOCS = Path(__file__).resolve().parents[2] / "docs"
EVERY = [shown.definition for kind in LISTED for shown in library(kind)]


def held(path: Path, text: str) -> None:
    if os.environ.get("NNDSL_RENEW"):
        assert not os.environ.get("CI"), "pages are renewed by hand only"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text, "renew with NNDSL_RENEW=1 and read what has changed"


def test_the_index_is_the_library() -> None:
    held(DOCS / "library.md", index())


@pytest.mark.parametrize("plural", PLURALS)
def test_the_page_of_a_kind_is_the_library(plural: str) -> None:
    held(DOCS / "library" / f"{plural}.md", page(plural))


def test_no_other_page_stands_there() -> None:
    expected = {"library.md"} | {f"library/{plural}.md" for plural in PLURALS}
    assert {str(p.relative_to(DOCS)) for p in DOCS.glob("library/*")} | {"library.md"} == expected
    assert {path for path, _ in pages()} == expected


@pytest.mark.parametrize("definition", EVERY, ids=lambda d: f"{d.kind}.{d.name}")
def test_every_definition_is_documented(definition: Definition) -> None:
    about = " ".join(definition.documentation.split())
    assert re.match(r"\w.*[.]$", about) or re.match(r"\w.{3,}", about), f"a comment above `{definition.name}` says what it is"


def test_every_definition_has_its_section() -> None:
    for plural, kind in PLURALS.items():
        text = (DOCS / "library" / f"{plural}.md").read_text(encoding="utf-8")
        assert re.findall(r"^## (.*)$", text, re.M) == [shown.definition.name for shown in library(kind)]


def test_every_weight_of_every_layer_has_its_line() -> None:
    """A line per `param` and `state`, in the order of the text, its shape as written there."""
    text = (DOCS / "library" / "layers.md").read_text(encoding="utf-8")
    for part in re.split(r"^## ", text, flags=re.M)[1:]:
        code, rest = part.split("```text\n", 1)[1].split("\n```\n", 1)
        own = code.split("\n}\n")[0]  # the functions it calls follow
        told = re.findall(r"^\| `(\w+)(\[.*\])?` \| `(.*)` \| (.*) ?\|$", rest, re.M)
        said = re.findall(r"\b(param|state) (\w+)(\[[^=]*\])? *= *([^;}\n]*[^;}\n ])", own)
        assert [t[:3] for t in told] == [s[1:] for s in said], part.split("\n")[0]
        assert ["not trained" in t[3] for t in told] == [s[0] == "state" for s in said]
    assert "| `moving_mean[C]` | `zeros` | not trained |" in text
    assert "| `recurrent_kernel[units, 4 · units]` | `orthogonal` |  |" in text
