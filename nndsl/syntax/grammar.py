"""The grammar file, and the parser Lark makes of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from lark import Lark

from nndsl.syntax.build import BUILDERS


def _grammar_path() -> Path:
    """Where the grammar stands: inside the package once installed, at the top of a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "grammar" / "nn.lark"
    return installed if installed.exists() else package.parent / "grammar" / "nn.lark"


class _Builders:
    """The rows of `BUILDERS` as attributes, which is how Lark asks for them."""

    def __getattr__(self, rule: str) -> Callable[..., Any]:
        try:
            return BUILDERS[rule]
        except KeyError:
            raise AttributeError(rule) from None


@cache
def parser() -> Lark:
    """The parser of .nn files; it is fed with the tokens of `lines`."""
    text = _grammar_path().read_text(encoding="utf-8")
    return Lark(text, start="file", parser="lalr", lexer="basic", keep_all_tokens=True, maybe_placeholders=False,
                transformer=_Builders())
