"""What a trainer remembers beside the network: how far it is, what was measured, what is watched."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from nndsl.runtime.events import Epoch, Figures
from nndsl.runtime.monitors import Watch, Watches
from nndsl.settings import TrainSettings, from_json


@dataclass(frozen=True)
class Journal:
    """Where a run stands.

    Args:
        epoch: epochs that are over.
        position: samples done of the epoch under way.
        samples: how many an epoch has.
        seconds: how long the epoch under way took so far.
        history: every epoch.
        watches: figures watched.
    """

    epoch: int = 0
    position: int = 0
    samples: int = 0
    seconds: float = 0.0
    history: tuple[Epoch, ...] = ()
    watches: Watches = field(default_factory=Watches)

    def moved(self, samples: int, seconds: float) -> Journal:
        """After another stretch of an epoch."""
        return replace(self, position=self.position + samples, seconds=self.seconds + seconds)

    def closed(self, figures: Figures, seconds: float, step: int, rate: float) -> Journal:
        """After the end of an epoch."""
        record = Epoch(self.epoch + 1, step, figures, self.seconds + seconds, rate)
        watches = self.watches.seen(figures, self.epoch + 1, step)
        return Journal(self.epoch + 1, 0, self.samples, 0.0, (*self.history, record), watches)

    def out_of_patience(self, settings: TrainSettings) -> bool:
        """Whether `early_stop` ends the run here."""
        stop, watch = settings.early_stop, self.watches.stop
        return bool(stop and watch and self.epoch > 1 and self.position == 0 and watch.wait >= max(stop.patience, 1))

    def keeper(self, settings: TrainSettings) -> Watch | None:
        """The watch whose best weights the run ends with; None if it ends with the last ones."""
        stop = self.watches.stop if settings.early_stop and settings.early_stop.restore_best else None
        return next((w for w in (stop, self.watches.best) if w is not None and w.best is not None), None)

    def kept_steps(self, settings: TrainSettings) -> tuple[int, ...]:
        """Steps whose weights may be asked for again."""
        stop = self.watches.stop if settings.early_stop and settings.early_stop.restore_best else None
        return tuple(sorted({w.step for w in (stop, self.watches.best) if w is not None and w.best is not None}))

    def best(self, settings: TrainSettings) -> Figures:
        """The best epoch's figures: by what the run keeps, else by the validation loss, else by the loss."""
        watch = self.keeper(settings) or self.watches.stop
        if watch is None and self.history:
            monitor = "val_loss" if "val_loss" in self.history[0].figures else "loss"
            watch = Watch(monitor, "min")
            for record in self.history:
                watch = watch.seen(record.figures, record.epoch, record.step)
        found = next((r for r in self.history if watch is not None and r.epoch == watch.epoch), None)
        return {"epoch": found.epoch, **found.figures} if found else {}

    @staticmethod
    def from_json(value: Any) -> Journal:
        """A journal from what `settings.to_json` made of one."""
        return from_json(Journal, value)
