"""What a run tells as it goes, to whoever listens: progress bars, history files, JSON lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from nndsl.diagnostics import Diagnostic

Figures: TypeAlias = Mapping[str, Any]
"""Names of measures to numbers; a metric with several results has a list."""
Reason = Literal["finished", "early_stop", "interrupted"]


@dataclass(frozen=True)
class Epoch:
    """An epoch that is over.

    Args:
        epoch: its number, from 1.
        step: updates made since the start of the run.
        figures: `loss`, the metrics, and the same with `val_` before.
        seconds: how long it took, validation included.
        rate: the factor on the learning rate while it ran.
    """

    epoch: int
    step: int
    figures: Figures
    seconds: float
    rate: float = 1.0

    def line(self) -> dict[str, Any]:
        """The epoch as one flat mapping, as history.jsonl and `--json` have it."""
        return {"epoch": self.epoch, **self.figures, "seconds": round(self.seconds, 6), "step": self.step, "rate": self.rate}


@dataclass(frozen=True)
class Result:
    """How a run ended.

    Args:
        epochs: how many are over.
        step: updates made.
        stopped: why it ended.
        history: every epoch.
        best: the figures of the best epoch, and its number as `epoch`.
        chosen: the step whose weights the model has at the end.
        test: the figures of the test part; empty if there is none, or the run was interrupted.
        seconds: how long all epochs took.
    """

    epochs: int
    step: int
    stopped: Reason
    history: tuple[Epoch, ...] = ()
    best: Figures = field(default_factory=dict)
    chosen: int = 0
    test: Figures = field(default_factory=dict)
    seconds: float = 0.0

    def line(self) -> dict[str, Any]:
        """The result as one mapping, as summary.json and `--json` have it."""
        return {"epochs": self.epochs, "best": dict(self.best), "test": dict(self.test), "stopped": self.stopped,
                "step": self.step, "seconds": round(self.seconds, 6)}


@dataclass(frozen=True)
class Started:
    """The run begins, or goes on.

    Args:
        epochs: how many there are to be.
        samples, validation, test: sizes of the parts.
        history: epochs that were over before, when it goes on.
        step: updates made before.
    """

    epochs: int
    samples: int
    validation: int
    test: int
    history: tuple[Epoch, ...] = ()
    step: int = 0


@dataclass(frozen=True)
class Progress:
    """A stretch of an epoch is done.

    Args:
        epoch: its number, from 1.
        done, samples: how many samples of how many.
        figures: means over the epoch so far; empty where nobody computed them.
    """

    epoch: int
    done: int
    samples: int
    figures: Figures = field(default_factory=dict)


@dataclass(frozen=True)
class EpochEnded:
    """An epoch is over."""

    record: Epoch
    epochs: int


@dataclass(frozen=True)
class Saved:
    """A checkpoint was written."""

    step: int


@dataclass(frozen=True)
class Noticed:
    """Something to be told loudly that does not stop the run."""

    diagnostic: Diagnostic


@dataclass(frozen=True)
class RateReduced:
    """The learning rate was lowered: `rate` is the factor on it from now on."""

    epoch: int
    rate: float
    monitor: str


@dataclass(frozen=True)
class Ended:
    """The run is over."""

    result: Result


@dataclass(frozen=True)
class Failed:
    """The run ends with an error, which is raised after this: time to write what is held back, and to clear the screen."""


Event = Started | Progress | EpochEnded | Saved | Noticed | RateReduced | Ended | Failed
Listener = Callable[[Event], None]
