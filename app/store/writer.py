"""The one thread that writes to the database. Everyone else hands it work and may wait for the future.

Checkpoints are collected and written together about twice a second; several of one run become one. Everything else is
done at once, in the order asked. When the database cannot be written (locked, disk full), what is collected waits and
is tried again: nothing is lost as long as the server lives.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, update
from sqlalchemy.exc import SQLAlchemyError

from app.store import tables as t
from app.store.records import Save

log = logging.getLogger(__name__)
EVERY = 0.5  # seconds between transactions of checkpoints
RETRY = 2.0  # seconds until a failed transaction is tried again

Task = Callable[[Connection], Any]


class Writer:
    """Owns all writing. `do` is for single tasks, `save` for checkpoints, `flush` waits until all is written."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._tasks: queue.SimpleQueue[tuple[str, Any, Future[Any]]] = queue.SimpleQueue()
        self._saves: dict[str, tuple[Save, list[Future[None]]]] = {}
        self._due: float | None = None
        self.problem: str | None = None  # why the last transaction failed
        self._thread = threading.Thread(target=self._loop, name="store-writer", daemon=True)
        self._thread.start()

    def do(self, task: Task) -> "Future[Any]":
        """Run `task(connection)` in a transaction of its own."""
        return self._put("do", task)

    def save(self, save: Save) -> "Future[None]":
        """Write a checkpoint soon; the future is done when it is on disk."""
        return self._put("save", save)

    def discard(self, run: str) -> None:
        """Forget collected checkpoints of a run that is about to be deleted."""
        self._put("discard", run)

    def flush(self) -> "Future[None]":
        """Write what is collected now."""
        return self._put("flush", None)

    def close(self) -> None:
        """Write what is collected and end the thread."""
        self._put("stop", None)
        self._thread.join()

    def _put(self, kind: str, what: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        self._tasks.put((kind, what, future))
        return future

    def _loop(self) -> None:
        while True:
            try:
                wait = None if self._due is None else max(0.0, self._due - time.monotonic())
                kind, what, future = self._tasks.get(timeout=wait)
            except queue.Empty:
                self._write()
                continue
            if kind == "save":
                self._collect(what, future)
            elif kind == "discard":
                for waiting in self._saves.pop(what, (None, []))[1]:
                    waiting.set_result(None)
            elif kind == "do":
                self._run(what, future)
            else:
                self._write()
                future.set_result(None)
                if kind == "stop":
                    return

    def _collect(self, save: Save, future: "Future[None]") -> None:
        before, futures = self._saves.get(save.run, (None, []))
        self._saves[save.run] = (before.then(save) if before else save, [*futures, future])
        self._due = self._due or time.monotonic() + EVERY

    def _run(self, task: Task, future: "Future[Any]") -> None:
        try:
            with self._engine.begin() as connection:
                result = task(connection)
        except Exception as error:  # the one who asked gets it
            future.set_exception(error)
        else:
            future.set_result(result)

    def _write(self) -> None:
        self._due = None
        if not self._saves:
            return
        try:
            with self._engine.begin() as connection:
                for save, _ in self._saves.values():
                    write(connection, save)
        except SQLAlchemyError as error:
            self.problem = str(error.__cause__ or error)
            log.error("checkpoints could not be written, trying again: %s", self.problem)
            self._due = time.monotonic() + RETRY
            return
        self.problem = None
        done, self._saves = self._saves, {}
        for _, futures in done.values():
            for future in futures:
                future.set_result(None)


def write(connection: Connection, save: Save) -> None:
    """A checkpoint, the rows up to it, and what the run's own row says; rows of earlier starts go."""
    run, start = save.run, save.changes["start"]
    if not connection.execute(update(t.runs).where(t.runs.c.id == run).values(**save.changes)).rowcount:
        return  # deleted meanwhile
    connection.execute(
        delete(t.history).where(t.history.c.run == run, (t.history.c.start < start) | (t.history.c.first >= save.first))
    )
    if len(save.rows):
        rows = save.rows.astype("<f8", copy=False).tobytes()
        place = {"run": run, "start": start, "first": save.first}
        connection.execute(insert(t.history).values(**place, count=len(save.rows), rows=rows))
    _thin(connection, save)
    connection.execute(delete(t.checkpoints).where(t.checkpoints.c.run == run))
    connection.execute(insert(t.checkpoints).values(run=run, state=save.blob))


def _thin(connection: Connection, save: Save) -> None:
    """New moments of the time line, and without those that it has let go of."""
    run, start, line, c = save.run, save.changes["start"], save.moments, t.moments.c
    gone = (c.start < start) | (c.seq > save.changes["seq"]) | ((c.seq - line.first) % line.stride != 0)
    again = c.seq >= min(line.new, default=2**31 - 1)
    connection.execute(delete(t.moments).where(c.run == run, gone | again))
    if line.new:
        rows = [{"run": run, "start": start, "seq": seq, "data": data} for seq, data in line.new.items()]
        connection.execute(insert(t.moments), rows)
