"""A watcher's next frame is made of what is newest: rows from memory or store, weights overwritten, nothing queued."""

import asyncio

import numpy as np

from app.runs.feed import Feed
from app.runs.host import Update
from app.runs.mailbox import ROWS, Frame, Watcher
from app.store.records import Record
from engine.events import COLUMNS


def feed_with(count, first=1):
    record = Record("a", "", "", {"seed": 1}, {"speed": None}, 0, 0, state="running", seq=first - 1)
    feed = Feed(record)
    add(feed, count)
    return feed


def add(feed, count):
    seq = feed.record.seq + count
    rows = np.arange(feed.record.seq + 1, seq + 1, dtype=float)[:, None] * np.ones(len(COLUMNS))
    facts = {"state": "running", "message": "", "fix": "", "start": feed.record.start, "seq": seq}
    facts |= {"epoch": seq, "update": seq, "unit": None, "goal": 0}
    feed.update(Update("a", facts, rows, np.full(3, seq, np.float32).tobytes()))


async def stored(run, start, after, limit):
    rows = np.arange(after + 1, min(after + limit, 99) + 1, dtype=float)
    return rows[:, None] * np.ones(len(COLUMNS))


def drain(watcher):
    """All frames to be had with acknowledgements, as (first, rows)."""

    async def go():
        frames = []
        while (item := await watcher._take()) is not None:
            if isinstance(item, Frame):
                frames.append(item)
                watcher.acknowledge(item.head["seq"])
        return frames

    return asyncio.run(go())


def test_rows_older_than_the_memory_come_from_the_store():
    frames = drain(Watcher(feed_with(20, first=100), stored, after=37))
    rows = np.concatenate([f.arrays["history"] for f in frames])[:, 0]
    np.testing.assert_array_equal(rows, np.arange(38, 120))
    assert [f.head["first"] for f in frames] == [38, 100]


def test_a_long_history_comes_in_several_frames():
    frames = drain(Watcher(feed_with(2 * ROWS + 5), stored))
    assert [len(f.arrays["history"]) for f in frames] == [ROWS, ROWS, 5]
    assert ["weights" in f.arrays for f in frames] == [True, False, False]


def test_weights_are_overwritten_not_queued():
    feed = feed_with(1)
    watcher = Watcher(feed, stored)
    for _ in range(1000):
        add(feed, 1)
    (frame,) = drain(watcher)
    assert frame.arrays["weights"].tolist() == [1001] * 3
    assert len(frame.arrays["history"]) == 1001


def test_a_run_that_goes_on_differently_is_told_as_a_new_history():
    feed = feed_with(10)
    watcher = Watcher(feed, stored)
    drain(watcher)
    rows = np.full((2, len(COLUMNS)), 0.5)
    facts = {"state": "running", "message": "", "fix": "", "start": 1, "seq": 9, "epoch": 9, "update": 9}
    feed.update(Update("a", facts | {"unit": None, "goal": 0}, rows, None))
    said = asyncio.run(watcher._take())
    assert said.type == "reset"
    (frame,) = drain(watcher)
    assert frame.head["first"] == 1
    assert frame.arrays["history"][:, 0].tolist() == [1, 2, 3, 4, 5, 6, 7, 0.5, 0.5]


def test_who_stands_at_the_same_place_shares_a_frame_and_who_does_not_has_his_own():
    feed = feed_with(5)
    first, second, behind = Watcher(feed, stored), Watcher(feed, stored), Watcher(feed, stored, after=3)
    (one,), (two,), (three,) = drain(first), drain(second), drain(behind)
    assert one.shared is two.shared
    assert one.encoded() == two.encoded()
    assert three.head["first"] == 4
    add(feed, 1)
    (later,) = drain(first)
    assert later.head["first"] == 6
    assert later.arrays["history"][:, 0].tolist() == [6]


def test_a_watcher_is_woken_only_for_something_to_send():
    feed = feed_with(1)
    watcher = Watcher(feed, stored)
    drain(watcher)

    async def woken(what):
        watcher._event.clear()
        what()
        return watcher._event.is_set()

    assert not asyncio.run(woken(lambda: watcher.acknowledge(99)))
    feed.watchers.add(watcher)
    assert asyncio.run(woken(lambda: add(feed, 1)))
    drain(watcher)
    watcher._sent = [98, 99]  # none acknowledged
    assert not asyncio.run(woken(lambda: add(feed, 1)))
    assert asyncio.run(woken(lambda: feed.note("something happened")))
    drain(watcher)
    assert asyncio.run(woken(lambda: watcher.acknowledge(98)))
    assert asyncio.run(woken(lambda: watcher.close("goodbye")))
