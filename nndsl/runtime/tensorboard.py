"""Event files for TensorBoard, written by tensorboardX, which comes with the extra `tensorboard`."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from nndsl.diagnostics import NNError, Source, problem
from nndsl.runtime.data.places import word_span
from nndsl.runtime.events import Ended, EpochEnded, Event, Failed, Listener
from nndsl.runtime.monitors import line_of

SETTING = "tensorboard"


def tensorboard(text: Source | None = None) -> Callable[[Path], Listener]:
    """Ready to write event files, which is found out before a run begins.

    Args:
        text: the model file, to point at.

    Returns:
        What gives, for a run's folder, who writes each epoch's figures into an event file there, by number of the epoch.

    Raises:
        NNError: tensorboardX is not installed.
    """
    try:
        # an extra that need not be installed, and takes its time to load
        from tensorboardX.event_file_writer import EventsWriter
        from tensorboardX.proto.event_pb2 import Event as Message
        from tensorboardX.proto.summary_pb2 import Summary
    except ModuleNotFoundError as error:
        helps = (f"pip install 'nndsl[{SETTING}]'",)
        span = word_span(text, line_of(text, SETTING), SETTING)
        raise NNError(problem("NN0522", span, what="writing event files", package="tensorboardX", helps=helps)) from error
    return lambda folder: _EventFile(folder, EventsWriter, Message, Summary).listen


class _EventFile:
    """The event file of one run, there from the first event on.

    Args:
        folder: where it goes.
        writer: tensorboardX's; the one that writes at once and says what goes wrong, which the others leave to a thread.
        message, summary: its messages.
    """

    def __init__(self, folder: Path, writer: Any, message: Any, summary: Any) -> None:
        self._folder, self._writer, self._message, self._summary = folder, writer, message, summary
        self._file: Any = None

    def listen(self, happened: Event) -> None:
        """Take note of an epoch, or of how the run ended."""
        if isinstance(happened, EpochEnded):
            self._write(happened.record.epoch, _numbers(happened.record.figures))
        elif isinstance(happened, Ended):
            self._write(happened.result.epochs, {f"test_{n}": v for n, v in _numbers(happened.result.test).items()})
        if isinstance(happened, (Ended, Failed)) and self._file is not None:
            self._file.close()
            self._file = None

    def _write(self, epoch: int, numbers: Mapping[str, float]) -> None:
        if not numbers:
            return
        summary = self._summary(value=[self._summary.Value(tag=n, simple_value=v) for n, v in numbers.items()])
        try:
            if self._file is None:
                # with the process in its name, so that a run that goes on does not write over what is there
                self._file = self._writer(str(self._folder / "events"), f".{os.getpid()}")
            self._file.write_event(self._message(wall_time=time.time(), step=epoch, summary=summary))
            self._file.flush()
        except OSError as error:
            raise NNError(problem("NN0606", None, path=str(self._folder), reason=error.strerror or error)) from error


def _numbers(figures: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(value) for name, value in figures.items() if isinstance(value, (int, float))}
