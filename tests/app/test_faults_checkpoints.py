"""A run whose saved state is broken says so, and a reset brings it back: anew, with its settings."""

import numpy as np
import pytest
from sqlalchemy import update

from app.store import tables as t
from tests.app.conftest import SMALL
from tests.app.test_recovery import SPEC, put_to_sleep
from tests.app.test_stream import Socket
from tests.tools.straight import straight
from tests.tools.waiting import wait

BREAKS = {
    "empty": lambda blob: b"",
    "cut off": lambda blob: blob[: len(blob) // 2],
    "noise": lambda blob: np.random.default_rng(0).bytes(len(blob)),
    "a flipped bit": lambda blob: (
        blob[: len(blob) // 2] + bytes([blob[len(blob) // 2] ^ 4]) + blob[len(blob) // 2 + 1 :]
    ),
}


def change_saved(client, run, change):
    store = client.app.state.manager.keeper.store
    _, blob = store.load(run.id)
    values = update(t.checkpoints).where(t.checkpoints.c.run == run.id).values(state=change(blob))
    store.writer.do(lambda connection: connection.execute(values) and None).result()


@pytest.mark.parametrize("how", BREAKS)
def test_a_reset_brings_back_a_run_whose_checkpoint_is_broken(how, make, client, monkeypatch):
    run = make(SPEC)
    run.change(learning_rate=0.05, frozen=["a"], speed=60)
    run.step("epoch", 3)
    put_to_sleep(client, run, monkeypatch)
    change_saved(client, run, BREAKS[how])
    asked = client.get(f"{run.path}/weights", headers=run.headers)
    assert 400 <= asked.status_code < 500, asked.text
    found = run.get()
    assert (found["state"], found["fix"]) == ("failed", "Reset the run.")
    assert "could not be brought back" in found["message"]

    assert run.state("created", seed="same")["state"] == "created"
    with run.stream("?after=4&start=1") as socket:  # a page that was there before
        watcher = Socket(socket).until(lambda w: any(said["type"] == "note" for said in w.said))
    assert any("begins anew" in said.get("message", "") for said in watcher.said)
    found = run.get()
    assert (found["epoch"], found["seq"], found["message"]) == (0, 1, "")
    settings = run.get("settings")
    assert (settings["learning_rate"], settings["frozen"], settings["speed"]) == (0.05, ["a"], 60)
    run.step("epoch", 4)
    assert [row[0] for row in run.rows()] == [0, 1, 2, 3, 4]
    rows = run.rows()
    put_to_sleep(client, run, monkeypatch)
    assert run.rows() == rows
    run.step("epoch", 1)
    assert run.rows()[:5] == rows


def test_a_new_seed_is_taken_by_such_a_run_too(make, client, monkeypatch):
    run = make(SMALL)
    run.step("epoch", 2)
    put_to_sleep(client, run, monkeypatch)
    change_saved(client, run, BREAKS["noise"])
    assert run.state("created", seed=77)["seed"] == 77
    run.step("epoch", 3)
    np.testing.assert_array_equal(np.array(run.rows(), float), straight({**SMALL, "seed": 77}, 3))


def test_a_broken_run_that_was_training_does_not_hold_the_others_up(make, client, monkeypatch):
    broken, fine = make(SPEC), make(SPEC)
    for run in (broken, fine):
        run.step("epoch", 2)
        put_to_sleep(client, run, monkeypatch)
    change_saved(client, broken, BREAKS["cut off"])
    store, keeper = client.app.state.manager.keeper.store, client.app.state.manager.keeper
    for run in (broken, fine):
        store.change(run.id, {"state": "running"}).result()
    client.portal.call(keeper._resume, [broken.id, fine.id])
    assert broken.get()["state"] == "failed"
    assert wait(lambda: fine.get()["epoch"] > 3)
