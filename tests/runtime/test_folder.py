"""The folder of a run."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime

import numpy as np
import pytest
from fake_network import FakeNetwork, dataset

from nndsl.diagnostics import NNError
from nndsl.runtime.data import Preparation, open_file, write_arrays
from nndsl.runtime.folder import RunFolder, create_run, latest_run, open_run, runs_of, text_hash
from nndsl.runtime.trainer import fit
from nndsl.settings import TrainSettings

NOW = datetime(2026, 11, 20, 21, 44, 59, tzinfo=UTC)


def codes(call, *arguments):
    with pytest.raises(NNError) as caught:
        call(*arguments)
    return [d.code for d in caught.value.diagnostics]


def test_two_runs_of_one_second_do_not_meet(tmp_path):
    paths = [create_run(tmp_path, "digits", NOW).path for _ in range(11)]
    assert [p.name for p in paths[:2]] == ["2026-11-20T21-44-59", "2026-11-20T21-44-59-2"] and len(set(paths)) == 11
    assert runs_of(tmp_path, "digits") == paths
    assert create_run(tmp_path, "../x", NOW).path.parent == tmp_path / "_x"


def trained(folder: RunFolder, epochs=2, resume=None, store=None):
    network = FakeNetwork()
    network.initialize(3)
    settings, store = TrainSettings(epochs=epochs, batch=16), store or folder.store("hash")
    result = fit(network, dataset(), settings, [folder.recorder()], store=store, resume_from=resume)
    return network, result


def test_a_run_is_written_down(tmp_path):
    folder = create_run(tmp_path, "digits", NOW)
    folder.write_inputs("model digits { }\n", {"digits_ab.py": "x = 1\n"}, Preparation(()), {"seed": 3})
    _, result = trained(folder)
    names = sorted(p.name for p in folder.path.iterdir())
    assert names == ["checkpoints", "generated", "history.jsonl", "model.nn", "preparation.json", "run.json", "summary.json"]
    about = folder.about()
    assert about["seed"] == 3 and about["command"] == sys.argv
    assert about["hashes"]["model.nn"] == text_hash("model digits { }\n")
    assert {"python", "numpy", "numba", "nndsl"} <= about["versions"].keys() and about["machine"]["cores"]
    assert folder.read("generated/digits_ab.py") == "x = 1\n" and folder.preparation() == Preparation(())
    lines = [json.loads(line) for line in folder.read("history.jsonl").splitlines()]
    assert [line["epoch"] for line in lines] == [1, 2] and lines[1]["val_loss"] == result.history[1].figures["val_loss"]
    summary = json.loads(folder.read("summary.json"))
    assert summary["epochs"] == 2 and summary["test"] == result.test and summary["stopped"] == "finished"


def test_going_on_drops_the_epochs_that_come_again(tmp_path):
    folder = create_run(tmp_path, "digits", NOW)
    trained(folder, 3)
    store = folder.store("hash")
    early = store.load(store.steps()[-2])
    trained(folder, 5, early)
    lines = [json.loads(line)["epoch"] for line in folder.read("history.jsonl").splitlines()]
    assert lines == [1, 2, 3, 4, 5]


def test_the_newest_run_with_a_checkpoint_is_found(tmp_path):
    first, second = (create_run(tmp_path, "m", NOW) for _ in range(2))
    assert codes(latest_run, tmp_path, "m") == ["NN0607"]
    trained(first)
    (tmp_path / "m" / "notes").mkdir()
    assert latest_run(tmp_path, "m").path == first.path
    trained(second)
    assert latest_run(tmp_path, "m").path == second.path


def test_only_one_process_writes_a_run(tmp_path):
    folder = create_run(tmp_path, "m", NOW)
    with folder.locked(), pytest.raises(NNError) as caught, folder.locked():
        pass
    assert caught.value.diagnostics[0].code == "NN0608"
    with folder.locked():
        assert (folder.path / ".lock").exists()


def test_a_failing_run_leaves_its_history(tmp_path):
    folder, network = create_run(tmp_path, "m", NOW), FakeNetwork(broken_at=40)
    network.initialize(3)
    with pytest.raises(NNError):
        fit(network, dataset(), TrainSettings(epochs=9, batch=16), [folder.recorder()], store=folder.store())
    assert len(folder.read("history.jsonl").splitlines()) == 3 and folder.store().latest(pytest.fail).step <= 39


def test_what_is_no_run(tmp_path):
    assert codes(open_run, tmp_path) == ["NN0607"] and codes(open_run, tmp_path / "none") == ["NN0607"]
    (tmp_path / "file").write_text("")
    assert codes(create_run, tmp_path / "file", "m") == ["NN0606"]
    folder = create_run(tmp_path, "m", NOW)
    folder.write("model.nn", "")
    trained(folder)
    assert open_run(folder.path) == folder
    assert codes(folder.preparation) == ["NN0504"]
    folder.write("preparation.json", "{")
    folder.write("run.json", "[[")
    assert codes(folder.preparation) == ["NN0504"] and codes(folder.about) == ["NN0504"]


@pytest.mark.parametrize("name", ["f.csv", "f.npz"])
def test_predictions_are_written_and_read(tmp_path, name):
    arrays = {"p": np.array([[0.1, 1e-20], [1 / 3, 2.0]], np.float32), "q": np.array([5, -6])}
    write_arrays(tmp_path / name, arrays)
    found = open_file(tmp_path / name)
    p = found.matrix(["p_0", "p_1"] if name == "f.csv" else ["p"])
    assert np.array_equal(p.astype(np.float32), arrays["p"]) and found.matrix(["q"])[:, 0].tolist() == [5, -6]


def test_predictions_as_one_array(tmp_path):
    write_arrays(tmp_path / "f.npy", {"p": np.ones(3)})
    assert np.load(tmp_path / "f.npy").tolist() == [1, 1, 1]
    assert codes(write_arrays, tmp_path / "f.npy", {"p": np.ones(3), "q": np.ones(3)}) == ["NN0606"]
    assert codes(write_arrays, tmp_path / "f.txt", {"p": np.ones(3)}) == ["NN0606"]


def test_words_that_look_like_formulas_are_quoted(tmp_path):
    write_arrays(tmp_path / "f.csv", {"=p": np.array(["=cmd()", "fine"], dtype=object)})
    assert (tmp_path / "f.csv").read_text() == "'=p\n'=cmd()\nfine\n"
