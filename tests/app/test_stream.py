"""The stream gives every row once and in order and the newest weights, however slow or interrupted the watcher is."""

import json
import time

import numpy as np
import pytest
from starlette.websockets import WebSocketDisconnect

from app.runs.mailbox import WINDOW
from app.wire import decode
from engine.events import COLUMNS
from tests.tools.waiting import wait


class Socket:
    """A watcher that keeps what it hears."""

    def __init__(self, socket):
        self.socket, self.said, self.rows, self.frames, self.weights = socket, [], [], [], None
        self.hello = self.next()

    def next(self, ack=True):
        """The next message; a frame is taken in, and acknowledged."""
        message = self.socket.receive()
        if message["type"] == "websocket.close":
            raise WebSocketDisconnect(message["code"], message["reason"])
        if message.get("text") is not None:
            self.said.append(json.loads(message["text"]))
            if self.said[-1]["type"] == "reset":
                self.rows = []
            return self.said[-1]
        head, arrays = decode(message["bytes"])
        assert head["first"] == len(self.rows) + 1, "a gap, or a row twice"
        self.rows += arrays["history"].tolist()
        self.weights = arrays.get("weights", self.weights)
        self.frames.append(head)
        if ack:
            self.ack(head["seq"])
        return head

    def ack(self, seq):
        self.socket.send_text(json.dumps({"type": "ack", "seq": seq}))

    def until(self, condition, ack=True):
        while not condition(self):
            self.next(ack)
        return self


def states(watcher):
    return [said["state"] for said in watcher.said if said["type"] == "state"]


def same(rows, expected):
    expected = [[np.nan if v is None else v for v in row] for row in expected]
    np.testing.assert_array_equal(rows, expected)


def test_hello_then_where_it_stands(run):
    run.step("epoch", 5)
    with run.stream() as socket:
        watcher = Socket(socket)
        assert watcher.hello["type"] == "hello"
        assert watcher.hello["run"] == run.get()
        assert watcher.hello["columns"] == list(COLUMNS)
        assert watcher.hello["manifest"] == run.get("weights")["manifest"]
        watcher.until(lambda w: states(w) and len(w.rows) == 6 and w.weights is not None)
    same(watcher.rows, run.rows())
    assert (
        watcher.weights.tobytes()
        == run.client.get(f"{run.path}/weights", headers={"Accept": "application/octet-stream"}).content
    )
    assert states(watcher) == ["paused"]


def test_a_running_run_streams_every_row_and_the_newest_weights(run):
    with run.stream() as socket:
        watcher = Socket(socket)
        run.state("running")
        watcher.until(lambda w: len(w.frames) > 20)
        paused = run.state("paused")
        watcher.until(lambda w: len(w.rows) == paused["seq"] and states(w)[-1:] == ["paused"])
    same(watcher.rows, run.rows())
    assert [f["seq"] for f in watcher.frames] == list(range(1, len(watcher.frames) + 1))
    assert watcher.frames[-1]["epoch"] == paused["epoch"]
    assert states(watcher)[-2:] == ["running", "paused"]
    layers = run.get("weights")["layers"]
    for entry in watcher.hello["manifest"]:
        part = watcher.weights[entry["offset"] : entry["offset"] + entry["size"]].reshape(entry["shape"])
        np.testing.assert_array_equal(part, np.float32(layers[entry["layer"]][entry["name"]]))


def test_frames_say_when_the_trainer_told_them(run):
    began = time.time()
    with run.stream() as socket:
        watcher = Socket(socket)
        run.state("running")
        watcher.until(lambda w: len(w.frames) > 10)
        told = [frame["at"] / 1000 for frame in watcher.frames if frame["at"]]
    assert told == sorted(told)
    assert len(set(told)) > 5
    assert began - 0.001 < told[-1] < time.time() + 0.001


def test_who_does_not_acknowledge_gets_two_frames_and_then_all_rows_at_once(run):
    with run.stream() as socket:
        watcher = Socket(socket)
        run.state("running")
        watcher.until(lambda w: len(w.frames) == WINDOW, ack=False)
        wait(lambda: run.get()["seq"] > len(watcher.rows) + 100)
        paused = run.state("paused")
        watcher.until(lambda w: states(w)[-1:] == ["paused"])
        assert len(watcher.frames) == WINDOW, "a third frame without an acknowledgement"
        watcher.ack(1)
        watcher.next()
        assert len(watcher.frames) == WINDOW + 1
        watcher.until(lambda w: len(w.rows) == paused["seq"])  # a very long history takes more than one frame
    same(watcher.rows, run.rows())


def test_a_watcher_that_never_reads_holds_up_nobody(run):
    with run.stream() as idle, run.stream() as socket:
        watcher = Socket(socket)
        run.change(epochs=400)
        run.state("running")
        watcher.until(lambda w: states(w)[-1:] == ["finished"] and len(w.rows) == 401)
        same(watcher.rows, run.rows())
        assert idle is not None


def test_who_comes_back_gets_exactly_what_was_missed(run):
    run.step("epoch", 10)
    with run.stream() as socket:
        first = Socket(socket).until(lambda w: len(w.rows) == 11)
    run.step("epoch", 15)
    with run.stream(f"?after={len(first.rows)}&start={first.frames[-1]['start']}") as socket:
        second = Socket.__new__(Socket)
        second.socket, second.said, second.rows, second.frames, second.weights = socket, [], first.rows, [], None
        second.until(lambda w: len(w.rows) == 26)
    same(second.rows, run.rows())
    assert second.frames[0]["first"] == 12
    assert not [said for said in second.said if said["type"] == "reset"]


@pytest.mark.parametrize("query", ["?after=11&start=1", "?after=11"])
def test_who_comes_back_after_a_reset_begins_anew(run, query):
    run.step("epoch", 10)
    run.state("created", seed=7)
    run.step("epoch", 2)
    with run.stream(query) as socket:
        watcher = Socket(socket).until(lambda w: len(w.rows) == 3 and w.weights is not None)
    assert [said["seed"] for said in watcher.said if said["type"] == "reset"] == [7]
    same(watcher.rows, run.rows())


def test_a_reset_is_told_before_its_rows(run):
    run.step("epoch", 4)
    with run.stream() as socket:
        watcher = Socket(socket).until(lambda w: len(w.rows) == 5)
        run.state("created", seed="new")
        watcher.until(lambda w: any(said["type"] == "reset" for said in w.said))
        run.step("epoch", 3)
        watcher.until(lambda w: len(w.rows) == 4)
    reset = next(said for said in watcher.said if said["type"] == "reset")
    assert (reset["start"], reset["seed"]) == (2, run.get()["seed"])
    assert reset["spec"]["seed"] == reset["seed"]
    same(watcher.rows, run.rows())


def test_steps_edits_and_settings_show_while_it_is_paused(run):
    with run.stream() as socket:
        watcher = Socket(socket).until(lambda w: w.weights is not None)
        before = watcher.weights
        run.step("batch", 1)
        watcher.until(lambda w: not np.array_equal(w.weights, before))
        assert watcher.frames[-1]["update"] == 1
        run.edit(("output", "bias", [0], 0.625))
        watcher.until(lambda w: w.weights[-1] == 0.625)
        run.change(speed=7)
        watcher.until(lambda w: w.said[-1]["type"] == "state" and w.said[-1]["speed"] == 7)
        run.edit(("output", "bias", [0], 0.5))
        watcher.until(lambda w: w.weights[-1] == 0.5)


@pytest.mark.parametrize(
    "text", ["", "hello", "{}", '{"type": "ack"}', '{"type": "ack", "seq": "1"}', "[" * 999, "x" * 2000]
)
def test_who_speaks_something_else_is_shown_out(run, text):
    with run.stream() as socket:
        watcher = Socket(socket)
        socket.send_text(text)
        with pytest.raises(WebSocketDisconnect) as caught:
            watcher.until(lambda w: False)
    assert caught.value.code == 1003


def test_bytes_are_no_acknowledgement_and_strange_ones_do_no_harm(run):
    with run.stream() as socket:
        watcher = Socket(socket).until(lambda w: w.frames)
        for seq in (-1, 0, 10**30):
            watcher.ack(seq)
        run.step()
        watcher.until(lambda w: len(w.rows) == 2)
        socket.send_bytes(b"\x00\x01")
        with pytest.raises(WebSocketDisconnect) as caught:
            watcher.until(lambda w: False)
    assert caught.value.code == 1003


def test_there_is_no_such_run(client):
    with client.websocket_connect("/api/v1/runs/nobody/stream") as socket:
        assert socket.receive_json()["type"] == "error"
        with pytest.raises(WebSocketDisconnect) as caught:
            socket.receive_json()
    assert caught.value.code == 4404


def test_a_deleted_run_says_goodbye(make):
    run = make()
    with run.stream() as socket:
        watcher = Socket(socket).until(lambda w: w.frames)
        run.call("DELETE")
        with pytest.raises(WebSocketDisconnect) as caught:
            watcher.until(lambda w: False)
    assert (caught.value.code, caught.value.reason) == (1001, "the run was deleted")


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://testserver.evil.example", "file://"])
def test_pages_from_elsewhere_may_not_watch(run, origin):
    with pytest.raises(WebSocketDisconnect), run.stream(origin=origin) as socket:
        socket.receive()


def test_the_server_s_own_pages_may(run):
    with run.stream(origin="http://testserver") as socket:
        assert Socket(socket).hello["type"] == "hello"


def test_the_last_who_leaves_turns_the_weights_off(run, client):
    feed = client.app.state.manager.keeper.feeds[run.id]
    run.state("running")
    with run.stream() as socket:
        Socket(socket).until(lambda w: len(w.frames) > 3)
    wait(lambda: not feed.shown)
    assert not feed.watchers
    wait(lambda: feed.version > feed.weights_version + 10)  # so many reports in a row came without weights
