"""The one thread that writes to the database. Everyone else hands it work and may wait for the future.

Checkpoints are collected and written together about twice a second; several of one run become one. Everything else is
done at once, in the order asked. When the database cannot be written (locked, disk full), what is collected waits and
is tried again: nothing is lost as long as the server lives. Whoever wants something else done meanwhile is told so at
once, instead of waiting in a row for one time limit after the other.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Any

from sqlalchemy import BindParameter, Connection, Engine, Executable, bindparam, delete, insert, select, text, update
from sqlalchemy.exc import OperationalError

from app.errors import Overloaded
from app.store import tables as t
from app.store.records import Save

log = logging.getLogger(__name__)
EVERY = 0.5  # seconds between transactions of checkpoints
RETRY = 2.0  # seconds until a failed transaction is tried again
LAST = 3  # times that is done when the server stops
AT_ONCE = 500  # runs named in one statement

Task = Callable[[Connection], Any]


class Writer:
    """Owns all writing. `do`, `execute`: single tasks; `save`: checkpoints; `flush` waits until all is written."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._tasks: queue.SimpleQueue[tuple[str, Any, Future[Any]]] = queue.SimpleQueue()
        self._saves: dict[str, tuple[Save, list[Future[None]]]] = {}
        self._owed: list[Executable] = []  # what must be undone before anything else is written
        self._due: float | None = None
        self.problem: str | None = None  # why the database could not be written the last time
        self._thread = threading.Thread(target=self._loop, name="store-writer", daemon=True)
        self._thread.start()

    def do(self, task: Task) -> "Future[Any]":
        """Run `task(connection)` in a transaction of its own."""
        return self._put("do", task)

    def execute(self, statement: Executable) -> "Future[None]":
        """Run one statement in a transaction of its own."""
        return self.do(_execute(statement))

    def save(self, save: Save) -> "Future[None]":
        """Write a checkpoint soon; the future is done when it is on disk."""
        return self._put("save", save)

    def delete(self, run: str, statement: Executable) -> "Future[None]":
        """Run a statement that deletes a run, and then forget its collected checkpoints."""
        return self._put("delete", (run, statement))

    def undo(self, statement: Executable, run: str | None = None) -> "Future[None]":
        """Run a statement that removes what was never told anybody, such as a run whose making failed: now or, where
        that cannot be, before anything else is written."""
        return self._put("undo", (run, statement))

    def flush(self) -> "Future[None]":
        """Write what is collected now. The future has Overloaded where that cannot be done."""
        return self._put("flush", None)

    def close(self) -> None:
        """Write what is collected and end the thread."""
        self._put("stop", None)
        self._thread.join()

    def _put(self, kind: str, what: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        future.set_running_or_notify_cancel()  # who waits may give up, as when a server ends; it is done all the same
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
            elif kind == "delete":
                run, statement = what
                self._run(_execute(statement), future)
                if future.exception() is None:
                    self._forget(run)
            elif kind == "undo":
                run, statement = what
                self._forget(run)
                self._run(_execute(statement), future)
                if isinstance(future.exception(), Overloaded):
                    self._owed.append(statement)
            elif kind == "do":
                self._run(what, future)
            elif kind == "flush":
                self._write()
                self._answer(future)
            else:
                for left in reversed(range(LAST)):
                    self._write()
                    if self.problem is None or not left:
                        break
                    time.sleep(RETRY)
                self._answer(future)
                return

    def _answer(self, future: "Future[None]") -> None:
        future.set_result(None) if self.problem is None else future.set_exception(self._refusal())

    def _collect(self, save: Save, future: "Future[None]") -> None:
        before, futures = self._saves.get(save.run, (None, []))
        self._saves[save.run] = (before.then(save) if before else save, [*futures, future])
        self._due = self._due or time.monotonic() + EVERY

    def _forget(self, run: str) -> None:
        for waiting in self._saves.pop(run, (None, []))[1]:
            waiting.set_result(None)

    def _run(self, task: Task, future: "Future[Any]") -> None:
        if self.problem:
            future.set_exception(self._refusal())
            return
        try:
            with self._engine.begin() as connection:
                result = task(connection)
        except OperationalError as error:
            self._failed(error)
            future.set_exception(self._refusal())
        except Exception as error:  # the one who asked gets it
            future.set_exception(error)
        else:
            future.set_result(result)

    def _write(self) -> None:
        self._due = None
        if not self._saves and not self.problem:
            return
        try:
            with self._engine.begin() as connection:
                if self.problem:
                    connection.execute(PROBE)
                for statement in self._owed:
                    connection.execute(statement)
                write(connection, [save for save, _ in self._saves.values()])
        except Exception as error:  # whatever it is, this thread must live and the checkpoints must not be lost
            self._failed(error)
            return
        self.problem = None
        self._owed = []
        done, self._saves = self._saves, {}
        for _, futures in done.values():
            for future in futures:
                future.set_result(None)

    def _failed(self, error: Exception) -> None:
        self.problem = str(error.__cause__ or error)
        log.error("the database could not be written, trying again: %s", self.problem)
        self._due = time.monotonic() + RETRY

    def _refusal(self) -> Overloaded:
        return Overloaded(
            f"The server cannot write to its database at the moment: {self.problem}.",
            fix="Try again in a minute. If it stays, whoever runs the server should look at the disk.",
        )


def _execute(statement: Executable) -> Task:
    return lambda connection: connection.execute(statement) and None


def write(connection: Connection, saves: Iterable[Save]) -> None:
    """Checkpoints, the rows up to them, and what each run's own row says; rows of earlier starts go.

    A statement is for all of them, so that two hundred runs cost little more than one; runs deleted meanwhile are
    passed over.
    """
    kept = _kept(connection, saves)
    for columns in sorted({tuple(save.changes) for save in kept}):
        changed = [{"of_run": save.run, **save.changes} for save in kept if tuple(save.changes) == columns]
        connection.execute(UPDATE, changed)
    places = [{"of_run": s.run, "of_start": s.changes["start"], "of_first": s.first} for s in kept]
    _each(connection, FORGET_ROWS, places)
    _each(connection, insert(t.history), [_chunk(save) for save in kept if len(save.rows)])
    _each(connection, THIN, [_thinning(save) for save in kept])
    _each(connection, insert(t.moments), [moment for save in kept for moment in _moments(save)])
    _each(connection, FORGET_STATE, [{"of_run": save.run} for save in kept])
    _each(connection, insert(t.checkpoints), [{"run": save.run, "state": save.blob} for save in kept])


def _each(connection: Connection, statement: Executable, what: list[dict[str, Any]]) -> None:
    if what:  # an empty list would mean: once, without values
        connection.execute(statement, what)


def _kept(connection: Connection, saves: Iterable[Save]) -> list[Save]:
    """Those whose run is still there."""
    saves = list(saves)
    found: set[str] = set()
    for k in range(0, len(saves), AT_ONCE):
        ids = [save.run for save in saves[k : k + AT_ONCE]]
        found |= set(connection.execute(select(t.runs.c.id).where(t.runs.c.id.in_(ids))).scalars())
    return [save for save in saves if save.run in found]


def _chunk(save: Save) -> dict[str, Any]:
    rows = save.rows.astype("<f8", copy=False).tobytes()
    place = {"run": save.run, "start": save.changes["start"], "first": save.first}
    return {**place, "count": len(save.rows), "rows": rows}


def _thinning(save: Save) -> dict[str, Any]:
    line, place = save.moments, {"of_run": save.run, "of_start": save.changes["start"], "of_last": save.changes["seq"]}
    return {**place, "of_first": line.first, "of_stride": line.stride, "again": min(line.new, default=2**31 - 1)}


def _moments(save: Save) -> list[dict[str, Any]]:
    place = {"run": save.run, "start": save.changes["start"]}
    return [{**place, "seq": seq, "data": data} for seq, data in save.moments.new.items()]


# A write that changes nothing: whether one can be made is to be known even where nothing waits.
PROBE = text("UPDATE alembic_version SET version_num = version_num")
RUN: BindParameter[str] = bindparam("of_run")
START: BindParameter[int] = bindparam("of_start")
FIRST: BindParameter[int] = bindparam("of_first")
UPDATE = update(t.runs).where(t.runs.c.id == RUN)
# Rows of earlier starts, and those that are about to be written again.
FORGET_ROWS = delete(t.history).where(
    t.history.c.run == RUN, (t.history.c.start < START) | (t.history.c.first >= FIRST)
)
# Of the time line: moments of earlier starts, later than the checkpoint, that the line has let go of, or written again.
THIN = delete(t.moments).where(
    t.moments.c.run == RUN,
    (t.moments.c.start < START)
    | (t.moments.c.seq > bindparam("of_last"))
    | ((t.moments.c.seq - FIRST) % bindparam("of_stride") != 0)
    | (t.moments.c.seq >= bindparam("again")),
)
FORGET_STATE = delete(t.checkpoints).where(t.checkpoints.c.run == RUN)
