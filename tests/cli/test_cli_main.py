"""The group of verbs: help, versions, exit codes, start-up."""

from __future__ import annotations

import importlib
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

import nndsl as package
from nndsl.cli.main import VERBS, main

ROOT = Path(package.__file__).resolve().parents[1]


@pytest.mark.parametrize("verb", VERBS)
def test_help_says_the_same_in_both_places(verb: str) -> None:
    command = importlib.import_module(f"nndsl.cli.{verb}").command
    assert isinstance(command, click.Command)
    assert command.name == verb
    assert " ".join((command.help or "").split("\n\n")[0].split()) == VERBS[verb]


def test_help_lists_every_verb(nndsl: Callable) -> None:
    result = nndsl("--help")
    assert result.code == 0
    assert [line.split()[0] for line in result.out.split("Commands:\n")[1].splitlines() if line[:3] != "   "] == list(VERBS)


def test_version(nndsl: Callable) -> None:
    assert nndsl("--version").out == f"nndsl {package.__version__}\n"


def test_misspelt_verb(nndsl: Callable) -> None:
    result = nndsl("cheek", "a.nn")
    assert (result.code, result.out) == (2, "")
    assert "No such command 'cheek'. Did you mean 'check'?" in result.err


WRONG = [[verb, "--no-such-option"] for verb in VERBS] + [["run"], ["check"], ["inspect"], ["--nope"], ["run", "none.nn"]]


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_wrong_arguments_leave_with_2(nndsl: Callable, arguments: list[str]) -> None:
    result = nndsl(*arguments)
    assert (result.code, result.out) == (2, "")
    assert "Usage: nndsl" in result.err


def test_help_imports_nothing_heavy() -> None:
    code = ("import sys; from nndsl.cli.main import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
            "print(sorted(m for m in ('numpy', 'numba', 'sympy', 'lark', 'rich', 'scipy', 'sklearn') if m in sys.modules))")
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment(), check=True)
    assert run.stdout.splitlines()[-1] == "[]"


def processor_seconds(*arguments: str) -> float:
    """The processor time of the quickest of five runs, which other programs disturb less than the clock."""
    command = [sys.executable, "-m", "nndsl", *arguments]
    seconds = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, capture_output=True, env=environment(), check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(seconds)


def test_help_is_quick() -> None:
    assert processor_seconds("--help") < 0.15


def test_checking_a_hundred_lines_is_quick(tmp_path: Path) -> None:
    text = (Path(__file__).resolve().parents[2] / "examples" / "own_formulas.nn").read_text()
    layers = [f"    h{i + 1} = h{i} -> dense(8, bump)" for i in range(95 - text.count("\n"))]
    last = f"    output p = h{len(layers)} -> dense(3, softmax)"
    model = ["model deep {", "    input x[13]", "    h0 = x -> dense(8)", *layers, last, "}"]
    text += "\n".join(model) + "\n"
    (tmp_path / "m.nn").write_text(text)
    assert text.count("\n") == 100
    assert processor_seconds("check", str(tmp_path / "m.nn")) < 0.8  # 0.4 on a machine that does nothing else


def test_ctrl_c_leaves_with_130(nndsl: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("nndsl.cli.explain.CATALOGUE", {})
    monkeypatch.setattr("nndsl.cli.explain.sorted", lambda _: stop(), raising=False)
    result = nndsl("explain")
    assert (result.code, result.out) == (130, "")


def test_own_mistakes_show_no_traceback(nndsl: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nndsl.cli.explain.CATALOGUE", None)
    result = nndsl("explain")
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("internal error: TypeError: ")
    assert "Traceback" not in result.err
    monkeypatch.setenv("NNDSL_TRACEBACK", "1")
    with pytest.raises(TypeError):
        main(["explain"])


def environment() -> dict[str, str]:
    """That of this process, with the package under test on the path."""
    return os.environ | {"PYTHONPATH": str(ROOT)}
