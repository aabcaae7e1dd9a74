"""How much one address may ask for: a class gets through, a program that runs wild is told when to come again."""

import asyncio

import pytest
from pydantic import ValidationError
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from app.api.visitors import Limiter, address_of
from app.main import create_app
from app.settings import Settings
from tests.app.conftest import API, SMALL
from tests.app.test_error_shape import assert_problem


@pytest.fixture(autouse=True)
def still(monkeypatch):
    """The clock that requests are counted by stands still, in the middle of a minute: none ends in mid-test."""
    monkeypatch.setattr("time.time", lambda: 1_800_000_030.0)


def served(tmp_path, **settings):
    return create_app(Settings(data_dir=tmp_path, workers=1, **settings))


def from_address(app, address, **headers):
    return TestClient(app, client=(address, 50000), headers=headers)


def test_too_many_requests_are_told_the_limit_and_when_to_come_again(tmp_path):
    client = TestClient(served(tmp_path, rate_requests="3/minute"))
    answers = [client.get(f"{API}/catalogue") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert_problem(answers[-1], 429, says=("3 requests in a minute", "PLAYGROUND_RATE_REQUESTS", "Try again in"))
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
    assert answers[-1].headers["x-content-type-options"] == "nosniff"


def test_static_files_and_health_are_not_counted(tmp_path):
    client = TestClient(served(tmp_path, rate_requests="1/minute"))
    assert {client.get(path).status_code for path in 5 * ["/static/css/main.css", "/healthz"]} == {200}


def test_what_makes_something_has_a_limit_of_its_own(tmp_path):
    with TestClient(served(tmp_path, rate_creations="2/hour")) as client:
        paths = ["/runs", "/groups", "/runs"]
        answers = [client.post(f"{API}{path}", json={"seeds": 1} if "groups" in path else SMALL) for path in paths]
        assert [answer.status_code for answer in answers] == [201, 201, 429]
        assert_problem(answers[-1], 429, says=("2 things made in an hour", "PLAYGROUND_RATE_CREATIONS"))
        run = answers[0].json()["id"]
        assert client.post(f"{API}/runs/{run}/fork", json={}).status_code == 429
        assert client.get(f"{API}/runs/{run}").status_code == 200


def test_a_class_of_forty_behind_one_address_is_not_held_up():
    """Each loads the page, makes twenty runs and asks five things a second, all within a minute."""
    fields = Settings.model_fields
    limiter = Limiter(fields["rate_requests"].default, fields["rate_creations"].default, 1)

    async def minute():
        made = [await limiter.request("10.0.0.1", creates=True) for _ in range(40 * 20)]
        asked = [await limiter.request("10.0.0.1", creates=False) for _ in range(40 * 60 * 5)]
        return made + asked

    assert set(asyncio.run(minute())) == {None}
    assert fields["max_streams_per_address"].default >= 40 * 24


def test_each_address_is_counted_alone_and_a_proxy_is_believed_only_where_it_is_named(tmp_path):
    direct = served(tmp_path, rate_requests="1/minute")
    said = [{"X-Forwarded-For": f"192.0.2.{k}"} for k in range(3)]
    assert [from_address(direct, "10.0.0.1", **h).get("/api/docs").status_code for h in said] == [200, 429, 429]
    assert from_address(direct, "10.0.0.2").get("/api/docs").status_code == 200
    behind = served(tmp_path, rate_requests="1/minute", trusted_proxies="10.0.0.0/24")
    assert [from_address(behind, "10.0.0.1", **h).get("/api/docs").status_code for h in said] == [200, 200, 200]
    forged = {"X-Forwarded-For": "198.51.100.9, 192.0.2.1"}  # what the visitor wrote, then what the proxy saw
    assert from_address(behind, "10.0.0.1", **forged).get("/api/docs").status_code == 429
    assert from_address(behind, "172.16.0.1", **said[0]).get("/api/docs").status_code == 200
    assert from_address(behind, "172.16.0.1", **said[1]).get("/api/docs").status_code == 429


@pytest.mark.parametrize(
    "given, counted",
    [
        (("192.0.2.1", 1), "192.0.2.1"),
        (("2001:db8:1:2:3:4:5:6", 1), "2001:db8:1:2::/64"),
        (("::ffff:192.0.2.1", 1), "192.0.2.1"),
        (("testclient", 1), "testclient"),
        (None, "unknown"),
    ],
)
def test_an_address_is_what_one_visitor_has(given, counted):
    assert address_of({"client": given}) == counted


def test_streams_have_a_limit_and_make_room_when_they_end(tmp_path):
    with TestClient(served(tmp_path, max_streams_per_address=1)) as client:
        run = client.post(f"{API}/runs", json=SMALL).json()["id"]
        path = f"{API}/runs/{run}/stream"
        with client.websocket_connect(path) as first:
            assert first.receive_json()["type"] == "hello"
            with client.websocket_connect(path) as second:
                told = second.receive_json()
                assert told["type"] == "error" and "1 open streams to one address" in told["message"]
                with pytest.raises(WebSocketDisconnect) as closed:
                    second.receive_json()
            assert closed.value.code == 1013
            answer = client.get(f"{API}/runs/{run}/events")
            assert_problem(answer, 429, says=("open streams",))
            assert answer.headers["retry-after"] == "10"
        with client.websocket_connect(path) as third:
            assert third.receive_json()["type"] == "hello"


@pytest.mark.parametrize(
    "name, bad", [("rate_requests", "many"), ("trusted_proxies", "proxy.example"), ("rate_creations", "0")]
)
def test_rules_that_mean_nothing_are_refused_at_the_start(tmp_path, name, bad):
    with pytest.raises(ValidationError):
        Settings(data_dir=tmp_path, **{name: bad})
