"""The runner without processes: one host in a thread of the web process.

For a machine that is too small for several processes, for notebooks and tests. Training and serving share one
interpreter then, and an endless loop in it could not be ended; where many people train, take `pool`.
"""

import asyncio
import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from threadpoolctl import threadpool_limits

from app.runs import runner
from app.runs.commands import Command
from app.runs.host import Checkpoint, Host, NotHere, Update
from app.runs.worker import Config
from engine.datasets import files
from engine.errors import PlaygroundError

log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass
class Request:
    """What the thread is to do with its host; who waits for the answer is told by the event loop."""

    run: str | None
    work: Callable[[Host], Any]
    future: "asyncio.Future[Any]"
    answer: Any = None
    error: Exception | None = None

    def tell(self) -> None:
        if self.future.done():
            return
        if self.error:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.answer)


class InProcess:
    """A `runner.Runner` of one thread."""

    def __init__(self, config: Config, patience: float = 90.0) -> None:
        self._config = config
        self._patience = patience  # seconds to wait for an answer
        self._requests: queue.SimpleQueue[Request | None] = queue.SimpleQueue()  # None: that was all
        self._points: list[Checkpoint] = []  # asked for in this round
        self._over = ""  # the run being worked on
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop
        self._listener: runner.Listener

    async def start(self, listener: runner.Listener) -> None:
        files.set_folder(self._config.datasets)
        self._loop, self._listener = asyncio.get_running_loop(), listener
        self._host = self._new_host()
        self._thread = threading.Thread(target=self._work, name="runs", daemon=True)
        self._thread.start()

    async def stop(self) -> None:
        thread = self._thread
        if thread is None:
            return
        with contextlib.suppress(runner.WorkError):
            await self._ask(None, self._save_all)
        self._thread = None
        self._requests.put(None)
        await asyncio.to_thread(thread.join)

    def alive(self) -> bool:
        return self._thread is not None

    # ---- requests ----

    async def create(
        self,
        run: str,
        spec: dict[str, Any],
        blob: bytes | None,
        meta: dict[str, Any],
        moments: Sequence[bytes] = (),
    ) -> dict[str, Any]:
        try:
            return await self._ask(run, lambda host: host.create(run, spec, blob, meta, moments))
        except BaseException:
            self._put(run, lambda host: host.drop(run))  # it may get that far after we gave up waiting
            raise

    async def command(self, run: str, command: Command) -> dict[str, Any]:
        return await self._ask(run, lambda host: host.command(run, command))

    async def query(self, run: str | None, name: str, args: dict[str, Any]) -> bytes:
        return await self._ask(run, lambda host: host.query(run, name, args))

    async def save(self, run: str) -> None:
        await self._ask(run, lambda host: self._points.append(host.snapshot(run)))

    async def drop(self, run: str) -> None:
        if self.alive():
            await self._ask(run, lambda host: host.drop(run))

    async def _ask(self, run: str | None, work: Callable[[Host], T]) -> T:
        if not self.alive():
            raise runner.RunGone("the runner has stopped")
        try:
            return await asyncio.wait_for(self._put(run, work), self._patience)
        except TimeoutError:
            raise runner.Busy(f"no answer within {self._patience:g} seconds") from None

    def _put(self, run: str | None, work: Callable[[Host], T]) -> "asyncio.Future[T]":
        future: asyncio.Future[T] = self._loop.create_future()
        self._requests.put(Request(run, work, future))
        return future

    # ---- the thread ----

    def _new_host(self) -> Host:
        config = self._config
        return Host(time.monotonic, config.checkpoint_seconds, config.limits, doing=self._doing)

    def _doing(self, run: str) -> None:
        self._over = run

    def _work(self) -> None:
        np.seterr(all="ignore")
        with threadpool_limits(1, user_api="blas"):  # sums as in a worker process
            while self._round():
                pass

    def _round(self) -> bool:
        """A request, if there is one; training for a while; and what is new. False: that was all."""
        asked: list[Request] = []
        try:
            with contextlib.suppress(queue.Empty):
                request = self._requests.get(timeout=self._host.idle_for())
                if request is None:
                    return False
                asked.append(request)
                self._do(request)
                if not self._news(asked):
                    return False
            self._host.train(1 / self._config.frames_per_second, lambda: not self._requests.empty())
            return self._news([])
        except Exception:  # the thread goes on with a new host, as a worker process would be replaced
            log.exception("the host failed")
            lost, over, self._host, self._points = sorted(self._host.sessions), self._over, self._new_host(), []
            for request in asked:
                request.error = runner.RunGone("the host failed")
            return self._tell(lambda: self._lose(lost, over or None, asked))

    def _do(self, request: Request) -> None:
        self._doing(request.run or "")
        try:
            request.answer = request.work(self._host)
        except PlaygroundError as error:
            request.error = error
        except NotHere as error:
            request.error = runner.RunGone(*error.args)
        except Exception as error:  # a failure of ours; the other runs go on
            log.exception("a request failed")
            request.error = runner.WorkFailed(type(error).__name__)

    def _save_all(self, host: Host) -> None:
        self._points += [host.snapshot(s.run) for s in host.sessions.values() if s.unsaved]

    def _news(self, asked: list[Request]) -> bool:
        """Tell what is new, and who asked the answer."""
        due, updates = self._host.checkpoints(), self._host.reports()
        points, self._points = [*self._points, *due], []
        self._doing("")
        return not (updates or points or asked) or self._tell(lambda: self._hear(updates, points, asked))

    def _tell(self, say: Callable[[], None]) -> bool:
        """Have it said in the event loop, and wait: news must not pile up. False: there is no loop any more."""
        said = threading.Event()

        def now() -> None:
            try:
                say()
            finally:
                said.set()

        try:
            self._loop.call_soon_threadsafe(now)
        except RuntimeError:
            return False
        said.wait()
        return True

    # ---- in the event loop ----

    def _hear(self, updates: list[Update], points: list[Checkpoint], asked: list[Request]) -> None:
        for update in updates:
            runner.tell(self._listener.updated, update)
        for point in points:
            runner.tell(self._listener.saved, point)
        for request in asked:
            request.tell()

    def _lose(self, runs: list[str], over: str | None, asked: list[Request]) -> None:
        for request in asked:
            request.tell()
        if runs:
            runner.tell(self._listener.lost, runs, over if over in runs else None)
