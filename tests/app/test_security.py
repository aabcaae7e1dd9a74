"""The server open to strangers: who may show it, watch it, steer it, and what it refuses before it costs anything."""

import pytest
from pydantic import ValidationError
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from app.api.headers import policy, route_path
from app.main import create_app
from app.settings import Settings
from tests.app.conftest import API, KEY, SMALL
from tests.app.test_error_shape import assert_problem

# ---- who may show our pages in a frame ----


@pytest.mark.parametrize(
    "given, ancestors",
    [
        (None, "'self'"),
        ("", "'none'"),
        ("none", "'none'"),
        ("*", "*"),
        ("https://school.example/, *", "*"),
        (
            "https://school.example, https://*.wiki.example:8443",
            "'self' https://school.example https://*.wiki.example:8443",
        ),
        ("self, http://localhost:*", "'self' http://localhost:*"),
    ],
)
def test_only_pages_made_to_be_embedded_can_be_in_frames_of_the_sites_named(tmp_path, given, ancestors):
    named = {} if given is None else {"frame_ancestors": given}
    settings = Settings(data_dir=tmp_path, **named)
    client = TestClient(create_app(settings))  # not started: no worker is needed for headers
    for path, expected in (
        ("/embed/abc", ancestors),
        ("/embedded", "'self'"),
        ("/", "'self'"),
        ("/api/docs", "'self'"),
    ):
        answer = client.get(path)
        assert f"; frame-ancestors {expected}" in answer.headers["content-security-policy"] + ";"
        assert policy(path, settings.frame_ancestors) == answer.headers["content-security-policy"]
        assert "x-frame-options" not in answer.headers


@pytest.mark.parametrize(
    "bad", ["https://a.example; script-src *", "school", "javascript:1", "https://a b", "'self' *"]
)
def test_what_is_no_site_is_refused_before_it_gets_into_a_policy(tmp_path, bad):
    with pytest.raises(ValidationError, match="is no site"):
        Settings(data_dir=tmp_path, frame_ancestors=bad)


def test_a_path_is_looked_at_below_the_root_path():
    assert route_path({"path": "/play/embed/x", "root_path": "/play"}) == "/embed/x"
    assert route_path({"path": "/embed/x", "root_path": ""}) == "/embed/x"
    assert route_path({"path": "/player/x", "root_path": "/play"}) == "/player/x"


# ---- who may steer ----


@pytest.fixture(scope="module")
def steering(client):
    """Every operation that needs the key of what it is about: method and address."""
    found = client.get(f"{API}/openapi.json").json()["paths"].items()
    needs = [(verb.upper(), path) for path, ops in found for verb, op in ops.items() if "403" in op["responses"]]
    assert ("PUT", f"{API}/runs/{{run}}/state") in needs and len(needs) >= 8
    return needs


BODIES = {
    "/state": {"state": "running"},
    "/settings": {"learning_rate": 0.5},
    "/weights": {"edits": [{"layer": "output", "name": "bias", "index": [0], "value": 9.0}]},
    "/uploads/": {"shared": True},
}


@pytest.mark.parametrize("key, status", [(None, 401), (KEY[::-1], 403)])
def test_whoever_has_only_the_id_may_watch_and_not_steer(client, run, steering, key, status):
    group = client.post(f"{API}/groups", json={"spec": SMALL, "seeds": 2}).json()
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    for method, path in steering:
        if "{run}" not in path and "{group}" not in path:
            continue  # shares and uploads: see their own tests
        body = next((body for end, body in BODIES.items() if path.endswith(end)), None)
        answer = client.request(method, path.format(run=run.id, group=group["id"]), json=body, headers=headers)
        assert_problem(answer, status)
    assert run.get() == {key: value for key, value in run.made.items() if key in run.get()}
    assert client.get(f"{API}/groups/{group['id']}").json()["runs"][0]["state"] == "created"
    with run.stream() as socket:
        assert socket.receive_json()["type"] == "hello"
    client.delete(f"{API}/groups/{group['id']}", headers={"Authorization": f"Bearer {group['key']}"})


# ---- guessing ----

GUESSES = ["A" * 22, "a", "a" * 500, "%00", "%2e%2e", "..%2f..%2fetc%2fpasswd", "%F0%9F%A6%84", "%3Cscript%3E", "null"]


def said(answer):
    """All of an answer but what differs by the moment."""
    return answer.status_code, answer.json(), sorted(set(answer.headers) - {"x-request-id"})


@pytest.mark.parametrize("kind", ["runs", "groups"])
def test_every_wrong_id_gets_the_same_answer_as_one_that_is_gone(client, make, kind):
    made = client.post(f"{API}/{kind}", json=SMALL if kind == "runs" else {"spec": SMALL, "seeds": 1}).json()
    gone = f"{API}/{kind}/{made['id']}"
    assert client.delete(gone, headers={"Authorization": f"Bearer {made['key']}"}).status_code == 204
    expected = said(client.get(gone))
    assert expected[0] == 404 and made["id"] not in str(expected)
    for guess in GUESSES:
        answer = client.get(f"{API}/{kind}/{guess}")
        if answer.json()["where"]:  # an encoded slash makes it another address, where there is nothing either
            assert said(answer) == expected
        assert answer.status_code == 404
        for key in (KEY, KEY[::-1]):
            headers = {"Authorization": f"Bearer {key}"}
            assert (
                client.put(f"{API}/{kind}/{guess}/state", json={"state": "paused"}, headers=headers).status_code == 404
            )


def test_another_s_data_set_is_not_there_in_the_same_form_as_none(client):
    table = "x,y,kind\n" + "".join(f"{k},{k % 5},{'ab'[k % 2]}\n" for k in range(20))
    sent = {"files": [("file", ("table.csv", table.encode()))], "headers": {"Authorization": f"Bearer {KEY}"}}
    mine = client.post(f"{API}/datasets/uploads", **sent).json()["id"]
    stranger = {"Authorization": f"Bearer {KEY[::-1]}"}
    there, not_there = (client.get(f"{API}/datasets/uploads/{id}", headers=stranger) for id in (mine, "A" * 22))
    for answer in (there, not_there):  # the words differ: ids cannot be guessed, and who has one is told whom to ask
        assert_problem(answer, 404, where="id")
    assert said(there)[2] == said(not_there)[2]
    client.delete(f"{API}/datasets/uploads/{mine}", headers=sent["headers"])


@pytest.mark.parametrize(
    "path",
    [
        "/static/..%2f..%2fpyproject.toml",
        "/static/%2e%2e/%2e%2e/pyproject.toml",
        "/static/css/..%2f..%2f..%2fapp/settings.py",
        "/static//etc/passwd",
        "/static/%2fetc%2fpasswd",
        "/static/css/main.css%00.png",
        f"{API}/datasets/..%2f..%2fplayground.db",
        f"{API}/runs/..%2f..%2fhealthz",
        "/s/..%2f..%2fhealthz",
        "/embed/..%2f..%2fhealthz",
    ],
)
def test_tricks_with_paths_lead_nowhere(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    for secret in ("[project]", "root:", "BaseSettings", '"status": "ok"'):
        assert secret not in answer.text


# ---- other sites ----

STRANGER = {"Origin": "https://elsewhere.example"}


def test_pages_of_other_sites_may_not_open_streams(client, run):
    group = client.post(f"{API}/groups", json={"spec": SMALL, "seeds": 1}).json()
    for path in (f"{run.path}/stream", f"{API}/groups/{group['id']}/stream"):
        for origin in ("https://elsewhere.example", "null", "http://testserver.evil.example", "file://", ""):
            with (
                pytest.raises(WebSocketDisconnect) as closed,
                client.websocket_connect(path, headers={"origin": origin}),
            ):
                pass
            assert closed.value.code == 1008
        with client.websocket_connect(path, headers={"origin": "http://testserver"}) as socket:
            assert socket.receive_json()["type"] == "hello"


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS"])
def test_pages_of_other_sites_may_not_read_answers(client, method):
    asked = {**STRANGER, "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "authorization"}
    answer = client.request(method, f"{API}/runs", headers=asked)
    assert not [name for name in answer.headers if name.startswith("access-control-")]


# ---- headers ----


def test_every_page_and_every_answer_has_the_headers(client, run):
    paths = client.get(f"{API}/openapi.json").json()["paths"]
    addresses = [
        path.format(run=run.id, **dict.fromkeys(("group", "share", "id", "type", "format", "source"), "x"))
        for path in paths
    ]
    addresses = [path for path in addresses if not path.endswith("/events")]
    pages = [
        "/",
        "/api/docs",
        "/admin",
        "/metrics",
        "/s/x",
        "/embed/x",
        "/static/css/main.css",
        "/static/none",
        "/none",
    ]
    for path in addresses + pages:
        for method in ("GET", "POST", "TRACE"):
            answer = client.request(method, path)
            about = f"{method} {path}: {answer.status_code}"
            assert answer.status_code < 500, about
            assert answer.headers["x-content-type-options"] == "nosniff", about
            assert answer.headers["referrer-policy"] == "no-referrer", about
            assert "frame-ancestors" in answer.headers["content-security-policy"], about
            assert "unsafe-eval" not in answer.headers["content-security-policy"], about
            assert answer.headers["x-request-id"], about
            assert "server" not in answer.headers and "x-powered-by" not in answer.headers, about
            assert "set-cookie" not in answer.headers, about
            if path.startswith("/api/v1"):
                assert answer.headers["cache-control"] == "no-store", about


def test_a_mistake_of_ours_has_them_too_and_tells_nothing(tmp_path):
    app = create_app(Settings(data_dir=tmp_path))

    @app.get("/api/v1/broken")
    def broken():
        raise RuntimeError("a secret of the program")

    answer = TestClient(app, raise_server_exceptions=False).get("/api/v1/broken")
    assert_problem(answer, 500)
    assert "secret" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-request-id"]


def test_a_header_of_a_hundred_thousand_columns_is_read_in_no_time_that_anybody_notices(client):
    """It took minutes: each name was looked for among all before it."""
    table = b",".join(b"c%d" % k for k in range(100_000)) + b"\n"
    answer = client.post(f"{API}/datasets/uploads/preview", files=[("file", ("wide.csv", table))])
    assert_problem(answer, 422)
