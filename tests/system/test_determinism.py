"""The same file gives the same module and the same bits: whatever the hash seed, the cache, the threads, or a kill between."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

DIGITS = """
data {
    source sklearn("digits")
    scale  x: standard
    split  train 70%, validation 10%, test 20%, stratify, seed 7
}
model small {
    input  x[64]
    output p = x -> dense(24, relu) -> dropout(0.2) -> dense(10, softmax)
}
train {
    loss       sparse_categorical_crossentropy
    optimizer  adam(0.001, clipnorm = 1)
    metrics    accuracy
    epochs     EPOCHS
    batch      32
    seed       3
}
"""

WRITE_MODULE = """
import sys
from nndsl.compiler import compile_source
from nndsl.syntax import read_source
sys.stdout.write(compile_source(read_source(sys.argv[1]), {}).code)
"""


@pytest.fixture
def model(tmp_path):
    def write(epochs):
        path = tmp_path / "small.nn"
        path.write_text(DIGITS.replace("EPOCHS", str(epochs)))
        return path

    return write


def environment(tmp_path, **more):
    return {**os.environ, "NNDSL_CACHE_DIR": str(tmp_path / "cache"), **more}


def run(model, tmp_path, *arguments, out="runs", **more):
    command = [sys.executable, "-m", "nndsl", "run", str(model), "--json", "--out", str(tmp_path / out), *arguments]
    return subprocess.run(command, env=environment(tmp_path, **more), capture_output=True, text=True, check=True)


def weights(tmp_path, out="runs"):
    """The hash of the last checkpoint's weights and optimizer states."""
    folder = max((tmp_path / out).glob("small/*/checkpoints/*"), key=lambda p: int(p.name))
    return [hashlib.sha256((folder / f"{n}.safetensors").read_bytes()).hexdigest() for n in ("weights", "optimizer")]


def test_the_module_is_the_same_under_twenty_hash_seeds(model):
    path = model(1)
    texts = set()
    for seed in range(20):
        env = {**os.environ, "PYTHONHASHSEED": str(seed)}
        done = subprocess.run([sys.executable, "-c", WRITE_MODULE, str(path)], env=env, capture_output=True, check=True)
        texts.add(done.stdout)
    assert len(texts) == 1 and b"def train(" in texts.pop()


def test_cold_and_warm_caches_and_one_and_two_threads_give_the_same_bits(model, tmp_path):
    path = model(2)
    run(path, tmp_path, out="cold")
    run(path, tmp_path, out="warm")
    run(path, tmp_path, "--threads", "1", out="one")
    run(path, tmp_path, "--threads", "2", out="two")
    found = [weights(tmp_path, out) for out in ("cold", "warm", "one", "two")]
    assert found[1:] == found[:1] * 3


@pytest.mark.parametrize("after", [0.0, 0.15])
def test_a_killed_and_resumed_run_ends_in_the_same_bits(model, tmp_path, after):
    path = model(400)
    run(path, tmp_path, out="whole")
    command = [sys.executable, "-m", "nndsl", "run", str(path), "--quiet", "--out", str(tmp_path / "killed")]
    process = subprocess.Popen(command, env=environment(tmp_path))
    deadline = time.monotonic() + 60
    while not list((tmp_path / "killed").glob("small/*/history.jsonl")) and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    run(path, tmp_path, "--resume", out="killed")
    assert weights(tmp_path, "killed") == weights(tmp_path, "whole")
    histories = [next((tmp_path / o).glob("small/*/history.jsonl")) for o in ("killed", "whole")]
    losses = [[json.loads(line)["loss"] for line in Path(h).read_text().splitlines()] for h in histories]
    assert losses[0] == losses[1] and len(losses[0]) == 400


def test_a_warm_run_imports_neither_sympy_nor_lark(model, tmp_path):
    path = model(1)
    run(path, tmp_path)
    script = ("import sys; from nndsl.cli.main import main; sys.argv = ['nndsl', *sys.argv[1:]]\n"
              "try:\n    main()\nexcept SystemExit:\n    pass\n"
              "print(sorted({'sympy', 'lark'} & set(sys.modules)))")
    done = subprocess.run([sys.executable, "-c", script, "run", str(path), "--quiet", "--out", str(tmp_path / "w")],
                          env=environment(tmp_path), capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
