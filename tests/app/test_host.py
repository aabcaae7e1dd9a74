"""A host trains many runs in fair turns, at the speed asked, and says all that is new: with a clock of our own."""

import numpy as np
import pytest

from app.runs import commands as c
from app.runs.host import Host
from app.runs.limits import Limits
from engine.errors import LimitError, PlaygroundError
from engine.experiment import Experiment
from engine.train import Trainer

SMALL = {
    "data": {"type": "circle", "samples": 40},
    "network": {"layers": [{"id": "output", "type": "dense", "units": 1, "activation": "tanh"}]},
}


class Clock:
    """Every look at it takes a millisecond."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        self.now += 0.001
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def host(clock):
    return Host(clock, checkpoint_seconds=1.0)


def running(host, run="a", spec=SMALL, watch=True):
    host.create(run, spec)
    host.command(run, c.Watch(watch))
    host.command(run, c.Play())
    return host.sessions[run]


def rows_of(updates, run="a"):
    return np.concatenate([u.rows for u in updates if u.run == run])


def straight(epochs, spec=SMALL):
    """The same experiment without any host: the row of the start, then one for each epoch."""
    trainer = Trainer(Experiment.from_json(spec))
    rows = [trainer.row()]
    for event in trainer.events(each="epoch"):
        rows.append(event.row)
        if len(rows) > epochs:
            return np.stack(rows)


def test_a_new_run_reports_how_it_is_before_the_first_update(host):
    facts = host.create("a", SMALL)
    assert (facts["state"], facts["seq"], facts["epoch"]) == ("created", 1, 0)
    (update,) = host.reports()
    np.testing.assert_array_equal(update.rows, straight(1)[:1])
    assert host.reports() == []


def test_rows_are_those_of_training_without_interruption(host):
    running(host)
    updates = [u for _ in range(20) for u in host.tick(0.02)]
    rows = rows_of(updates)
    assert len(rows) > 20
    np.testing.assert_array_equal(rows, straight(len(rows) - 1))
    assert updates[-1].facts["seq"] == len(rows)


def test_equal_runs_get_equal_time(host):
    sessions = [running(host, run) for run in "abc"]
    for _ in range(30):
        host.tick(0.05)
    used = [s.used for s in sessions]
    assert max(used) - min(used) < 0.02


def test_a_run_that_starts_later_does_not_catch_up_on_what_it_missed(host):
    first = running(host, "a")
    for _ in range(20):
        host.tick(0.05)
    second = running(host, "b")
    before = first.trainer.epoch
    host.tick(0.1)
    assert first.trainer.epoch > before
    assert abs(first.used - second.used) < 0.02


def test_a_run_slowed_down_takes_its_time(host, clock):
    session = running(host)
    host.command("a", c.Change({"speed": 10}))
    began = clock.now
    while clock.now < began + 2:
        host.tick(0.05)
        clock.now += min(host.idle_for() or 0.01, 0.01)
    assert 18 <= session.trainer.epoch <= 22


def test_nothing_to_do_means_no_waking_up(host):
    host.create("a", SMALL)
    host.reports()
    host.snapshot("a")
    assert host.idle_for() is None
    host.command("a", c.Play())
    assert host.idle_for() == 0


def test_a_tick_ends_when_somebody_knocks(host, clock):
    running(host)
    began = clock.now
    host.train(10.0, interrupted=lambda: True)
    assert clock.now - began < 0.1


@pytest.mark.parametrize("unit, count, update, epoch", [("epoch", 3, 6, 3), ("batch", 3, 3, 1), ("sample", 12, 1, 0)])
def test_a_step_is_exactly_as_long_as_asked(host, unit, count, update, epoch):
    host.create("a", SMALL)  # 20 training samples, batches of 10: two updates an epoch
    host.command("a", c.Play(unit, count))
    for _ in range(20):
        host.tick(0.05)
    facts = host.facts("a")
    assert (facts["state"], facts["update"], facts["epoch"]) == ("paused", update, epoch)


def test_steps_of_a_batch_give_one_row_each_and_the_weights_of_whole_epochs(host):
    host.create("a", SMALL)
    updates = []
    for _ in range(4):
        host.command("a", c.Play("batch", 1))
        for _ in range(3):
            updates += host.tick(0.05)
    rows = rows_of(updates)
    assert rows[:, 0].tolist() == [0, 0.5, 1, 1.5, 2]
    np.testing.assert_array_equal(rows[[0, 2, 4]], straight(2))


def test_a_pause_in_mid_epoch_changes_nothing(host):
    host.create("a", SMALL)
    host.command("a", c.Play("batch", 1))
    updates = host.tick(0.05)
    host.command("a", c.Play("epoch", 2))
    for _ in range(3):
        updates += host.tick(0.05)
    whole = [row for row in rows_of(updates) if row[0] == int(row[0])]
    np.testing.assert_array_equal(whole, straight(2))


def test_reset_gives_the_same_start_or_a_new_one(host):
    running(host)
    first = rows_of(host.tick(0.05))
    host.command("a", c.Reset())
    assert host.facts("a")["start"] == 2
    host.command("a", c.Play())
    again = rows_of(host.tick(0.05))
    shared = min(len(first), len(again))
    np.testing.assert_array_equal(first[:shared], again[:shared])
    host.command("a", c.Reset(seed=77))
    assert host.facts("a")["spec"]["seed"] == 77
    assert rows_of(host.reports())[0, 2] != first[0, 2]


def test_weights_are_sent_only_while_somebody_looks(host, clock):
    running(host, watch=False)
    clock.now += 1
    assert [u.weights for u in host.tick(0.05)] == [None]
    host.command("a", c.Watch(True))
    (update,) = host.reports()
    assert len(update.weights) == 4 * 3
    np.testing.assert_array_equal(np.frombuffer(update.weights, np.float32), host.sessions["a"].trainer.packed())


def test_rows_of_a_run_nobody_looks_at_come_twice_a_second_and_complete(host, clock):
    running(host, watch=False)
    updates = []
    for _ in range(100):
        updates += host.tick(0.05)
    assert len(updates) <= 2 + 2 * clock.now
    host.command("a", c.Pause())
    updates += host.reports()
    rows = rows_of(updates)
    np.testing.assert_array_equal(rows, straight(len(rows) - 1))


def test_large_weights_are_sent_less_often_than_rows_but_the_last_ones_always(host, clock, monkeypatch):
    monkeypatch.setattr("app.runs.host.WEIGHTS_PER_SECOND", 12)  # one of these a second
    running(host)
    updates = []
    while clock.now < 5:
        updates += host.tick(0.05)
    assert 4 <= sum(u.weights is not None for u in updates) <= 8
    host.command("a", c.Pause())
    (last,) = host.reports()
    np.testing.assert_array_equal(np.frombuffer(last.weights, np.float32), host.sessions["a"].trainer.packed())


def test_checkpoints_come_in_time_and_a_run_goes_on_from_one_exactly(host, clock):
    running(host, watch=False)
    updates = host.tick(0.05)
    assert host.checkpoints() == []
    clock.now += 0.9
    updates += host.tick(0.05)
    host.train(0.05)
    clock.now += 0.1
    (point,) = host.checkpoints()
    assert host.checkpoints() == []
    updates += host.reports()
    assert len(rows_of(updates)) == point.meta["seq"], "the rows up to a checkpoint are reported with it"
    other = Host(clock)
    other.create("a", point.spec, point.blob, point.meta)
    assert other.facts("a")["state"] == "running"
    rows = rows_of(other.tick(0.05))
    whole = straight(point.meta["seq"] + len(rows) - 1)
    np.testing.assert_array_equal(rows, whole[point.meta["seq"] :])


def test_what_an_owner_changes_is_saved_soon(host, clock):
    session = running(host)
    host.tick(0.05)
    host.command("a", c.Change({"learning_rate": 0.5}))
    clock.now += 0.3
    (point,) = host.checkpoints()
    assert point.settings["learning_rate"] == point.spec["training"]["optimizer"]["learning_rate"] == 0.5
    assert not session.urgent


def test_edits_are_made_all_or_none(host):
    host.create("a", SMALL)
    before = host.sessions["a"].trainer.packed()
    edits = [
        {"layer": "output", "name": "bias", "index": [0], "value": 0.25},
        {"layer": "output", "name": "kernel", "index": [9, 9], "value": 1.0},
    ]
    with pytest.raises(PlaygroundError) as caught:
        host.command("a", c.Edit(edits))
    assert caught.value.where.startswith("edits.1")
    np.testing.assert_array_equal(host.sessions["a"].trainer.packed(), before)
    host.command("a", c.Edit(edits[:1]))
    assert host.sessions["a"].trainer.weights()["output"]["bias"][0] == 0.25


def test_a_mistake_of_ours_ends_that_run_only(host, monkeypatch):
    broken, fine = running(host, "a"), running(host, "b")
    monkeypatch.setattr(broken.trainer, "events", lambda each: iter([1 / 0 for _ in [1]]))
    broken._events = None
    for _ in range(3):
        host.tick(0.05)
    assert host.facts("a")["state"] == "failed"
    assert "Traceback" not in host.facts("a")["message"]
    assert fine.trainer.epoch > 0


def test_a_run_that_diverges_says_so(host):
    host.create("a", {**SMALL, "training": {"optimizer": {"type": "sgd", "learning_rate": 10}, "loss": "mse"}})
    host.command("a", c.Edit([{"layer": "output", "name": "kernel", "index": [0, 0], "value": 1e38}]))
    host.command("a", c.Change({"regularizer": {"type": "l2", "rate": 10}}))
    host.command("a", c.Play())
    with np.errstate(all="ignore"):
        for _ in range(20):
            host.tick(0.05)
    facts = host.facts("a")
    assert facts["state"] == "diverged"
    assert facts["message"]
    assert facts["fix"]
    with pytest.raises(PlaygroundError):
        host.command("a", c.Play())


def test_the_limit_of_epochs_ends_a_run_and_says_so(clock):
    host = Host(clock, limits=Limits(max_epochs=5))
    running(host)
    for _ in range(5):
        host.tick(0.05)
    facts = host.facts("a")
    assert (facts["state"], facts["epoch"]) == ("finished", 5)
    assert "5 epochs" in facts["message"]


def test_more_epochs_let_a_finished_run_go_on(host):
    host.create("a", {**SMALL, "training": {"epochs": 3}})
    host.command("a", c.Play())
    for _ in range(5):
        host.tick(0.05)
    assert host.facts("a")["state"] == "finished"
    host.command("a", c.Change({"epochs": 6}))
    assert host.facts("a")["state"] == "paused"
    host.command("a", c.Play())
    for _ in range(5):
        host.tick(0.05)
    assert (host.facts("a")["state"], host.facts("a")["epoch"]) == ("finished", 6)


@pytest.mark.parametrize(
    "limits, spec, where",
    [
        ({"max_parameters": 2}, SMALL, "network.layers"),
        ({"max_samples": 39}, SMALL, "data.samples"),
        ({"max_dataset_bytes": 100}, SMALL, "data.samples"),
        ({"max_epochs": 9}, {**SMALL, "training": {"epochs": 10}}, "training.epochs"),
        ({"max_batch_values": 9}, SMALL, "training.batch_size"),
        (
            {"max_layers": 1},
            {"network": {"layers": [{"type": "dense"}, {"type": "dense", "units": 1}]}},
            "network.layers",
        ),
    ],
)
def test_each_limit_names_its_field_and_itself(clock, limits, spec, where):
    host = Host(clock, limits=Limits(**limits))
    with pytest.raises(LimitError) as caught:
        host.create("a", spec)
    assert caught.value.where == where
    assert f"{next(iter(limits.values())):,}" in caught.value.message
    assert not host.sessions
