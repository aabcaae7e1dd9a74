"""The one door to runs for `api`, `pages` and `stream`: find, make, steer, ask, watch, delete, each with its rules."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import numpy as np

from app import errors
from app.runs import anew, keys
from app.runs.apart import Apart
from app.runs.commands import Change, Command, Edit, Load, Pause, Play, Unit
from app.runs.feed import Feed
from app.runs.keeper import Keeper
from app.runs.mailbox import Watcher
from app.runs.session import ENDED
from app.runs.uploads import Uploads
from app.settings import Settings
from app.store.records import Record

SETTLE = 2.0  # seconds that a request waits for a step to be done


class Manager:
    """Who may do what, how much of it, and how it is done. Raises PlaygroundError throughout."""

    def __init__(self, settings: Settings, keeper: Keeper, clock: Callable[[], float] = time.time) -> None:
        self.settings = settings
        self.keeper = keeper
        self.uploads = Uploads(settings, keeper.store, clock)
        self.exports = Apart("format")
        self._clock = clock

    def now(self) -> float:
        """Seconds since 1970."""
        return self._clock()

    # ---- finding ----

    async def find(self, run: str) -> Feed:
        """The run with this id. Raises NotFound."""
        feed = await self.keeper.find(run) if len(run) <= 32 else None
        if feed is None:
            fix = "Check the id; a run is gone once its owner has deleted it."
            raise errors.NotFound("There is no such run.", where="id", fix=fix)
        return feed

    async def owned(self, run: str, key: str | None) -> Feed:
        """The run, if this key may steer it. Raises NotFound, KeyMissing, WrongKey."""
        if key is None:
            fix = "Send the run's key: Authorization: Bearer <key>. Whoever made the run has it."
            raise errors.KeyMissing("Steering a run needs its key.", where="Authorization", fix=fix)
        feed = await self.find(run)
        if not keys.matches(key, feed.record.key_hash):
            fix = "Everyone may watch; to try something yourself, make a run of your own from its spec."
            raise errors.WrongKey("This key does not belong to this run.", where="Authorization", fix=fix)
        return feed

    async def mine(self, key: str, limit: int, before: tuple[float, str] | None) -> list[Record]:
        """The runs of a key, newest first, as they stand now."""
        stored = await asyncio.to_thread(self.keeper.store.of_key, keys.digest(key), limit, before)
        return [self.keeper.feeds[r.id].record if r.id in self.keeper.feeds else r for r in stored]

    # ---- making and deleting ----

    async def create(
        self, spec: dict[str, Any], name: str, key: str, meta: dict[str, Any] | None = None, **about: Any
    ) -> tuple[Feed, dict[str, Any]]:
        """A new run, and the shapes and sizes of its network. about: other fields of its record."""
        await self.check_room(key)
        return await self.make(self.record(spec, name, key, **about), None, meta or {})

    async def check_room(self, key: str, more: int = 1) -> None:
        """Raises TooMany where a key has no room for so many more runs."""
        most = self.settings.max_runs_per_key
        have = await asyncio.to_thread(self.keeper.store.count, keys.digest(key))
        if have + more > most:
            message = f"This server keeps {most} runs for one key, and you have {have}."
            raise errors.TooMany(message, where="Authorization", fix="Delete some first: DELETE /api/v1/runs/{id}.")

    def record(self, spec: dict[str, Any], name: str, key: str, id: str | None = None, **about: Any) -> Record:
        """What is kept about a new run."""
        now = self.now()
        return Record(id or keys.new_id(), keys.digest(key), name, spec, {}, now, now, **about)

    async def make(
        self, record: Record, blob: bytes | None, meta: dict[str, Any], rows: np.ndarray | None = None
    ) -> tuple[Feed, dict[str, Any]]:
        """Have a worker take in a new run, from nothing or from a checkpoint and the rows of history up to it.

        Raises PlaygroundError; then nothing is left of it.
        """
        await self.uploads.check(record.spec, record.key_hash)
        keeper, run = self.keeper, record.id
        feed = keeper.feeds[run] = Feed(record, loaded=True, stored=False)
        if rows is not None:
            feed.history.append(1, rows)
            record.seq = len(rows)
        try:
            facts = await keeper.anywhere(lambda: keeper.create(record, record.spec, blob, meta))
            feed.loaded = True
            feed.describe(facts)
            first = None if blob is None or rows is None else keeper.saving.first(feed, blob, meta["seq"])
            await asyncio.wrap_future(keeper.store.add(replace(feed.record, seq=0), first))  # rows: with a checkpoint
            keeper.saving.begin(feed)
            if blob is not None:
                await asyncio.wrap_future(keeper.store.writer.flush())
        except BaseException:
            await self.undo(feed)
            raise
        return feed, facts["check"]

    async def undo(self, feed: Feed) -> None:
        """Forget a run that nobody has heard of. Where the store cannot now, it does so before it writes again."""
        run = feed.record.id
        self.keeper.feeds.pop(run, None)
        self.keeper.store.undo(run)
        await self.keeper.runner.drop(run)

    async def delete(self, feed: Feed) -> None:
        """Stop the run and forget it; whoever watches is told. Where the store cannot, everything stays as it is."""
        run = feed.record.id
        async with feed.lock:
            feed.deleted = True
            try:
                await asyncio.wrap_future(self.keeper.store.delete(run))
            except BaseException:
                feed.deleted = False
                raise
            self.keeper.feeds.pop(run, None)
            feed.loaded = False
            await self.keeper.runner.drop(run)
            for watcher in feed.watchers:
                watcher.close("the run was deleted")

    # ---- steering ----

    async def play(self, feed: Feed, unit: Unit | None = None, count: int = 1) -> None:
        """Go on for ever, or for so many units; then a short step is done when this returns."""
        self._may_play(feed)
        await self._command(feed, Play(unit, count))
        if unit:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(feed.until(lambda: feed.record.state != "running"), SETTLE)

    async def pause(self, feed: Feed) -> None:
        await self._command(feed, Pause())

    async def reset(self, feed: Feed, seed: int | str) -> None:
        """Back to the start: the "same", a "new" one that the server draws, or that of a seed."""
        drawn = None if seed == "same" else keys.new_seed() if seed == "new" else int(seed)
        feed.describe(await anew.reset(self.keeper, feed, drawn))

    async def change(
        self, feed: Feed, settings: dict[str, Any], unless: Callable[[dict[str, Any]], None] = lambda _: None
    ) -> None:
        """Other settings from the next update on. unless: raises where the present ones are not those expected."""
        await self._command(feed, Change(settings), lambda: unless(feed.record.settings))

    async def edit(self, feed: Feed, edits: list[dict[str, Any]]) -> None:
        """Weights set by hand; all of them or none."""
        await self._command(feed, Edit(edits))

    async def load_weights(self, feed: Feed, weights: bytes) -> None:
        """All weights at once: float32 in the order of the manifest."""
        await self._command(feed, Load(weights))

    async def _command(self, feed: Feed, command: Command, check: Callable[[], None] = lambda: None) -> None:
        def given() -> Awaitable[dict[str, Any]]:
            check()  # here, because nobody else can change the run until the worker has answered
            return self.keeper.runner.command(feed.record.id, command)

        feed.describe(await self.keeper.ask(feed, given))

    def _may_play(self, feed: Feed) -> None:
        record = feed.record
        if record.state in ENDED:
            fix = "Raise the number of epochs, or reset." if record.state == "finished" else "Reset the run first."
            raise errors.Conflict(f"The run is {record.state} and cannot go on.", where="state", fix=fix)
        running = [f.record for f in self.keeper.feeds.values() if f.record.state == "running" and f is not feed]
        most = self.settings.max_running_per_key
        mine = {other.group_id or other.id for other in running if other.key_hash == record.key_hash}
        if len(mine - {record.group_id}) >= most:  # a group counts as one
            message = f"This server trains {most} runs of one key at the same time, and as many of yours are running."
            raise errors.TooMany(message, where="state", fix="Pause one of them first.")
        most = self.settings.max_running
        if len(running) >= most:
            message = f"This server trains {most} runs at the same time, and as many are running."
            raise errors.Overloaded(message, where="state", fix="Try again in a minute.")

    # ---- asking and watching ----

    async def query(self, feed: Feed | None, name: str, **args: Any) -> bytes:
        """A worker's answer about a run, or about none in particular (None): JSON text, or packed floats."""
        runner = self.keeper.runner
        if feed is None:
            return await self.keeper.anywhere(lambda: runner.query(None, name, args))
        run = feed.record.id
        return await self.keeper.ask(feed, lambda: runner.query(run, name, args))

    async def history(self, feed: Feed, after: int, limit: int) -> np.ndarray:
        """Rows after + 1 … of the present start, `limit` at most."""
        parts, start = [], feed.record.start
        while limit > 0 and start == feed.record.start:
            try:
                rows = feed.history.read(after, limit)
            except LookupError:
                rows = await self.keeper.rows(feed.record.id, start, after, limit)
            parts.append(rows)
            after, limit = after + len(rows), limit - len(rows)
            if not len(rows) or after >= feed.history.last:
                break
        return np.concatenate(parts)

    def watch(
        self, feed: Feed, after: int = 0, start: int | None = None
    ) -> contextlib.AbstractAsyncContextManager[Watcher]:
        """A place in the run's stream, after the newest row already known and the start it belongs to."""
        return self.keeper.watch(feed, after, start)

    async def ready(self) -> bool:
        """Whether work can be done and kept."""
        return self.keeper.runner.alive() and await asyncio.to_thread(self.keeper.store.healthy)
