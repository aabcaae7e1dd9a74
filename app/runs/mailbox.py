"""What one watcher of a run gets next: newest weights, every row of history once, and never more than it can take.

A watcher holds only positions, so a slow one costs no memory: rows wait in the shared history or in the store, weights
are overwritten. At most `WINDOW` frames are unacknowledged; the next one is made when there is credit, from what is
newest then.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from app.runs.feed import Feed
from app.wire import Shared

WINDOW = 2
BREAK = 60.0  # seconds
ROWS = 8192  # in one frame; a long history takes several
STATE = ("state", "message", "fix", "epoch", "update", "settings")

ReadRows = Callable[[str, int, int, int], Awaitable[np.ndarray]]  # (run, start, after, limit) from the store


@dataclass(frozen=True)
class Frame:
    """A binary frame: its number, and what all watchers who stand at the same place get alike."""

    seq: int
    shared: Shared

    @property
    def head(self) -> dict[str, Any]:
        return {"seq": self.seq, **self.shared.head}

    @property
    def arrays(self) -> Mapping[str, np.ndarray]:
        return self.shared.arrays

    def encoded(self) -> bytes:
        return self.shared.numbered(self.seq)


@dataclass(frozen=True)
class Said:
    """A text message: type "state", "note" or "reset"."""

    type: str
    fields: dict[str, Any] = field(default_factory=dict)


class Closed(Exception):
    """The stream ends; the reason is for the watcher."""


class Watcher:
    """One watcher's place in a run's stream. `after` is the newest row it has, `start` the start of that row."""

    def __init__(self, feed: Feed, read: ReadRows, after: int = 0, start: int | None = None) -> None:
        self.feed = feed
        self._read = read
        self._event = asyncio.Event()
        self._reason: str | None = None
        self._sent: list[int] = []  # frames not acknowledged yet
        self._seq = self._version = self._weights = self._news = 0
        self._noted = 0
        # Who comes back after a break hears why there was one.
        self._since = time.monotonic() - (BREAK if after else 0)
        ahead = after > feed.record.seq and feed.record.state != "running"
        stale = ahead or (start is not None and start != feed.record.start)
        self._after = 0 if stale else after
        self._generation = 0 if stale else feed.generation
        self.news: asyncio.Event | None = None  # set as well, for whoever waits for several watchers
        self.most_rows = ROWS  # in one frame

    def wake(self) -> None:
        """Something changed; whoever waits is troubled only where there is something for them."""
        if self._reason is not None or self._told() or self._due():
            self._event.set()
            if self.news:
                self.news.set()

    def acknowledge(self, seq: int) -> None:
        """The watcher has drawn frame `seq` and those before it."""
        self._sent = [s for s in self._sent if s > seq]
        self.wake()

    def _told(self) -> bool:
        """Whether there may be something to say."""
        feed = self.feed
        return self._generation != feed.generation or self._news != feed.news or self._noted != feed.noted

    def _due(self) -> bool:
        """Whether there is something new to show, and the watcher can take it."""
        feed = self.feed
        new = self._version != feed.version or self._after < feed.record.seq
        return new and len(self._sent) < WINDOW

    def close(self, reason: str) -> None:
        self._reason = reason
        self.wake()

    async def next(self) -> Frame | Said:
        """The next thing to send, as soon as there is one. Raises Closed."""
        while True:
            self._event.clear()
            if item := await self.poll():
                return item
            await self._event.wait()

    async def poll(self, frames: bool = True) -> Frame | Said | None:
        """The next thing to send, if there is one now; without `frames`, only what is said. Raises Closed."""
        if self._reason is not None:
            raise Closed(self._reason)
        return await self._take(frames)

    async def _take(self, frames: bool = True) -> Frame | Said | None:
        feed, record = self.feed, self.feed.record
        if self._generation != feed.generation:
            self._generation, self._after, self._version, self._weights = feed.generation, 0, 0, 0
            return Said("reset", {"start": record.start, "seed": record.seed, "spec": record.spec})
        for number, at, message in feed.notes:
            if number > self._noted and at > self._since:
                self._noted = number
                return Said("note", {"message": message})
        self._noted = feed.noted
        if frames and self._due():
            return await self._frame()
        if self._news != feed.news:
            self._news = feed.news
            told = {name: getattr(record, name) for name in STATE}
            return Said("state", {**told, "speed": record.settings["speed"]})
        return None

    async def _frame(self) -> Frame | None:
        feed = self.feed
        version, weights_version = feed.version, feed.weights_version
        fresh = self._weights != weights_version
        try:
            shared = feed.frame(self._after, self.most_rows, fresh)
        except LookupError:
            shared = await self._older(fresh)
            if self._generation != feed.generation:
                return None  # a reset while the store was read; the next call says so
        self._after += len(shared.arrays["history"])
        self._version, self._weights = version, weights_version
        self._seq += 1
        self._sent.append(self._seq)
        return Frame(self._seq, shared)

    async def _older(self, fresh: bool) -> Shared:
        """A frame whose rows only the store has any more."""
        feed = self.feed
        made = feed.place(self._after), feed.weights if fresh else None
        rows = await self._read(feed.record.id, feed.record.start, self._after, self.most_rows)
        return feed.framed(rows, *made)
