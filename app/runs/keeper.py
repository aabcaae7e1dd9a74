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

from app import memory
from app.errors import Conflict, NotFound, Overloaded
from app.runs.blame import MOST
from app.runs.commands import Pause, Watch
from app.runs.feed import Feed
from app.runs.host import Checkpoint, Update
from app.runs.mailbox import Watcher
from app.runs.runner import Busy, RunGone, Runner, WorkFailed
from app.runs.saving import Saving
from app.runs.session import ENDED
from app.store.records import Record
from app.store.store import Store
from engine.errors import PlaygroundError

log = logging.getLogger(__name__)
T = TypeVar("T")
SLEEP = 60.0  # seconds after which a run that does not train and is not asked about leaves its worker
SWEEP = 5.0  # seconds between two looks for such runs
MOMENT = 1.0  # seconds that watchers have to say goodbye, and to come back


class Keeper:
    """The runs of a server. `ask` is how anything reaches a run's worker; `watch` how anybody looks on."""

    def __init__(self, store: Store, runner: Runner, idle_seconds: float) -> None:
        self.store, self.runner, self.idle_seconds = store, runner, idle_seconds
        self.saving = Saving(store)
        self.feeds: dict[str, Feed] = {}
        self.deaths = 0  # of workers
        self._tasks: set[asyncio.Task[Any]] = set()

    async def start(self) -> None:
        """Start the workers; runs that were training go on."""
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
        feed = self.feeds.get(run)
        if feed is None:
            record = await asyncio.to_thread(self.store.get, run)
            if record is None:
                return None
            feed = self.feeds.setdefault(run, Feed(record))
        feed.touched = time.monotonic()
        return None if feed.deleted else feed

    async def ask(self, feed: Feed, question: Callable[[], Awaitable[T]]) -> T:
        """Have a worker do something for a run, which is brought there first; again if the worker dies meanwhile.

        One at a time for each run. Raises PlaygroundError.
        """
        async with feed.lock:
            began, blamed = time.monotonic(), 0
            for _ in range(3):
                try:
                    await self.load(feed)
                    return await self.answered(question())
                except RunGone:
                    feed.loaded = False
                    blamed += feed.blame.at >= began
                    if blamed > 1:  # it is this very question that workers die of
                        break
        raise Overloaded("The worker of this run was lost again and again.", fix="Try again in a few seconds.")

    async def create(
        self, record: Record, spec: dict[str, Any], blob: bytes | None, meta: dict[str, Any], *moments: bytes
    ) -> dict[str, Any]:
        """Have a worker take a run in; see `Runner.create`."""
        shares = {"visitor": record.key_hash, "group": record.group_id}
        return await self.answered(self.runner.create(record.id, spec, blob, {**meta, **shares}, moments))

    async def anywhere(self, question: Callable[[], Awaitable[T]]) -> T:
        """What any worker can do; once more, by another, where one is lost meanwhile. Raises PlaygroundError."""
        for _ in range(2):
            with contextlib.suppress(RunGone):
                return await self.answered(question())
        raise Overloaded("Two workers were lost over this.", fix="Try again in a few seconds.")

    async def answered(self, work: Awaitable[T]) -> T:
        """A worker's answer. Raises Overloaded where none can give one."""
        try:
            return await work
        except Busy as error:
            raise Overloaded(f"No worker could answer: {error}.", fix="Try again in a few seconds.") from None

    @contextlib.asynccontextmanager
    async def watch(self, feed: Feed, after: int, start: int | None) -> AsyncIterator[Watcher]:
        """A place in the run's stream. The first who watches has the worker send weights, the last ends that."""
        if not (feed.loaded and feed.shown):
            await self.ask(feed, lambda: self.show(feed))
        watcher = Watcher(feed, self.rows, after, start)
        feed.watchers.add(watcher)
        try:
            yield watcher
        finally:
            feed.watchers.discard(watcher)
            feed.touched = time.monotonic()
            if not feed.watchers and not feed.leaving:
                self._spawn(self._look_away(feed))

    async def show(self, feed: Feed) -> None:
        """Have the worker tell the weights too. Of many who come at the same time, the first has it done."""
        if not feed.shown:
            feed.describe(await self.answered(self.runner.command(feed.record.id, Watch(on=True))))
            feed.shown = True

    async def _look_away(self, feed: Feed) -> None:
        """Nobody watches any more, unless somebody does in a moment: who loads a page anew leaves and comes."""
        feed.leaving = True
        await asyncio.sleep(MOMENT)
        feed.leaving = False
        with contextlib.suppress(PlaygroundError, RunGone):
            async with feed.lock:
                if feed.loaded and feed.shown and not feed.watchers:
                    feed.shown = False
                    await self.answered(self.runner.command(feed.record.id, Watch(on=False)))

    async def rows(self, run: str, start: int, after: int, limit: int) -> np.ndarray:
        """Rows of history that are in the store."""
        return await asyncio.to_thread(self.store.history, run, start, after, limit)

    # ---- what the runner says ----

    def updated(self, update: Update) -> None:
        if feed := self.feeds.get(update.run):
            feed.update(update)

    def saved(self, checkpoint: Checkpoint) -> None:
        if feed := self.feeds.get(checkpoint.run):
            self.saving.checkpoint(feed, checkpoint)

    def lost(self, runs: list[str], over: str | None) -> None:
        """The worker of these runs was lost; those that train or are watched go on at once, elsewhere."""
        self.deaths += 1
        for feed in filter(None, map(self.feeds.get, runs)):
            record = feed.record
            feed.loaded = False
            feed.lost = record.epoch if feed.lost is None else feed.lost
            if record.id == over:
                feed.blame.add((record.start, record.update), time.monotonic())
                if feed.blame.too_often:
                    self._give_up(feed)
            if feed.watchers or record.state == "running":
                self._spawn(self._bring_back(feed))

    def _give_up(self, feed: Feed) -> None:
        """A run that takes its worker down again and again must not do that to the others for ever."""
        times = f"{feed.blame.losses} times in a row"
        message = f"Its worker process was lost {times} while it worked on this run, at epoch {feed.record.epoch}."
        feed.fail(message, "Reset the run. If it happens again, make the network or the data smaller.")
        self.saving.failure(feed)

    # ---- in and out of workers ----

    async def load(self, feed: Feed) -> None:
        """Have a worker take the run in, from its newest checkpoint. The caller holds the feed's lock."""
        if feed.loaded:
            return
        run, record = feed.record.id, feed.record
        if record.state == "failed" and feed.blame.losses > MOST:
            raise Conflict("Workers are lost when this run is brought back.", where="state", fix=record.fix)
        blob: bytes | None
        if feed.pending:
            spec, blob, meta = feed.pending.spec, feed.pending.blob, feed.pending.meta
        else:
            stored = await asyncio.to_thread(self.store.load, run)
            if stored is None:
                raise NotFound("There is no such run any more.", where="id")
            spec, blob, meta = stored[0].spec, stored[1], stored[0].meta()
        if record.state == "failed":
            meta = {**meta, "state": "failed", "message": record.message, "fix": record.fix}
        elif meta["start"] == record.start and not {meta["state"], record.state} & set(ENDED):
            meta = {**meta, "state": record.state, "unit": record.unit, "goal": record.goal}  # what was asked last
        if blob is None:
            meta = {**meta, "seq": 0}
        feed.go_back(meta["start"], meta["seq"])
        try:
            facts = await self.create(record, spec, blob, meta, *await self.saving.moments(feed, meta))
        except Overloaded:
            raise
        except (PlaygroundError, WorkFailed) as error:
            feed.fail(f"The run could not be brought back: {getattr(error, 'message', error)}")
            raise
        feed.loaded = True
        feed.describe(facts)
        feed.shown = False
        if feed.watchers:
            await self.show(feed)
        if feed.lost is not None:
            there = f"The worker was lost at epoch {feed.lost}"
            feed.note(f"{there}." if record.state == "failed" else f"{there}; going on from epoch {facts['epoch']}.")
            feed.lost = None

    async def _bring_back(self, feed: Feed) -> None:
        """Try until it is in a worker; only a run that cannot be read stays where it is."""
        while not feed.loaded and self.feeds.get(feed.record.id) is feed:
            try:
                await self.ask(feed, _nothing)
            except Overloaded:
                await asyncio.sleep(1)
            except NotFound:
                return  # deleted meanwhile
            except (PlaygroundError, WorkFailed) as error:
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

    async def _sweep(self) -> None:
        given_back = time.monotonic()
        while True:
            await asyncio.sleep(SWEEP)
            if time.monotonic() - given_back > memory.EVERY:
                await asyncio.to_thread(memory.give_back)
                given_back = time.monotonic()
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
                if feed.loaded:  # still, when its turn has come
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
