"""What is seen of a run, on terminals, in pipes, by programs."""

from __future__ import annotations

import io
import json
import subprocess
import sys

import pytest
from fake_network import FakeNetwork, dataset

from nndsl.diagnostics import problem
from nndsl.runtime.escape import file_name, printable, spreadsheet_text
from nndsl.runtime.events import Ended, Epoch, EpochEnded, Failed, Noticed, Progress, Result, Started
from nndsl.runtime.progress import JsonLines, PlainLines, Quiet, Terminal, choose, coloured, epoch_text, figure, seconds_text
from nndsl.runtime.trainer import fit
from nndsl.settings import TrainSettings


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_line_an_epoch():
    out, network = io.StringIO(), FakeNetwork()
    network.initialize(3)
    fit(network, dataset(), TrainSettings(epochs=11, batch=16), [PlainLines(out)])
    lines = out.getvalue().splitlines()
    assert lines[0] == "200 samples, 60 for validation, 80 for the test"
    assert lines[1].startswith("epoch  1/11  loss ") and "val_accuracy" in lines[1] and lines[11].startswith("epoch 11/11")
    assert lines[12].startswith("11 epochs, 143 steps") and lines[13].startswith("test  loss 0.") and len(lines) == 14


def test_objects_for_programs():
    out, err, network = io.StringIO(), io.StringIO(), FakeNetwork()
    network.initialize(3)
    fit(network, dataset(), TrainSettings(epochs=2, batch=16), [JsonLines(out, err, "runs/m/1")])
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["epoch", "epoch", "end"] and err.getvalue() == ""
    assert {"epoch", "loss", "val_loss", "accuracy", "seconds"} <= lines[0].keys() and lines[1]["epoch"] == 2
    assert lines[2]["epochs"] == 2 and lines[2]["run"] == "runs/m/1" and set(lines[2]["test"]) == {"loss", "accuracy"}
    assert lines[2]["best"]["epoch"] in (1, 2)


def test_numbers_that_json_cannot_write_are_null():
    out = io.StringIO()
    JsonLines(out, out)(EpochEnded(Epoch(1, 1, {"loss": float("nan"), "per_class": [1.0, float("inf")]}, 0.1), 1))
    line = json.loads(out.getvalue())
    assert line["loss"] is None and line["per_class"] == [1.0, None]


WARNING = Noticed(problem("NN0706", None, step=3, reason="the disk is full"))


def test_quiet_only_warns():
    out = io.StringIO()
    quiet = Quiet(out)
    quiet(Started(1, 1, 0, 0))
    quiet(Ended(Result(1, 1, "finished")))
    assert out.getvalue() == ""
    quiet(WARNING)
    assert "NN0706" in out.getvalue() and "the disk is full" in out.getvalue()


@pytest.mark.parametrize(("how", "terminal", "environment", "kind"), [
    ("shown", True, {}, Terminal), ("shown", True, {"TERM": "dumb"}, PlainLines), ("shown", False, {}, PlainLines),
    ("shown", False, {"FORCE_COLOR": "1"}, PlainLines), ("quiet", True, {}, Quiet), ("json", True, {}, JsonLines),
])
def test_what_is_chosen(how, terminal, environment, kind):
    assert type(choose(how, io.StringIO(), Screen() if terminal else io.StringIO(), environment)) is kind


def test_when_to_colour():
    assert coloured(Screen(), {}) and not coloured(Screen(), {"NO_COLOR": "1"}) and not coloured(Screen(), {"TERM": "dumb"})
    assert coloured(io.StringIO(), {"FORCE_COLOR": "1"}) and not coloured(io.StringIO(), {"FORCE_COLOR": "1", "NO_COLOR": "1"})
    assert not coloured(io.StringIO(), {})


def bar(environment, seconds):
    screen, now = Screen(), [0.0]
    terminal = Terminal(screen, environment, lambda: now[0])
    terminal(Started(2, 100, 0, 0))
    now[0] = seconds
    terminal(Progress(1, 50, 100, {"loss": 0.5}))
    terminal(EpochEnded(Epoch(1, 4, {"[bold]loss": 0.5}, 0.1), 2))
    terminal(Progress(2, 50, 100))
    terminal(Ended(Result(2, 8, "finished")))
    return screen.getvalue()


def test_long_runs_get_a_bar_on_a_terminal():
    text = bar({"NO_COLOR": "1"}, 1.0)
    assert "epoch 1/2" in text and "\x1b[" in text and "[bold]loss 0.5000" in text and "2 epochs, 8 steps" in text


def test_a_failing_run_leaves_no_bar():
    screen, now = Screen(), [0.0]
    terminal = Terminal(screen, {}, lambda: now[0])
    terminal(Started(2, 100, 0, 0))
    now[0] = 1.0
    terminal(Progress(1, 50, 100))
    assert terminal._shown is not None
    terminal(Failed())
    assert terminal._shown is None and "\x1b[?25h" in screen.getvalue()


def test_short_runs_get_lines_only():
    text = bar({}, 0.1)
    assert "\x1b" not in text and "epoch 1/2  [bold]loss 0.5000  100 ms" in text


def test_nothing_heavy_is_imported():
    script = ("import sys, nndsl.runtime.trainer, nndsl.runtime.progress, nndsl.runtime.folder, nndsl.runtime.data as d\n"
              "heavy = {'sympy', 'lark', 'numba', 'sklearn', 'scipy', 'rich', 'click', 'pyarrow'} & set(sys.modules)\n"
              "assert not heavy, heavy\n")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_how_figures_look():
    assert [figure(v) for v in (0.5, 0, 1e-5, 123456.0, float("nan"), [0.25, 1])] == [
        "0.5000", "0.0000", "1e-05", "1.235e+05", "nan", "[0.2500 1.0000]"]
    assert [seconds_text(s) for s in (0.00075, 1.5, 600)] == ["0.75 ms", "1.5 s", "10.0 min"]
    assert epoch_text(Epoch(3, 9, {"a\x1b[31m": 1.0}, 2.0), 10) == "epoch  3/10  a\\x1b[31m 1.0000  2.0 s"


def test_names_are_made_harmless():
    assert printable("a\x07b\u202ec\ud800\U000e0041ü漢") == "a\\x07b\\u202ec\\ud800\\U000e0041ü漢"
    assert [spreadsheet_text(t) for t in ("=1+1", "@x", "-2", "a=b")] == ["'=1+1", "'@x", "'-2", "a=b"]
    assert file_name("../../etc/passwd") == "_.._etc_passwd" and file_name("..") == "_" and file_name("größe.2") == "größe.2"
