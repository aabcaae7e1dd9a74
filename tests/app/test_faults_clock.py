"""Clocks that jump and machines that sleep: no run is paused or lost for it, no worker suspected, no row missing."""

import os
import signal
import time

import numpy as np
import pytest
import websockets.sync.client

from tests.app.test_recovery import SPEC, collect, history, step, stored, workers_of
from tests.tools.server import call
from tests.tools.straight import straight
from tests.tools.waiting import wait

DAY = 86_400
# Read by every Python process of the server as it starts: the clock on the wall is ahead by what the file says.
SKEWED = """
import os, time
_real = time.time
def _skewed():
    with open(os.environ["SKEW"]) as file:
        return _real() + float(file.read() or 0)
time.time = _skewed
"""


@pytest.fixture
def skew(tmp_path, monkeypatch):
    """`skew(seconds)` sets the clock of servers started after this; they and their workers notice at once."""
    (tmp_path / "sitecustomize.py").write_text(SKEWED)
    monkeypatch.setenv("PYTHONPATH", os.fspath(tmp_path))
    monkeypatch.setenv("SKEW", os.fspath(tmp_path / "skew"))

    def set_to(seconds):
        (tmp_path / "new").write_text(str(seconds))
        (tmp_path / "new").replace(tmp_path / "skew")  # never half written

    set_to(0)
    return set_to


def test_a_clock_that_jumps_either_way_changes_nothing_but_the_date(server_factory, skew):
    server = server_factory(workers=1, checkpoint_seconds=0.3)
    run = call(server, "POST", "/runs", SPEC)["id"]
    paused = call(server, "POST", "/runs", SPEC)["id"]
    rows: list = []
    with websockets.sync.client.connect(f"{server.ws_url}/api/v1/runs/{run}/stream") as socket:
        call(server, "PUT", f"/runs/{run}/state", {"state": "running"})
        for jump in (400 * DAY, -400 * DAY, 0.5, -3600):
            skew(jump)
            had = len(rows)
            said = collect(socket, rows, lambda had=had: len(rows) > had + 100)
            assert not any(text["type"] == "note" for text in said)
            step(server, paused, 1)
    skew(-DAY)
    call(server, "PUT", f"/runs/{run}/state", {"state": "paused"})
    assert call(server, "GET", f"/runs/{run}")["changed_at"] < call(server, "GET", f"/runs/{run}")["created_at"]
    seq = call(server, "GET", f"/runs/{run}")["seq"]
    wait(lambda: stored(server, run) == seq)
    server.kill()
    skew(DAY)
    second = server_factory(data_dir=server.data_dir, workers=1)
    found = history(second, run)
    assert len(found) == seq
    np.testing.assert_array_equal(found, straight(SPEC, len(found) - 1))
    assert call(second, "GET", f"/runs/{paused}")["epoch"] == 4
    assert [listed["id"] for listed in call(second, "GET", "/runs")["runs"]] == [paused, run]


def test_a_machine_that_was_asleep_suspects_no_worker(server_factory):
    """The server and its workers are stopped for longer than a silent worker is given, then go on."""
    server = server_factory(workers=2, stuck_seconds=1)
    run = call(server, "POST", "/runs", SPEC)["id"]
    workers = wait(lambda: workers_of(server.process.pid))
    rows: list = []
    with websockets.sync.client.connect(f"{server.ws_url}/api/v1/runs/{run}/stream") as socket:
        call(server, "PUT", f"/runs/{run}/state", {"state": "running"})
        collect(socket, rows, lambda: len(rows) > 50)
        for _ in range(2):
            os.killpg(server.process.pid, signal.SIGSTOP)
            time.sleep(2.5)
            os.killpg(server.process.pid, signal.SIGCONT)
            had = len(rows)
            said = collect(socket, rows, lambda had=had: len(rows) > had + 50)
            assert not any(text["type"] == "note" for text in said)
    assert workers_of(server.process.pid) == workers
    call(server, "PUT", f"/runs/{run}/state", {"state": "paused"})
    found = history(server, run)
    np.testing.assert_array_equal(found, straight(SPEC, len(found) - 1))
