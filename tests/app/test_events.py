"""Server-sent events: every row once, also for a client that comes back with the last id it saw."""

import json
from urllib.request import Request, urlopen

from tests.tools.server import call
from tests.tools.waiting import PATIENCE

SPEC = {"training": {"epochs": 30}}


def follow(server, path, until, headers=()):
    """The events up to the first for which `until` holds: (name, id, data)."""
    seen = []
    with urlopen(Request(f"{server.url}/api/v1{path}", headers=dict(headers)), timeout=PATIENCE) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        event = {}
        for line in stream:
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name:
                event[name] = value
                continue
            if "data" in event:
                seen.append((event["event"], event.get("id"), json.loads(event["data"])))
                if until(*seen[-1]):
                    return seen
            event = {}
    raise AssertionError(f"The stream ended after {[s[0] for s in seen]}.")


def done(name, id, data):
    return name == "frame" and data["state"] == "finished"


def test_every_row_comes_once_and_a_client_that_comes_back_gets_the_rest(server):
    run = call(server, "POST", "/runs", SPEC, key=None)
    call(server, "PUT", f"/runs/{run['id']}/state", {"state": "running"}, run["key"])
    path = f"/runs/{run['id']}/events"
    seen = follow(server, path, done)
    assert seen[0][0] == "hello"
    rows = [row for name, _, data in seen if name == "frame" for row in data["rows"]]
    columns = seen[0][2]["columns"]
    assert [row[columns.index("epoch")] for row in rows] == list(range(31))
    history = call(server, "GET", f"/runs/{run['id']}/history")
    assert rows == history["rows"]
    start = history["start"]
    rest = follow(server, path, done, {"Last-Event-ID": f"{start}-20"}.items())
    again = [row for name, _, data in rest if name == "frame" for row in data["rows"]]
    assert again == rows[20:]
    assert [id for name, id, _ in rest if name == "frame"][-1] == f"{start}-31"


def test_weights_come_on_request(server):
    run = call(server, "POST", "/runs", SPEC, key=None)
    seen = follow(server, f"/runs/{run['id']}/events?weights=true", lambda name, id, data: "weights" in data)
    assert len(seen[-1][2]["weights"]) == -(-25 * 4 // 3) * 4  # 25 weights of four bytes, base64
