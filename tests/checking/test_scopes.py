"""What names mean: the library found piece by piece, imports, overrides, hyperparameters."""

from __future__ import annotations

from pathlib import Path

import pytest

from nndsl.checking.check import check_file
from nndsl.checking.imports import open_scope
from nndsl.checking.library import Library, index, standard
from nndsl.checking.resolve import resolve
from nndsl.checking.scope import KINDS, METRICS, Found, Scope
from nndsl.checking.studies import Studies
from nndsl.diagnostics import NNError, Report, Source
from nndsl.syntax import parse
from nndsl.syntax.tree import Also, Call, Definition, Let, Member, Name, Number

TEXTS = {
    "a.nn": """# Constants of this file.
let epsilon = 1e-7

# The first.
# In two lines.
activation first(x) = x + epsilon
    also premier, primo
    example first(0) = 1e-7

function helper(x) = x * epsilon
loss first(y, p) {
    output helper(y - p)
    also erste
}
""",
    "b.nn": """let epsilon = 1
activation second(x) = helper(x) + epsilon
""",
}


def library() -> Library:
    return Library(TEXTS)


def scope(text: str, name: str = "main.nn", **settings: str) -> Scope:
    report = Report()
    opened = open_scope(Source(name, text), settings, report)
    assert not list(report)
    return opened


def codes(text: str, name: str = "main.nn", **settings: str) -> list[str]:
    try:
        return [d.code for d in check_file(Source(name, text), settings)[2]]
    except NNError as error:
        return [d.code for d in error.diagnostics]


def found(opened: Scope, kind: str, name: str) -> Found:
    result = opened.find(kind, name)
    assert result is not None
    return result


# ---------------------------------------------------------------------------------------------------- the library


def test_the_index_knows_names_second_names_and_constants() -> None:
    parts = index(TEXTS["a.nn"])
    assert set(parts.definitions) == {("activation", "first"), ("activation", "premier"), ("activation", "primo"),
                                      ("function", "helper"), ("loss", "first"), ("loss", "erste")}
    assert set(parts.lets) == {"epsilon"}


def test_pieces_keep_their_lines_and_documentation() -> None:
    definition = found(Scope(Source("", ""), underneath=library()), "activation", "primo").definition
    assert isinstance(definition, Definition)
    assert definition.name_span.place == "a.nn:6"
    assert definition.documentation == "The first.\nIn two lines."


def test_a_definition_sees_its_own_file_first_and_then_the_library() -> None:
    second = library().find("activation", "second")
    assert second is not None
    assert second.scope.lets["epsilon"].value == Number(1)
    helper = found(second.scope, "function", "helper")
    assert helper.scope.lets["epsilon"].value == Number(1e-7)


@pytest.mark.parametrize("scope", standard().library.scopes, ids=lambda s: s.source.name)
def test_the_index_of_the_library_agrees_with_its_parse(scope: Scope) -> None:
    definitions: set[tuple[str, str]] = set()
    lets: set[str] = set()
    for item in parse(scope.source).items:
        if isinstance(item, Let):
            lets.add(item.name)
        else:
            assert isinstance(item, Definition)
            second = [n for line in (*item.body, *item.attributes) if isinstance(line, Also) for n in line.names]
            definitions.update((item.kind, name) for name in (item.name, *second))
            assert scope.definitions[item.kind, item.name] == item
    assert set(scope.definitions) == definitions
    assert set(scope.lets) == lets


@pytest.mark.parametrize("scope", standard().library.scopes, ids=lambda s: s.source.name)
def test_the_library_passes_its_own_checks(scope: Scope) -> None:
    file = parse(scope.source)
    whole = Scope(scope.source, file=file, lets={item.name: item for item in file.items if isinstance(item, Let)},
                  underneath=standard().library)
    report = Report()
    resolve(whole, report, Studies())
    assert [d.message for d in report] == []


def test_helpers_of_the_library_are_its_own() -> None:
    helpers = list(standard().library.names("function"))
    assert all(standard().find("function", name) is None for name in helpers)
    assert not list(standard().names("function"))


# ---------------------------------------------------------------------------------------------------- looking up


def test_a_name_may_belong_to_several_kinds() -> None:
    opened = scope("activation hill(x) = exp(-x^2)\nloss hill(y, p) = mean(y - p)\n")
    assert [f.kind for f in opened.candidates(KINDS, "hill")] == ["activation", "loss"]
    assert [f.kind for f in opened.candidates(METRICS, "hill")] == ["loss"]
    assert opened.find("metric", "hill") is None


def test_kind_and_module_before_the_dot(tmp_path: Path) -> None:
    (tmp_path / "blocks.nn").write_text("activation hill(x) = exp(-x^2)\nloss hill(y, p) = mean(y - p)\n")
    opened = scope('import "blocks.nn" as blocks\nactivation hill(x) = x\n', str(tmp_path / "main.nn"))
    own = opened.refer(Name("hill"), KINDS)
    theirs = opened.refer(Member(Name("blocks"), "hill"), ("activation",))
    loss = opened.refer(Member(Member(Name("blocks"), "loss"), "hill"), ("activation",))
    assert own is not None and own.scope is opened
    assert theirs is not None and theirs.scope is opened.modules["blocks"]
    assert loss is not None and loss.kind == "loss"
    assert opened.refer(Member(Name("blocks"), "relu"), ("activation",)) is None
    relu = opened.refer(Member(Name("activation"), "relu"), ())
    assert relu is not None and relu.kind == "activation"
    assert opened.refer(Call(Name("hill"), ()), KINDS) is None


def test_an_override_takes_the_place_of_a_standard_definition_for_the_file_only() -> None:
    opened = scope("override activation relu(x) = x\n")
    assert found(opened, "activation", "relu").scope is opened
    dense = found(opened, "layer", "dense")
    assert found(dense.scope, "activation", "relu").scope is not opened


def test_names_are_those_that_can_be_used(tmp_path: Path) -> None:
    (tmp_path / "blocks.nn").write_text("function helper(x) = x\n")
    opened = scope('import "blocks.nn"\nfunction own(x) = x\n', str(tmp_path / "main.nn"))
    assert opened.names("function") == ("helper", "own")
    assert "dense" in opened.names("layer")


def test_of_several_models_the_last_or_the_named_one_is_trained() -> None:
    models = "model a { input x[2];  output p = x }\nmodel b { input x[2];  output p = x }\n"
    last, named = scope(models).trained, scope(models + "train a { loss mse;  optimizer adam }\n").trained
    assert last is not None and last.name == "b"
    assert named is not None and named.name == "a"
    assert scope("let n = 3\n").trained is None


# ---------------------------------------------------------------------------------------------------- imports


def test_imports_are_relative_to_the_importing_file_and_not_passed_on(tmp_path: Path) -> None:
    (tmp_path / "part").mkdir()
    (tmp_path / "part" / "outer.nn").write_text('import "inner.nn"\nactivation outer(x) = inner(x)\n')
    (tmp_path / "part" / "inner.nn").write_text("activation inner(x) = x\n")
    opened = scope('import "part/outer.nn"\n', str(tmp_path / "main.nn"))
    assert opened.find("activation", "outer") is not None
    assert opened.find("activation", "inner") is None


def test_a_file_imported_twice_is_one_file(tmp_path: Path) -> None:
    (tmp_path / "a.nn").write_text("activation a(x) = x\n")
    opened = scope('import "a.nn"\nimport "a.nn" as again\n', str(tmp_path / "main.nn"))
    assert opened.imports[0] is opened.imports[1]


def test_after_a_failed_import_unknown_names_are_not_told() -> None:
    assert codes('import "gone.nn"\nmodel m { input x[4];  output p = x -> from_gone(3) }\n') == ["NN0109"]


def test_mistakes_of_an_imported_file_name_the_import(tmp_path: Path) -> None:
    (tmp_path / "broken.nn").write_text("activation a(x) = (x\n")
    report = Report()
    open_scope(Source(str(tmp_path / "main.nn"), 'import "broken.nn"\n'), {}, report)
    labels = [label for d in report for label in d.labels]
    assert [label.text for label in labels][-1] == "imported here"
    assert labels[0].span.source.name == str(tmp_path / "broken.nn")


@pytest.mark.parametrize("path", ["../a.nn", "/etc/passwd", "part/../../a.nn", "link.nn"])
def test_nothing_outside_the_folder_is_imported(tmp_path: Path, path: str) -> None:
    (tmp_path / "a.nn").write_text("activation a(x) = x\n")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "link.nn").symlink_to(tmp_path / "a.nn")
    assert codes(f'import "{path}"\n', str(inside / "main.nn")) == ["NN0110"]


def test_imports_do_not_lead_on_without_end(tmp_path: Path) -> None:
    for number in range(70):
        (tmp_path / f"f{number}.nn").write_text(f'import "f{number + 1}.nn"\nactivation a{number}(x) = x\n')
    (tmp_path / "f70.nn").write_text("activation last(x) = x\n")
    assert codes('import "f0.nn"\n', str(tmp_path / "main.nn")) == ["NN0112"]
    assert not codes('import "f40.nn"\n', str(tmp_path / "main.nn"))


def test_a_path_that_cannot_be_is_no_file() -> None:
    assert codes(f'import "{"a" * 5000}.nn"\n') == ["NN0109"]


# ---------------------------------------------------------------------------------------------------- hyperparameters

HIDDEN = "let hidden = 8\nmodel m { input x[4];  output p = x -> dense(hidden) }\n"


def test_a_setting_takes_the_place_of_what_is_written() -> None:
    assert scope(HIDDEN).lets["hidden"].value == Number(8)
    assert scope(HIDDEN, hidden="16").lets["hidden"].value == Number(16)


@pytest.mark.parametrize("text", ["16", "2 * 8", '"wide"', "true", "none", "[1, 2]", "-3", "1e-4", "70%"])
def test_settings_are_values(text: str) -> None:
    assert "NN0125" not in codes(HIDDEN, hidden=text)


@pytest.mark.parametrize("text", ["", "3 +", "(", "3\nlet b = 4", "1; model m { }", "\0", "x = 3"])
def test_settings_are_values_only(text: str) -> None:
    assert codes(HIDDEN, hidden=text) == ["NN0125"]


def test_a_setting_may_name_a_function() -> None:
    text = "let act = relu\nmodel m { input x[4];  output p = x -> dense(8, act) }\n"
    assert not codes(text, act="tanh")
    assert codes(text, act="tanhh") == ["NN0101"]


def test_unknown_settings_are_told() -> None:
    assert codes(HIDDEN, hiden="3") == ["NN0124"]
