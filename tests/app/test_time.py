"""A run in time: moments can be looked at, survive crashes, and others go on from them exactly."""

import os
import signal
from asyncio import wrap_future

import numpy as np
import pytest

from tests.app.conftest import API, KEY, SMALL
from tests.app.test_recovery import put_to_sleep, step, stored
from tests.tools.server import call
from tests.tools.waiting import wait

OTHER = "another-owner-s-key-of-good-length"
DROPOUT = {
    "data": {"type": "circle", "samples": 60, "noise": 10},
    "network": {
        "layers": [
            {"id": "hidden", "type": "dense", "units": 4, "activation": "tanh"},
            {"id": "drop", "type": "dropout", "rate": 0.2},
            {"id": "output", "type": "dense", "units": 1, "activation": "tanh"},
        ]
    },
    "training": {"optimizer": "adam", "batch_size": 7},
}


def fork(client, run, key=OTHER, status=201, **body):
    answer = client.post(f"{run.path}/fork", json=body, headers={"Authorization": f"Bearer {key}"} if key else {})
    assert answer.status_code == status, answer.text
    return answer.json()


class Child:
    """A fork as its owner uses it."""

    def __init__(self, client, made, key=OTHER):
        self.client, self.made, self.path = client, made, f"{API}/runs/{made['id']}"
        self.headers = {"Authorization": f"Bearer {made['key']}"}

    def get(self, what="", **params):
        answer = self.client.get(f"{self.path}/{what}".rstrip("/"), params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def step(self, unit, count):
        body = {"state": "paused", "advance": {"unit": unit, "count": count}}
        answer = self.client.put(f"{self.path}/state", json=body, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def rows(self):
        return self.get("history", limit=10_000)["rows"]

    def delete(self):
        self.client.delete(self.path, headers=self.headers)


@pytest.fixture
def forks(client):
    """`forks(run, at=…, changes=…)` gives a Child that is deleted after the test."""
    made = []

    def make(run, **body):
        made.append(Child(client, fork(client, run, **body)))
        return made[-1]

    yield make
    for child in made:
        child.delete()


def test_every_epoch_is_a_moment_that_can_be_looked_at(make):
    run = make(SMALL)
    seen = []
    for _ in range(5):
        seen.append((run.get("weights"), run.get("evaluation"), run.get("activations", index=3)))
        run.step("epoch", 1)
    line = run.get("timeline")
    assert [m["epoch"] for m in line["moments"]] == list(range(6))
    assert [m["seq"] for m in line["moments"]] == list(range(1, 7))
    assert line["present"] == {"seq": 6, "epoch": 5, "update": line["moments"][-1]["update"]}
    example = run.get("examples", limit=1)["raw"]
    for moment, (weights, evaluation, activations) in zip(line["moments"], seen, strict=False):
        at = moment["update"]
        assert run.get("weights", at=at) == weights
        assert run.get("evaluation", at=at) == evaluation
        assert run.get("activations", index=3, at=at) == activations
        predicted = run.call("POST", "predict", json={"inputs": example}, params={"at": at})
        assert (predicted["epoch"], predicted["update"]) == (moment["epoch"], at)
    assert run.get("weights")["epoch"] == 5


def test_an_update_between_two_moments_shows_the_nearer(make):
    run = make(SMALL)
    run.step("epoch", 4)
    per_epoch = run.get()["update"] // 4
    assert run.get("weights", at=2 * per_epoch + 1)["update"] == 2 * per_epoch
    assert run.get("weights", at=10**9)["epoch"] == 4


def test_octets_say_which_moment_they_are(make, client):
    run = make(SMALL)
    run.step("epoch", 3)
    answer = client.get(f"{run.path}/weights", params={"at": 0}, headers={"Accept": "application/octet-stream"})
    assert (answer.headers["run-epoch"], answer.headers["run-update"]) == ("0", "0")
    kernel = run.get("weights", at=0)["layers"]["hidden"]["kernel"]
    assert np.frombuffer(answer.content, "<f4")[:6].tolist() == np.array(kernel, np.float32).ravel().tolist()


def test_the_time_line_survives_the_death_of_its_worker_and_sleep(make, client, monkeypatch):
    run = make(SMALL)
    run.step("epoch", 6)
    before = {at: run.get("weights", at=at) for at in (0, 9, 18)}
    moments = run.get("timeline")["moments"]
    for pid in client.app.state.manager.keeper.runner.processes():
        os.kill(pid, signal.SIGKILL)
    assert run.get("timeline")["moments"] == moments
    assert {at: run.get("weights", at=at) for at in (0, 9, 18)} == before
    put_to_sleep(client, run, monkeypatch)
    assert run.get("timeline")["moments"] == moments
    run.step("epoch", 1)
    assert [m["epoch"] for m in run.get("timeline")["moments"]] == list(range(8))


def test_a_long_run_keeps_a_few_hundred_moments_in_store_too(make, client):
    run = make(SMALL)
    run.step("epoch", 1500)
    line = run.get("timeline")
    assert 128 <= len(line["moments"]) <= 256
    assert line["bytes"] < 500_000
    keeper = client.app.state.manager.keeper
    client.portal.call(keeper.runner.save, run.id)
    client.portal.call(lambda: wrap_future(keeper.store.writer.flush()))
    assert list(keeper.store.moments(run.id, 1)) == [m["seq"] for m in line["moments"]]


def test_a_reset_begins_a_new_time_line(make):
    run = make(SMALL)
    run.step("epoch", 5)
    run.state("created", seed=77)
    line = run.get("timeline")
    assert (line["start"], [m["update"] for m in line["moments"]]) == (2, [0])


# ---- forks ----


@pytest.mark.parametrize("unit, count", [("epoch", 4), ("batch", 6), ("sample", 10)])
def test_a_fork_of_now_goes_on_as_its_parent_bit_for_bit(make, forks, unit, count):
    run = make(DROPOUT)
    run.step(unit, count)
    child = forks(run)
    assert child.get("weights")["layers"] == run.get("weights")["layers"]
    assert (child.made["parent"], child.made["fork_seq"]) == (run.id, run.get()["seq"])
    assert child.made["fork_update"] == run.get()["update"] == child.made["update"]
    run.step("epoch", 3)
    child.step("epoch", 3)
    assert child.rows() == run.rows()
    assert child.get("weights") == run.get("weights")


def test_a_fork_of_an_earlier_moment_has_the_history_up_to_there_and_repeats_the_rest(make, forks):
    run = make(DROPOUT)
    run.step("epoch", 8)
    at = run.get("timeline")["moments"][3]["update"]
    child = forks(run, at=at, name="from three")
    assert (child.made["epoch"], child.made["state"], child.made["name"]) == (3, "paused", "from three")
    assert child.rows() == run.rows()[:4]
    child.step("epoch", 5)
    assert child.rows() == run.rows()


def test_a_fork_of_the_start_is_a_run_that_has_not_begun(make, forks):
    run = make(DROPOUT)
    run.step("epoch", 3)
    child = forks(run, at=0)
    assert (child.made["state"], child.made["epoch"], child.made["seq"]) == ("created", 0, 1)


def test_a_fork_with_another_setting_parts_from_its_parent_there(make, forks):
    run = make(SMALL)
    run.step("epoch", 6)
    child = forks(run, at=run.get("timeline")["moments"][2]["update"], changes={"learning_rate": 0.5})
    assert child.get("settings")["learning_rate"] == 0.5
    child.step("epoch", 3)
    assert child.rows()[:3] == run.rows()[:3]
    assert child.rows()[3][2] != run.rows()[3][2]
    assert run.get("settings")["learning_rate"] != 0.5


def test_a_fork_of_another_experiment_begins_with_how_that_does(make, forks):
    run = make(SMALL)
    run.step("epoch", 4)
    child = forks(run, changes={"data": {"noise": 40}, "network": {"layers": {"hidden": {"activation": "relu"}}}})
    assert child.made["fresh"] == []
    rows = child.rows()
    assert rows[:5] == run.rows()
    assert rows[5][:2] == rows[4][:2], "the same moment"
    assert rows[5][2] != rows[4][2], "judged by the other experiment"
    assert child.get("weights")["layers"] == run.get("weights")["layers"]
    wider = forks(run, changes={"network": {"layers": {"hidden": {"units": 5}}}})
    assert set(wider.made["fresh"]) == {"hidden.kernel", "hidden.bias", "output.kernel"}
    assert wider.step("epoch", 2)["state"] == "paused"


def test_a_fork_is_kept_like_any_run(make, forks, client):
    run = make(SMALL)
    run.step("epoch", 5)
    child = forks(run, at=run.get("timeline")["moments"][2]["update"])
    for pid in client.app.state.manager.keeper.runner.processes():
        os.kill(pid, signal.SIGKILL)
    child.step("epoch", 3)
    assert child.rows() == run.rows()


def test_a_fork_outlives_its_parent_and_forgets_it_when_reset(make, forks, client):
    run = make(SMALL)
    run.step("epoch", 3)
    child = forks(run)
    client.delete(run.path, headers=run.headers)
    assert len(child.rows()) == 4
    client.put(f"{child.path}/state", json={"state": "created"}, headers=child.headers)
    made = child.get()
    assert (made["start"], made["fork_seq"], made["fork_update"]) == (2, None, None)
    assert len(child.rows()) == 1


def test_whoever_has_the_link_may_fork_into_a_run_of_their_own(make, client):
    run = make(SMALL)
    made = fork(client, run, key=None)
    assert len(made["key"]) >= 20 and made["key"] != KEY
    headers = {"Authorization": f"Bearer {made['key']}"}
    assert client.put(f"{API}/runs/{made['id']}/state", json={"state": "paused"}, headers=headers).status_code == 200
    assert client.put(f"{run.path}/state", json={"state": "paused"}, headers=headers).status_code == 403
    client.delete(f"{API}/runs/{made['id']}", headers=headers)


@pytest.mark.parametrize(
    "body, where",
    [
        ({"changes": {"colour": 1}}, "colour"),
        ({"changes": {"learning_rate": -1}}, "training.optimizer.learning_rate"),
        ({"changes": {"network": {"layers": {"nobody": {}}}}}, "network.layers.nobody"),
        ({"changes": {"data": {"samples": 10**7}}}, "data.samples"),
        ({"changes": {"frozen": ["nobody"]}}, "frozen"),
        ({"changes": 5}, "changes"),
        ({"at": -1}, "at"),
        ({"when": 3}, "when"),
    ],
)
def test_a_fork_that_can_not_be_is_refused_at_its_field(make, client, body, where):
    found = fork(client, make(SMALL), status=422, **body)
    assert found["where"] == where, found


def test_the_time_line_and_forks_survive_the_death_of_the_server(server_factory):
    first = server_factory(workers=1)
    run = call(first, "POST", "/runs", SMALL)["id"]
    step(first, run, 6)
    child = call(first, "POST", f"/runs/{run}/fork", {"at": 9})
    before = call(first, "GET", f"/runs/{run}/timeline")
    weights = {at: call(first, "GET", f"/runs/{run}/weights?at={at}") for at in (0, 9, 18)}
    wait(lambda: stored(first, run) == 7 and stored(first, child["id"]) == child["seq"])
    first.kill()
    second = server_factory(data_dir=first.data_dir, workers=1)
    assert call(second, "GET", f"/runs/{run}/timeline") == before
    assert {at: call(second, "GET", f"/runs/{run}/weights?at={at}") for at in (0, 9, 18)} == weights
    kept = call(second, "GET", f"/runs/{child['id']}")
    assert (kept["parent"], kept["fork_update"], kept["seq"]) == (run, 9, child["seq"])
    rows = call(second, "GET", f"/runs/{child['id']}/history")["rows"]
    assert rows == call(second, "GET", f"/runs/{run}/history")["rows"][: child["seq"]]
