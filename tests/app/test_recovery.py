"""Whatever dies, runs go on and end where they would have ended: bit for bit, with no history lost or doubled."""

import json
import os
import signal
import sqlite3

import numpy as np
import websockets.sync.client

from app.wire import decode
from tests.app.conftest import SMALL
from tests.app.test_stream import Socket, same
from tests.tools.server import call
from tests.tools.straight import straight
from tests.tools.waiting import PATIENCE, wait

# Long enough to be killed in, with all that a checkpoint must not forget: momentum, dropout, a schedule.
SPEC = {
    "seed": 5,
    "data": {"type": "spiral", "samples": 300, "noise": 10},
    "network": {
        "layers": [
            {"id": "a", "type": "dense", "units": 8, "activation": "tanh"},
            {"id": "d", "type": "dropout", "rate": 0.1},
            {"id": "b", "type": "dense", "units": 1, "activation": "tanh"},
        ]
    },
    "training": {
        "optimizer": {"type": "sgd", "learning_rate": 0.02, "momentum": 0.9},
        "schedule": {"type": "exponential_decay"},
        "batch_size": 7,
    },
}


def step(server, run, count):
    """So many epochs more; on a slow machine a long step goes on after the answer."""
    call(server, "PUT", f"/runs/{run}/state", {"state": "paused", "advance": {"unit": "epoch", "count": count}})
    wait(lambda: call(server, "GET", f"/runs/{run}")["state"] == "paused")


def history(server, run):
    rows, after = [], 0
    while (page := call(server, "GET", f"/runs/{run}/history?after={after}&limit=5000"))["rows"]:
        rows, after = rows + page["rows"], page["next"]
    return np.array([[np.nan if v is None else v for v in row] for row in rows])


def stored(server, run):
    """How many rows of history are on disk."""
    with sqlite3.connect(server.data_dir / "playground.db") as database:
        ((rows,),) = database.execute("SELECT sum(count) FROM history WHERE run = ?", (run,))
    database.close()
    return rows or 0


def put_to_sleep(client, run, monkeypatch):
    """Out of the worker and out of memory: what is left of the run is in the store."""
    keeper = client.app.state.manager.keeper

    def gone():
        if feed := keeper.feeds.get(run.id):
            client.portal.call(keeper._tidy, feed)
        return run.id not in keeper.feeds

    with monkeypatch.context() as patched:
        patched.setattr("app.runs.keeper.SLEEP", -1.0)
        wait(gone)


def test_kill_9_of_the_whole_server_costs_seconds_and_changes_nothing(server_factory):
    first = server_factory(workers=2)
    run = call(first, "POST", "/runs", SPEC)["id"]
    paused = call(first, "POST", "/runs", SPEC)["id"]
    step(first, paused, 3)
    call(first, "PUT", f"/runs/{run}/state", {"state": "running"})
    wait(lambda: stored(first, run) > 50 and stored(first, paused) == 4)
    before, kept = call(first, "GET", f"/runs/{run}"), stored(first, run)
    first.kill()

    second = server_factory(data_dir=first.data_dir, workers=2)
    found = call(second, "GET", f"/runs/{run}")
    assert found["state"] == "running"
    assert found["seq"] >= kept
    wait(lambda: call(second, "GET", f"/runs/{run}")["epoch"] > before["epoch"] + 50)
    call(second, "PUT", f"/runs/{run}/state", {"state": "paused"})
    rows = history(second, run)
    assert len(rows) > before["epoch"] + 50
    np.testing.assert_array_equal(rows, straight(SPEC, len(rows) - 1))
    still = call(second, "GET", f"/runs/{paused}")
    assert (still["state"], still["epoch"], still["seq"]) == ("paused", 3, 4)
    np.testing.assert_array_equal(history(second, paused), straight(SPEC, 3))


def test_a_watcher_of_a_killed_server_comes_back_without_a_gap(server_factory):
    first = server_factory(workers=1)
    run = call(first, "POST", "/runs", SPEC)["id"]
    rows = []
    with websockets.sync.client.connect(f"{first.ws_url}/api/v1/runs/{run}/stream") as socket:
        call(first, "PUT", f"/runs/{run}/state", {"state": "running"})
        collect(socket, rows, lambda: stored(first, run) > 100 and len(rows) > 300)
        first.kill()
    second = server_factory(data_dir=first.data_dir, workers=1)
    had = len(rows)
    with websockets.sync.client.connect(f"{second.ws_url}/api/v1/runs/{run}/stream?after={had}&start=1") as socket:
        said = collect(socket, rows, lambda: len(rows) > had + 200)
    assert any("server was started again" in text["message"] for text in said if text["type"] == "note")
    np.testing.assert_array_equal(rows, straight(SPEC, len(rows) - 1))


def collect(socket, rows, enough, said=None):
    """Take in frames, each row once and in order; answers what was said in between, and puts it into `said`."""
    said = [] if said is None else said
    while not enough():
        message = socket.recv(timeout=PATIENCE)
        if isinstance(message, str):
            said.append(json.loads(message))
            continue
        head, arrays = decode(message)
        assert head["first"] == len(rows) + 1
        rows.extend(arrays["history"].tolist())
        socket.send(json.dumps({"type": "ack", "seq": head["seq"]}))
    return said


def test_a_worker_that_dies_is_replaced_and_its_runs_go_on(make, client):
    run = make(SPEC)
    manager = client.app.state.manager
    with run.stream() as socket:
        watcher = Socket(socket)
        run.state("running")
        watcher.until(lambda w: len(w.rows) > 200)
        for pid in manager.keeper.runner.processes():
            os.kill(pid, signal.SIGKILL)
        had = len(watcher.rows)
        watcher.until(lambda w: len(w.rows) > had + 200)
        run.state("paused")
        seq = run.get()["seq"]
        watcher.until(lambda w: len(w.rows) == seq)
    notes = [said["message"] for said in watcher.said if said["type"] == "note"]
    assert any("was lost" in note for note in notes)
    np.testing.assert_array_equal(watcher.rows, straight(SPEC, seq - 1))
    same(watcher.rows, run.rows())
    wait(lambda: len(manager.keeper.runner.processes()) == 2)


def test_a_paused_run_whose_worker_died_is_brought_back_when_asked(make, client):
    run = make(SMALL)
    run.step("epoch", 5)
    weights = run.get("weights")
    for pid in client.app.state.manager.keeper.runner.processes():
        os.kill(pid, signal.SIGKILL)
    assert run.get("weights") == weights
    run.step("epoch", 5)
    assert [row[0] for row in run.rows()] == list(range(11))


def test_a_run_put_to_sleep_wakes_up_as_it_was(make, client, monkeypatch):
    run = make(SPEC)
    run.step("epoch", 5)
    put_to_sleep(client, run, monkeypatch)
    run.step("epoch", 5)
    rows = run.rows()
    np.testing.assert_array_equal(np.array(rows, float), straight(SPEC, 10))


def test_a_run_nobody_looks_at_is_paused(make, client, monkeypatch):
    keeper = client.app.state.manager.keeper
    run = make(SPEC)
    run.state("running")
    feed = keeper.feeds[run.id]
    monkeypatch.setattr(keeper, "idle_seconds", 0.0)
    client.portal.call(keeper._tidy, feed)
    assert run.get()["state"] == "paused"


def test_stopping_the_server_loses_nothing(server_factory):
    first = server_factory(workers=1)
    run = call(first, "POST", "/runs", SPEC)["id"]
    with websockets.sync.client.connect(f"{first.ws_url}/api/v1/runs/{run}/stream") as socket:
        call(first, "PUT", f"/runs/{run}/state", {"state": "running"})
        wait(lambda: call(first, "GET", f"/runs/{run}")["epoch"] > 20)
        before = call(first, "GET", f"/runs/{run}")["epoch"]
        first.stop()
        closed = drained(socket).rcvd
        assert (closed.code, closed.reason) == (1001, "the server stops")
    second = server_factory(data_dir=first.data_dir, workers=1)
    found = call(second, "GET", f"/runs/{run}")
    assert found["state"] == "running"
    assert found["epoch"] >= before


def drained(socket):
    """Read on until the server has closed; answers how."""
    while True:
        try:
            socket.recv(timeout=PATIENCE)
        except websockets.exceptions.ConnectionClosed as closed:
            return closed


def test_workers_die_with_their_server(server_factory):
    server = server_factory(workers=2)
    call(server, "POST", "/runs", SMALL)
    children = wait(lambda: workers_of(server.process.pid))
    os.kill(server.process.pid, signal.SIGKILL)  # the server alone, not its group
    server.process.wait(PATIENCE)
    wait(lambda: not [pid for pid in children if alive(pid)])


def workers_of(parent):
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat") as stat, open(f"/proc/{pid}/cmdline") as line:
                if int(stat.read().rsplit(")", 1)[1].split()[1]) == parent and "spawn_main" in line.read():
                    found.append(int(pid))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found if len(found) == 2 else []


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
