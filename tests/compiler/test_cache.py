"""The cache of compiled models gives back what was put in, or nothing."""

import hashlib

import pytest

from nndsl import cache
from nndsl.artifact import FORMAT, Artifact, PartPlan, Placed
from nndsl.settings import Checkpoint, DataSettings, DataSource, Split, TrainSettings
from nndsl.signature import Instance, Metric, Port, Variable

TEXT = "answer = 42\n"


def artifact(text=TEXT):
    return Artifact(
        FORMAT, "m", "float32", hashlib.sha256(text.encode()).hexdigest(), (Port("x", (3,)),), (Port("p", (), "int", 10),),
        (Port("p", (10,)),), ("p",), (Variable("dense_1.kernel", (3, 10), place="m.nn:4"),),
        (Instance("dense_1", "dense", ((3,),), ((10,),), ("dense_1.kernel",), "m.nn:4"),),
        (Metric("accuracy", "accuracy.result"),), "objective", (Placed("dense_1.kernel", "dense_1_kernel", (3, 10), "real"),),
        (PartPlan("learn", ("learn", "update"), (Placed("p", "p", ("batch", 10), "real", 0, 4),)),), False,
        DataSettings(DataSource("sklearn", ("digits",)), split=Split(0.7, 0.1, 0.2, True)),
        TrainSettings(epochs=3, class_weight={"0": 2.0}, checkpoint=Checkpoint(best="val_loss")))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("NNDSL_CACHE_DIR", str(tmp_path / "kept"))
    cache.folder.cache_clear()
    yield tmp_path / "kept"
    cache.folder.cache_clear()


def test_an_artifact_comes_back_as_it_was(folder):
    cache.store("k", artifact(), TEXT, {})
    assert cache.stored("k") == artifact()
    assert cache.load_module(artifact()).answer == 42


def test_the_folder_is_closed_to_others(folder):
    assert cache.folder() == folder
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_others_may_write_is_not_used(folder):
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    assert cache.folder() != folder


def test_a_link_is_not_used(folder, tmp_path):
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    folder.symlink_to(tmp_path / "elsewhere")
    assert cache.folder() != folder


def test_a_module_that_was_changed_is_not_imported(folder):
    text = "answer = 43\n"
    cache.store("k", artifact(text), text, {})
    cache.module_path(artifact(text)).write_text("answer = 44\n")
    with pytest.raises(OSError, match="not what was compiled"):
        cache.load_module(artifact(text))


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"files": {}, "artifact": {"format": 1}}', '{"files": 3, "artifact": 3}'])
def test_a_damaged_entry_is_no_entry(folder, damage):
    cache.store("k", artifact(), TEXT, {})
    (folder / "k.json").write_text(damage)
    assert cache.stored("k") is None


def test_an_entry_whose_imported_file_changed_is_no_entry(folder, tmp_path):
    imported = tmp_path / "blocks.nn"
    imported.write_text("function f(x) = x\n")
    cache.store("k", artifact(), TEXT, {str(imported): hashlib.sha256(imported.read_bytes()).hexdigest()})
    assert cache.stored("k") is not None
    imported.write_text("function f(x) = 2 * x\n")
    assert cache.stored("k") is None


def test_the_key_depends_on_every_part():
    parts = [("a",), ("b",), ("a", "b"), ("ab",), ("a", {"x": 1}), ("a", {"x": 2})]
    assert len({cache.key(*p) for p in parts}) == len(parts)
