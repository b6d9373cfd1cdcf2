"""Parsing pieces of .nn source in tests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from nndsl.diagnostics import NNError, Source
from nndsl.syntax import parse, tree


def parse_text(text: str) -> tree.File:
    """The tree of a whole file."""
    return parse(Source("test.nn", text))


def formula(text: str) -> Any:
    """The tree of a formula."""
    (let,) = parse_text(f"let value = {text}\n").items
    assert isinstance(let, tree.Let)
    return let.value


def body(text: str) -> tuple[Any, ...]:
    """The statements of a block."""
    (model,) = parse_text(f"model m {{\n{text}\n}}\n").items
    assert isinstance(model, tree.Model)
    return model.body


def settings(text: str) -> tuple[tree.Setting, ...]:
    """The settings of a `train` block."""
    (train,) = parse_text(f"train {{\n{text}\n}}\n").items
    assert isinstance(train, tree.Train)
    return train.settings


def walk(node: object) -> Iterator[tree.Node]:
    """Every node of a tree, from the outside in."""
    if isinstance(node, tree.Node):
        yield node
        for field in fields(node):
            yield from walk(getattr(node, field.name))
    elif isinstance(node, tuple):
        for inner in node:
            yield from walk(inner)


def codes(text: str) -> list[str]:
    """The codes of the diagnostics that a text gets."""
    try:
        parse_text(text)
    except NNError as error:
        return [d.code for d in error.diagnostics]
    return []


def marked(text: str) -> tuple[str, list[tuple[int, int]]]:
    """A text without its marks « », and the stretches that were between them."""
    spans, plain, start = [], "", 0
    for part in re.split("([«»])", text):
        if part == "«":
            start = len(plain)
        elif part == "»":
            spans.append((start, len(plain)))
        else:
            plain += part
    return plain, spans
