"""Training: pieces, early stopping, best weights, learning rate, resuming to the bit."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fake_network import FakeNetwork, bits, blobs, dataset

from nndsl.diagnostics import NNError, Source
from nndsl.runtime.data import Dataset
from nndsl.runtime.events import Ended, EpochEnded, Noticed, Progress, RateReduced, Saved, Started
from nndsl.runtime.monitors import Watch, check_monitors, direction
from nndsl.runtime.order import epoch_order, permutation
from nndsl.runtime.pace import Pace
from nndsl.runtime.store import Store
from nndsl.runtime.trainer import fit
from nndsl.settings import Checkpoint, EarlyStop, Plateau, TrainSettings

PLAIN = TrainSettings(epochs=4, batch=16, seed=3)


def fresh(**settings) -> FakeNetwork:
    network = FakeNetwork(**settings)
    network.initialize(3)
    return network


def run(settings=PLAIN, network=None, data=None, **more):
    events = []
    network = network or fresh()
    result = fit(network, data or dataset(), settings, [events.append], **more)
    return network, result, events


def test_trains_and_reports_every_epoch():
    network, result, events = run()
    assert network.step == 4 * 13 and result.step == 52 and result.epochs == 4 and result.stopped == "finished"
    assert [e.record.epoch for e in events if isinstance(e, EpochEnded)] == [1, 2, 3, 4]
    assert set(result.history[0].figures) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert result.history[-1].figures["loss"] < result.history[0].figures["loss"]
    assert set(result.test) == {"loss", "accuracy"} and result.test["accuracy"] > 0.5
    assert isinstance(events[0], Started) and isinstance(events[-1], Ended) and events[-1].result == result


def test_every_sample_is_seen_once_an_epoch_and_the_smaller_last_batch_too():
    network, _, events = run(replace(PLAIN, epochs=1))
    assert network.calls[0][0] == 0 and network.calls[-1][1] == 200
    assert all(a[1] == b[0] for a, b in zip(network.calls, network.calls[1:], strict=False))
    assert all(start % 16 == 0 for start, _ in network.calls)
    done = [e.done for e in events if isinstance(e, Progress)]
    assert done == sorted(done) and done[-1] == 200


def test_how_an_epoch_is_cut_changes_no_bit(monkeypatch):
    one, _, _ = run()
    monkeypatch.setattr(Pace, "next", lambda self, left: min(self.batch, left))
    other, _, _ = run()
    assert bits(one) == bits(other)


def test_orders_are_shuffles_that_depend_on_seed_and_epoch():
    orders = [tuple(epoch_order(seed, epoch, 50, True)) for seed in (0, 1, -5) for epoch in range(3)]
    assert len(set(orders)) == 9 and all(sorted(o) == list(range(50)) for o in orders)
    assert list(epoch_order(1, 1, 5, False)) == [0, 1, 2, 3, 4]
    # the stream of Philox is promised for good; were it to change, no old run could go on
    assert list(permutation(7, 0, 8)) == [4, 1, 6, 3, 2, 7, 5, 0]


def test_pace_grows_tenfold_at_most_and_settles_at_a_tenth_of_a_second():
    pace = Pace(32)
    assert pace.next(1000) == 32
    pace.took(32, 1e-6)
    assert pace.next(10**9) == 320
    pace.took(320, 0.01)
    assert pace.next(10**9) == 3200
    pace.took(3200, 0.2)
    assert pace.next(10**9) == 1600
    pace.took(1600, 100.0)
    assert pace.next(10**9) == 32 and pace.next(5) == 5


def watch(values, patience, min_delta=0.0, way="min"):
    """The epoch, from 1, after which early stopping ends the run; 0 if it does not."""
    seen = Watch("val_loss", way, min_delta)
    for epoch, value in enumerate(values, 1):
        seen = seen.seen({"val_loss": value}, epoch, epoch)
        if epoch > 1 and seen.wait >= max(patience, 1):
            return epoch
    return 0


def test_patience_counts_as_in_keras():
    assert watch([3, 2, 1, 1, 1], 2) == 5
    assert watch([3, 2, 2.5, 1, 1.5, 1.2], 2) == 6
    assert watch([1, 2], 0) == 2 and watch([1, 2], 1) == 2
    assert watch([1, 0.9995, 0.999, 0.9985], 2, min_delta=0.01) == 3
    assert watch([0.1, 0.2, 0.3], 1, way="max") == 0
    assert watch([float("nan"), 5, 4], 1) == 0
    assert watch([1, float("nan"), float("nan")], 2) == 3


def test_stops_early_with_the_best_weights():
    settings = replace(PLAIN, epochs=300, early_stop=EarlyStop("val_loss", patience=3, restore_best=True))
    network, result, _ = run(settings)
    assert result.stopped == "early_stop" and result.epochs < 300
    values = [e.figures["val_loss"] for e in result.history]
    best = int(np.argmin(values)) + 1
    assert result.best["epoch"] == best == result.epochs - 3
    assert network.assess(dataset().validation)["loss"] == values[best - 1]
    assert result.chosen == best * 13 and result.step == result.epochs * 13


def test_checkpoint_best_ends_with_the_best_weights():
    settings = replace(PLAIN, epochs=40, checkpoint=Checkpoint(best="val_loss"))
    network, result, _ = run(settings)
    values = [e.figures["val_loss"] for e in result.history]
    assert result.epochs == 40 and network.assess(dataset().validation)["loss"] == min(values)


def test_lowers_the_learning_rate_on_a_plateau():
    settings = replace(PLAIN, epochs=6, reduce_on_plateau=Plateau("loss", factor=0.5, patience=2, min_delta=100))
    network, _, events = run(settings)
    assert [e.epoch for e in events if isinstance(e, RateReduced)] == [3, 5]
    assert network.rate == 0.25
    assert [e.record.rate for e in events if isinstance(e, EpochEnded)] == [1, 1, 1, 0.5, 0.5, 0.25]


def test_a_loss_that_is_not_finite_stops_the_run_and_says_where():
    with pytest.raises(NNError) as caught:
        run(network=fresh(broken_at=17))
    diagnostic, = caught.value.diagnostics
    assert diagnostic.code == "NN0601" and "step 17" in diagnostic.message and "epoch 2" in diagnostic.message


TEXT = Source("m.nn", "train {\n    early_stop val_los, patience = 2\n    checkpoint best val_accuracy\n}\n")


@pytest.mark.parametrize(("monitor", "validation", "code", "says"), [
    ("val_los", True, "NN0602", "did you mean `val_loss`?"),
    ("nonsense", True, "NN0602", "measured are `loss`"),
    ("val_loss", False, "NN0603", "add `validation 10%`"),
    ("closeness", True, "NN0604", "mode = max"),
])
def test_monitors_are_checked(monitor, validation, code, says):
    settings = replace(PLAIN, early_stop=EarlyStop(monitor))
    found, = check_monitors(settings, ("accuracy", "closeness"), validation, TEXT)
    assert found.code == code and says in found.helps[0]
    assert found.labels[0].span.line == 2
    assert not check_monitors(replace(PLAIN, early_stop=EarlyStop("closeness", mode="max")), ("closeness",), False)


def test_wrong_monitors_stop_before_the_first_step():
    network = fresh()
    with pytest.raises(NNError, match="NN0602|val_accurcy"):
        run(replace(PLAIN, checkpoint=Checkpoint(best="val_accurcy")), network)
    assert network.step == 0


def test_directions():
    less = ("loss", "val_loss", "mae", "root_mean_squared_error", "kind_mse")
    more = ("accuracy", "val_kind_accuracy", "auc", "r2_score")
    assert all(direction(m) == "min" for m in less) and all(direction(m) == "max" for m in more)
    assert direction("bump") is None and direction("bump", "max") == "max" and direction("loss", "max") == "max"


def test_nothing_to_train_on():
    with pytest.raises(NNError, match="no data"):
        run(data=Dataset(blobs(0)))


# ---------------------------------------------------------------------------- leaving and going on

FULL = TrainSettings(epochs=12, batch=16, seed=3, checkpoint=Checkpoint(best="val_accuracy"),
                     early_stop=EarlyStop("val_loss", patience=3, min_delta=0.01, restore_best=True),
                     reduce_on_plateau=Plateau("val_loss", patience=1, min_delta=0.01))


def same(history):
    return [(e.epoch, e.step, dict(e.figures), e.rate) for e in history]


@pytest.mark.parametrize("stop_at", range(1, 120, 7))
def test_going_on_gives_the_same_bits_at_any_step(tmp_path: Path, monkeypatch, stop_at: int):
    monkeypatch.setattr(Pace, "next", lambda self, left: min(self.batch, left))
    straight, expected, _ = run(FULL)
    network = fresh()
    store = Store(tmp_path / "checkpoints")
    _, left, _ = run(FULL, network, store=store, stop=lambda: network.step >= stop_at)
    if left.stopped != "interrupted":
        assert bits(network) == bits(straight)
        return
    other = FakeNetwork()
    other.initialize(1234)
    _, result, _ = run(FULL, other, store=store, resume_from=store.latest(pytest.fail, set_aside=True))
    assert bits(other) == bits(straight)
    assert same(result.history) == same(expected.history) and result.best == expected.best and result.test == expected.test
    assert result.stopped == expected.stopped and result.chosen == expected.chosen


def test_a_finished_run_can_be_taken_up_to_go_further(tmp_path):
    store = Store(tmp_path / "c")
    run(replace(PLAIN, epochs=3), store=store)
    network, result, _ = run(replace(PLAIN, epochs=5), store=store, resume_from=store.latest(pytest.fail))
    assert bits(network) == bits(run(replace(PLAIN, epochs=5))[0]) and result.epochs == 5
    again, same_result, _ = run(replace(PLAIN, epochs=5), store=store, resume_from=store.latest(pytest.fail))
    assert bits(again) == bits(network) and same_result.test == result.test


def test_ctrl_c_saves_and_leaves(tmp_path):
    store = Store(tmp_path / "c")
    network = fresh(pause=0.002)
    before = signal.getsignal(signal.SIGINT)
    sent = []

    def press(event):
        if isinstance(event, Progress) and network.step > 20 and not sent:
            sent.append(os.kill(os.getpid(), signal.SIGINT))

    result = fit(network, dataset(), replace(PLAIN, epochs=1000), [press], store=store)
    assert result.stopped == "interrupted" and not result.test and signal.getsignal(signal.SIGINT) is before
    assert store.latest(pytest.fail).step == network.step == result.step


def test_a_second_ctrl_c_does_not_wait(tmp_path):
    network = fresh()

    def press(event):
        if isinstance(event, Progress):
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        fit(network, dataset(), PLAIN, [press])


def test_long_epochs_are_saved_on_the_way(tmp_path):
    _, _, events = run(replace(PLAIN, epochs=1), fresh(pause=0.01), store=Store(tmp_path / "c"), save_every=0.02)
    assert len([e for e in events if isinstance(e, Saved)]) >= 3


def test_checkpoint_every_writes_at_these_epochs(tmp_path, monkeypatch):
    monkeypatch.setattr("nndsl.runtime.saving.Saver.due", lambda self, epoch_over: False)
    _, _, events = run(replace(PLAIN, epochs=5, checkpoint=Checkpoint(every=2)), store=Store(tmp_path / "c"))
    assert [e.step for e in events if isinstance(e, Saved)] == [26, 52, 65]


def test_the_newest_two_and_the_best_are_kept(tmp_path, monkeypatch):
    monkeypatch.setattr("nndsl.runtime.saving.Saver.due", lambda self, epoch_over: epoch_over)
    store = Store(tmp_path / "c")
    settings = replace(PLAIN, epochs=200, early_stop=EarlyStop("val_loss", patience=4, restore_best=True))
    network, result, events = run(settings, store=store)
    assert store.steps() == [result.chosen, result.step - 13, result.step]
    assert store.chosen(pytest.fail).weights["w"].tobytes() == network.arrays["w"].tobytes()
    assert not [e for e in events if isinstance(e, Noticed)]


def test_a_checkpoint_is_written_before_the_first_step(tmp_path):
    (tmp_path / "c").write_text("a file where the folder should be")
    network = fresh()
    with pytest.raises(NNError, match="NN0703|no checkpoint"):
        run(network=network, store=Store(tmp_path / "c"))
    assert network.step == 0
