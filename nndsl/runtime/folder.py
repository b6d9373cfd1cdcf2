"""The folder of a run: what was run, what came of it, and all it takes to go on."""

from __future__ import annotations

import fcntl
import hashlib
import importlib.metadata
import json
import os
import platform
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nndsl.diagnostics import NNError, problem
from nndsl.runtime.data.preparation import Preparation
from nndsl.runtime.disk import Disk, LocalDisk, write_whole
from nndsl.runtime.escape import file_name
from nndsl.runtime.events import Ended, EpochEnded, Event, Failed, Listener, Started
from nndsl.runtime.progress import json_line
from nndsl.runtime.store import Store

MODEL, RUN, GENERATED, CHECKPOINTS = "model.nn", "run.json", "generated", "checkpoints"
HISTORY, SUMMARY, PREPARATION, LOCK = "history.jsonl", "summary.json", "preparation.json", ".lock"
STAMP = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2})(?:-(\d+))?")
SECONDS = 0.1
"""How often the history is written."""
PACKAGES = ("nndsl", "numpy", "numba", "llvmlite", "sympy", "safetensors")


@dataclass(frozen=True)
class RunFolder:
    """A run's folder.

    Args:
        path: the folder.
        disk: the file system.
    """

    path: Path
    disk: Disk = field(default_factory=LocalDisk)

    def write(self, name: str, content: str) -> None:
        """Write a file of the folder, whole or not at all; raises `NNError` where that cannot be done."""
        path = self.path / name
        try:
            self.disk.make_folder(path.parent)
            write_whole(self.disk, path, content.encode())
        except OSError as error:
            raise NNError(problem("NN0606", None, path=str(path), reason=error.strerror or error)) from error

    def write_inputs(self, model: str, generated: Mapping[str, str], preparation: Preparation,
                     about: Mapping[str, Any]) -> None:
        """Write down what is run, before it runs.

        Args:
            model: the source as run, imports and `--set` written in.
            generated: file names to the Python that runs.
            preparation: what was learnt of the training part.
            about: further entries of run.json, as seed and hyperparameters.
        """
        self.write(MODEL, model)
        for name, text in generated.items():
            self.write(f"{GENERATED}/{file_name(name)}", text)
        self.write(PREPARATION, _json(preparation.to_json()))
        hashes = {MODEL: text_hash(model)} | {f"{GENERATED}/{file_name(n)}": text_hash(t) for n, t in generated.items()}
        self.write(RUN, _json({"command": list(sys.argv), "started": datetime.now(UTC).isoformat(timespec="seconds"),
                               "versions": versions(), "machine": machine(), "hashes": hashes, **about}))

    def read(self, name: str) -> str:
        """A file of the folder; raises `NNError`."""
        try:
            return self.disk.read(self.path / name).decode()
        except (OSError, UnicodeDecodeError) as error:
            raise NNError(problem("NN0504", None, path=str(self.path / name), reason=error)) from error

    def preparation(self) -> Preparation:
        """What was learnt of the training part; raises `NNError`."""
        try:
            return Preparation.from_json(json.loads(self.read(PREPARATION)))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise NNError(problem("NN0504", None, path=str(self.path / PREPARATION), reason="it was changed")) from error

    def about(self) -> dict[str, Any]:
        """What run.json says; raises `NNError`."""
        try:
            return dict(json.loads(self.read(RUN)))
        except (ValueError, TypeError, RecursionError) as error:
            raise NNError(problem("NN0504", None, path=str(self.path / RUN), reason=error)) from error

    def store(self, source: str | None = None) -> Store:
        """The run's checkpoints.

        Args:
            source: a hash of all that the run's bits depend on; checkpoints of another are refused. None takes any.
        """
        identity = {} if source is None else {"source": source, **versions()}
        return Store(self.path / CHECKPOINTS, identity, self.disk)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """While entered, no other process can: two runs must not write one folder. Goes with the process, however it ends."""
        with open(self.path / LOCK, "a", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise NNError(problem("NN0608", None, path=str(self.path))) from error
            yield

    def recorder(self) -> Listener:
        """Who writes history.jsonl and summary.json."""
        return Recorder(self)


@dataclass
class Recorder:
    """Writes a run's history as it goes, about ten times a second, and its summary at the end."""

    folder: RunFolder
    clock: Callable[[], float] = time.monotonic
    _lines: list[str] = field(default_factory=list)
    _written: float = 0.0

    def __call__(self, event: Event) -> None:
        """Write what an event has to add."""
        if isinstance(event, Started):
            # Whoever goes on from a checkpoint drops the epochs that came after it: they come again.
            self.folder.write(HISTORY, "".join(json_line(epoch.line()) + "\n" for epoch in event.history))
        elif isinstance(event, EpochEnded):
            self._lines.append(json_line(event.record.line()) + "\n")
        elif isinstance(event, Ended):
            self.folder.write(SUMMARY, json_line(event.result.line()) + "\n")
        if self._lines and (isinstance(event, (Ended, Failed)) or self.clock() - self._written > SECONDS):
            self._append()

    def _append(self) -> None:
        path = self.folder.path / HISTORY
        try:
            with open(path, "a", encoding="utf-8") as file:
                file.write("".join(self._lines))
        except OSError as error:
            raise NNError(problem("NN0606", None, path=str(path), reason=error.strerror or error)) from error
        self._lines, self._written = [], self.clock()


def create_run(base: Path, model: str, now: datetime | None = None) -> RunFolder:
    """Make the folder of a new run, `base/<model>/<time in UTC>`; a number follows where the same second has one already.

    Args:
        base: usually `runs`.
        model: the model's name.
        now: the time, for tests.

    Raises:
        NNError: where the folder cannot be made.
    """
    parent = base / file_name(model)
    stamp = (now or datetime.now(UTC)).strftime("%Y-%m-%dT%H-%M-%S")
    try:
        parent.mkdir(parents=True, exist_ok=True)
        number = 1
        while True:
            path = parent / (stamp if number == 1 else f"{stamp}-{number}")
            try:
                path.mkdir()
                return RunFolder(path)
            except FileExistsError:
                number += 1
    except OSError as error:
        raise NNError(problem("NN0606", None, path=str(parent), reason=error.strerror or error)) from error


def runs_of(base: Path, model: str) -> list[Path]:
    """The folders of a model's runs, oldest first."""
    parent = base / file_name(model)
    stamped = [(found[1], int(found[2] or 1), path) for path in (parent.iterdir() if parent.is_dir() else ())
               if (found := STAMP.fullmatch(path.name)) and path.is_dir()]
    return [path for *_, path in sorted(stamped)]


def latest_run(base: Path, model: str) -> RunFolder:
    """The newest run of a model that has a checkpoint; raises `NNError` if there is none."""
    for path in reversed(runs_of(base, model)):
        folder = RunFolder(path)
        if folder.store().steps():
            return folder
    raise NNError(problem("NN0607", None, path=str(base / file_name(model))))


def open_run(path: Path) -> RunFolder:
    """The folder of a run that was; raises `NNError` if it is none."""
    if not (path / MODEL).is_file() or not (path / CHECKPOINTS).is_dir():
        raise NNError(problem("NN0607", None, path=str(path)))
    return RunFolder(path)


def text_hash(text: str) -> str:
    """SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def versions(packages: Sequence[str] = PACKAGES) -> dict[str, str]:
    """Versions of Python and of what the numbers depend on."""
    found = {"python": platform.python_version()}
    for package in packages:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found


def machine() -> dict[str, Any]:
    """What the run runs on."""
    return {"system": platform.system(), "architecture": platform.machine(), "processor": _processor(), "cores": os.cpu_count()}


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.processor())


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
