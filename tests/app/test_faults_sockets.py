"""Watchers that do not read, that vanish, that send rubbish: training and the other watchers do not notice."""

import contextlib
import json
import random
import socket as sockets
import struct
from urllib.parse import urlsplit

import numpy as np
import psutil
import pytest
import websockets.sync.client
from websockets.exceptions import ConnectionClosed

from tests.app.test_faults_store import descriptors
from tests.app.test_recovery import SPEC, collect, history
from tests.tools.server import call
from tests.tools.straight import straight
from tests.tools.waiting import PATIENCE, wait

MANY, AT_A_TIME = 1000, 100
GROWTH = 24 * 2**20  # bytes of memory that may stay in use: allocators and caches, but not a thousand watchers


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A server of its own, so that what it holds can be counted."""
    from tests.tools.server import RunningServer

    with RunningServer(tmp_path_factory.mktemp("sockets"), workers=1, rate_requests="") as server:
        yield server
        assert "Traceback" not in server.log(), server.log()


@pytest.fixture
def run(served):
    """The id of a run that is training."""
    id = call(served, "POST", "/runs", SPEC)["id"]
    call(served, "PUT", f"/runs/{id}/state", {"state": "running"})
    yield id
    call(served, "DELETE", f"/runs/{id}")


def opened(server, run, receive_buffer=None):
    """A bare socket that has asked for the run's stream."""
    address = urlsplit(server.url)
    raw = sockets.socket()
    if receive_buffer:
        raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, receive_buffer)
    raw.settimeout(PATIENCE)
    raw.connect((address.hostname, address.port))
    raw.sendall(
        f"GET /api/v1/runs/{run}/stream HTTP/1.1\r\nHost: {address.netloc}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    return raw


def dropped(raw):
    """Gone at once, without a word: the other side hears a reset."""
    raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_LINGER, struct.pack("ii", 1, 0))
    raw.close()


def watched(server, run, rows, more):
    """A good watcher gets so many more rows, each once."""
    start = f"?after={len(rows)}&start=1" if rows else ""
    with websockets.sync.client.connect(f"{server.ws_url}/api/v1/runs/{run}/stream{start}") as socket:
        enough = len(rows) + more
        return collect(socket, rows, lambda: len(rows) >= enough)


def checked(server, run, rows):
    """The run has gone on as if nothing were."""
    watched(server, run, rows, 50)
    assert call(server, "GET", f"/runs/{run}")["state"] == "running"
    call(server, "PUT", f"/runs/{run}/state", {"state": "paused"})
    found = history(server, run)
    np.testing.assert_array_equal(found, straight(SPEC, len(found) - 1))
    np.testing.assert_array_equal(rows, found[: len(rows)])


def test_a_watcher_that_never_reads_holds_nobody_up(served, run):
    process = psutil.Process(served.process.pid)
    rows: list = []
    watched(served, run, rows, 100)
    files, memory = descriptors(process), process.memory_info().rss
    deaf = [opened(served, run, receive_buffer=4096) for _ in range(5)]
    for lazy in deaf[1:]:
        lazy.recv(12)
    watched(served, run, rows, 500)
    assert process.memory_info().rss - memory < GROWTH
    for raw in deaf:
        dropped(raw)
    wait(lambda: descriptors(process) <= files)
    checked(served, run, rows)


def test_a_thousand_sockets_opened_and_dropped_leave_nothing_behind(served, run):
    process = psutil.Process(served.process.pid)
    rows: list = []
    watched(served, run, rows, 50)

    def wave():
        raws = [opened(served, run) for _ in range(AT_A_TIME)]
        for number, raw in enumerate(raws):
            if number % 2:  # half of them get as far as the stream
                assert raw.recv(12) == b"HTTP/1.1 101"
            dropped(raw)

    wave()  # what is made once is made
    watched(served, run, rows, 50)
    wait(lambda: descriptors(process) < AT_A_TIME)
    files, threads, memory = descriptors(process), process.num_threads(), process.memory_info().rss
    for _ in range(MANY // AT_A_TIME):
        wave()
    wait(lambda: descriptors(process) <= files)
    assert process.num_threads() < threads + AT_A_TIME  # pools of threads fill up, once; how far, the cores say
    assert process.memory_info().rss - memory < GROWTH
    checked(served, run, rows)


def rubbish(seed):
    """Messages that no watcher sends."""
    rng = random.Random(seed)
    return [
        "",
        "ack",
        "[]",
        "null",
        '{"type": "ack"}',
        '{"type": "ack", "seq": true}',
        '{"type": "ack", "seq": 1e400}',
        '{"type": "pause", "seq": 1}',
        '{"type": {"ack": 1}, "seq": {}}',
        "[" * 900,
        "\ud7ff\x00" * 100,
        b"",
        rng.randbytes(1),
        rng.randbytes(4096),
        json.dumps({"type": "ack", "seq": 1}).encode(),
        "x" * 2**20,
    ]


def test_rubbish_closes_the_stream_of_whoever_sends_it_with_the_reason(served, run):
    rows: list = []
    for message in rubbish(1):
        with websockets.sync.client.connect(f"{served.ws_url}/api/v1/runs/{run}/stream") as socket:
            socket.send(message)
            with pytest.raises(ConnectionClosed) as closed:
                while True:
                    socket.recv(timeout=PATIENCE)
            assert closed.value.rcvd.code in (1003, 1009)
            assert closed.value.rcvd.reason
    checked(served, run, rows)


def test_acknowledgements_of_what_was_never_sent_change_nothing(served, run):
    rows: list = []
    with websockets.sync.client.connect(f"{served.ws_url}/api/v1/runs/{run}/stream") as socket:
        for seq in (-1, 0, 10**30, 5, 5, 5):
            socket.send(json.dumps({"type": "ack", "seq": seq}))
        collect(socket, rows, lambda: len(rows) > 100)
    checked(served, run, rows)


def test_bytes_that_are_no_frames_are_hung_up_on(served, run):
    process = psutil.Process(served.process.pid)
    rows: list = []
    watched(served, run, rows, 50)
    files, rng = descriptors(process), random.Random(2)
    for size in (1, 2, 14, 100, 5000):
        raw = opened(served, run)
        assert raw.recv(12) == b"HTTP/1.1 101"
        with contextlib.suppress(OSError):  # it may hang up while this is being sent
            raw.sendall(rng.randbytes(size) + b"\xff" * 20)  # no such opcode, and not masked
            while raw.recv(65536):
                pass
        raw.close()
    for noise in (b"\x00" * 100, b"GET / HTTP/9.9\r\n\r\n", rng.randbytes(2000), b"GET /api/v1/runs/%ff/stream"):
        address = urlsplit(served.url)
        with sockets.create_connection((address.hostname, address.port), timeout=PATIENCE) as raw:
            raw.sendall(noise)
    wait(lambda: descriptors(process) <= files)
    checked(served, run, rows)
