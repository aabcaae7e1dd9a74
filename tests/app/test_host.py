"""A host trains many runs in fair turns, at the speed asked, and says all that is new: with a clock of our own."""

import numpy as np
import pytest

from app.runs import commands as c
from app.runs.host import Host
from tests.tools.straight import straight

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


def test_a_new_run_reports_how_it_is_before_the_first_update(host):
    facts = host.create("a", SMALL)
    assert (facts["state"], facts["seq"], facts["epoch"]) == ("created", 1, 0)
    (update,) = host.reports()
    np.testing.assert_array_equal(update.rows, straight(SMALL, 1)[:1])
    assert host.reports() == []


def test_rows_are_those_of_training_without_interruption(host):
    running(host)
    updates = [u for _ in range(20) for u in host.tick(0.02)]
    rows = rows_of(updates)
    assert len(rows) > 20
    np.testing.assert_array_equal(rows, straight(SMALL, len(rows) - 1))
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
    np.testing.assert_array_equal(rows, straight(SMALL, len(rows) - 1))


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
    whole = straight(SMALL, point.meta["seq"] + len(rows) - 1)
    np.testing.assert_array_equal(rows, whole[point.meta["seq"] :])


def test_what_an_owner_changes_is_saved_soon(host, clock):
    session = running(host)
    host.tick(0.05)
    host.command("a", c.Change({"learning_rate": 0.5}))
    clock.now += 0.3
    (point,) = host.checkpoints()
    assert point.settings["learning_rate"] == point.spec["training"]["optimizer"]["learning_rate"] == 0.5
    assert not session.urgent


def test_a_mistake_of_ours_ends_that_run_only(host, monkeypatch):
    broken, fine = running(host, "a"), running(host, "b")
    monkeypatch.setattr(broken.trainer, "events", lambda each: iter([1 / 0 for _ in [1]]))
    broken._events = None
    for _ in range(3):
        host.tick(0.05)
    assert host.facts("a")["state"] == "failed"
    assert "Traceback" not in host.facts("a")["message"]
    assert fine.trainer.epoch > 0
