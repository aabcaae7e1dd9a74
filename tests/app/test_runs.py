"""A run's life over REST: made, started, stepped, changed, edited, reset, looked into, deleted."""

import json

import numpy as np
import pytest

from app.schemas import TRAINING
from engine.events import COLUMNS
from engine.experiment import Experiment
from tests.app.conftest import API, KEY, SMALL
from tests.tools.straight import straight
from tests.tools.waiting import wait

OTHER = {"Authorization": "Bearer somebody-else-s-key-entirely"}


def came_to(run, state):
    """The run, once it is in this state."""
    wait(lambda: run.get()["state"] == state)
    return run.get()


def trained(run, rows=5):
    """Let it go on for some rows more; answers how it is then."""
    had = run.get()["seq"]
    wait(lambda: run.get()["seq"] > had + rows)
    return run.get()


def clean(rows):
    return [[np.nan if v is None else v for v in row] for row in rows]


def test_an_empty_body_makes_the_default_experiment(make):
    made = make({}).made
    assert made["spec"] == Experiment.from_json({}).to_json()
    assert (made["state"], made["epoch"], made["seq"], made["start"]) == ("created", 0, 1, 1)
    assert made["check"] == json.loads(json.dumps(Experiment.from_json({}).check()))
    assert made["key"] == KEY


def test_the_server_makes_a_key_for_who_sends_none(client):
    answer = client.post(f"{API}/runs", json=SMALL)
    made = answer.json()
    assert len(made["key"]) >= 20
    assert client.get(f"{API}/{answer.headers['location']}").json()["id"] == made["id"]
    path, headers = f"{API}/runs/{made['id']}", {"Authorization": f"Bearer {made['key']}"}
    assert client.delete(path, headers=headers).status_code == 204
    assert client.get(path).status_code == 404


def test_play_pause_and_the_losses_are_those_of_the_engine(run):
    assert run.state("running")["state"] == "running"
    trained(run)
    paused = run.state("paused")
    assert paused["state"] == "paused"
    rows = run.rows()
    assert len(rows) == paused["seq"] > 5
    np.testing.assert_array_equal(clean(rows), straight(SMALL, len(rows) - 1))
    assert run.get("weights")["update"] == paused["update"]  # the worker says so
    assert run.get()["seq"] == paused["seq"]


def test_reset_and_play_give_exactly_the_same_rows(run):
    run.step("epoch", 30)
    first = run.rows()
    assert len(first) == 31
    created = run.state("created")
    assert (created["state"], created["epoch"], created["seq"], created["start"]) == ("created", 0, 1, 2)
    assert run.rows() == first[:1]
    run.step("epoch", 30)
    assert run.rows() == first


def test_a_new_start_has_another_seed_and_other_losses(run):
    run.step("epoch", 3)
    first, seed = run.rows(), run.get()["seed"]
    assert run.state("created", seed="new")["seed"] != seed
    assert run.rows()[0] != first[0]
    assert run.state("created", seed=seed)["seed"] == seed
    run.step("epoch", 3)
    assert run.rows() == first


@pytest.mark.parametrize("unit, epoch, update", [("epoch", 2, 6), ("batch", 0, 2), ("sample", 0, 0)])
def test_a_step_is_done_when_it_is_answered(run, unit, epoch, update):
    after = run.step(unit, 2)  # 30 training examples in batches of 10
    assert (after["state"], after["epoch"], after["update"]) == ("paused", epoch, update)


def test_a_long_step_goes_on_after_the_answer(run, monkeypatch):
    monkeypatch.setattr("app.runs.manager.SETTLE", 0.1)
    run.change(speed=1)
    assert run.step("epoch", 500)["state"] == "running"
    run.change(speed=None)
    assert came_to(run, "paused")["epoch"] == 500


def test_settings_are_changed_while_it_goes_on(run):
    run.state("running")
    changed = run.change(
        learning_rate=0.1,
        batch_size=5,
        regularizer={"type": "l2", "rate": 0.01},
        epochs=90_000,
        frozen=["hidden"],
        speed=50,
    )
    assert (changed["learning_rate"], changed["batch_size"], changed["frozen"], changed["speed"]) == (
        0.1,
        5,
        ["hidden"],
        50,
    )
    assert run.get("settings") == changed
    now = run.get()
    assert now["state"] == "running"
    assert now["spec"]["training"]["optimizer"]["learning_rate"] == 0.1
    kernel = run.get("weights")["layers"]["hidden"]["kernel"]
    trained(run)
    run.state("paused")
    weights = run.get("weights")["layers"]
    assert weights["hidden"]["kernel"] == kernel
    rate = COLUMNS.index("learning_rate")
    assert {row[rate] for row in run.rows()} == {0.03, 0.1}


def test_another_optimizer_by_name(run):
    run.step()
    assert run.change(optimizer="adam")["optimizer"]["type"] == "adam"
    assert run.step()["epoch"] == 2


def test_weights_are_edited_in_place(run):
    run.step("epoch", 2)
    before = run.get("weights")["layers"]
    run.edit(("hidden", "kernel", [1, 2], 0.75), ("output", "bias", [0], -0.5))
    after = run.get("weights")["layers"]
    assert after["hidden"]["kernel"][1][2] == 0.75
    assert after["output"]["bias"] == [-0.5]
    after["hidden"]["kernel"][1][2], after["output"]["bias"] = (
        before["hidden"]["kernel"][1][2],
        before["output"]["bias"],
    )
    assert after == before
    rows = run.rows()
    assert len(rows) == 4  # the edit shows in the losses, though no epoch went by
    assert rows[3][:2] == rows[2][:2]
    assert rows[3][2] != rows[2][2]


def test_history_comes_in_pages(run):
    run.step("epoch", 25)
    whole = run.rows()
    pages, after = [], 0
    while True:
        page = run.get("history", after=after, limit=7)
        if not page["rows"]:
            break
        pages += page["rows"]
        after = page["next"]
    assert page["columns"] == list(COLUMNS)
    assert pages == whole
    assert after == page["next"] == 26


def test_packed_weights_are_what_the_manifest_says(run, client):
    run.step("epoch", 3)
    told = run.get("weights")
    answer = client.get(f"{run.path}/weights", headers={"Accept": "application/octet-stream"})
    assert answer.headers["content-type"] == "application/octet-stream"
    packed = np.frombuffer(answer.content, "<f4")
    assert len(packed) == sum(entry["size"] for entry in told["manifest"])
    for entry in told["manifest"]:
        array = packed[entry["offset"] : entry["offset"] + entry["size"]].reshape(entry["shape"])
        np.testing.assert_array_equal(array, np.float32(told["layers"][entry["layer"]][entry["name"]]))


def test_predictions_are_those_of_the_weights(run):
    run.step("epoch", 20)
    layers = run.get("weights")["layers"]
    found = run.get("examples", split="test", limit=12)
    assert len(found["inputs"]) == 12
    assert found["total"] == 30
    x = np.array(found["inputs"])
    hidden = np.tanh(x @ np.array(layers["hidden"]["kernel"]) + layers["hidden"]["bias"])
    expected = np.tanh(hidden @ np.array(layers["output"]["kernel"]) + layers["output"]["bias"])
    raw = run.call("POST", "predict", json={"inputs": found["raw"]})
    ready = run.call("POST", "predict", json={"inputs": found["inputs"], "ready": True})
    np.testing.assert_allclose(raw["outputs"], expected, atol=1e-5)
    np.testing.assert_allclose(ready["outputs"], expected, atol=1e-5)
    assert raw["predicted"] == (expected[:, 0] > 0).astype(int).tolist()
    first = run.get("activations", split="test", index=0)
    np.testing.assert_allclose(first["layers"]["hidden"]["values"], hidden[0], atol=1e-5)
    assert first["layers"]["hidden"]["shape"] == [3]
    assert first["target"] == found["targets"][0]


def test_evaluation_agrees_with_the_history(run):
    run.step("epoch", 10)
    last = dict(zip(COLUMNS, run.rows()[-1], strict=True))
    for split in ("train", "test"):
        found = run.get("evaluation", split=split)
        assert (found["loss"], found["metric"]) == (last[f"{split}_loss"], last[f"{split}_metric"])
        confusion = np.array(found["confusion"])
        assert confusion.sum() == 30
        assert np.trace(confusion) / 30 == pytest.approx(found["metric"])


def test_values_are_predicted_in_the_units_of_the_data(make):
    run = make({"data": "diabetes"})
    example = run.get("examples", limit=1)
    answer = run.call("POST", "predict", json={"inputs": example["raw"]})
    assert "predicted" not in answer
    assert 25 < answer["values"][0][0] < 350


def test_a_finished_run_does_not_go_on_until_it_may(make, client):
    run = make({**SMALL, "training": {"epochs": 3}})
    run.state("running")
    done = came_to(run, "finished")
    assert done["epoch"] == 3
    assert done["message"]
    again = client.put(f"{run.path}/state", json={"state": "running"}, headers=run.headers)
    assert again.status_code == 409
    assert again.json()["fix"]
    run.change(epochs=5)
    run.state("running")
    assert came_to(run, "finished")["epoch"] == 5


def test_runs_are_listed_for_their_key_newest_first(make, client):
    key = "a-key-for-this-list-alone"
    ids = [make(key=key).id for _ in range(5)][::-1]
    headers = {"Authorization": f"Bearer {key}"}
    found, cursor = [], None
    while True:
        params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = client.get(f"{API}/runs", params=params, headers=headers).json()
        found += [r["id"] for r in page["runs"]]
        if not (cursor := page["next"]):
            break
    assert found == ids
    assert client.get(f"{API}/runs", headers=OTHER).json()["runs"] == []


STEERING = [
    ("PUT", "state", {"state": "running"}),
    ("PATCH", "settings", {"learning_rate": 0.1}),
    ("PATCH", "weights", {"edits": [{"layer": "output", "name": "bias", "index": [0], "value": 1}]}),
    ("DELETE", "", None),
]


@pytest.mark.parametrize("method, what, body", STEERING)
@pytest.mark.parametrize("headers, status", [({}, 401), (OTHER, 403), ({"Authorization": "Basic YTpi"}, 401)])
def test_only_the_key_steers(client, run, method, what, body, headers, status):
    before = run.get()
    answer = client.request(method, f"{run.path}/{what}".rstrip("/"), json=body, headers=headers)
    assert answer.status_code == status
    assert answer.json()["where"] == "Authorization"
    assert run.get() == before


@pytest.mark.parametrize("what", ["", "settings", "weights", "history", "examples", "activations", "evaluation"])
def test_everybody_with_the_id_may_look(client, run, what):
    answer = client.get(f"{run.path}/{what}".rstrip("/"))
    assert answer.status_code == 200
    assert KEY not in answer.text


def test_the_key_is_not_kept(run, client):
    assert "key" not in run.get()
    record = client.app.state.manager.keeper.feeds[run.id].record
    assert KEY not in json.dumps(record.values())


def test_every_live_setting_of_training_can_be_changed_and_read(run):
    live = {p.name for p in TRAINING.values() if p.live}
    assert set(run.get("settings")) == live | {"learning_rate", "frozen", "speed"}
    run.state("running")
    assert run.change(clip_norm=0.5)["clip_norm"] == 0.5
    assert run.get()["spec"]["training"]["clip_norm"] == 0.5
    assert run.change(clip_norm=None)["clip_norm"] is None
