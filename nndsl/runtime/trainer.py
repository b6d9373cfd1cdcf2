"""Training: epochs in stretches of a tenth of a second, validation, what is watched, checkpoints."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from nndsl.diagnostics import NNError, Source, problem
from nndsl.runtime.contract import Arrays, Network
from nndsl.runtime.data.load import Dataset
from nndsl.runtime.events import (
    Ended,
    EpochEnded,
    Event,
    Failed,
    Figures,
    Listener,
    Progress,
    RateReduced,
    Reason,
    Result,
    Started,
)
from nndsl.runtime.interrupt import Interrupts
from nndsl.runtime.journal import Journal
from nndsl.runtime.mark import Explain, Failure, Mark, finite
from nndsl.runtime.monitors import check_monitors, watches
from nndsl.runtime.order import epoch_order
from nndsl.runtime.pace import SECONDS, Pace
from nndsl.runtime.saving import EVERY_SECONDS, Saver
from nndsl.runtime.snapshot import Snapshot, put_back, put_weights, take_snapshot
from nndsl.runtime.store import Store
from nndsl.settings import TrainSettings, to_json


def fit(network: Network, data: Dataset, settings: TrainSettings, listeners: Sequence[Listener] = (), *,
        store: Store | None = None, resume_from: Snapshot | None = None, text: Source | None = None,
        save_every: float = EVERY_SECONDS, stop: Callable[[], bool] | None = None,
        explain: Explain | None = None) -> Result:
    """Train a network as the train block says.

    The network keeps the weights it comes with: drawing first values is the caller's. At the end it has the best weights
    where `checkpoint best` or `restore_best` says so, else the last ones; the test part is assessed with these.

    Args:
        network: what is trained.
        data: the parts.
        settings: the train block.
        listeners: told of all that happens.
        store: where checkpoints go; None keeps what is needed in memory.
        resume_from: a checkpoint to go on from, to the same bits as if the run had never stopped.
        text: the model file, to point at.
        save_every: seconds between checkpoints within a long epoch.
        stop: asked about ten times a second whether to save and leave, beside Ctrl-C.
        explain: makes the diagnostic where a loss or a weight is not finite, and puts the last good weights back.

    Raises:
        NNError: for an unknown monitor, a loss or gradient that is not finite, a checkpoint that cannot be written at the start
            or end.
    """
    wrong = check_monitors(settings, network.metric_names, data.validation is not None, text)
    if wrong:
        raise NNError(*wrong)
    if not _samples(data.train):
        raise NNError(problem("NN0605", None))
    tell = _speaker(listeners)
    with Interrupts() as interrupts:
        run = Run(network, data, settings, tell, Saver(store, tell, save_every),
                  lambda: interrupts.asked or (stop is not None and stop()), explain)
        try:
            return run.all(resume_from)
        except BaseException:
            tell(Failed())
            raise


def _speaker(listeners: Sequence[Listener]) -> Listener:
    def tell(event: Event) -> None:
        for listener in listeners:
            listener(event)

    return tell


def _samples(arrays: Arrays | None) -> int:
    return len(next(iter(arrays.values()), ())) if arrays else 0


class Run:
    """A run under way.

    Args:
        network, data, settings: as for `fit`.
        tell: told of all that happens.
        saver: writes the checkpoints.
        asked: whether somebody wants the run to stop.
        explain: as for `fit`.
    """

    def __init__(self, network: Network, data: Dataset, settings: TrainSettings, tell: Listener, saver: Saver,
                 asked: Callable[[], bool], explain: Explain | None = None) -> None:
        self.network, self.data, self.settings, self.saver, self.asked = network, data, settings, saver, asked
        self.tell, self.explain = tell, explain
        self.samples = _samples(data.train)
        self.journal = Journal(samples=self.samples, watches=watches(settings))
        self.pace = Pace(settings.batch)

    def all(self, resume_from: Snapshot | None) -> Result:
        """Every epoch, and what comes after the last."""
        self._begin(resume_from)
        while not (reason := self._reason()):
            if self._epoch():
                self._close_epoch()
        self._look()
        self.saver.save(self._snapshot(), must=True)
        self._take_best(reason)
        result = self._result(reason)
        self.tell(Ended(result))
        return result

    def _begin(self, resume_from: Snapshot | None) -> None:
        if resume_from is None:
            self.network.reset_totals()
        else:
            put_back(self.network, resume_from, f"step {resume_from.step}")
            self.journal = self._remembered(resume_from)
        self.sizes = {v.name: float(np.max(np.abs(self.network.arrays[v.name]), initial=0.0)) for v in self.network.variables}
        self._set_mark()
        self.saver.begin(self._snapshot(), resume_from is not None)
        sizes = self.samples, _samples(self.data.validation), _samples(self.data.test)
        self.tell(Started(self.settings.epochs, *sizes, self.journal.history, self.network.step))

    def _remembered(self, snapshot: Snapshot) -> Journal:
        difference = "its history is another's"
        try:
            journal = Journal.from_json(to_json(snapshot.state))
            if journal.samples == self.samples and (journal.epoch, journal.position) == (snapshot.epoch, snapshot.position):
                return journal
            if journal.samples != self.samples:
                difference = f"it was trained on {journal.samples} samples, and there are {self.samples}"
        except (TypeError, KeyError, ValueError, AttributeError):
            pass
        raise NNError(problem("NN0704", None, path=f"step {snapshot.step}", difference=difference))

    def _reason(self) -> Reason | None:
        """Why the run is over; None if it is not."""
        if self.journal.out_of_patience(self.settings):
            return "early_stop"
        if self.journal.epoch >= self.settings.epochs and self.journal.position == 0:
            return "finished"
        return "interrupted" if self.asked() else None

    def _epoch(self) -> bool:
        """Train until the epoch is over or somebody asks to stop; whether it is over."""
        order = epoch_order(self.network.seed, self.journal.epoch, self.samples, self.settings.shuffle)
        while self.journal.position < self.samples:
            self._stretch(order)
            if self.journal.position < self.samples:
                if self.asked():
                    return False
                if self.saver.due(epoch_over=False):
                    self._look()
                    self.saver.save(self._snapshot())
        return True

    def _stretch(self, order: np.ndarray[Any, np.dtype[np.int64]]) -> None:
        if self.mark.old():
            self._look()
        start, began = self.journal.position, time.perf_counter()
        count = self.pace.next(self.samples - start)
        done = self.network.train(self.data.train, order, start, start + count, self.settings.batch)
        seconds = time.perf_counter() - began
        self.journal = self.journal.moved(done, seconds)
        if done < count:
            self._fail()
        self.pace.took(count, seconds)
        figures = _plain(self.network.totals()) if seconds > SECONDS / 2 else {}  # nobody could read them faster
        self.tell(Progress(self.journal.epoch + 1, self.journal.position, self.samples, figures))

    def _look(self) -> None:
        """Stop if a weight is not finite any more, which a gradient or an update made so; else remember where all was well."""
        began = time.perf_counter()
        if not finite(self.network):
            self._fail()
        self._set_mark(began)

    def _set_mark(self, began: float | None = None) -> None:
        self.mark = Mark.at(self.network, self.journal.epoch, self.journal.position, began)

    def _fail(self) -> None:
        found = None
        if self.explain is not None:
            found = self.explain(Failure(self.data.train, self.settings, self.mark, self.sizes, self.journal.epoch))
        helps = ("try a smaller learning rate, or `clipnorm = 1`",)
        raise NNError(found or problem("NN0601", None, what="the loss", step=self.network.step, epoch=self.journal.epoch + 1,
                                       reason="", helps=helps))

    def _close_epoch(self) -> None:
        began = time.perf_counter()
        figures = dict(_plain(self.network.totals()))
        if self.data.validation is not None:
            figures |= {f"val_{name}": value for name, value in _plain(self.network.assess(self.data.validation)).items()}
        self.network.reset_totals()
        self.journal = self.journal.closed(figures, time.perf_counter() - began, self.network.step, self.network.rate)
        self.tell(EpochEnded(self.journal.history[-1], self.settings.epochs))
        self._lower_rate()
        self._keep_best()
        every = self.settings.checkpoint.every if self.settings.checkpoint else None
        asked_for = bool(every) and self.journal.epoch % (every or 1) == 0
        if asked_for or self.saver.due(epoch_over=True):
            self._look()
            self.saver.save(self._snapshot())

    def _lower_rate(self) -> None:
        plateau, watch = self.settings.reduce_on_plateau, self.journal.watches.plateau
        if plateau is None or watch is None or watch.wait < max(plateau.patience, 1):
            return
        self.network.rate *= plateau.factor
        self._look()
        watches = replace(self.journal.watches, plateau=replace(watch, wait=0))
        self.journal = replace(self.journal, watches=watches)
        self.tell(RateReduced(self.journal.epoch, self.network.rate, plateau.monitor))

    def _keep_best(self) -> None:
        steps = self.journal.kept_steps(self.settings)
        self.saver.keep(self._snapshot() if self.network.step in steps else None, steps)

    def _snapshot(self) -> Snapshot:
        keeper = self.journal.keeper(self.settings)
        return take_snapshot(self.network, self.journal.epoch, self.journal.position, self.journal,
                             keeper.step if keeper else None, self.journal.kept_steps(self.settings))

    def _take_best(self, reason: Reason) -> None:
        keeper = self.journal.keeper(self.settings)
        if keeper is not None and reason != "interrupted" and keeper.step != self.network.step:
            best = self.saver.recall(keeper.step)
            if best is not None:
                put_weights(self.network, best)

    def _result(self, reason: Reason) -> Result:
        test: Figures = {}
        if self.data.test is not None and reason != "interrupted":
            test = _plain(self.network.assess(self.data.test))
        keeper, history = self.journal.keeper(self.settings), self.journal.history
        return Result(self.journal.epoch, self.network.step, reason, history, self.journal.best(self.settings),
                      keeper.step if keeper else self.network.step, test, sum(e.seconds for e in history))


def _plain(figures: Figures) -> dict[str, Any]:
    """Figures as Python's numbers, those with several entries as lists."""
    return {name: value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value for name, value in figures.items()}
