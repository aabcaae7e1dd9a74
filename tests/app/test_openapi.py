"""The interface explains itself: every field documented, one shape of errors, a page to read; the docs say the same."""

import json
import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.api.docs import sample
from app.main import create_app
from app.runs.history import History
from app.runs.mailbox import ROWS
from app.schemas import ExperimentSpec
from app.settings import Settings
from engine.events import COLUMNS
from engine.experiment import Experiment
from engine.presets import presets
from engine.spec import CATALOGUE, catalogue
from tests.app.conftest import API

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def document(client):
    return client.get(f"{API}/openapi.json").json()


def operations(document):
    return [(verb, path, op) for path, ops in document["paths"].items() for verb, op in ops.items()]


def test_every_operation_parameter_and_field_is_explained(document):
    bare = []
    for verb, path, op in operations(document):
        bare += [] if op.get("description") and op.get("tags") else [f"{verb} {path}"]
        bare += [f"{verb} {path} {p['name']}" for p in op.get("parameters", []) if not p.get("description")]
    for name, schema in document["components"]["schemas"].items():
        bare += [f"{name}.{k}" for k, field in schema.get("properties", {}).items() if not field.get("description")]
    assert bare == []


def test_every_reference_leads_somewhere(document):
    names = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document)))
    assert names <= set(document["components"]["schemas"])
    assert "x-shape" not in json.dumps(document)


def test_errors_are_problems_and_nothing_else(document):
    assert "HTTPValidationError" not in json.dumps(document)
    for _, path, op in operations(document):
        for status, answer in op["responses"].items():
            if status >= "4" and path.startswith(API):
                assert list(answer["content"]) == ["application/problem+json"]


def test_limits_reach_the_schema(document):
    units = document["components"]["schemas"]["DenseLayer"]["properties"]["units"]
    declared = next(p for p in catalogue()["layer"] if p["type"] == "dense")["params"][0]
    assert (units["minimum"], units["maximum"], units["default"]) == (
        declared["lo"],
        declared["hi"],
        declared["default"],
    )
    assert units["description"] == declared["help"]


def test_the_example_of_a_run_makes_one(document, client):
    body = sample({"$ref": "#/components/schemas/RunCreate"}, document["components"]["schemas"])
    body.pop("network", None)
    assert client.post(f"{API}/runs", json=body).status_code == 201


def test_the_page_shows_everything_and_fetches_nothing(document, client):
    answer = client.get("/api/docs")
    assert answer.headers["content-type"].startswith("text/html")
    for _, path, _ in operations(document):
        assert path in answer.text
    for name in document["components"]["schemas"]:
        assert f'id="{name}"' in answer.text
    assert not re.search(r"<script|<link|src=|@import|url\(", answer.text)


def test_the_catalogue_is_the_engine_s(client):
    found = client.get(f"{API}/catalogue").json()
    assert found.pop("defaults") == Experiment.from_json({}).to_json()
    assert found.pop("presets") == json.loads(json.dumps([preset.to_json() for preset in presets()]))
    assert found == json.loads(json.dumps(catalogue()))
    datasets = client.get(f"{API}/datasets").json()["datasets"]
    assert [d["type"] for d in datasets] == list(CATALOGUE["dataset"])
    circle = client.get(f"{API}/datasets/circle").json()
    assert circle == next(d for d in datasets if d["type"] == "circle")
    assert circle["facts"]["view"] == "plane"


def test_a_preview_shows_the_examples_of_a_run(client, make):
    data = {"type": "circle", "samples": 60, "noise": 10, "features": ["x", "y", "x_squared"]}
    found = client.post(f"{API}/datasets/preview", json={"data": data, "limit": 4}).json()
    assert (found["view"], found["task"], found["input_shape"]) == ("plane", "classification", [3])
    assert found["split"] == ["train"] * 4 + ["test"] * 4
    assert found["counts"] == {"train": 30, "test": 30}
    network = {"layers": [{"id": "o", "type": "dense", "units": 1, "activation": "tanh"}]}
    run = make({"data": data, "network": network})
    examples = run.get("examples", split="test", limit=4)
    assert examples["raw"] == found["inputs"][4:]
    assert examples["targets"] == found["targets"][4:]
    assert examples["index"] == found["index"][4:]


def test_a_check_agrees_with_the_run(client, make):
    network = {"layers": [{"id": "h", "type": "dense", "units": 5}, {"id": "o", "type": "dense", "units": 1}]}
    checked = client.post(f"{API}/networks/check", json={"network": network, "data": "circle"}).json()
    assert checked.pop("errors") == []
    assert checked == make({"network": network, "data": "circle"}).made["check"]
    shape = client.post(f"{API}/networks/check", json={"network": network, "input_shape": [7]}).json()
    assert shape["layers"][0]["parameters"] == 40


# ---- what docs/api.md says ----

DOCS = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")


def test_the_docs_list_every_request(document):
    listed = set(re.findall(r"^\| `([A-Z]+) (/\S+)`", DOCS, re.MULTILINE))
    there = {(verb.upper(), path.removeprefix(API)) for verb, path, _ in operations(document)}
    assert listed == {(verb, path) for verb, path in there if path not in ("/healthz", "/readyz")}


def test_the_docs_have_the_numbers_of_the_code():
    assert ", ".join(f"`{name}`" for name in COLUMNS) in DOCS
    assert f"(k, {len(COLUMNS)}) `f8`" in DOCS
    assert f"At most {ROWS} rows" in DOCS
    assert History().read(0, 1).shape == (0, len(COLUMNS))


def test_the_decoder_in_the_docs_decodes():
    source = re.search(r"```python\n(.*?)```", DOCS, re.DOTALL)[1]
    names: dict = {}
    exec(source, names)  # the documentation's own code
    vectors = json.loads((ROOT / "tests" / "data" / "wire.json").read_text(encoding="utf-8"))
    for vector in vectors["frames"]:
        head, arrays = names["decode"](bytes.fromhex(vector["hex"]))
        assert head == vector["header"]
        assert {name: list(a.shape) for name, a in arrays.items()} == {n: s for n, _, s in head["arrays"]}


# ---- headers and origins ----

HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


@pytest.mark.parametrize("path", ["/", "/healthz", f"{API}/catalogue", "/nowhere", "/api/docs"])
def test_every_answer_has_the_security_headers(client, path):
    answer = client.get(path)
    assert answer.headers.items() >= HEADERS.items()
    policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["script-src"] == "'self'"
    assert policy["object-src"] == "'none'"
    assert "unsafe-eval" not in answer.headers["content-security-policy"]


def test_the_server_is_alive_and_ready(client):
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready"}


def test_other_sites_may_use_the_api_only_where_the_settings_say(tmp_path, client):
    friend, stranger = {"Origin": "https://school.example"}, {"Origin": "https://elsewhere.example"}
    assert "access-control-allow-origin" not in client.get(f"{API}/catalogue", headers=friend).headers
    settings = Settings(data_dir=tmp_path, runner="inprocess", allowed_origins=("https://school.example",))
    with TestClient(create_app(settings)) as other:
        allowed = other.get(f"{API}/catalogue", headers=friend)
        assert allowed.headers["access-control-allow-origin"] == "https://school.example"
        assert "access-control-allow-origin" not in other.get(f"{API}/catalogue", headers=stranger).headers
        asked = {**friend, "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "authorization"}
        assert other.options(f"{API}/runs/x/state", headers=asked).status_code == 200
        run = other.post(f"{API}/runs", json={}).json()["id"]
        with other.websocket_connect(
            f"{API}/runs/{run}/stream", headers={"origin": "https://school.example"}
        ) as socket:
            assert socket.receive_json()["type"] == "hello"


def test_an_experiment_of_nothing_is_the_default():
    assert ExperimentSpec().model_dump(exclude_unset=True) == {}
