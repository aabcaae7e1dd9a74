"""The whole product under a sub-path, behind a proxy that takes the prefix off: links, answers and streams."""

import json
import re
from urllib.request import Request, urlopen

import httpx2
import pytest
from websockets.sync.client import connect

from app.client import Playground
from app.wire import decode
from tests.app.conftest import SMALL
from tests.tools.proxy import Proxy
from tests.tools.server import RunningServer
from tests.tools.waiting import PATIENCE


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with RunningServer(tmp_path_factory.mktemp("sub"), workers=1, root_path="/play") as server:
        yield server
        assert "Traceback (most recent call last)" not in server.log()


@pytest.fixture(scope="module")
def shown(served):
    """Where a browser finds it: http://127.0.0.1:…/play."""
    with Proxy(served.port, "/play") as proxy:
        yield proxy.url


def get(url):
    with urlopen(url, timeout=PATIENCE) as answer:
        return answer.read().decode()


@pytest.mark.parametrize("place", ["/", "/api/docs", "/s/none", "/embed/"])
def test_every_link_of_a_page_stays_below_the_prefix_and_leads_somewhere(shown, place):
    html = httpx2.get(f"{shown}{place}", timeout=PATIENCE).text
    site = shown.removesuffix("/play")
    links = {link for link in re.findall(r'(?:href|src)="([^"#]+)', html) if not re.match(r"\w+:|//", link)}
    assert links or "problem" in html or place == "/embed/"
    for link in links:
        assert link.startswith("/play/"), link
        status = httpx2.get(f"{site}{link}", timeout=PATIENCE).status_code
        assert status in (200, 401), link  # 401: there, and wants a key


def test_runs_are_made_steered_and_followed_through_the_proxy(shown):
    with Playground(shown) as playground:
        run = playground.create(SMALL)
        run.play(epochs=3)
        assert [row.epoch for row in run.follow()] == [0, 1, 2, 3]
        assert shown in run.export("curl").decode()


def test_the_websocket_streams_through_the_proxy_to_the_page_s_own_origin(shown):
    with Playground(shown) as playground:
        run = playground.create(SMALL)
        address = f"ws{shown.removeprefix('http')}/api/v1/runs/{run.id}/stream"
        origin = shown.removesuffix("/play")
        with connect(address, origin=origin) as socket:
            assert json.loads(socket.recv(timeout=PATIENCE))["type"] == "hello"
            head, arrays = decode(socket.recv(timeout=PATIENCE))
            assert head["epoch"] == 0 and arrays["history"].shape[0] == 1


def test_where_a_new_run_is_told_to_be_it_is(shown):
    request = Request(f"{shown}/api/v1/runs", b"{}", {"Content-Type": "application/json"})
    with urlopen(request, timeout=PATIENCE) as answer:
        place, run = answer.headers["location"], json.load(answer)["id"]
    assert json.loads(get(f"{shown}/api/v1/{place}"))["id"] == run
    for path in ("healthz", "readyz", "api/v1/openapi.json"):
        assert get(f"{shown}/{path}")


def test_what_is_allowed_is_told_below_the_prefix_too(shown):
    answer = httpx2.delete(f"{shown}/api/v1/runs", timeout=PATIENCE)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")
    assert answer.headers["cache-control"] == "no-store"


def test_the_address_that_the_server_prints_works_without_a_proxy_too(served):
    assert served.url.endswith("/play")
    for path in ("/", "/healthz", "/static/css/main.css", "/api/v1/catalogue"):
        assert httpx2.get(f"{served.url}{path}", timeout=PATIENCE).status_code == 200
