"""`run`, `evaluate` and `predict`: what they print, what they leave behind, how they end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import nndsl as package

ROOT = Path(package.__file__).resolve().parents[1]
MODEL = """let width = 4
data {
    source csv("points.csv")
    input  x = columns(a, b)
    target y = c
    scale  x: standard
    scale  y: standard
    split  train 70%, validation 10%, test 20%, seed 1
}
model line {
    input  x[2]
    output y = x -> dense(width, tanh) -> dense(1)
}
train {
    loss      mse
    optimizer adam(0.02)
    metrics   mae
    epochs    3
    batch     16
}
"""


@pytest.fixture
def line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    points = np.random.default_rng(0).normal(size=(200, 2))
    rows = [f"{a},{b},{100 + 30 * a - 20 * b}" for a, b in points]
    Path("points.csv").write_text("a,b,c\n" + "\n".join(rows) + "\n")
    Path("line.nn").write_text(MODEL)
    return Path("line.nn")


def end_of(out: str) -> dict:
    return json.loads(out.splitlines()[-1])


def test_run_prints_results_to_stdout_and_progress_to_stderr(line: Path, nndsl: Callable) -> None:
    result = nndsl("run", line)
    assert result.code == 0
    test, run = result.out.splitlines()
    assert test.startswith("test  loss ") and " mae " in test
    folder = Path(run.removeprefix("run   "))
    assert folder.parent == Path("runs/line") and (folder / "checkpoints").is_dir()
    assert [text.split()[:2] for text in result.err.splitlines()[1:4]] == [["epoch", f"{i}/3"] for i in (1, 2, 3)]
    assert "test  loss" not in result.err
    quiet = nndsl("run", line, "--quiet")
    assert quiet.err == "" and quiet.out.splitlines()[0] == test


def test_run_as_json(line: Path, nndsl: Callable) -> None:
    result = nndsl("run", line, "--json", "--epochs", "2", "--out", "elsewhere")
    assert (result.code, result.err) == (0, "")
    *epochs, end = [json.loads(text) for text in result.out.splitlines()]
    assert [(e["event"], e["epoch"]) for e in epochs] == [("epoch", 1), ("epoch", 2)]
    assert {"loss", "mae", "val_loss", "val_mae", "seconds"} <= set(epochs[0])
    assert (end["event"], end["epochs"], set(end["test"])) == ("end", 2, {"loss", "mae"})
    assert {"epoch", "loss"} <= set(end["best"])
    assert Path(end["run"]).parent == Path("elsewhere/line")


def test_run_is_the_same_twice_and_another_with_another_seed(line: Path, nndsl: Callable) -> None:
    first, again, other = (end_of(nndsl("run", line, "--json", *more).out)["test"] for more in ([], [], ["--seed", "9"]))
    assert first == again != other


def test_run_takes_hyperparameters(line: Path, nndsl: Callable) -> None:
    run = end_of(nndsl("run", line, "--json", "--set", "width=2", "--set", "width=6").out)["run"]
    assert (Path(run) / "model.nn").read_text() == MODEL.replace("width = 4", "width = 6")
    wrong = nndsl("run", line, "--set", "wdth=2")
    assert (wrong.code, wrong.out) == (1, "") and "did you mean `width`?" in wrong.err


def test_run_resumes_the_newest_or_the_named(line: Path, nndsl: Callable) -> None:
    whole = end_of(nndsl("run", line, "--json", "--epochs", "4").out)
    begun = end_of(nndsl("run", line, "--json", "--epochs", "2", "--out", "b").out)
    newest = end_of(nndsl("run", line, "--json", "--epochs", "3", "--out", "b", "--resume").out)
    assert (newest["run"], newest["epochs"]) == (begun["run"], 3)
    named = end_of(nndsl("run", line, "--json", "--epochs", "4", "--resume", begun["run"]).out)
    assert (named["run"], named["epochs"], named["test"]) == (begun["run"], 4, whole["test"])
    for arguments, code in ((["--resume", "nowhere"], 2), (["--resume", "--out", "empty"], 1)):
        result = nndsl("run", line, *arguments)
        assert (result.code, result.out) == (code, "")


@pytest.mark.parametrize("arguments", [["--epochs", "0"], ["--seed", "-1"], ["--threads", "0"], ["--set", "3=4"], ["more.nn"]])
def test_run_refuses_wrong_arguments(line: Path, nndsl: Callable, arguments: list[str]) -> None:
    result = nndsl("run", line, *arguments)
    assert (result.code, result.out) == (2, "")


@pytest.mark.parametrize(("before", "after", "word"), [("points.csv", "pionts.csv", "points.csv"), ("= c\n", "= d\n", "`d`"),
                                                       ("x[2]", "x[3]", "[3]")])
def test_run_tells_what_is_wrong_with_the_data(line: Path, nndsl: Callable, before: str, after: str, word: str) -> None:
    line.write_text(MODEL.replace(before, after))
    result = nndsl("run", line)
    assert (result.code, result.out) == (1, "")
    assert word in result.err and "error[NN05" in result.err
    assert not Path("runs").exists()
    assert nndsl("check", line).err.startswith(result.err.rstrip("\n"))


def test_ctrl_c_saves_and_leaves_with_130(line: Path) -> None:
    line.write_text(MODEL.replace("epochs    3", "epochs    100000000"))
    command = [sys.executable, "-m", "nndsl", "run", "line.nn"]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)
    deadline = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < deadline:
        if any(path.stat().st_size for path in Path("runs").glob("line/*/history.jsonl")):
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "stopped on request" in err and "Traceback" not in err
    [folder] = Path("runs/line").iterdir()
    assert out == f"run   {folder}\n"
    assert json.loads((folder / "summary.json").read_text())["stopped"] == "interrupted"
    assert list(folder.glob("checkpoints/*/manifest.json"))


def test_evaluate_the_own_test_part_and_other_data(line: Path, nndsl: Callable) -> None:
    end = end_of(nndsl("run", line, "--json").out)
    own = nndsl("evaluate", end["run"], "--json")
    assert own.code == 0 and json.loads(own.out) == end["test"]
    text = nndsl("evaluate", end["run"])
    assert text.out.startswith("loss ") and text.err == ""
    other = json.loads(nndsl("evaluate", end["run"], "points.csv", "--json").out)
    assert set(other) == {"loss", "mae"} and other != end["test"]
    Path("less.csv").write_text("a,b\n1,2\n")
    missing = nndsl("evaluate", end["run"], "less.csv")
    assert missing.code == 1 and "`c`" in missing.err


@pytest.mark.parametrize("ending", ["csv", "npz", "npy"])
def test_predict_in_the_units_of_the_data(line: Path, nndsl: Callable, ending: str) -> None:
    end = end_of(nndsl("run", line, "--json", "--epochs", "60").out)
    Path("new.csv").write_text("a,b\n0,0\n1,0\n0,1\n")
    result = nndsl("predict", end["run"], "new.csv", "-o", f"out.{ending}")
    assert (result.code, result.out, result.err) == (0, f"3 samples: y in out.{ending}\n", "")
    read = {"csv": lambda p: np.loadtxt(p, skiprows=1)[:, None], "npz": lambda p: np.load(p)["y"], "npy": np.load}[ending]
    assert np.allclose(read(f"out.{ending}").ravel(), [100, 130, 80], atol=8)


def test_predict_refuses_other_endings_and_folders(line: Path, nndsl: Callable) -> None:
    Path("empty").mkdir()
    assert nndsl("predict", "empty", "points.csv", "-o", "out.txt").code == 2
    assert nndsl("predict", "empty", "points.csv").code == 2
    no_run = nndsl("predict", "empty", "points.csv", "-o", "out.csv")
    assert (no_run.code, no_run.out) == (1, "") and "error[NN0607]" in no_run.err
