"""Whole experiments drawn from the declarations, valid and broken: each is made, trained and looked into, or refused.

No answer is a 5xx, and the schema of the API refuses exactly what the engine refuses.
"""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from starlette.testclient import TestClient

from app.main import create_app
from app.schemas import ExperimentSpec, part_model
from app.settings import Settings
from engine.errors import PlaygroundError
from engine.experiment import Experiment
from engine.spec import CATALOGUE, make, params
from tests.app.conftest import API, KEY
from tests.engine.strategies import JUNK, named_json, part_json, wrong_values
from tests.engine.test_fuzz import experiments, mutated

HEADERS = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
MANY = settings(max_examples=260, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A server with narrow limits: what is drawn here should be refused rather than take minutes."""
    limits = Settings(data_dir=tmp_path_factory.mktemp("small"), workers=2, max_parameters=20_000, max_samples=2000)
    with TestClient(create_app(limits), raise_server_exceptions=False) as client:
        yield client


def ask(client, method, path, body=None):
    """An answer that is no mistake of ours."""
    content = None if body is None else json.dumps(body)
    answer = client.request(method, f"{API}{path}", content=content, headers=HEADERS)
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        found = answer.json()
        assert answer.headers["content-type"] == "application/problem+json"
        assert found["detail"]
        assert found["where"] is not None
    return answer


def live(client, spec):
    """Make it, take a step, look at everything, delete it; or be refused."""
    made = ask(client, "POST", "/runs", spec)
    if made.status_code != 201:
        return False
    path = f"/runs/{made.json()['id']}"
    try:
        step = {"state": "paused", "advance": {"unit": "batch", "count": 1}}
        ask(client, "PUT", f"{path}/state", step)
        for what in ("weights", "history", "examples?limit=2", "activations", "evaluation"):
            assert ask(client, "GET", f"{path}/{what}").status_code == 200
        inputs = ask(client, "GET", f"{path}/examples?limit=1").json()["inputs"]
        assert ask(client, "POST", f"{path}/predict", {"inputs": inputs, "ready": True}).status_code == 200
    finally:
        assert ask(client, "DELETE", path).status_code == 204
    return True


@MANY
@given(spec=experiments())
def test_a_valid_experiment_can_be_checked_made_trained_and_looked_into(small, spec):
    check = ask(small, "POST", "/networks/check", {"network": spec["network"], "data": spec["data"]})
    if live(small, spec):
        assert check.status_code == 200
        assert check.json()["errors"] == []


@MANY
@given(spec=mutated(experiments()))
def test_a_broken_experiment_is_refused_or_mended(small, spec):
    if isinstance(spec.get("network"), dict):
        ask(small, "POST", "/networks/check", {"network": spec["network"], "data": "circle"})
    live(small, spec)


@settings(MANY, max_examples=100)
@given(body=JUNK, where=st.sampled_from(["/runs", "/networks/check", "/datasets/preview"]))
def test_junk_is_refused(small, body, where):
    answer = ask(small, "POST", where, body)
    assert answer.status_code in (400, 422) or body == {}


@settings(MANY, max_examples=100)
@given(spec=experiments() | mutated(experiments()))
def test_the_schema_and_the_engine_agree(spec):
    """What the engine takes the schema takes, and hands on as it was; what it refuses may still pass the schema."""
    try:
        made = Experiment.from_json(spec)
    except PlaygroundError:
        return
    if isinstance(spec.get("network"), list) or spec.get("network", {}) is None:
        return  # a shorthand of files, not of the API
    data = spec.get("data", "circle")
    if data is None or (isinstance(data, dict) and "type" not in data):
        return  # another one: a circle
    passed = ExperimentSpec.model_validate(spec).model_dump(exclude_unset=True)
    assert Experiment.from_json(json.loads(json.dumps(passed))) == made


PARTS = [(kind, name) for kind, parts in CATALOGUE.items() for name in parts if kind not in ("feature", "settings")]


@pytest.mark.parametrize("kind, name", PARTS)
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_every_part_passes_its_schema_as_it_is(kind, name, data):
    spec = data.draw(named_json(kind, name))
    spec = {"type": spec} if isinstance(spec, str) else spec
    try:
        expected = make(kind, spec)
    except PlaygroundError:  # two parameters may exclude each other
        return
    passed = part_model(kind, name).model_validate(spec).model_dump(exclude_unset=True)
    assert make(kind, json.loads(json.dumps(passed))) == expected


@pytest.mark.parametrize("kind, name", PARTS)
def test_every_part_refuses_what_its_declaration_does_not_allow(kind, name):
    model = part_model(kind, name)
    for p in params(CATALOGUE[kind][name]):
        for value in wrong_values(p):
            with pytest.raises(ValidationError):
                model.model_validate({"type": name, p.name: value})


@settings(MANY, max_examples=30)
@given(change=st.fixed_dictionaries({}, optional={
    "learning_rate": st.floats(1e-4, 2) | JUNK, "batch_size": st.integers(1, 40) | JUNK,
    "epochs": st.integers(1, 9) | JUNK,
    "optimizer": part_json("optimizer") | JUNK, "schedule": part_json("schedule") | JUNK,
    "speed": st.floats(1, 60) | JUNK,
    "regularizer": part_json("regularizer") | JUNK, "frozen": st.lists(st.sampled_from(["a", "output"])) | JUNK,
}))  # fmt: skip
def test_any_change_of_settings_is_made_or_refused(small, change):
    run = ask(small, "POST", "/runs", {"data": {"type": "xor", "samples": 40}, "training": {"batch_size": 5}}).json()
    try:
        before = ask(small, "GET", f"/runs/{run['id']}/settings").json()
        answer = ask(small, "PATCH", f"/runs/{run['id']}/settings", change)
        after = ask(small, "GET", f"/runs/{run['id']}/settings").json()
        assert after == (answer.json() if answer.status_code == 200 else before)
        ask(small, "PUT", f"/runs/{run['id']}/state", {"state": "paused", "advance": {"unit": "epoch", "count": 2}})
    finally:
        ask(small, "DELETE", f"/runs/{run['id']}")
