"""The disk is full, the database is locked: training goes on, and everything is written once that can be done again."""

import json
import os
import resource
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

import numpy as np
import psutil
import pytest
import websockets.sync.client

from tests.app.conftest import SMALL
from tests.app.test_recovery import SPEC, collect, history, stored
from tests.tools.server import call
from tests.tools.straight import straight
from tests.tools.waiting import PATIENCE, wait

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits of another process are set as Linux does")
FULL = 64 * 1024  # bytes that a file may have on the disk that is full
LOCK = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()
"""


def fill_disk(server):
    """From now on the server's writes beyond `FULL` fail, as they do where no space is left."""
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (FULL, resource.RLIM_INFINITY))


def free_disk(server):
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def ready(server):
    try:
        with urllib.request.urlopen(f"{server.url}/readyz", timeout=PATIENCE) as answer:
            return answer.status == 200
    except urllib.error.HTTPError as error:
        error.close()
        return error.code != 503


def descriptors(process):
    """How many are open, besides those of the database: as many threads may read from it at once as its pool has."""
    folder, found = Path(f"/proc/{process.pid}/fd"), []
    for link in folder.iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            found.append(os.readlink(link))
    database = sum("playground.db" in file for file in found)
    assert database <= 3 * 15
    return len(found) - database


def refused(server, *request):
    """What the answer to this says, which must be a 503."""
    with pytest.raises(urllib.error.HTTPError) as answer:
        call(server, *request)
    assert answer.value.code == 503
    return json.loads(answer.value.read())["detail"]


def test_a_full_disk_costs_nothing_but_patience(server_factory):
    server = server_factory(workers=1, checkpoint_seconds=0.3)
    process = psutil.Process(server.process.pid)
    run = call(server, "POST", "/runs", SPEC)["id"]
    rows: list = []
    with websockets.sync.client.connect(f"{server.ws_url}/api/v1/runs/{run}/stream") as socket:
        call(server, "PUT", f"/runs/{run}/state", {"state": "running"})
        collect(socket, rows, lambda: len(rows) > 100)
        files = descriptors(process)
        fill_disk(server)
        wait(lambda: not ready(server))
        assert "cannot write to its database" in refused(server, "POST", "/runs", SMALL)
        assert "cannot write to its database" in refused(server, "DELETE", f"/runs/{run}")
        had = len(rows)
        collect(socket, rows, lambda: len(rows) > had + 200)  # it trains on, and watchers miss nothing
        (worker,) = (child for child in process.children() if "spawn_main" in " ".join(child.cmdline()))
        worker.kill()  # its runs go on from a checkpoint that could not be written yet
        said: list = []
        collect(socket, rows, lambda: any("The worker was lost" in text.get("message", "") for text in said), said)
        had = len(rows)
        collect(socket, rows, lambda: len(rows) > had + 200)
        assert stored(server, run) < len(rows)
        free_disk(server)
        wait(lambda: ready(server))
        wait(lambda: stored(server, run) >= len(rows))
        wait(lambda: descriptors(process) <= files + 2)
    assert call(server, "POST", "/runs", SMALL)["state"] == "created"
    call(server, "PUT", f"/runs/{run}/state", {"state": "paused"})
    seq = call(server, "GET", f"/runs/{run}")["seq"]
    wait(lambda: stored(server, run) == seq)
    server.kill()
    second = server_factory(data_dir=server.data_dir, workers=1)
    found = history(second, run)
    assert len(found) == seq
    np.testing.assert_array_equal(found, straight(SPEC, seq - 1))
    np.testing.assert_array_equal(rows, found[: len(rows)])


def test_a_server_that_stops_on_a_full_disk_says_so_and_keeps_what_it_had(server_factory):
    server = server_factory(workers=1, checkpoint_seconds=0.3)
    run = call(server, "POST", "/runs", SPEC)["id"]
    call(server, "PUT", f"/runs/{run}/state", {"state": "running"})
    wait(lambda: stored(server, run) > 20)
    fill_disk(server)
    wait(lambda: not ready(server))
    had = stored(server, run)
    server.stop()
    assert "could not be written" in server.log()
    second = server_factory(data_dir=server.data_dir, workers=1)
    call(second, "PUT", f"/runs/{run}/state", {"state": "paused"})
    found = history(second, run)
    assert len(found) >= had
    np.testing.assert_array_equal(found, straight(SPEC, len(found) - 1))


def test_a_database_locked_by_another_program_is_waited_for(server_factory):
    server = server_factory(workers=1, checkpoint_seconds=0.3)
    run = call(server, "POST", "/runs", SPEC)["id"]
    rows: list = []
    made: list = []
    with websockets.sync.client.connect(f"{server.ws_url}/api/v1/runs/{run}/stream") as socket:
        call(server, "PUT", f"/runs/{run}/state", {"state": "running"})
        collect(socket, rows, lambda: len(rows) > 100)
        database = server.data_dir / "playground.db"
        command = [sys.executable, "-c", LOCK, os.fspath(database)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
            assert other.stdout.readline() == b"locked\n"
            had, on_disk = len(rows), stored(server, run)
            waiting = threading.Thread(target=lambda: made.append(call(server, "POST", "/runs", SMALL)))
            waiting.start()
            collect(socket, rows, lambda: len(rows) > had + 30)  # few: the writer does not wait for ever
            call(server, "PATCH", f"/runs/{run}/settings", {"speed": 20})  # an owner is answered all the same
            call(server, "PATCH", f"/runs/{run}/settings", {"speed": None})
            assert stored(server, run) == on_disk
            assert not made
            other.communicate()
        waiting.join(PATIENCE)
        assert made[0]["state"] == "created"
        wait(lambda: stored(server, run) >= had + 30)
    call(server, "PUT", f"/runs/{run}/state", {"state": "paused"})
    found = history(server, run)
    np.testing.assert_array_equal(found, straight(SPEC, len(found) - 1))
    np.testing.assert_array_equal(rows, found[: len(rows)])
