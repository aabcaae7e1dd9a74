"""Workers that die or hang: their runs go on, watchers are told, and a run that does it again and again is stopped."""

import os
import signal
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.runs.blame import LIVED, Blame
from app.runs.pool import LONGEST, STEADY, wait_after
from app.settings import Settings
from tests.app import poison
from tests.app.conftest import API, SMALL, Run
from tests.app.test_recovery import SPEC
from tests.app.test_stream import Socket, same
from tests.tools.straight import straight
from tests.tools.waiting import wait

HEAVY = {  # 1,500 updates an epoch
    "seed": 3,
    "data": {"type": "spiral", "samples": 3000},
    "network": SPEC["network"],
    "training": {**SPEC["training"], "batch_size": 1},
}


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """`client` of a server whose two workers are soon taken for stuck, and may have poisoned runs in them.

    A worker that is gone is followed by the next at once, however many of them go here.
    """
    folder = tmp_path_factory.mktemp("faults")
    settings = Settings(data_dir=folder, workers=2, stuck_seconds=2, checkpoint_seconds=0.2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.runs.link.worker.main", poison.main)
        patch.setattr("app.runs.pool.wait_after", lambda before, lived: 0.0)
        patch.setenv(poison.ONCE, str(folder / "once"))
        with TestClient(create_app(settings)) as client:
            yield client


def keeper_of(client):
    return client.app.state.manager.keeper


def worker_of(client, run):
    return keeper_of(client).runner._homes[run.id].process.pid


def stepped(client, run):
    """One more epoch, saved: what a worker had not saved before it died would be trained again."""
    epoch = run.step()["epoch"]
    wait(lambda: keeper_of(client).store.get(run.id).epoch == epoch)
    return epoch


def notes(watcher):
    return [said["message"] for said in watcher.said if said["type"] == "note"]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP], ids=["dead", "stuck"])
def test_a_run_goes_on_in_mid_epoch_when_its_worker_is(how, served):
    run = Run(served, HEAVY)
    with run.stream() as socket:
        watcher = Socket(socket)
        run.state("running")
        watcher.until(lambda w: len(w.rows) > 1 and w.frames[-1]["update"] % 1500)
        before = worker_of(served, run)
        os.kill(before, how)
        had = len(watcher.rows)
        watcher.until(lambda w: len(w.rows) > had + 1)
        assert worker_of(served, run) != before
        run.state("paused")
        seq = run.get()["seq"]
        watcher.until(lambda w: len(w.rows) >= seq)
    (note,) = [note for note in notes(watcher) if "was lost" in note]
    assert note.startswith("The worker was lost at epoch ")
    assert "; going on from epoch " in note
    rows = np.array(watcher.rows)
    whole = rows[rows[:, 0] % 1 == 0]
    np.testing.assert_array_equal(whole, straight(HEAVY, len(whole) - 1))
    same(watcher.rows, run.rows())
    wait(lambda: len(keeper_of(served).runner.processes()) == 2)


def test_a_stuck_worker_without_work_is_replaced_too(served):
    pool = keeper_of(served).runner
    run = Run(served, SMALL)
    stepped(served, run)
    wait(lambda: all(link.silent >= 0 for link in pool._links))  # they have started
    pids = pool.processes()
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    assert run.step()["epoch"] == 2, "who asks waits for the new one"
    wait(lambda: len(set(pool.processes()) - set(pids)) == 2)


@pytest.mark.parametrize("seed", [poison.KILLS, poison.HANGS], ids=["kills", "hangs"])
def test_a_run_that_takes_its_worker_down_again_and_again_is_stopped_and_the_others_go_on(seed, served):
    others = [Run(served, SPEC) for _ in range(2)]
    for other in others:
        other.state("running")
    bad = Run(served, {**SMALL, "seed": seed})
    with bad.stream() as socket:
        watcher = Socket(socket)
        bad.state("running")
        watcher.until(lambda w: any(said.get("state") == "failed" for said in w.said))
    found = bad.get()
    assert found["state"] == "failed"
    assert "lost 3 times in a row while it worked on this run" in found["message"]
    assert "Reset the run" in found["fix"]
    epochs = [other.get()["epoch"] for other in others]
    wait(lambda: all(other.get()["epoch"] > epoch for other, epoch in zip(others, epochs, strict=True)))
    for other in others:
        other.state("paused")
        rows = other.rows()
        np.testing.assert_array_equal(np.array(rows, float), straight(SPEC, len(rows) - 1))
        assert other.get()["state"] == "paused", "nobody else is blamed"
    assert wait(lambda: keeper_of(served).store.get(bad.id).state == "failed")
    assert bad.get("weights")["layers"], "it can still be looked at"
    assert bad.state("created", seed="same")["state"] == "created"
    assert bad.get()["epoch"] == 0


def test_a_command_that_workers_die_of_does_not_take_them_all(served):
    run = Run(served, {**SMALL, "seed": poison.KILLS_WHEN_ASKED})
    other = Run(served, SMALL)
    answer = served.patch(f"{run.path}/settings", json={"speed": 1.0}, headers=run.headers)
    assert answer.status_code == 503
    assert keeper_of(served).feeds[run.id].blame.losses == 2
    assert other.step()["epoch"] == 1
    assert run.get()["state"] == "created"


@pytest.mark.parametrize("part", [0.5, 1.0], ids=["half", "all"])
def test_what_was_asked_is_done_once_when_the_worker_dies_while_it_answers(part, served):
    """Whoever asks hears of everything that it brought about, or of nothing: then it is asked again."""
    once = Path(os.environ[poison.ONCE])

    def ask(question):
        once.write_text(f"{part}")
        question()
        assert not once.exists()
        assert wait(lambda: run.get()["state"] != "running")
        return run.get()

    spec = {**SMALL, "seed": poison.DIES_ANSWERING}
    run = Run(served, spec)
    assert ask(run.step)["epoch"] == 1
    stepped(served, run)
    edited = ask(lambda: run.edit(("output", "bias", [0], 0.25)))
    assert (edited["epoch"], edited["seq"]) == (2, 4), "a row for each epoch and one for the edit"
    found = ask(lambda: run.state("created", seed="same"))
    assert (found["start"], found["epoch"], found["seq"]) == (2, 0, 1)
    assert len(run.rows()) == 1


def test_runs_are_to_be_had_while_workers_die(served):
    """Whoever asks waits for the next worker; no answer is a mistake of the server."""
    run = Run(served, SMALL)
    for epoch in range(1, 4):
        for pid in keeper_of(served).runner.processes():
            os.kill(pid, signal.SIGKILL)
        assert stepped(served, run) == epoch
    assert served.get(f"{API}/runs/{run.id}/history").status_code == 200


def test_the_next_worker_comes_at_once_unless_they_keep_dying():
    assert wait_after(0.0, STEADY) == wait_after(LONGEST, STEADY) == 0
    waits = [0.0]
    for _ in range(12):
        waits.append(wait_after(waits[-1], lived=0.5))
    assert waits[-1] == LONGEST
    assert all(b >= min(2 * a, LONGEST) for a, b in pairwise(waits))


def test_bad_luck_is_not_held_against_a_run():
    blame, now = Blame(), 100.0
    for update in range(1000, 100_000, 1000):
        blame.add((1, update), now)
        assert not blame.too_often
        now += LIVED + 1


def test_losses_in_a_row_are_those_that_come_soon_or_at_the_same_place():
    soon, stays = Blame(), Blame()
    for k in range(3):
        soon.add((1, 1000 * k + 1), 10.0 * k)
        stays.add((1, 1000 - k), 1000.0 * k)
    assert soon.too_often
    assert stays.too_often
