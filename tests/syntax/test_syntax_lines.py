"""Where statements end, and which words open them."""

from __future__ import annotations

import pytest
from parsing import body, parse_text, settings

from nndsl.syntax.tree import Equation, Name

SAME_BODY = {
    "after an operator": ("y = a +\n b", "y = a + b"),
    "after an arrow": ("y = a ->\n b", "y = a -> b"),
    "after `=`": ("y =\n a", "y = a"),
    "after `<-`": ("y <-\n a", "y <- a"),
    "after a comma": ("input a[3],\n b[4]", "input a[3], b[4]"),
    "after `not`": ("y = not\n a", "y = not a"),
    "before an operator": ("y = a\n + b\n * c", "y = a + b * c"),
    "before a minus": ("y = a\n - b", "y = a - b"),
    "before an arrow": ("y = a\n -> b\n -> c", "y = a -> b -> c"),
    "before `and`, `or`": ("y = a\n and b\n or c", "y = a and b or c"),
    "before a comparison": ("y = a\n <= b\n == c", "y = a <= b == c"),
    "before `=`": ("y\n = a", "y = a"),
    "over empty lines and comments": ("y = a\n\n # why\n\n -> b", "y = a -> b"),
    "in round brackets": ("y = f(\n a\n,\n b\n)", "y = f(a, b)"),
    "in square brackets": ("y = x[\n a\n,\n b\n]", "y = x[a, b]"),
    "else after a brace": ("if a { x = 1 }\n else { x = 2 }", "if a { x = 1 } else { x = 2 }"),
    "else if after a brace": ("if a { x = 1 }\n\n else\n if b { x = 2 }", "if a { x = 1 } else if b { x = 2 }"),
    "a brace below": ("if a\n {\n x = 1\n }", "if a { x = 1 }"),
    "semicolons": ("x = 1; y = 2;\n;; z = 3;", "x = 1\ny = 2\nz = 3"),
    "a semicolon before a line that would go on": ("x = 1;\n if a { y = 2 };", "x = 1\n if a { y = 2 }"),
    "empty lines": ("\n\nx = 1\n\n\ny = 2\n\n", "x = 1\ny = 2"),
    "carriage returns": ("x = 1\r\ny = a\r\n -> b\r\n", "x = 1\ny = a -> b"),
    "comments": ("x = 1 # one; two\n# three\ny = 2 # { [ (", "x = 1\ny = 2"),
    "tabs": ("\tx\t=\t1", "x = 1"),
}


@pytest.mark.parametrize("name", SAME_BODY)
def test_same_statements(name: str) -> None:
    one, other = SAME_BODY[name]
    assert body(one) == body(other)


def test_a_line_in_a_setting_goes_on_after_a_comma() -> None:
    assert settings("early_stop val_loss,\n    patience = 5") == settings("early_stop val_loss, patience = 5")


def test_an_attribute_outside_belongs_to_the_definition_above() -> None:
    file = parse_text("activation f(x) = x\n\n    # second name\n    also g; also h\nlet n = 3")
    assert len(file.items) == 2


WORDS = ("let", "input", "inputs", "param", "state", "shape", "total", "final", "output", "penalty", "count", "require", "use",
         "stable", "exact", "example", "also", "import", "override", "model", "data", "train", "loss", "layer", "metric", "as")


@pytest.mark.parametrize("word", WORDS)
def test_a_statement_word_is_a_name_elsewhere(word: str) -> None:
    """... and at the start of a statement too, where `=`, `[` or `<-` follows."""
    equation, indexed, update, pipe = body(f"{word} = 3; {word}[i] = 1; {word} <- 2; y = {word} -> {word}({word} = {word})")
    assert equation.target == indexed.target.value == update.target == pipe.value.value == Name(word)


def test_words_of_settings_are_names_in_formulas() -> None:
    (setting,) = settings("loss loss(loss, loss = loss)")
    assert setting.name == "loss"


def test_a_setting_may_begin_with_any_word() -> None:
    assert [s.name for s in settings("input x = a\nlet b\nif_any 3\noutput [1]")] == ["input", "let", "if_any", "output"]


@pytest.mark.parametrize(("text", "updates"), [
    ("x <- 1", 1), ("x<-1", 1), ("x[i]<-1", 1), ("x[y[i]] <- 1", 1),
    ("y = x<-1", 0), ("y = f(x<-1)", 0), ("output x<-1", 0), ("y[i] = x[i]<-1", 0), ("if x<-1 { y = 2 }", 0),
])
def test_an_arrow_to_the_left_only_after_the_first_operand(text: str, updates: int) -> None:
    assert sum(type(statement).__name__ == "Update" for statement in body(text)) == updates


def test_a_comparison_within_index_brackets_on_the_left() -> None:
    (equation,) = body("y[i < 3] = x[i]")
    assert isinstance(equation, Equation)


def test_names_may_be_of_any_script() -> None:
    assert body("β = 1; 层 = 2; слой_2 = 3")[1].target == Name("层")


def test_a_statement_word_may_be_a_member() -> None:
    assert body("y = target.loss")[0].value.name == "loss"
