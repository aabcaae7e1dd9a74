"""What a command does to a run: steps, resets, edits, limits; all of it or nothing."""

import numpy as np
import pytest

from app.runs import commands as c
from app.runs.host import Host
from app.runs.limits import Limits
from engine.errors import LimitError, PlaygroundError
from tests.app.test_host import SMALL, Clock, rows_of, running
from tests.tools.straight import straight


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def host(clock):
    return Host(clock, checkpoint_seconds=1.0)


@pytest.mark.parametrize("unit, count, update, epoch", [("epoch", 3, 6, 3), ("batch", 3, 3, 1), ("sample", 12, 1, 0)])
def test_a_step_is_exactly_as_long_as_asked(host, unit, count, update, epoch):
    host.create("a", SMALL)  # 20 training samples, batches of 10: two updates an epoch
    host.command("a", c.Play(unit, count))
    for _ in range(20):
        host.tick(0.05)
    facts = host.facts("a")
    assert (facts["state"], facts["update"], facts["epoch"]) == ("paused", update, epoch)


@pytest.mark.parametrize("unit, count", [("epoch", 3), ("batch", 5), ("sample", 37)])
def test_a_step_that_goes_on_from_an_older_checkpoint_ends_at_the_same_place(host, unit, count):
    """As after the loss of a worker: where the run is going was known later than the checkpoint was made."""
    host.create("a", SMALL)
    host.command("a", c.Play("sample", 7))
    host.tick(0.5)
    old = host.snapshot("a")
    host.command("a", c.Play(unit, count))
    host.tick(0.003)
    facts = host.facts("a")
    assert facts["state"] == "running"
    host.create("b", old.spec, old.blob, {**old.meta, **{name: facts[name] for name in ("state", "unit", "goal")}})
    for _ in range(20):
        host.tick(0.5)
    one, other = (host.sessions[run].trainer for run in "ab")
    assert host.facts("a")["state"] == host.facts("b")["state"] == "paused"
    assert (one.epoch, one.update, one.position, one.taken) == (other.epoch, other.update, other.position, other.taken)
    np.testing.assert_array_equal(one.packed(), other.packed())


def test_a_step_that_had_arrived_is_over(host):
    host.create("a", SMALL)
    host.command("a", c.Play("batch", 2))
    host.tick(0.5)
    saved = host.snapshot("a")
    host.create("b", saved.spec, saved.blob, {**saved.meta, "state": "running", "unit": "batch", "goal": 2})
    host.tick(0.5)
    assert (host.facts("b")["state"], host.facts("b")["update"]) == ("paused", 2)


def test_steps_of_a_batch_give_one_row_each_and_the_weights_of_whole_epochs(host):
    host.create("a", SMALL)
    updates = []
    for _ in range(4):
        host.command("a", c.Play("batch", 1))
        for _ in range(3):
            updates += host.tick(0.05)
    rows = rows_of(updates)
    assert rows[:, 0].tolist() == [0, 0.5, 1, 1.5, 2]
    np.testing.assert_array_equal(rows[[0, 2, 4]], straight(SMALL, 2))


def test_a_pause_in_mid_epoch_changes_nothing(host):
    host.create("a", SMALL)
    host.command("a", c.Play("batch", 1))
    updates = host.tick(0.05)
    host.command("a", c.Play("epoch", 2))
    for _ in range(3):
        updates += host.tick(0.05)
    whole = [row for row in rows_of(updates) if row[0] == int(row[0])]
    np.testing.assert_array_equal(whole, straight(SMALL, 2))


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
