"""For whoever runs the server: metrics, the overview behind a token, a log that tells what happened and no secrets."""

import base64
import json
import os
import signal
import urllib.request

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from app.logs import hide
from app.main import create_app
from app.settings import Settings
from tests.app.conftest import API, KEY, SMALL, Run
from tests.tools.waiting import wait

TOKEN = "a-token-for-the-admin"


def metrics(client, **headers):
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    families = text_string_to_metric_families(answer.text)
    return {(s.name, *sorted(s.labels.values())): s.value for family in families for s in family.samples}


def test_metrics_count_requests_by_route_runs_watchers_and_frames(tmp_path):
    with TestClient(create_app(Settings(data_dir=tmp_path, workers=2))) as client:
        wait(lambda: len(client.app.state.manager.keeper.runner.processes()) == 2)
        runs = [Run(client, SMALL) for _ in range(3)]
        runs[0].get()
        runs[1].get()
        client.get("/nowhere/at/all")
        with runs[0].stream() as socket:
            assert socket.receive_json()["type"] == "hello"
            frame = socket.receive_bytes()
            found = metrics(client)
        assert found[("playground_request_seconds_count", "/api/v1/runs/{run}", "200", "GET")] == 2
        assert found[("playground_request_seconds_count", "/api/v1/runs", "201", "POST")] == 3
        assert not [key for key in found if runs[0].id in "".join(map(str, key))]
        assert found[("playground_frames_sent_total",)] == 1
        assert found[("playground_frame_bytes_sent_total",)] == len(frame)
        assert found[("playground_open_streams", "watchers")] == 1
        assert found[("playground_runs", "created")] == found[("playground_live_runs", "created")] == 3
        assert found[("playground_workers_alive",)] == 2
        assert found[("playground_worker_restarts_total",)] == 0
        assert found[("playground_memory_bytes", "web")] > 10_000_000


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no signals here")
def test_a_worker_that_was_replaced_is_counted(tmp_path):
    with TestClient(create_app(Settings(data_dir=tmp_path, workers=1))) as client:
        run = Run(client, SMALL)
        (pid,) = client.app.state.manager.keeper.runner.processes()
        with run.stream() as socket:
            assert socket.receive_json()["type"] == "hello"
            os.kill(pid, signal.SIGKILL)
            while "bytes" in (message := socket.receive()) or json.loads(message["text"])["type"] != "note":
                if "bytes" in message:
                    socket.send_json({"type": "ack", "seq": 10**6})
        assert metrics(client)[("playground_worker_restarts_total",)] == 1


# ---- the overview ----


@pytest.fixture(scope="module")
def admin(tmp_path_factory):
    settings = Settings(data_dir=tmp_path_factory.mktemp("admin"), workers=1, admin_token=TOKEN)
    with TestClient(create_app(settings)) as client:
        yield client


PLACES = ["/admin", f"{API}/admin/overview"]


@pytest.mark.parametrize("path", PLACES)
def test_without_a_token_in_the_settings_there_is_no_such_page(client, path):
    for headers in (
        {},
        {"Authorization": f"Bearer {TOKEN}"},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
    ):
        assert client.get(path, headers=headers).status_code == 404


@pytest.mark.parametrize("path", [*PLACES, "/metrics"])
def test_only_the_token_opens_it(admin, path):
    password = base64.b64encode(f"anyone:{TOKEN}".encode()).decode()
    wrong = [
        None,
        "Bearer",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        "Basic !",
        f"Basic {password[:-8]}",
        "Bearer ünï",
    ]
    for sent in wrong:
        headers = {} if sent is None else {"Authorization": sent.encode("latin-1")}
        answer = admin.get(path, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Basic ")
        assert answer.headers["content-type"] == "application/problem+json"
    for sent in (f"Bearer {TOKEN}", f"Basic {password}"):
        assert admin.get(path, headers={"Authorization": sent}).status_code == 200


def test_the_overview_says_what_the_server_does_and_shows_nobody_s_key(admin):
    one, other = Run(admin, {**SMALL, "name": "<b>mine</b>"}), Run(admin, SMALL, key=KEY[::-1])
    one.state("running")
    headers = {"Authorization": f"Bearer {TOKEN}"}
    found = admin.get(f"{API}/admin/overview", headers=headers).json()
    assert {run["id"] for run in found["runs"]} == {one.id, other.id}
    assert found["runs"][0]["id"] == one.id  # it trains
    assert (found["owners"], len(found["workers"]), found["problem"]) == (2, 1, "")
    page = admin.get("/admin", headers=headers)
    assert page.headers["cache-control"] == "no-store"
    assert one.id in page.text and "&lt;b&gt;mine" in page.text and "<b>mine" not in page.text
    for text in (json.dumps(found), page.text):
        assert KEY not in text and TOKEN not in text
    assert page.text.count("<h1>") == 1 and '<html lang="en">' in page.text
    assert page.text.count("<th scope=") >= 11


def test_settings_do_not_show_the_token(tmp_path):
    assert TOKEN not in repr(Settings(data_dir=tmp_path, admin_token=TOKEN))


# ---- the log ----


def test_the_log_is_json_with_a_request_s_id_and_has_no_secrets(server_factory):
    server = server_factory(workers=1, log_json=True, admin_token=TOKEN, log_level="info")
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json", "Idempotency-Key": KEY[::-1]}
    request = urllib.request.Request(f"{server.url}{API}/runs", json.dumps(SMALL).encode(), headers)
    with urllib.request.urlopen(request) as answer:
        id, run = answer.headers["x-request-id"], json.load(answer)["id"]
    request = urllib.request.Request(
        f"{server.url}{API}/runs", json.dumps(SMALL).encode(), {"Content-Type": headers["Content-Type"]}
    )
    with urllib.request.urlopen(request) as answer:
        made_up = json.load(answer)["key"]
    request = urllib.request.Request(f"{server.url}/admin", headers={"Authorization": f"Bearer {TOKEN}"})
    urllib.request.urlopen(request).close()
    server.stop()
    lines = [json.loads(line) for line in server.log().splitlines() if line.startswith("{")]
    told = {line["request"]: line for line in lines if line["event"] == "request"}
    assert (told[id]["method"], told[id]["route"], told[id]["status"]) == ("POST", "/api/v1/runs", 201)
    assert {"timestamp", "level", "logger", "ms", "address"} <= set(told[id])
    for secret in (KEY, KEY[::-1], TOKEN, made_up):
        assert secret not in server.log()
    assert run  # ids may be told: they steer nothing


@pytest.mark.parametrize(
    "event",
    [
        {"event": f"refused Authorization: Bearer {KEY}, as sent"},
        {"event": "x", "key": KEY},
        {"event": "x", "Authorization": KEY},
        {"event": "x", "exception": f'headers={{"authorization": "bearer {KEY}"}}'},
    ],
)
def test_what_gets_into_the_log_by_mistake_is_hidden(event):
    assert KEY not in json.dumps(hide(None, "info", event))
