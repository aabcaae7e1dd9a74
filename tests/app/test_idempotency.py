"""What is sent twice is made once: at the same time, later, after a restart, after a crash in between."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import create_engine, text
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.app.conftest import API, KEY, SMALL

SENT = "0b8d4c1e-6f0d-4d0e-9a53-6d1c5f0e7a11"
TWINS = {"spec": SMALL, "seeds": 2}


def send(client, path="/runs", body=SMALL, sent=SENT, key=None):
    headers = {"Idempotency-Key": sent} | ({"Authorization": f"Bearer {key}"} if key else {})
    return client.post(f"{API}{path}", json=body, headers=headers)


def known(client, id):
    kind = "groups" if client.get(f"{API}/groups/{id}").status_code == 200 else "runs"
    return client.get(f"{API}/{kind}/{id}").status_code == 200


@pytest.fixture
def fresh(tmp_path):
    """A server of its own whose folder can be opened again."""
    with TestClient(create_app(Settings(data_dir=tmp_path, runner="inprocess"))) as client:
        yield client


@pytest.mark.parametrize("path, body", [("/runs", SMALL), ("/groups", TWINS)])
@pytest.mark.parametrize("key", [None, KEY])
def test_the_same_again_is_the_same_answer(client, path, body, key):
    sent = f"{SENT}{path}{key}"
    first, again = (send(client, path, body, sent, key) for _ in range(2))
    assert first.status_code == again.status_code == 201
    assert again.content == first.content
    assert again.headers["location"] == first.headers["location"]
    assert (first.headers.get("idempotency-replayed"), again.headers["idempotency-replayed"]) == (None, "true")
    steer = {"Authorization": f"Bearer {again.json()['key']}"}
    assert client.delete(f"{API}{path}/{again.json()['id']}", headers=steer).status_code == 204


def test_a_fork_is_made_once_too(client, run):
    run.step()
    first, again = (send(client, f"/runs/{run.id}/fork", {}, key=KEY) for _ in range(2))
    assert first.status_code == 201, first.text
    assert again.content == first.content
    assert again.json()["parent"] == run.id


@pytest.mark.parametrize("key", [None, "a-key-that-has-nothing-else"])
def test_a_file_is_kept_once_too_whoever_it_belongs_to(client, key):
    """Each time in a form of another look: the boundary between its parts is drawn anew."""
    table = "x,y\n" + "".join(f"{k},{k % 2}\n" for k in range(20))
    headers = {"Idempotency-Key": f"{SENT}-file-{key}"} | ({"Authorization": f"Bearer {key}"} if key else {})

    def keep(text, **choices):
        form = {"files": [("file", ("table.csv", text))], "data": {"choices": json.dumps(choices)}}
        return client.post(f"{API}/datasets/uploads", headers=headers, **form)

    first, again = keep(table), keep(table)
    assert first.status_code == 201, first.text
    assert again.content == first.content
    assert again.headers["idempotency-replayed"] == "true"
    for other in (keep(table + "20,1\n"), keep(table, task="regression")):
        assert other.status_code == 422
        assert "another request" in other.json()["detail"]
    steer = {"Authorization": f"Bearer {again.json()['key']}"}
    assert len(client.get(f"{API}/datasets/uploads", headers=steer).json()["uploads"]) == 1
    assert client.delete(f"{API}/datasets/uploads/{again.json()['id']}", headers=steer).status_code == 204


def test_the_same_json_written_differently_is_the_same(client):
    headers = {"Idempotency-Key": f"{SENT}-written", "Content-Type": "application/json"}
    spec = {"seed": 5, **SMALL}
    first = client.post(f"{API}/runs", content=json.dumps(spec), headers=headers)
    backwards = json.dumps(dict(reversed(spec.items())), indent=3)
    assert client.post(f"{API}/runs", content=backwards, headers=headers).json()["id"] == first.json()["id"]


def test_another_body_or_another_path_with_the_same_key_is_refused_in_clear_words(client):
    sent = f"{SENT}-refused"
    assert send(client, sent=sent).status_code == 201
    for answer in (send(client, body={**SMALL, "seed": 9}, sent=sent), send(client, "/groups", TWINS, sent)):
        assert answer.status_code == 422
        assert answer.json()["where"] == "Idempotency-Key"
        assert "another request" in answer.json()["detail"]
        assert "new Idempotency-Key" in answer.json()["fix"]


def test_another_owner_s_request_is_another_request(client):
    one, other = (send(client, key=key, sent=f"{SENT}-owner").json() for key in (KEY, KEY[::-1]))
    assert one["id"] != other["id"]
    assert one["key"] == KEY


def test_a_short_key_is_refused_because_others_could_send_it_too(client):
    answer = send(client, sent="1")
    assert answer.status_code == 422
    assert "idempotency-key" in answer.json()["where"].lower()


def test_what_failed_may_be_sent_again(client):
    sent = f"{SENT}-failed"
    wrong = {"network": {"layers": []}}
    assert [send(client, body=wrong, sent=sent).status_code for _ in range(2)] == [422, 422]
    assert send(client, sent=sent).status_code == 201


def test_twelve_at_the_same_time_make_one(fresh):
    gate = threading.Barrier(12)

    def one(_):
        gate.wait()
        return send(fresh, key=KEY)

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(one, range(12)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert len(fresh.get(f"{API}/runs", headers={"Authorization": f"Bearer {KEY}"}).json()["runs"]) == 1


def test_the_answer_outlives_the_server_and_the_key_is_nowhere_on_disk(tmp_path):
    settings = Settings(data_dir=tmp_path, runner="inprocess")
    with TestClient(create_app(settings)) as client:
        first, owned = send(client), send(client, sent=f"{SENT}-owned", key=KEY)
    with TestClient(create_app(settings)) as client:
        assert send(client).content == first.content
        assert send(client, sent=f"{SENT}-owned", key=KEY).content == owned.content
    on_disk = b"".join(path.read_bytes() for path in tmp_path.glob("playground.db*"))
    assert first.json()["id"].encode() in on_disk
    for secret in (first.json()["key"], KEY, SENT):
        assert secret.encode() not in on_disk


@pytest.mark.parametrize("path, body", [("/runs", SMALL), ("/groups", TWINS)])
def test_what_a_dying_server_had_made_without_saying_so_is_not_made_twice(tmp_path, path, body):
    settings = Settings(data_dir=tmp_path, runner="inprocess")
    with TestClient(create_app(settings)) as client:
        first = send(client, path, body, key=KEY).json()
    engine = create_engine(settings.database)
    with engine.begin() as connection:  # as if it had died between making and noting the answer
        connection.execute(text("UPDATE answers SET status = NULL, body = NULL, headers = NULL"))
    engine.dispose()
    with TestClient(create_app(settings)) as client:
        again = send(client, path, body, key=KEY).json()
        assert again["id"] == first["id"]
        count = len(client.get(f"{API}/runs", headers={"Authorization": f"Bearer {KEY}"}).json()["runs"])
        assert count == (1 if path == "/runs" else 2)
