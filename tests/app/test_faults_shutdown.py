"""A server that is stopped saves every update, tells who watches why, and goes on where it was: with either runner."""

import json
import os
import signal
from contextlib import suppress
from urllib.request import urlopen

import numpy as np
import pytest
import websockets.sync.client
from websockets.exceptions import ConnectionClosed

from app.wire import decode
from tests.app.test_faults_workers import HEAVY
from tests.app.test_recovery import SPEC, history
from tests.tools.server import call
from tests.tools.straight import straight
from tests.tools.waiting import PATIENCE, wait


def frames_until_closed(socket):
    """The heads of the frames that still come, and how the connection ends."""
    heads = []
    while True:
        try:
            message = socket.recv(timeout=PATIENCE)
        except ConnectionClosed as closed:
            return heads, closed.rcvd
        if isinstance(message, bytes):
            heads.append(decode(message)[0])
            with suppress(ConnectionClosed):  # the next `recv` has what was still on its way, and then the reason
                socket.send(json.dumps({"type": "ack", "seq": heads[-1]["seq"]}))


@pytest.mark.parametrize("how, runner", [(signal.SIGINT, "pool"), (signal.SIGTERM, "inprocess")])
def test_a_stopped_server_loses_no_update(how, runner, server_factory):
    first = server_factory(workers=1, runner=runner)
    run = call(first, "POST", "/runs", HEAVY)["id"]
    with websockets.sync.client.connect(f"{first.ws_url}/api/v1/runs/{run}/stream") as socket:
        call(first, "PUT", f"/runs/{run}/state", {"state": "running"})
        while not isinstance(message := socket.recv(timeout=PATIENCE), bytes) or decode(message)[0]["update"] < 100:
            if isinstance(message, bytes):
                socket.send(json.dumps({"type": "ack", "seq": decode(message)[0]["seq"]}))
        os.killpg(first.process.pid, how)
        heads, closed = frames_until_closed(socket)
    assert (closed.code, closed.reason) == (1001, "the server stops")
    first.process.wait(PATIENCE)
    seen = max([decode(message)[0]["update"], *(head["update"] for head in heads)])

    second = server_factory(data_dir=first.data_dir, workers=1, runner=runner)
    found = call(second, "GET", f"/runs/{run}")
    assert found["state"] == "running"
    assert found["update"] >= seen, "what somebody saw has happened"
    wait(lambda: call(second, "GET", f"/runs/{run}")["epoch"] >= 1)
    rows = history(second, run)
    whole = rows[rows[:, 0] % 1 == 0]
    np.testing.assert_array_equal(whole, straight(HEAVY, len(whole) - 1))


def test_who_listens_by_server_sent_events_is_told_too(server_factory):
    server = server_factory(workers=1)
    run = call(server, "POST", "/runs", SPEC)["id"]
    with urlopen(f"{server.url}/api/v1/runs/{run}/events", timeout=PATIENCE) as stream:
        assert stream.readline() == b"event: hello\n"
        server.process.send_signal(signal.SIGINT)
        said = stream.read().decode()
    assert "event: end" in said
    assert "the server stops" in said
    server.process.wait(PATIENCE)
