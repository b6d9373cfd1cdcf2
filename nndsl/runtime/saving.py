"""When checkpoints are written, and what happens where they cannot be."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from nndsl.diagnostics import NNError, problem
from nndsl.runtime.checkpoint import Damaged
from nndsl.runtime.events import Listener, Noticed, Saved
from nndsl.runtime.snapshot import Snapshot
from nndsl.runtime.store import Store

EVERY_SECONDS = 30.0
SHARE = 0.05
"""At most this share of the time goes into checkpoints that nobody asked for."""


@dataclass
class Saver:
    """Writes a run's checkpoints.

    Args:
        store: where to; None for a run that keeps everything in memory.
        tell: who hears of it.
        every: seconds between checkpoints within a long epoch.
        clock: seconds.
        kept: the best epochs' snapshots, by step; written together with the next checkpoint.
    """

    store: Store | None
    tell: Listener
    every: float = EVERY_SECONDS
    clock: Callable[[], float] = time.monotonic
    kept: dict[int, Snapshot] = field(default_factory=dict)
    _last: float = 0.0
    _cost: float = 0.0

    def begin(self, snapshot: Snapshot, resumed: bool) -> None:
        """Write the first checkpoint, before the first step; raises `NNError` where that cannot be done."""
        if self.store is None:
            return
        started = self.clock()
        try:
            self.store.open()
            if resumed:
                self.store.try_out(snapshot)
            else:
                self.store.save([snapshot])
        except (OSError, Damaged) as error:
            raise NNError(problem("NN0703", None, path=str(self.store.folder), reason=error)) from error
        self._last = self.clock()
        self._cost = self._last - started

    def due(self, epoch_over: bool) -> bool:
        """Whether it is time: within an epoch every so often, at its end whenever that costs little of the time."""
        if self.store is None:
            return False
        since = self.clock() - self._last
        return since >= self.every or (epoch_over and since * SHARE >= self._cost)

    def keep(self, snapshot: Snapshot | None, steps: tuple[int, ...]) -> None:
        """Hold the best epochs' snapshots, and no others."""
        if snapshot is not None:
            self.kept[snapshot.step] = snapshot
        self.kept = {step: kept for step, kept in self.kept.items() if step in steps}

    def save(self, snapshot: Snapshot, must: bool = False) -> None:
        """Write a checkpoint, and the best ones if they are not on disk yet.

        Args:
            snapshot: what to keep.
            must: whether failing ends the run, as at its end; else training goes on, and it is told loudly.
        """
        if self.store is None:
            return
        started = self.clock()
        try:
            best = [kept for step, kept in sorted(self.kept.items()) if step in snapshot.needs and step != snapshot.step]
            self.store.save([*best, snapshot])
            self.tell(Saved(snapshot.step))
        except (OSError, Damaged) as error:
            if must:
                raise NNError(problem("NN0703", None, path=str(self.store.folder), reason=error)) from error
            self.tell(Noticed(problem("NN0706", None, step=snapshot.step, reason=error)))
        else:
            self._prune()
        self._last = self.clock()
        self._cost = self._last - started

    def _prune(self) -> None:
        assert self.store is not None
        try:
            self.store.prune()
        except OSError as error:
            self.tell(Noticed(problem("NN0707", None, path=str(self.store.folder), reason=error)))

    def recall(self, step: int) -> Snapshot | None:
        """A best epoch's snapshot, from memory or from disk; None, told loudly, if it is lost."""
        if step in self.kept or self.store is None:
            return self.kept.get(step)
        try:
            return self.store.load(step)
        except Damaged as damaged:
            self.tell(Noticed(problem("NN0701", None, path=str(self.store.folder / str(step)), reason=damaged)))
            return None
