"""Comments are kept, and the block right above a definition documents it."""

from __future__ import annotations

import pytest
from parsing import parse_text

from nndsl.syntax.tree import Definition, Model

DEFINITION = "layer f() { }\n"


@pytest.mark.parametrize(("above", "documentation"), [
    ("", ""),
    ("# One line.\n", "One line."),
    ("# One line.\n#\n#  Another.\n", "One line.\n\n Another."),
    ("#One line.\n", "One line."),
    ("# Not this.\n\n# This.\n", "This."),
    ("# Not this, an empty line is between.\n\n", ""),
    ("let n = 3  # nor this\n", ""),
    ("let n = 3  # nor this\n# This.\n", "This."),
    ("    # Moved in.\n", "Moved in."),
    ("# With a carriage return.\r\n", "With a carriage return."),
    ("activation g(x) = x\n    # Above an attribute.\n    also h\n# This.\n", "This."),
])
@pytest.mark.parametrize("definition", [DEFINITION, "override layer f() { }\n", "model f { }\n"])
def test_documentation(above: str, documentation: str, definition: str) -> None:
    item = parse_text(above + definition).items[-1]
    assert isinstance(item, (Definition, Model))
    assert item.documentation == documentation


def test_every_comment_is_kept() -> None:
    file = parse_text("# a\nlet n = max(1, # b\n  2) #c\nmodel m { # d\n  output x\n  # e {\n}#\n# f")
    assert [comment.text for comment in file.comments] == [" a", " b", "c", " d", " e {", "", " f"]


def test_a_number_sign_in_quotes_begins_no_comment() -> None:
    file = parse_text('let n = "# 3"')
    assert file.comments == ()


def test_comments_and_documentation_are_no_part_of_what_a_file_says() -> None:
    assert parse_text("# a\nlayer f() { }") == parse_text("layer f() {\n# b\n}")
