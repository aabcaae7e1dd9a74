"""Every mistake is answered in one shape: problem+json with what was expected, what came, where, what to do.

One checker, many rows. Each row is a way of getting it wrong, the status it deserves and the field it is about.
"""

import json

import pytest
from starlette.testclient import TestClient

from app.api.views import Problem
from app.main import create_app
from app.settings import Settings
from tests.app.conftest import API, KEY, SMALL, Run

JSON = {"Content-Type": "application/json"}


def assert_problem(answer, status, where=None, says=()):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found = answer.json()
    assert set(found) == set(Problem.model_fields)
    assert found["status"] == status
    assert found["title"]
    assert found["detail"]
    assert found["errors"][0] == {"where": found["where"], "message": found["detail"], "fix": found["fix"]}
    assert "Traceback" not in answer.text
    assert len(answer.text) < 20_000
    if where is not None:
        assert found["where"] == where, found
    for word in says:
        assert word in answer.text


def layers(*given):
    return {"network": {"layers": list(given)}}


OUT = {"id": "output", "type": "dense", "units": 1}
RATE = "training.optimizer.learning_rate"
SPECS = [
    ("an unknown field", {"colour": 1}, "colour", ()),
    ("text for a number", layers({"id": "h", "type": "dense", "units": "4"}, OUT), "network.layers.h.units", ("4096",)),
    ("true for a number", layers({"id": "h", "type": "dense", "units": True}, OUT), "network.layers.h.units", ()),
    ("half a unit", layers({"id": "h", "type": "dense", "units": 2.5}, OUT), "network.layers.h.units", ("2.5",)),
    ("a billion units", layers({"id": "h", "type": "dense", "units": 10**9}, OUT), "network.layers.h.units", ("4096",)),
    ("no units", layers({"id": "h", "type": "dense", "units": 0}, OUT), "network.layers.h.units", ()),
    ("a layer without a name", layers({"type": "dense", "units": -1}, OUT), "network.layers.layer1.units", ()),
    ("an unknown layer", layers({"id": "h", "type": "densee"}, OUT), "network.layers.h.type", ("dense",)),
    ("an activation", layers({"type": "dense", "activation": "rely"}), "network.layers.layer1.activation.type", ()),
    ("an unknown parameter", layers({"type": "dense", "unit": 3}), "network.layers.layer1.unit", ()),
    ("no layers", layers(), "network.layers", ()),
    ("layers that are none", {"network": {"layers": 5}}, "network.layers", ()),
    ("a network that is none", {"network": 5}, "network", ()),
    ("two layers of one name", layers(OUT, OUT), "network.layers.layer2.id", ()),
    ("three outputs for two classes", layers({"id": "o", "type": "dense", "units": 3}), None, ()),
    ("another input shape", {"network": {"input": [3], "layers": [OUT]}}, "network.input", ()),
    ("an unknown data set", {"data": "cirle"}, "data.type", ("circle",)),
    ("a data set that is none", {"data": 4}, "data", ()),
    ("an unknown feature", {"data": {"type": "circle", "features": ["z"]}}, "data.features", ("x_squared",)),
    ("what is no formula", {"data": {"type": "circle", "features": ["2x"]}}, "data.features", ("sin(3*x)",)),
    ("no value at some points", {"data": {"type": "circle", "features": ["log(x)"]}}, "data.features", ("log(abs(x)",)),
    ("too much noise", {"data": {"type": "circle", "noise": 51}}, "data.noise", ("50",)),
    ("too many samples", {"data": {"type": "circle", "samples": 10**7}}, "data.samples", ()),
    ("an empty test split", {"data": {"type": "iris", "train_fraction": 1}}, "data.train_fraction", ("0.9",)),
    ("a batch larger than the data", {"training": {"batch_size": 251}}, "training.batch_size", ("250",)),
    ("an unknown optimizer", {"training": {"optimizer": "addam"}}, "training.optimizer.type", ("adam",)),
    ("an optimizer without type", {"training": {"optimizer": {"learning_rate": 1}}}, "training.optimizer.type", ()),
    ("a negative rate", {"training": {"optimizer": {"type": "sgd", "learning_rate": -1}}}, RATE, ()),
    ("no epochs", {"training": {"epochs": 0}}, "training.epochs", ()),
    ("more epochs than allowed", {"training": {"epochs": 1_000_000}}, "training.epochs", ("100,000",)),
    ("a loss that does not fit", {"data": "iris", "training": {"loss": "binary_cross_entropy"}}, None, ()),
    ("a negative seed", {"seed": -1}, "seed", ()),
    ("a seed beyond JavaScript", {"seed": 2**60}, "seed", ()),
    ("another version", {"version": 2}, "version", ()),
    ("a point off the plane", {"data": {"type": "points", "points": [[0, 0, 0], [0, 99, 0]]}}, "data.points.1", ()),
    ("a point of no class", {"data": {"type": "points", "points": [[0, 0, 0], [0, 0, 2]]}}, "data.points.1", ()),
    ("half a point", {"data": {"type": "points", "points": [[0, 0, 0], [0]]}}, "data.points.1", ("class",)),
    ("a list", [], "", ()),
    ("text", "circle", "", ()),
    ("nothing", None, "", ()),
]  # fmt: skip


@pytest.mark.parametrize("spec, where, says", [row[1:] for row in SPECS], ids=[row[0] for row in SPECS])
def test_no_run_is_made_of(client, spec, where, says):
    assert_problem(client.post(f"{API}/runs", json=spec), 422, where, says)


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity", "1e999", "123456789" * 100])
@pytest.mark.parametrize(
    "body, where",
    [
        ('{"data": {"type": "circle", "noise": %s}}', "data.noise"),
        ('{"network": {"layers": [{"id": "h", "type": "dense", "units": %s}]}}', "network.layers.h.units"),
        ('{"training": {"optimizer": {"type": "sgd", "learning_rate": %s}}}', RATE),
        ('{"training": {"batch_size": %s}}', "training.batch_size"),
        ('{"seed": %s}', "seed"),
    ],
)
def test_numbers_that_are_none(client, body, where, word):
    assert_problem(client.post(f"{API}/runs", content=body % word, headers=JSON), 422, where)


BODIES = [
    (b"", 422), (b"{", 400), (b"\xff\xfe", 400), (b"[" * 200_000, 400), (b'{"a":' * 50_000, 400),
    (b'{"seed": ' + b"9" * 5000 + b"}", 400), (b"[[" * 20 + b"]]" * 20, 400), (b"nul", 400), (b'"' * 99, 400),
]  # fmt: skip


@pytest.mark.parametrize("content, status", BODIES)
@pytest.mark.parametrize("path", ["runs", "networks/check", "datasets/preview"])
def test_bodies_that_are_not_json(client, path, content, status):
    assert_problem(client.post(f"{API}/{path}", content=content, headers=JSON), status)


def test_a_body_of_another_type(client):
    assert_problem(client.post(f"{API}/runs", content=b"{}", headers={"Content-Type": "text/plain"}), 422)
    assert_problem(client.post(f"{API}/runs", data={"seed": 1}), 422)


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_that_is_too_large(client, announced):
    body = b" " * 2**21
    content = body if announced else (body[i : i + 2**16] for i in range(0, len(body), 2**16))
    assert_problem(client.post(f"{API}/runs", content=content, headers=JSON), 413, says=("1,048,576",))


REQUESTS = [
    ("GET", "", "?", None, 405), ("GET", "nothing", "", None, 404), ("POST", "state", "", {}, 405),
    ("PUT", "state", "", {"state": "walking"}, 422), ("PUT", "state", "", {}, 422),
    ("PUT", "state", "", {"state": "running", "advance": {"unit": "epoch", "count": 0}}, 422),
    ("PUT", "state", "", {"state": "running", "advance": {"unit": "year"}}, 422),
    ("PUT", "state", "", {"state": "created", "seed": "old"}, 422),
    ("PUT", "state", "", {"state": "created", "seed": 1.5}, 422),
    ("PATCH", "settings", "", {"learning_rate": 0}, 422), ("PATCH", "settings", "", {"learning_rate": None}, 422),
    ("PATCH", "settings", "", {"learning_rate": "0.1"}, 422), ("PATCH", "settings", "", {"loss": "mae"}, 422),
    ("PATCH", "settings", "", {"batch_size": 31}, 422), ("PATCH", "settings", "", {"speed": 0}, 422),
    ("PATCH", "settings", "", {"speed": 1e9}, 422), ("PATCH", "settings", "", {"frozen": ["nobody"]}, 422),
    ("PATCH", "settings", "", {"frozen": "hidden"}, 422), ("PATCH", "settings", "", {"epochs": 10**9}, 422),
    ("PATCH", "settings", "", {"optimizer": {"type": "sgd", "learning_rate": 1e9}}, 422),
    ("PATCH", "weights", "", {"edits": []}, 422),
    ("PATCH", "weights", "", {"edits": [{"layer": "no", "name": "bias", "index": [0], "value": 1}]}, 422),
    ("PATCH", "weights", "", {"edits": [{"layer": "output", "name": "no", "index": [0], "value": 1}]}, 422),
    ("PATCH", "weights", "", {"edits": [{"layer": "output", "name": "bias", "index": [1], "value": 1}]}, 422),
    ("PATCH", "weights", "", {"edits": [{"layer": "output", "name": "bias", "index": [-1], "value": 1}]}, 422),
    ("PATCH", "weights", "", {"edits": [{"layer": "output", "name": "bias", "index": [], "value": 1}]}, 422),
    ("PATCH", "weights", "", {"edits": [{"layer": "output", "name": "bias", "index": [0], "value": 1e300}]}, 422),
    ("PATCH", "weights", "", {"edits": [{"layer": "output", "name": "bias", "index": [0], "value": "1"}]}, 422),
    ("POST", "predict", "", {"inputs": []}, 422), ("POST", "predict", "", {"inputs": [[1]]}, 422),
    ("POST", "predict", "", {"inputs": [[1, 2], [3]]}, 422), ("POST", "predict", "", {"inputs": [["a", "b"]]}, 422),
    ("POST", "predict", "", {"inputs": [[1, None]]}, 422), ("POST", "predict", "", {"inputs": [1, 2]}, 422),
    ("POST", "predict", "", {"inputs": [[1, 10**400]]}, 422), ("POST", "predict", "", {"inputs": "12"}, 422),
    ("GET", "history", "?after=-1", None, 422), ("GET", "history", "?after=x", None, 422),
    ("GET", "history", "?limit=0", None, 422), ("GET", "history", "?limit=99999", None, 422),
    ("GET", "examples", "?split=both", None, 422), ("GET", "examples", "?offset=-1", None, 422),
    ("GET", "activations", "?index=30", None, 422), ("GET", "activations", "?index=-1", None, 422),
    ("GET", "evaluation", "?split=", None, 422),
]  # fmt: skip


@pytest.mark.parametrize("method, what, query, body, status", REQUESTS)
def test_requests_to_a_run(client, run, method, what, query, body, status):
    before = run.get()
    path = run.path if what else f"{API}/runs/{run.id}/state/more"
    path, status = (f"{run.path}/{what}{query}", status) if what else (path, 404)
    answer = client.request(method, path, json=body, headers=run.headers)
    assert_problem(answer, status)
    assert run.get() == before


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_inputs_that_are_no_numbers(client, run, word):
    answer = client.post(f"{run.path}/predict", content=f'{{"inputs": [[1, {word}]]}}', headers=JSON)
    assert_problem(answer, 422, "inputs")


@pytest.mark.parametrize("id", ["nobody", "x" * 22, "x" * 5000, "%00", "..%2f..", "'; drop table runs"])
@pytest.mark.parametrize("what", ["", "/weights", "/history"])
def test_runs_that_are_not_there(client, id, what):
    assert_problem(client.get(f"{API}/runs/{id}{what}"), 404)


def test_other_addresses_and_methods(client):
    assert_problem(client.get("/nowhere"), 404)
    assert_problem(client.get(f"{API}/datasets/cirle"), 404, "type", ("circle",))
    assert_problem(client.put(f"{API}/runs"), 405)
    assert_problem(client.get(f"{API}/runs"), 401, "Authorization")
    assert_problem(client.get(f"{API}/runs?cursor=abc", headers={"Authorization": f"Bearer {KEY}"}), 422, "cursor")


def test_a_key_that_is_too_short(client):
    assert_problem(client.post(f"{API}/runs", json={}, headers={"Authorization": "Bearer short"}), 422, "Authorization")


@pytest.mark.parametrize(
    "body, where",
    [
        ({"network": {"layers": [OUT]}}, "data"),
        ({"network": {"layers": [OUT]}, "data": "circle", "input_shape": [2]}, "data"),
        ({"data": "circle"}, "network"),
        ({"network": {}, "input_shape": [0]}, "input_shape.0"),
        ({"network": {}, "input_shape": [1, 1, 1, 1, 1]}, "input_shape"),
        ({"network": {}, "data": {"type": "circle", "samples": 1}}, "data.samples"),
    ],
)
def test_checks_that_cannot_be_made(client, body, where):
    assert_problem(client.post(f"{API}/networks/check", json=body), 422, where)


@pytest.mark.parametrize(
    "network, where",
    [
        (5, "network.layers"),
        ({"layers": [{"type": "dense", "units": float("nan")}]}, "network.layers.layer1.units"),
        ({"layers": [{"id": "a", "type": "nothing"}]}, "network.layers.a.type"),
        ({"layers": [{"type": "dense", "inputs": ["b"]}]}, "network.layers.layer1.inputs"),
    ],
)
def test_what_is_wrong_with_a_network_is_an_answer_not_an_error(client, network, where):
    body = json.dumps({"network": network, "data": "circle"})
    answer = client.post(f"{API}/networks/check", content=body, headers=JSON)
    assert answer.status_code == 200, answer.text
    assert answer.json()["errors"][0]["where"] == where


def test_quotas(tmp_path):
    settings = Settings(data_dir=tmp_path, runner="inprocess", max_runs_per_key=3, max_running_per_key=1, max_running=2)
    with TestClient(create_app(settings)) as client:
        runs = [Run(client, SMALL) for _ in range(3)]
        full = client.post(f"{API}/runs", json=SMALL, headers=runs[0].headers)
        assert_problem(full, 429, "Authorization", ("3 runs",))
        assert "retry-after" in full.headers
        runs[0].state("running")
        state = {"state": "running"}
        assert_problem(client.put(f"{runs[1].path}/state", json=state, headers=runs[1].headers), 429, "state")
        others = [Run(client, SMALL, key=f"another-owner-s-key-{i}-") for i in range(2)]
        others[0].state("running")
        crowded = client.put(f"{others[1].path}/state", json=state, headers=others[1].headers)
        assert_problem(crowded, 503, "state", ("2 runs",))
        assert "retry-after" in crowded.headers
        runs[0].state("paused")
        runs[1].state("running")


def test_our_own_mistakes_are_told_without_details(client, monkeypatch):
    manager = client.app.state.manager

    async def broken(run):
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(manager, "find", broken)
    quiet = TestClient(client.app, raise_server_exceptions=False)
    answer = quiet.get(f"{API}/runs/anything")
    assert_problem(answer, 500)
    assert "secret" not in answer.text
