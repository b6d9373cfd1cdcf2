"""Reads a file as source text."""

from __future__ import annotations

import os
from pathlib import Path

from nndsl.diagnostics import Diagnostic, NNError, Source, Span, nearest, problem

LARGEST = 1_000_000
"""Bytes, or characters, of a file; a line of a model is about 60."""


def read_source(path: str | Path) -> Source:
    """The text of a file, named as the path was given. A byte order mark before it is dropped.

    Raises:
        NNError: there is no such file, it cannot be read, is too large, or is not UTF-8 text.
    """
    name = os.fspath(path)
    try:
        data = _read(Path(path), name)
    except OSError as error:
        raise NNError(problem("NN0015", None, path=name, reason=error.strerror or "it is no path")) from None
    try:
        source = Source(name, data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise NNError(_not_utf8(name, data, error)) from None
    check_text(source)
    return source


def _read(path: Path, name: str) -> bytes:
    if not path.exists():
        close = nearest(path.name, sorted(p.name for p in path.parent.glob("*.nn"))) if path.parent.is_dir() else None
        helps = (f"did you mean `{path.with_name(close)}`?",) if close else ()
        raise NNError(problem("NN0010", None, path=name, helps=helps))
    if not path.is_file():
        raise NNError(problem("NN0011", None, path=name))
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise NNError(problem("NN0014", None, path=name, limit=f"{LARGEST:,}"))
    if b"\0" in data:
        raise NNError(problem("NN0013", None, path=name))
    return data


def _not_utf8(name: str, data: bytes, error: UnicodeDecodeError) -> Diagnostic:
    """Where the first byte stands that is not UTF-8."""
    before = data[: error.start].decode("utf-8-sig")
    source = Source(name, before + data[error.start :].decode("utf-8", "replace"))
    span = Span(source, len(before), len(before) + 1)
    return problem("NN0012", span, f"the byte 0x{data[error.start]:02x}", path=name)


def check_text(source: Source) -> None:
    """Refuse a text that is no .nn file whatever it says.

    Raises:
        NNError: it is too large or holds characters of value 0.
    """
    if len(source.text) > LARGEST:
        raise NNError(problem("NN0014", None, path=source.name, limit=f"{LARGEST:,}"))
    if "\0" in source.text:
        raise NNError(problem("NN0013", None, path=source.name))
