"""Every node stands where its text stands."""

from __future__ import annotations

from pathlib import Path

import pytest
from parsing import body, formula, parse_text, settings, walk

from nndsl.syntax import parse, read_source, tree

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FILES = sorted([*HERE.glob("files/*.nn"), *ROOT.glob("nndsl/library/*.nn"), *ROOT.glob("examples/*.nn")])
FORMULAS = (tree.Name, tree.Number, tree.String, tree.Constant, tree.ListOf, tree.Unary, tree.Binary, tree.Comparison,
            tree.Otherwise, tree.Pipe, tree.Call, tree.Indexed, tree.Member)
STATEMENTS = (tree.Let, tree.Param, tree.State, tree.Total, tree.Output, tree.Penalty, tree.Count, tree.Shape, tree.Require,
              tree.Final, tree.Use, tree.If, tree.Equation, tree.Update, tree.Stable, tree.Exact, tree.Example, tree.Also)
ITEMS = (tree.Import, tree.Definition, tree.Model, tree.Data, tree.Train)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_text_of_a_node_gives_the_node(path: Path) -> None:
    nodes = list(walk(parse(read_source(path))))
    assert len(nodes) > 20
    for node in nodes:
        text = node.span.text
        if isinstance(node, FORMULAS):
            assert formula(f"({text})") == node
        elif isinstance(node, STATEMENTS) and not (isinstance(node, tree.Output) and not text.startswith("output")):
            assert body(text) == (node,)
        elif isinstance(node, tree.Setting):
            assert settings(text) == (node,)
        elif isinstance(node, ITEMS):
            assert parse_text(text).items == (node,)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_node_stands_within_the_one_around_it(path: Path) -> None:
    for node in walk(parse(read_source(path))):
        for inner in list(walk(node))[1:]:
            assert node.span.start <= inner.span.start < inner.span.end <= node.span.end


def texts(text: str, kind: type[tree.Node]) -> list[str]:
    return [node.span.text for node in walk(body(text)) if isinstance(node, kind)]


def test_brackets_belong_to_what_is_around_them() -> None:
    assert texts("y = (a + b) * (c)", tree.Binary) == ["(a + b) * (c)", "a + b"]
    assert texts("y = (a)[1]", tree.Indexed) == ["(a)[1]"]


def test_parts_of_statements() -> None:
    assert texts("input a[A], b[B] : int < 3 = 4", tree.Input) == ["input a[A]", "b[B] : int < 3 = 4"]
    assert texts("input a[A], b[B] : int < 3 = 4", tree.Declaration) == ["a[A]", "b[B] : int < 3 = 4"]
    assert texts("input b: int < 3", tree.Bound) == ["int < 3"]
    assert texts("shape w [R, C]", tree.Declaration) == ["w [R, C]"]
    assert texts("y[p < P, C @ axis, ...] = 1", tree.Axis) == ["p < P", "C @ axis", "..."]
    assert texts("y = f(a, b = 2)", tree.Argument) == ["a", "b = 2"]
    assert texts("if a { y = 1 } else if b { z = 2 }", tree.If) == ["if a { y = 1 } else if b { z = 2 }", "if b { z = 2 }"]


def test_settings() -> None:
    (split, encode) = settings("split train 70%, seed 7\nencode a, b: one_hot")
    assert [item.span.text for item in split.items] == ["train 70%", "seed 7"]
    assert split.name_span.text == "split"
    assert [item.span.text for item in encode.items] == ["a, b: one_hot"]


def test_names_of_definitions() -> None:
    definition, model = parse_text("# a\noverride layer f(x) = x\n    also g\nmodel m { }").items
    assert isinstance(definition, tree.Definition) and isinstance(model, tree.Model)
    assert (definition.name_span.text, model.name_span.text) == ("f", "m")
    assert definition.span.text == "override layer f(x) = x\n    also g"
    assert (definition.name_span.line, definition.name_span.column) == (2, 16)


def test_a_file_is_its_whole_text() -> None:
    file = parse_text("\n# a\nlet n = 3\n\n")
    assert file.span.text == "\n# a\nlet n = 3\n\n"
    assert [comment.span.text for comment in file.comments] == ["# a"]
