"""Where runs are kept: in memory while somebody cares, in a worker while needed, in the store always.

Hears what workers report, hands checkpoints to the store, brings runs back from their last checkpoint when a worker
dies or the server starts again, and puts to sleep what nobody uses.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import numpy as np

from app.errors import NotFound, Overloaded
from app.runs.commands import Pause, Watch
from app.runs.feed import Feed
from app.runs.host import Checkpoint, Update
from app.runs.mailbox import Watcher
from app.runs.runner import Busy, RunGone, Runner
from app.runs.session import ENDED
from app.store.records import Moments, Save
from app.store.store import Store
from engine.errors import PlaygroundError

log = logging.getLogger(__name__)
T = TypeVar("T")
SLEEP = 60.0  # seconds after which a run that does not train and is not asked about leaves its worker
SWEEP = 5.0  # seconds between two looks for such runs
MOMENT = 1.0  # seconds that watchers have to say goodbye
PATIENCE = 3, 60.0  # a run that loses its worker so often within so many seconds is not set going again


class Keeper:
    """The runs of a server. `ask` is how anything reaches a run's worker; `watch` how anybody looks on."""

    def __init__(self, store: Store, runner: Runner, idle_seconds: float) -> None:
        self.store, self.runner, self.idle_seconds = store, runner, idle_seconds
        self.feeds: dict[str, Feed] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._loop: asyncio.AbstractEventLoop

    async def start(self) -> None:
        """Start the workers; runs that were training go on."""
        self._loop = asyncio.get_running_loop()
        await self.runner.start(self)
        self._spawn(self._resume(await asyncio.to_thread(self.store.running)))
        self._spawn(self._sweep())

    async def stop(self) -> None:
        """Tell the watchers, save everything, stop the workers."""
        await self.farewell()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.runner.stop()
        await asyncio.to_thread(self.store.close)

    async def farewell(self) -> None:
        """Tell everyone who watches that the server stops, and give them a moment to hear it."""
        watched = [feed for feed in self.feeds.values() if feed.watchers]
        for feed in watched:
            for watcher in feed.watchers:
                watcher.close("the server stops")
        end = time.monotonic() + MOMENT
        while any(feed.watchers for feed in watched) and time.monotonic() < end:
            await asyncio.sleep(0.01)

    async def find(self, run: str) -> Feed | None:
        if run not in self.feeds:
            record = await asyncio.to_thread(self.store.get, run)
            if record is None:
                return None
            self.feeds.setdefault(run, Feed(record))
        feed = self.feeds[run]
        feed.touched = time.monotonic()
        return feed

    async def ask(self, feed: Feed, question: Callable[[], Awaitable[T]]) -> T:
        """Have a worker do something for a run, which is brought there first; again if the worker dies meanwhile.

        One at a time for each run. Raises PlaygroundError.
        """
        async with feed.lock:
            for _ in range(3):
                try:
                    await self._load(feed)
                    return await self.answered(question())
                except RunGone:
                    feed.loaded = False
        raise Overloaded("The worker of this run was lost again and again.", fix="Try again in a few seconds.")

    async def answered(self, work: Awaitable[T]) -> T:
        """A worker's answer. Raises Overloaded where none can give one."""
        try:
            return await work
        except Busy as error:
            raise Overloaded(f"No worker could answer: {error}.", fix="Try again in a few seconds.") from None

    @contextlib.asynccontextmanager
    async def watch(self, feed: Feed, after: int, start: int | None) -> AsyncIterator[Watcher]:
        """A place in the run's stream. The first who watches has the worker send weights, the last ends that."""
        run = feed.record.id
        if not feed.watchers:
            facts = await self.ask(feed, lambda: self.runner.command(run, Watch(on=True)))
            feed.describe(facts)
        watcher = Watcher(feed, self.rows, after, start)
        feed.watchers.add(watcher)
        try:
            yield watcher
        finally:
            feed.watchers.discard(watcher)
            feed.touched = time.monotonic()
            if not feed.watchers and feed.loaded:
                self._spawn(self._look_away(feed))

    async def rows(self, run: str, start: int, after: int, limit: int) -> np.ndarray:
        """Rows of history that are in the store."""
        return await asyncio.to_thread(self.store.history, run, start, after, limit)

    # ---- what the runner says ----

    def updated(self, update: Update) -> None:
        if feed := self.feeds.get(update.run):
            feed.update(update)

    def saved(self, checkpoint: Checkpoint) -> None:
        """Hand a checkpoint and the rows up to it to the store; keep it at hand until it is written."""
        feed, meta = self.feeds.get(checkpoint.run), checkpoint.meta
        if feed is None or meta["start"] != feed.record.start:
            return
        first, rows = feed.unsaved_rows(meta["seq"])
        kept = ("state", "message", "fix", "start", "seq", "epoch", "update", "unit", "left")
        changes = {name: meta[name] for name in kept} | {"changed_at": feed.record.changed_at}
        changes |= {"spec": checkpoint.spec, "settings": checkpoint.settings}
        feed.pending = checkpoint
        feed.unstored |= checkpoint.moments.new
        written = self.store.save(Save(checkpoint.run, changes, checkpoint.blob, first, rows, checkpoint.moments))
        written.add_done_callback(lambda _: self._loop.call_soon_threadsafe(self._written, feed, checkpoint))

    def keep(self, feed: Feed, blob: bytes, seq: int) -> None:
        """Hand the first checkpoint of a run to the store that did not begin by itself, with the rows up to it."""
        record = feed.record
        first, rows = feed.unsaved_rows(seq)
        kept = ("state", "message", "fix", "start", "epoch", "update", "unit", "left", "spec", "settings", "changed_at")
        changes = {name: getattr(record, name) for name in kept} | {"seq": seq}
        self.store.save(Save(record.id, changes, blob, first, rows))

    def lost(self, runs: list[str]) -> None:
        """The worker of these runs died; those that train or are watched go on at once, elsewhere."""
        for feed in filter(None, map(self.feeds.get, runs)):
            feed.loaded = False
            feed.losses.append(time.monotonic())
            if feed.watchers or feed.record.state == "running":
                self._spawn(self._recover(feed))

    def _written(self, feed: Feed, checkpoint: Checkpoint) -> None:
        if feed.pending is checkpoint:
            feed.pending = None
        for seq, moment in checkpoint.moments.new.items():
            if feed.unstored.get(seq) is moment:
                del feed.unstored[seq]
        if checkpoint.meta["start"] == feed.record.start:
            feed.history.trim(checkpoint.meta["seq"])

    # ---- in and out of workers ----

    async def _load(self, feed: Feed) -> None:
        """Have a worker take the run in, from its newest checkpoint. The caller holds the feed's lock."""
        if feed.loaded:
            return
        run, record = feed.record.id, feed.record
        blob: bytes | None
        if feed.pending:
            spec, blob, meta = feed.pending.spec, feed.pending.blob, feed.pending.meta
        else:
            stored = await asyncio.to_thread(self.store.load, run)
            if stored is None:
                raise NotFound("There is no such run any more.", where="id")
            spec, blob, meta = stored[0].spec, stored[1], stored[0].meta()
        if meta["start"] == record.start and not {meta["state"], record.state} & set(ENDED):
            meta = {**meta, "state": record.state, "unit": record.unit, "left": record.left}  # what was asked last
        if blob is None:
            meta = {**meta, "seq": 0}
        feed.go_back(meta["start"], meta["seq"])
        try:
            facts = await self.answered(self.runner.create(run, spec, blob, meta, await self._moments(feed, meta)))
        except PlaygroundError as error:
            feed.fail(f"The run could not be brought back: {error.message}")
            raise
        feed.loaded = True
        feed.describe(facts)
        if feed.watchers:
            await self.answered(self.runner.command(run, Watch(on=True)))
        if feed.losses and feed.losses[-1] > feed.told:
            feed.told = feed.losses[-1]
            feed.note(f"The process that trained this run was lost; it goes on from epoch {facts['epoch']}.")

    async def _moments(self, feed: Feed, meta: dict[str, Any]) -> list[bytes]:
        """The time line up to a checkpoint."""
        kept = await asyncio.to_thread(self.store.moments, feed.record.id, meta["start"])
        kept |= feed.unstored
        line = feed.pending.moments if feed.pending else Moments()
        return [kept[seq] for seq in sorted(kept) if seq <= meta["seq"] and line.keep(seq)]

    async def _recover(self, feed: Feed) -> None:
        often, within = PATIENCE
        recent = [at for at in feed.losses if at > time.monotonic() - within]
        if len(recent) >= often and feed.record.state == "running":
            feed.record.state = "paused"
            feed.note("The process that trained this run was lost again and again, so the run is paused.")
        await self._bring_back(feed)

    async def _bring_back(self, feed: Feed) -> None:
        """Try until it is in a worker; only a run that cannot be read stays where it is."""
        while not feed.loaded and self.feeds.get(feed.record.id) is feed:
            try:
                await self.ask(feed, _nothing)
            except Overloaded:
                await asyncio.sleep(1)
            except PlaygroundError as error:
                log.error("run %s cannot go on: %s", feed.record.id, error)
                return
            except Exception:  # a mistake of ours must not leave the run where nobody trains it
                log.exception("run %s could not be brought back, trying again", feed.record.id)
                await asyncio.sleep(5)

    async def _resume(self, runs: list[str]) -> None:
        for run in runs:
            if feed := await self.find(run):
                feed.note(f"The server was started again; the run goes on from epoch {feed.record.epoch}.")
                await self._bring_back(feed)

    async def _look_away(self, feed: Feed) -> None:
        with contextlib.suppress(PlaygroundError, RunGone):
            async with feed.lock:
                if feed.loaded and not feed.watchers:
                    await self.answered(self.runner.command(feed.record.id, Watch(on=False)))

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP)
            for feed in list(self.feeds.values()):
                try:
                    await self._tidy(feed)
                except (PlaygroundError, RunGone) as error:
                    log.warning("run %s could not be put to sleep: %s", feed.record.id, error)

    async def _tidy(self, feed: Feed) -> None:
        run, now = feed.record.id, time.monotonic()
        if feed.watchers or feed.lock.locked():
            feed.touched = now
        idle = now - feed.touched
        if feed.record.state == "running":
            if idle > self.idle_seconds:
                await self.ask(feed, lambda: self.runner.command(run, Pause()))
                feed.note("The run is paused, because nobody has looked at it for a long time.")
        elif idle > SLEEP and feed.loaded:
            async with feed.lock:
                await self.runner.save(run)
                await self.runner.drop(run)
                feed.loaded, feed.weights = False, None
        elif idle > SLEEP and not feed.pending and not feed.loaded:
            self.feeds.pop(run, None)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("a task of the keeper failed", exc_info=error)


async def _nothing() -> None:
    """For `ask`, when all that is wanted is that the run is in a worker."""
