"""The kinds of `Runner` there are, and a listener that checks what holds for everything heard of any of them."""

import asyncio
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.runs.inprocess import InProcess
from app.runs.pool import Pool
from app.runs.worker import Config
from tests.tools.waiting import PATIENCE


@dataclass
class Kind:
    """How to make a runner, and how to take away the host of a run, as a fault would."""

    make: Callable[[Config], Any]
    take: Callable[[Any, str], None]


def kill(pool, run):
    os.kill(pool._homes[run].process.pid, signal.SIGKILL)


def spoil(inprocess, run):
    inprocess._put(None, lambda host: setattr(host, "train", None))


KINDS = {
    "pool": Kind(lambda config: Pool(2, config), kill),
    "inprocess": Kind(InProcess, spoil),
}


class Listener:
    """Keeps everything in the order heard, and checks what holds for all of it."""

    def __init__(self):
        self.heard, self.rows, self.points, self.gone, self.latest = [], {}, {}, [], {}
        self.news = asyncio.Event()

    def updated(self, update):
        rows = self.rows.setdefault((update.run, update.facts["start"]), [])
        assert update.facts["seq"] == len(rows) + len(update.rows), "a gap, or a row twice"
        rows.extend(update.rows)
        self.latest[update.run] = update
        self._hear("updated", update.run)

    def saved(self, point):
        assert len(self.rows[point.run, point.meta["start"]]) >= point.meta["seq"], "its rows are not here yet"
        self.points[point.run] = point
        self._hear("saved", point.run)

    def lost(self, runs, over):
        self.gone.append((runs, over))
        self._hear("lost", over)

    def _hear(self, *what):
        self.heard.append(what)
        self.news.set()

    def state(self, run):
        return self.latest[run].facts["state"]

    async def until(self, condition):
        async with asyncio.timeout(PATIENCE):
            while not condition():
                self.news.clear()
                await self.news.wait()
