"""What of a run goes to the store: its checkpoints, with the rows of history and moments up to each, in one piece."""

import asyncio
from dataclasses import asdict
from typing import Any

from app.runs.feed import Feed
from app.runs.host import Checkpoint
from app.store.records import Moments, Save
from app.store.store import Store

FACTS = ("state", "message", "fix", "start", "epoch", "update", "unit", "goal")


class Saving:
    """Between feeds and the store. Everything is kept at hand until it is written."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def checkpoint(self, feed: Feed, checkpoint: Checkpoint) -> None:
        """A checkpoint and the rows up to it."""
        meta, loop = checkpoint.meta, asyncio.get_running_loop()
        if meta["start"] != feed.record.start:
            return
        if not feed.stored:
            feed.pending = checkpoint
            return
        first, rows = feed.unsaved_rows(meta["seq"])
        changes = {name: meta[name] for name in (*FACTS, "seq")} | {"changed_at": feed.record.changed_at}
        changes |= {"spec": checkpoint.spec, "settings": checkpoint.settings}
        feed.pending = checkpoint
        feed.unstored |= checkpoint.moments.new
        written = self._store.save(Save(checkpoint.run, changes, checkpoint.blob, first, rows, checkpoint.moments))
        written.add_done_callback(lambda _: loop.call_soon_threadsafe(_written, feed, checkpoint))

    @staticmethod
    def first(feed: Feed, blob: bytes, seq: int) -> Save:
        """The first checkpoint of a run that did not begin by itself, and the rows up to it."""
        first, rows = feed.unsaved_rows(seq)
        record = asdict(feed.record)
        changes = {name: record[name] for name in (*FACTS, "spec", "settings", "changed_at")} | {"seq": seq}
        return Save(feed.record.id, changes, blob, first, rows)

    def begin(self, feed: Feed) -> None:
        """The store knows of the run now: what waited for that is written."""
        feed.stored = True
        if feed.pending:
            self.checkpoint(feed, feed.pending)

    def failure(self, feed: Feed) -> None:
        """That the run has failed. Checkpoints from before are written first, or they would have the last word."""
        self._store.writer.flush()
        self._store.change(feed.record.id, {name: getattr(feed.record, name) for name in ("state", "message", "fix")})

    async def moments(self, feed: Feed, meta: dict[str, Any]) -> list[bytes]:
        """The time line up to a checkpoint."""
        kept = await asyncio.to_thread(self._store.moments, feed.record.id, meta["start"])
        kept |= feed.unstored
        line = feed.pending.moments if feed.pending else Moments()
        return [kept[seq] for seq in sorted(kept) if seq <= meta["seq"] and line.keep(seq)]


def _written(feed: Feed, checkpoint: Checkpoint) -> None:
    if feed.pending is checkpoint:
        feed.pending = None
    for seq, moment in checkpoint.moments.new.items():
        if feed.unstored.get(seq) is moment:
            del feed.unstored[seq]
    if checkpoint.meta["start"] == feed.record.start:
        feed.history.trim(checkpoint.meta["seq"])
