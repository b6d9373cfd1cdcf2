"""`lint`, `check --lint` and `diff`: what they print, as text and as JSON, and how they leave."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

DEEP = """model m {
    input  x[8]
    output p = x -> repeat(20, dense(16, sigmoid)) -> dense(3, softmax)
}

train {
    loss      categorical_crossentropy
    optimizer sgd
}
"""
SOUND = DEEP.replace("repeat(20, dense(16, sigmoid))", "dense(16, relu)")
BROKEN = DEEP.replace("dense(16", "dens(16")


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    monkeypatch.chdir(tmp_path)
    return lambda name, text: (tmp_path / name).write_text(text) and None


@pytest.mark.parametrize(("command", "count"), [(("lint",), "1 finding\n"), (("check", "--lint"), "")])
def test_advice_as_text(command: tuple[str, ...], count: str, write: Callable, nndsl: Callable):
    write("m.nn", DEEP)
    result = nndsl(*command, "m.nn")
    assert (result.code, result.out) == (0, count)
    assert "advice[NN0801]" in result.err and "--> m.nn:3:" in result.err and "help: " in result.err


@pytest.mark.parametrize("command", [("lint",), ("check", "--lint")])
def test_advice_as_json(command: tuple[str, ...], write: Callable, nndsl: Callable):
    write("m.nn", DEEP)
    result = nndsl(*command, "m.nn", "--json")
    found, = map(json.loads, result.out.splitlines())
    assert (result.code, result.err) == (0, "")
    assert found["code"]["code"] == "NN0801" and found["level"] == "advice"


@pytest.mark.parametrize("command", [("lint",), ("check", "--lint")])
def test_nothing_to_advise(command: tuple[str, ...], write: Callable, nndsl: Callable):
    write("m.nn", SOUND)
    result = nndsl(*command, "m.nn")
    assert (result.code, result.out.strip(), result.err) == (0, "0 findings" if command == ("lint",) else "", "")
    assert nndsl(*command, "m.nn", "--json").out == ""


@pytest.mark.parametrize("command", [("lint",), ("check", "--lint")])
def test_mistakes_come_first(command: tuple[str, ...], write: Callable, nndsl: Callable):
    write("m.nn", BROKEN)
    result = nndsl(*command, "m.nn")
    assert result.code == 1 and "error[NN0102]" in result.err and "NN08" not in result.err


def test_several_files_are_advised_on_apart(write: Callable, nndsl: Callable):
    write("a.nn", DEEP)
    write("b.nn", BROKEN)
    write("c.nn", "activation f(x) = x\n")
    result = nndsl("check", "--lint", "a.nn", "b.nn", "c.nn")
    assert result.code == 1 and "advice[NN0801]" in result.err and "error[NN0102]" in result.err
    assert "1 error and 1 advised in 2 files" in result.err


def test_settings_and_data_on_the_command_line(write: Callable, nndsl: Callable):
    write("m.nn", "let depth = 2\n" + DEEP.replace("repeat(20", "repeat(depth"))
    assert nndsl("lint", "m.nn").out == "0 findings\n"
    assert nndsl("lint", "m.nn", "--set", "depth=20").out == "1 finding\n"
    write("r.nn", SOUND.replace("x[8]", "x[1]").replace("output p", "output y").replace("dense(3, softmax)", "dense(1, relu)")
          .replace("categorical_crossentropy", "mae"))
    write("d.csv", "x,y\n1,-5\n2,-7\n3,2\n")
    assert "NN0806" not in nndsl("lint", "r.nn").err
    assert "NN0806" in nndsl("lint", "r.nn", "--data", "d.csv").err
    write("d.xyz", "")
    assert nndsl("lint", "r.nn", "--data", "d.xyz").code == 1


@pytest.mark.parametrize("arguments", [("lint",), ("lint", "missing.nn"), ("diff", "m.nn"), ("lint", "m.nn", "--set", "x")])
def test_wrong_arguments(arguments: tuple[str, ...], write: Callable, nndsl: Callable):
    write("m.nn", SOUND)
    assert nndsl(*arguments).code == 2


def test_diff_as_text_and_as_json(write: Callable, nndsl: Callable):
    write("a.nn", SOUND)
    write("b.nn", SOUND.replace("relu", "tanh").replace("x[8]", "x[8]   # inputs"))
    result = nndsl("diff", "a.nn", "b.nn")
    lines = result.out.splitlines()
    assert (result.code, result.err, lines[-1]) == (0, "", "1 difference")
    assert lines[0].startswith("changed   dense_1.output: ") and "differs by up to" in lines[0]
    change, = map(json.loads, nndsl("diff", "a.nn", "b.nn", "--json").out.splitlines())
    assert (change["kind"], change["what"]) == ("changed", "dense_1.output")


def test_diff_of_the_same(write: Callable, nndsl: Callable):
    write("a.nn", SOUND)
    write("b.nn", "# said differently\n" + SOUND.replace("\n\n", "\n"))
    result = nndsl("diff", "a.nn", "b.nn")
    assert (result.code, result.out) == (0, "the same in meaning\n")
    assert nndsl("diff", "a.nn", "b.nn", "--json").out == ""


def test_diff_of_a_mistake(write: Callable, nndsl: Callable):
    write("a.nn", SOUND)
    write("b.nn", BROKEN)
    result = nndsl("diff", "a.nn", "b.nn")
    assert result.code == 1 and "error[NN0102]" in result.err
