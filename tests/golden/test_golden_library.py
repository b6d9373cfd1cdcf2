"""The loops that are generated for every definition of the library, one file a kind.

`NNDSL_RENEW=1 pytest tests/golden` writes the expected texts anew, to be read before they are kept.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Literal

import pytest
from layer_cases import CASES
from library import definitions
from library_pieces import EVERY, KINDS, stages

from nndsl.api.pieces.compiled import piece
from nndsl.checking import pieces
from nndsl.compiler import compile_piece
from nndsl.signature import Port

FOLDER = Path(__file__).with_name("library")
PROGRAMS = {"activation": ("learn",), "loss": ("learn",), "regularizer": ("learn",), "metric": ("assess", "finish"),
            "optimizer": ("begin", "update"), "schedule": ("forward",), "initializer": ("initial",)}
"""What of a piece is its own: the rest is what any model has."""

WHOLE = ("embedding",)
"""Layers that take whole numbers."""


def loops(code: str, programs: tuple[str, ...]) -> str:
    """The kernels that the programs of a module call, without decorators, and no numbers of lines in the library."""
    rows = "".join(re.findall(rf"^def (?:{'|'.join(programs)})_rows\(.*?^    \]", code, re.M | re.S))
    called = re.findall(r"^        \(([A-Z]\w*),", rows, re.M)
    kernels = {found[1].upper(): found[0] for found in re.finditer(r"^def (\w+)\([^)]*\):\n(?:    .*\n|\n(?=    ))+", code, re.M)}
    text = "\n".join(kernels[name] for name in dict.fromkeys(called) if name in kernels)
    return re.sub(r"((?:library/[\w/]+\.nn|<python>)):\d+", r"\1", text)


def layer_text() -> str:
    """The loops of every layer, forwards and backwards, with the first of the settings it is tested with."""
    texts = []
    for definition in definitions("layer"):
        settings, shapes = CASES[definition.name][0]
        kind: Literal["int", "real"] = "int" if definition.name in WHOLE else "real"
        ports = [Port(f"x_{n}", shape, kind) for n, shape in enumerate(shapes)]
        built = pieces.layer(piece("layer", definition.name, (), settings, None).piece, ports)
        texts.append(f"# ---- {definition.name}\n\n{loops(compile_piece(built, 'float32').code, ('learn',))}")
    return "\n".join(texts)


def text_of(kind: str) -> str:
    """The loops of all definitions of a kind."""
    if kind == "layer":
        return layer_text()
    names = [d.name for d in EVERY if d.kind == kind]
    return "\n".join(f"# ---- {name}\n\n{loops(stages(kind, name).code, PROGRAMS[kind])}" for name in names)


@pytest.mark.parametrize("kind", [*KINDS, "layer"])
def test_what_is_generated_is_what_was_reviewed(kind: str) -> None:
    path, text = FOLDER / f"{kind}.txt", text_of(kind)
    if os.environ.get("NNDSL_RENEW"):
        assert not os.environ.get("CI"), "expected texts are renewed by hand only"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), "renew with NNDSL_RENEW=1 and read what has changed"


def test_every_definition_has_loops_of_its_own() -> None:
    """A matrix product is no loop; all else is."""
    empty = [f"{d.kind}.{d.name}" for d in EVERY if "def " not in loops(stages(d.kind, d.name).code, PROGRAMS[d.kind])]
    assert not empty


def test_nothing_else_stands_there() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {f"{kind}.txt" for kind in (*KINDS, "layer")}
