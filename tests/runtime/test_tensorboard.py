"""Event files for TensorBoard: with tensorboardX, without it, and with one that fails."""

from __future__ import annotations

import os
import subprocess
import sys
from types import ModuleType, SimpleNamespace

import pytest
from fake_network import FakeNetwork, dataset
from tensorboardX.proto.event_pb2 import Event

from nndsl.diagnostics import NNError, Source
from nndsl.runtime.events import Epoch, EpochEnded, Failed
from nndsl.runtime.tensorboard import tensorboard
from nndsl.runtime.trainer import fit
from nndsl.settings import TrainSettings

MODEL = Source("m.nn", "model m { input x[2];  output y = x -> dense(1) }\ntrain {\n    loss mse\n    tensorboard\n}\n")

IRIS = """
data  { source sklearn("iris") }
model m { input x[4];  output p = x -> dense(3, softmax) }
train {
    loss sparse_categorical_crossentropy
    tensorboard
}
"""


def events(path):
    """The messages of an event file: each behind its length (8 bytes) and a checksum (4), with another checksum after it."""
    content, at, found = path.read_bytes(), 0, []
    while at < len(content):
        length = int.from_bytes(content[at:at + 8], "little")
        found.append(Event.FromString(content[at + 12:at + 12 + length]))
        at += length + 16
    return found


def numbers(event):
    return {value.tag: value.simple_value for value in event.summary.value}


def train(folder, **more):
    network = FakeNetwork()
    network.initialize(3)
    return fit(network, dataset(), TrainSettings(**{"epochs": 5, "batch": 200, **more}), [tensorboard(MODEL)(folder)])


@pytest.fixture
def missing(monkeypatch):
    """No tensorboardX."""
    for name in [name for name in sys.modules if name.startswith("tensorboardX.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "tensorboardX", None)


@pytest.fixture
def fake(monkeypatch):
    """A tensorboardX that only remembers; `fake.files` are the files it was asked to write."""
    seen = SimpleNamespace(files=[], error=None)

    class EventsWriter:
        def __init__(self, prefix, filename_suffix=""):
            if seen.error:
                raise seen.error
            self.name, self.events, self.flushed, self.closed = prefix + filename_suffix, [], 0, False
            seen.files.append(self)

        def write_event(self, event):
            self.events.append(event)

        def flush(self):
            self.flushed = len(self.events)

        def close(self):
            self.closed = True

    def message(**fields):
        return SimpleNamespace(**fields)

    message.Value = message
    for name, content in {"": {}, ".proto": {}, ".event_file_writer": {"EventsWriter": EventsWriter},
                          ".proto.event_pb2": {"Event": message}, ".proto.summary_pb2": {"Summary": message}}.items():
        module = ModuleType(f"tensorboardX{name}")
        module.__dict__.update(content)
        monkeypatch.setitem(sys.modules, f"tensorboardX{name}", module)
    return seen


def test_every_epoch_is_in_the_file(tmp_path):
    result = train(tmp_path)
    path, = tmp_path.iterdir()
    assert path.name.startswith("events.out.tfevents.")
    version, *epochs, test = events(path)
    assert version.file_version == "brain.Event:2"
    assert [e.step for e in epochs] == [1, 2, 3, 4, 5] and test.step == 5
    for event, epoch in zip(epochs, result.history, strict=True):
        assert numbers(event) == pytest.approx(dict(epoch.figures), rel=1e-6)
        assert numbers(event).keys() == {"loss", "accuracy", "val_loss", "val_accuracy"}
        assert event.wall_time > version.wall_time - 1
    assert numbers(test) == pytest.approx({f"test_{name}": value for name, value in result.test.items()}, rel=1e-6)


def test_each_run_closes_its_file(tmp_path, fake):
    train(tmp_path / "one")
    train(tmp_path / "two")
    assert [(f.name, f.closed, len(f.events)) for f in fake.files] == [
        (str(tmp_path / folder / f"events.{os.getpid()}"), True, 6) for folder in ("one", "two")]


def test_an_epoch_is_on_the_disk_when_it_is_over(tmp_path, fake):
    listen = tensorboard()(tmp_path)
    assert not fake.files
    for epoch in (1, 2):
        listen(EpochEnded(Epoch(epoch, epoch, {"loss": 0.5, "several": [1.0, 2.0]}, 0.1), 2))
        file, = fake.files
        assert file.flushed == len(file.events) == epoch and not file.closed
        value, = file.events[-1].summary.value
        assert (file.events[-1].step, value.tag, value.simple_value) == (epoch, "loss", 0.5)
    listen(Failed())
    assert file.closed


def test_without_tensorboardx_nothing_begins(missing):
    with pytest.raises(NNError) as raised:
        tensorboard(MODEL)
    found, = raised.value.diagnostics
    assert (found.code, found.message) == ("NN0522", "writing event files takes tensorboardX, which is not installed")
    assert found.helps == ("pip install 'nndsl[tensorboard]'",)
    span = found.labels[0].span
    assert (span.text, span.line) == ("tensorboard", 4)


def test_a_run_without_tensorboardx_leaves_no_folder(tmp_path, monkeypatch, missing, nndsl):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.nn").write_text(IRIS)
    done = nndsl("run", "m.nn")
    assert done.code == 1 and "[NN0522]" in done.err and "m.nn:6:5" in done.err
    assert [p.name for p in tmp_path.iterdir()] == ["m.nn"]


def test_a_full_disk_is_said(tmp_path, fake):
    fake.error = OSError(28, "No space left on device")
    with pytest.raises(NNError) as raised:
        train(tmp_path)
    found, = raised.value.diagnostics
    assert found.code == "NN0606" and "No space left on device" in found.message


def test_it_is_loaded_only_when_asked_for():
    script = "import sys, nndsl.api.experiment\nprint({'tensorboardX', 'google'} & {n.split('.')[0] for n in sys.modules})"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
