"""Checkpoints: whole or refused, whatever fails, and whenever the process is killed."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fake_network import FakeNetwork, bits, dataset

from nndsl.diagnostics import NNError
from nndsl.runtime.checkpoint import MANIFEST, OPTIMIZER, WEIGHTS, Damaged, read_checkpoint, write_checkpoint
from nndsl.runtime.disk import LocalDisk
from nndsl.runtime.events import Noticed, Progress
from nndsl.runtime.snapshot import Snapshot, put_back, take_snapshot
from nndsl.runtime.store import Store
from nndsl.runtime.trainer import fit
from nndsl.settings import Checkpoint, EarlyStop, TrainSettings

SETTINGS = TrainSettings(epochs=6, batch=16, seed=3, early_stop=EarlyStop("val_loss", patience=50, restore_best=True),
                         checkpoint=Checkpoint(best="val_accuracy"))


def snapshot(step: int = 7, needs: tuple[int, ...] = ()) -> Snapshot:
    network = FakeNetwork()
    network.initialize(step)
    network.step = step
    network.running["totals"][...] = [1 / 3, 2, -0.0]
    return take_snapshot(network, 2, 5, {"history": [0.1, None, "ü"]}, None, needs)


def equal(one: Snapshot, other: Snapshot) -> bool:
    arrays = [(getattr(one, f), getattr(other, f)) for f in ("weights", "optimizer", "running")]
    same = all(a.keys() == b.keys() and all(a[k].tobytes() == b[k].tobytes() and a[k].shape == b[k].shape
                                           and a[k].dtype == b[k].dtype for k in a) for a, b in arrays)
    plain = ("step", "epoch", "position", "seed", "rate", "state", "chosen", "needs")
    return same and all(getattr(one, f) == getattr(other, f) for f in plain)


def test_what_is_written_is_read(tmp_path):
    store, one = Store(tmp_path / "c", {"source": "abc"}), snapshot()
    store.open()
    store.save([one])
    assert equal(store.load(7), one) and equal(store.latest(pytest.fail), one)
    assert sorted(p.name for p in (tmp_path / "c" / "7").iterdir()) == sorted([MANIFEST, OPTIMIZER, WEIGHTS])
    files = json.loads((tmp_path / "c" / "7" / MANIFEST).read_text())["content"]["files"]
    assert set(files) == {WEIGHTS, OPTIMIZER} and len(files[WEIGHTS]["sha256"]) == 64


def test_weights_are_plain_safetensors(tmp_path):
    from safetensors.numpy import load_file

    store = Store(tmp_path)
    store.save([snapshot()])
    assert set(load_file(tmp_path / "7" / WEIGHTS)) == {"w", "b", "mean"}


def test_every_flipped_bit_is_noticed(tmp_path):
    write_checkpoint(LocalDisk(), tmp_path, snapshot(), {})
    for name in (WEIGHTS, OPTIMIZER, MANIFEST):
        path = tmp_path / "7" / name
        whole = path.read_bytes()
        for position in range(len(whole)):
            bit = 1 << position % 8
            path.write_bytes(whole[:position] + bytes([whole[position] ^ bit]) + whole[position + 1:])
            try:
                assert equal(read_checkpoint(LocalDisk(), tmp_path / "7"), snapshot()), (name, position)
                assert name == MANIFEST  # a blank that became another blank
            except Damaged:
                pass
        path.write_bytes(whole)
    assert equal(read_checkpoint(LocalDisk(), tmp_path / "7"), snapshot())


@pytest.mark.parametrize("seed", range(4))
def test_no_mutation_loads_as_something_else(tmp_path, seed):
    chance = random.Random(seed)
    write_checkpoint(LocalDisk(), tmp_path, snapshot(), {})
    loaded = 0
    for _ in range(300):
        path = tmp_path / "7" / chance.choice([WEIGHTS, OPTIMIZER, MANIFEST])
        whole = path.read_bytes()
        a, b = sorted(chance.choices(range(len(whole) + 1), k=2))
        path.write_bytes(chance.choice([whole[:a], whole[:a] + whole[b:], whole[:a] + chance.randbytes(b - a) + whole[b:],
                                        whole + whole[a:b], whole[:a] + b"[" * 5000 + whole[a:], b""]))
        try:
            assert equal(read_checkpoint(LocalDisk(), tmp_path / "7"), snapshot())
            loaded += 1
        except Damaged:
            pass
        path.write_bytes(whole)
    assert loaded < 30


def test_missing_files_are_noticed(tmp_path):
    for name in (WEIGHTS, OPTIMIZER, MANIFEST):
        LocalDisk().remove(tmp_path / "7")
        write_checkpoint(LocalDisk(), tmp_path, snapshot(), {})
        (tmp_path / "7" / name).unlink()
        with pytest.raises(Damaged, match="cannot be read"):
            read_checkpoint(LocalDisk(), tmp_path / "7")


def test_the_one_before_a_damaged_one_is_taken_loudly(tmp_path):
    store = Store(tmp_path)
    store.save([snapshot(5), snapshot(9)])
    (tmp_path / "9" / WEIGHTS).write_bytes(b"rubbish")
    told = []
    assert store.latest(told.append).step == 5
    assert told[0].code == "NN0701" and told[0].severity == "warning" and "changed or cut off" in told[0].message
    assert store.latest(told.append, set_aside=True).step == 5
    assert sorted(p.name for p in tmp_path.iterdir()) == ["5", "9.damaged"]
    store.save([snapshot(9)])
    assert store.latest(pytest.fail).step == 9


def test_a_damaged_one_is_replaced_at_the_same_step(tmp_path):
    store = Store(tmp_path)
    store.save([snapshot(9)])
    (tmp_path / "9" / OPTIMIZER).unlink()
    store.save([snapshot(9)])
    assert equal(store.latest(pytest.fail), snapshot(9)) and [p.name for p in tmp_path.iterdir()] == ["9"]


def test_nothing_usable_is_said(tmp_path):
    with pytest.raises(NNError) as caught:
        Store(tmp_path / "none").latest(pytest.fail)
    assert caught.value.diagnostics[0].code == "NN0702"


def test_another_source_is_refused(tmp_path):
    Store(tmp_path, {"source": "a"}).save([snapshot()])
    with pytest.raises(NNError) as caught:
        Store(tmp_path, {"source": "b"}).latest(pytest.fail)
    assert caught.value.diagnostics[0].code == "NN0705"
    assert Store(tmp_path).latest(pytest.fail).step == 7


@pytest.mark.parametrize(("network", "says"), [(FakeNetwork(inputs=6), "is [5, 3], the model's [6, 3]"),
                                               (FakeNetwork(classes=4), "is [3], the model's [4]")])
def test_another_model_is_refused(network, says):
    with pytest.raises(NNError) as caught:
        put_back(network, snapshot(), "runs/x/7")
    assert caught.value.diagnostics[0].code == "NN0704" and says in caught.value.diagnostics[0].message


def test_old_ones_go_and_needed_ones_stay(tmp_path):
    store = Store(tmp_path)
    for step in (1, 2, 3, 4, 5):
        store.save([snapshot(step, needs=(2,))])
        store.prune()
    assert store.steps() == [2, 4, 5]
    (tmp_path / "5" / MANIFEST).write_text("{}")
    store.save([snapshot(6)])
    store.prune()
    assert store.steps() == [2, 4, 5, 6]


# ---------------------------------------------------------------------------- a disk that fails


class FailingDisk(LocalDisk):
    """A disk whose k-th operation fails, half done, and perhaps all after it."""

    def __init__(self, at: int, for_good: bool) -> None:
        vars(self).update(count=0, at=at, for_good=for_good)

    def _fails(self) -> bool:
        vars(self)["count"] += 1
        return self.count == self.at or (self.for_good and self.count > self.at)

    def _or_fail(self, name, *arguments):
        if self._fails():
            raise OSError(28, "No space left on device")
        return getattr(super(), name)(*arguments)

    def make_folder(self, path):
        return self._or_fail("make_folder", path)

    def write(self, path, content):
        if self._fails():
            path.write_bytes(content[: len(content) // 2])
            raise OSError(28, "No space left on device")
        super().write(path, content)

    def rename(self, old, new):
        return self._or_fail("rename", old, new)

    def sync_folder(self, path):
        return self._or_fail("sync_folder", path)

    def remove(self, path):
        return self._or_fail("remove", path)


def operations() -> int:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        disk = FailingDisk(-1, False)
        train(Store(Path(folder) / "c", disk=disk))
        return disk.count


def train(store: Store, resume_from: Snapshot | None = None):
    network, events = FakeNetwork(), []
    network.initialize(3)
    fit(network, dataset(), SETTINGS, [events.append], store=store, resume_from=resume_from, save_every=0.0)
    return network, events


@pytest.mark.parametrize("for_good", [False, True])
def test_whatever_fails_nothing_is_lost(tmp_path, for_good):
    straight, _ = train(Store(tmp_path / "straight"))
    total = operations()
    assert total > 60
    for k in range(1, total + 1):
        folder = tmp_path / str(k)
        try:
            network, events = train(Store(folder, disk=FailingDisk(k, for_good)))
            assert bits(network) == bits(straight)
        except NNError as error:
            assert error.diagnostics[0].code == "NN0703" and "No space left" in error.diagnostics[0].message
        store = Store(folder)
        if store.steps():
            found = store.latest(pytest.fail, set_aside=True)
            assert bits(train(store, found)[0]) == bits(straight)
            assert not [p for p in folder.iterdir() if p.name.endswith(".tmp")]


def test_failing_on_the_way_is_told_and_training_goes_on(tmp_path):
    before = FailingDisk(-1, False)
    store = Store(tmp_path / "a", disk=before)
    store.open()
    store.save([snapshot()])
    first = before.count
    network, events = train(Store(tmp_path / "b", disk=FailingDisk(first + 6, False)))
    told = [e.diagnostic for e in events if isinstance(e, Noticed)]
    assert [d.code for d in told] == ["NN0706"] and network.step == 78


# ---------------------------------------------------------------------------- a process that is killed

SCRIPT = """
import sys
from pathlib import Path
from dataclasses import replace
from fake_network import FakeNetwork, dataset
from test_checkpoints import SETTINGS
from nndsl.runtime.store import Store
from nndsl.runtime.trainer import fit
from nndsl.diagnostics import NNError
store = Store(Path(sys.argv[1]))
network = FakeNetwork(pause=0.001)
network.initialize(3)
resume = store.latest(print, set_aside=True) if store.steps() else None
print("go", flush=True)
fit(network, dataset(), SETTINGS, store=store, resume_from=resume, save_every=0.003)
"""


def killed_run(folder: Path, chance: random.Random) -> bool:
    """Start or go on with a run and kill it at some instant; whether it was over before."""
    here = Path(__file__).parent
    environment = os.environ | {"PYTHONPATH": f"{here}{os.pathsep}{here.parents[1]}"}
    command = [sys.executable, "-c", SCRIPT, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        lines = [process.stdout.readline()]
        assert lines == ["go\n"], lines
        time.sleep(chance.uniform(0, 0.12))
        process.send_signal(signal.SIGKILL)
        return process.wait() == 0


def test_killed_at_any_instant_nothing_is_lost_but_the_steps_since(tmp_path):
    chance = random.Random(11)
    straight, _ = train(Store(tmp_path / "straight"))
    store, last = Store(tmp_path / "c"), -1
    for _ in range(int(os.environ.get("NNDSL_KILLS", "8"))):
        over = killed_run(tmp_path / "c", chance)
        if store.steps():
            found = store.latest(pytest.fail)
            assert found.step >= last
            last = found.step
        if over or last == 78:
            LocalDisk().remove(tmp_path / "c")
            last = -1
    found = store.latest(pytest.fail) if store.steps() else None
    network, _ = train(store, found)
    assert bits(network) == bits(straight)


def test_a_run_left_in_the_middle_of_an_epoch_has_its_totals_again(tmp_path):
    store, network = Store(tmp_path), FakeNetwork()
    network.initialize(3)
    fit(network, dataset(), SETTINGS, store=store, stop=lambda: network.step > 0)
    found = store.latest(pytest.fail)
    assert 0 < found.position < 200 and found.running["totals"][1] == found.position
    assert np.array_equal(found.running["totals"], network.running["totals"])


def test_other_data_are_refused(tmp_path):
    store, network = Store(tmp_path), FakeNetwork()
    network.initialize(3)
    fit(network, dataset(), SETTINGS, store=store, stop=lambda: network.step > 0)
    with pytest.raises(NNError, match="trained on 200 samples, and there are 190"):
        fit(network, dataset(190), SETTINGS, store=store, resume_from=store.latest(pytest.fail))


@pytest.mark.parametrize("change", [{"step": "7"}, {"rate": None}, {"needs": ["../.."]}, {"state": [1]},
                                    {"state": {"epoch": "x"}}, {"epoch": 9}])
def test_a_manifest_made_by_hand_is_refused(tmp_path, change):
    network = FakeNetwork()
    network.initialize(3)
    write_checkpoint(LocalDisk(), tmp_path, replace(snapshot(), **{"state": None} | change), {})
    folder, = tmp_path.iterdir()
    with pytest.raises((Damaged, NNError)):
        fit(network, dataset(), SETTINGS, resume_from=read_checkpoint(LocalDisk(), folder))


def test_settings_can_be_changed_where_no_source_is_named(tmp_path):
    store, network = Store(tmp_path), FakeNetwork()
    network.initialize(3)
    seen = []
    fit(network, dataset(), replace(SETTINGS, epochs=1), [seen.append], store=store)
    more = fit(network, dataset(), replace(SETTINGS, epochs=2), store=store, resume_from=store.latest(pytest.fail))
    assert more.epochs == 2 and any(isinstance(e, Progress) for e in seen)
