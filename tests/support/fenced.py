"""The fenced blocks of a page of documentation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Args:
        page: where it stands.
        line: where it begins.
        fence: what follows the three backquotes, as `nn run`.
        text: what stands in it.
    """

    page: Path
    line: int
    fence: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line}"


def blocks(page: Path, *fences: str) -> list[Block]:
    """The blocks of a page under any of some fences; `*` in a fence stands for anything."""
    text = page.read_text(encoding="utf-8")
    found = []
    for match in re.finditer(r"^```([^\n]*)\n(.*?)^```$", text, re.M | re.S):
        if any(fnmatch(match[1], fence) for fence in fences):
            found.append(Block(page, text.count("\n", 0, match.start()) + 1, match[1], match[2]))
    return found
