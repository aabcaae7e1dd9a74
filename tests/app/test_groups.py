"""Groups: twins share everything but what they change, twenty seeds train at once, one stream shows them all."""

import json

import numpy as np
import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.runs.bands import band, solved
from app.settings import Settings
from app.wire import decode
from engine.events import COLUMNS
from engine.experiment import Experiment
from engine.train import Trainer
from tests.app.conftest import API, KEY, SMALL
from tests.tools.waiting import wait

HEADERS = {"Authorization": f"Bearer {KEY}"}


class Group:
    """A group as its owner uses it."""

    def __init__(self, client, status=201, **body):
        answer = client.post(f"{API}/groups", json=body, headers=HEADERS)
        assert answer.status_code == status, answer.text
        self.client, self.made = client, answer.json()
        self.path = f"{API}/groups/{self.made.get('id')}"

    def get(self, **params):
        answer = self.client.get(self.path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def state(self, state, **more):
        answer = self.client.put(f"{self.path}/state", json={"state": state, **more}, headers=HEADERS)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def step(self, count):
        return self.state("paused", advance={"unit": "epoch", "count": count})

    def rows(self, member):
        run = self.made["runs"][member]["id"]
        return self.client.get(f"{API}/runs/{run}/history", params={"limit": 10_000}).json()["rows"]


@pytest.fixture
def make_group(client):
    groups = []

    def make(**body):
        groups.append(Group(client, **body))
        return groups[-1]

    yield make
    for group in groups:
        client.delete(group.path, headers=HEADERS)


def test_twins_share_their_start_and_then_differ(make_group):
    group = make_group(spec=SMALL, changes=[{}, {"learning_rate": 0.3}, {"optimizer": {"type": "adam"}}])
    assert [run["member"] for run in group.made["runs"]] == [0, 1, 2]
    assert {run["group"] for run in group.made["runs"]} == {group.made["id"]}
    group.step(5)
    rows = [group.rows(k) for k in range(3)]
    assert rows[0][0][2:6] == rows[1][0][2:6] == rows[2][0][2:6]
    assert len({row[1][2] for row in rows}) == 3
    specs = [run["spec"] for run in group.get()["runs"]]
    assert specs[0]["data"] == specs[1]["data"] == specs[2]["data"]
    assert specs[1]["training"]["optimizer"]["learning_rate"] == 0.3


def test_a_twin_without_a_change_is_the_same_run(make_group):
    group = make_group(spec=SMALL, changes=[{}, {}])
    group.step(4)
    assert group.rows(0) == group.rows(1)


def test_seeds_are_the_experiment_from_other_starts(make_group):
    group = make_group(spec={**SMALL, "seed": 7}, seeds=3)
    assert [run["seed"] for run in group.made["runs"]] == [7, 8, 9]
    group.step(3)
    for k in range(3):
        trainer = Trainer(Experiment.from_json({**SMALL, "seed": 7 + k}))
        expected = [trainer.row()] + [e.row for _, e in zip(range(3), trainer.events("epoch"), strict=False)]
        np.testing.assert_array_equal(np.array(group.rows(k), float), np.array(expected))
    listed = make_group(spec=SMALL, seeds=[5, 99])
    assert [run["seed"] for run in listed.made["runs"]] == [5, 99]


def test_a_group_is_reset_together_to_the_same_or_another_start(make_group):
    seeds = make_group(spec={**SMALL, "seed": 7}, seeds=2)
    seeds.step(2)
    first = [seeds.rows(k)[0] for k in range(2)]
    seeds.state("created")
    assert [seeds.rows(k) for k in range(2)] == [[first[0]], [first[1]]]
    found = seeds.state("created", seed=100)
    assert [run["seed"] for run in found["runs"]] == [100, 101]
    twins = make_group(spec=SMALL, changes=[{}, {"learning_rate": 1}])
    found = twins.state("created", seed="new")
    assert found["runs"][0]["seed"] == found["runs"][1]["seed"]


def test_settings_of_a_run_may_be_changes_too(make_group, client):
    group = make_group(spec=SMALL, changes=[{"speed": 5}, {"frozen": ["hidden"]}])
    runs = group.get()["runs"]
    assert runs[0]["settings"]["speed"] == 5
    assert runs[1]["settings"]["frozen"] == ["hidden"]
    assert runs[0]["settings"]["frozen"] == []


def test_the_band_and_the_count_of_solved_are_those_of_the_runs(make_group):
    criterion = {"column": "train_loss", "below": 0.8}
    group = make_group(spec=SMALL, seeds=5, criterion=criterion)
    group.step(30)
    found = group.get(column="train_loss")
    rows = np.array([group.rows(k) for k in range(5)], float)[:, :, 2]
    assert found["band"]["epochs"] == list(range(31))
    ordered = np.sort(rows, axis=0)
    np.testing.assert_array_equal(found["band"]["median"], ordered[2])
    np.testing.assert_array_equal(found["band"]["lower"], ordered[1])
    np.testing.assert_array_equal(found["band"]["upper"], ordered[3])
    assert found["band"]["count"] == [5] * 31
    assert found["solved"]["runs"] == (rows[:, -1] < 0.8).tolist()
    assert (found["solved"]["count"], found["solved"]["of"]) == ((rows[:, -1] < 0.8).sum(), 5)
    for first, run in zip(found["solved"]["epochs"], rows, strict=True):
        assert first == (np.argmax(run < 0.8) if (run < 0.8).any() else None)
    assert [row[2] for row in found["rows"]] == rows[:, -1].tolist()


def test_a_band_of_runs_of_unequal_length():
    def curve(losses, step=1):
        out = np.full((len(losses), len(COLUMNS)), np.nan)
        out[:, 0], out[:, 2] = np.arange(len(losses)) * step, losses
        return out

    found = band([curve([4, 3, 2, 1]), curve([5, 4]), curve([9, np.inf])], "train_loss")
    assert found["count"] == [3, 3, 1, 1]
    assert found["median"] == [5, 4, 2, 1]
    assert found["upper"][1] in (4, None)
    thin = band([curve(np.arange(500.0), 3)], "train_loss")
    assert len(thin["epochs"]) <= 200
    assert solved(curve([3, 1, 2]), {"column": "train_loss", "below": 1.5}) == (False, 1.0)
    assert solved(curve([3, 1]), {"column": "train_loss", "at_least": 3}) == (False, 0.0)
    assert solved(curve([]), {"column": "train_loss", "below": 1}) == (False, None)


@pytest.mark.parametrize(
    "body, where",
    [
        ({}, "changes"),
        ({"changes": [{}], "seeds": 3}, "changes"),
        ({"changes": [{}, {"learning_rate": -1}]}, "changes.1.training.optimizer.learning_rate"),
        ({"changes": [{"colour": 1}]}, "changes.0.colour"),
        ({"changes": [{}, {"frozen": ["nobody"]}]}, "changes.1.frozen"),
        ({"seeds": 25}, "changes"),
        ({"seeds": [1, 1]}, "seeds"),
        ({"seeds": 0}, "seeds"),
        ({"seeds": 2, "criterion": {"column": "test_loss"}}, "criterion"),
        ({"seeds": 2, "criterion": {"column": "colour", "below": 1}}, "criterion.column"),
        ({"seeds": 2, "spec": {"data": "nothing"}}, "spec.data.type"),
    ],
)
def test_a_group_that_can_not_be_is_refused_and_nothing_is_left(client, body, where):
    before = client.get(f"{API}/runs", headers=HEADERS, params={"limit": 100}).json()["runs"]
    group = Group(client, status=422, **{"spec": SMALL, **body})
    assert group.made["where"] == where, group.made
    assert client.get(f"{API}/runs", headers=HEADERS, params={"limit": 100}).json()["runs"] == before


def test_only_its_key_steers_a_group_and_everyone_may_look(make_group, client):
    group = make_group(spec=SMALL, seeds=2)
    for headers, status in (({}, 401), ({"Authorization": "Bearer another-owner-s-key-here"}, 403)):
        for method, path in (("PUT", "/state"), ("DELETE", "")):
            answer = client.request(method, group.path + path, headers=headers, json={"state": "running"})
            assert answer.status_code == status
    assert KEY not in client.get(group.path).text
    assert client.get(f"{API}/groups/nobody").status_code == 404


def test_deleting_a_group_deletes_its_runs(client):
    group = Group(client, spec=SMALL, seeds=3)
    assert client.delete(group.path, headers=HEADERS).status_code == 204
    assert client.get(group.path).status_code == 404
    for run in group.made["runs"]:
        assert client.get(f"{API}/runs/{run['id']}").status_code == 404


def test_a_group_counts_as_one_run_and_has_a_limit(tmp_path):
    settings = Settings(
        data_dir=tmp_path, runner="inprocess", max_running_per_key=1, max_group_runs=4, max_runs_per_key=9
    )
    with TestClient(create_app(settings)) as client:
        group = Group(client, spec=SMALL, seeds=4)
        assert {run["state"] for run in group.state("running")["runs"]} == {"running"}
        single = client.post(f"{API}/runs", json=SMALL, headers=HEADERS).json()["id"]
        answer = client.put(f"{API}/runs/{single}/state", json={"state": "running"}, headers=HEADERS)
        assert answer.status_code == 429
        assert "4 runs" in Group(client, status=422, spec=SMALL, seeds=5).made["detail"]
        assert Group(client, status=201, spec=SMALL, seeds=4).made["runs"]
        assert Group(client, status=429, spec=SMALL, seeds=2).made["where"] == "Authorization"


class Watcher:
    """Takes in frames of a group's stream, each member's rows in order, and acknowledges them."""

    def __init__(self, socket, acknowledge=True):
        self.socket, self.acknowledge = socket, acknowledge
        self.rows, self.weights, self.said, self.frames = {}, {}, [], 0

    def take(self):
        message = self.socket.receive()
        if message.get("text") is not None:
            self.said.append(json.loads(message["text"]))
            return
        head, arrays = decode(message["bytes"])
        self.frames += 1
        for told in head["members"]:
            member, rows = told["member"], self.rows.setdefault(told["member"], [])
            assert told["first"] == len(rows) + 1
            rows.extend(arrays[f"{member}.history"].tolist())
            if f"{member}.weights" in arrays:
                self.weights[member] = arrays[f"{member}.weights"]
        if self.acknowledge:
            self.socket.send_text(json.dumps({"type": "ack", "seq": head["seq"]}))

    def until(self, condition):
        while not condition(self):
            self.take()


def test_one_stream_shows_every_run_of_a_group(make_group, client):
    group = make_group(spec=SMALL, seeds=6)
    with client.websocket_connect(f"{group.path}/stream") as socket:
        watcher = Watcher(socket)
        watcher.take()
        hello = watcher.said[0]
        assert [m["member"] for m in hello["members"]] == list(range(6))
        group.state("running")
        watcher.until(lambda w: len(w.rows) == 6 and all(len(rows) > 50 for rows in w.rows.values()))
        runs = group.state("paused")["runs"]
        watcher.until(lambda w: all(len(w.rows[k]) == run["seq"] for k, run in enumerate(runs)))
    for k, run in enumerate(runs):
        np.testing.assert_array_equal(np.array(watcher.rows[k], float), np.array(group.rows(k), float))
        layers = client.get(f"{API}/runs/{run['id']}/weights").json()["layers"]
        assert watcher.weights[k][0] == np.float32(layers["hidden"]["kernel"][0][0])
    assert {said["member"] for said in watcher.said if said["type"] == "state"} == set(range(6))


def test_a_group_stream_goes_on_where_it_was_left(make_group, client):
    group = make_group(spec=SMALL, seeds=3)
    group.step(10)
    with client.websocket_connect(f"{group.path}/stream?after=5,11,0&start=1,1,1") as socket:
        watcher = Watcher(socket)
        watcher.rows = {0: [None] * 5, 1: [None] * 11}
        watcher.until(lambda w: [len(w.rows.get(k, [])) for k in range(3)] == [11, 11, 11])


def test_at_most_two_frames_are_on_the_way_and_a_deleted_run_is_told(make_group, client):
    group = make_group(spec=SMALL, seeds=2)
    with client.websocket_connect(f"{group.path}/stream") as socket:
        watcher = Watcher(socket, acknowledge=False)
        watcher.until(lambda w: w.frames == 1)
        group.state("running")
        watcher.until(lambda w: w.frames == 2)
        seqs = [run["seq"] for run in group.get()["runs"]]
        wait(lambda: all(run["seq"] > seq + 50 for run, seq in zip(group.get()["runs"], seqs, strict=True)))
        run = group.made["runs"][1]["id"]
        client.delete(f"{API}/runs/{run}", headers=HEADERS)
        watcher.until(lambda w: any(said["type"] == "gone" and said["member"] == 1 for said in w.said))
        assert watcher.frames == 2
    assert len(group.get()["runs"]) == 1
