"""The local runner: a few worker processes, many runs each, one socket per worker, replaced when they die.

A worker's death shows as the end of its socket. Whoever waits for an answer gets `RunGone`, the listener hears which
runs were lost, and a new process takes the place; if that dies at once too, the next waits longer.
"""

import asyncio
import contextlib
import logging
import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import Any

from app.runs import pipe, runner, worker
from app.runs.commands import Command
from engine import errors

log = logging.getLogger(__name__)
BLAS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "NUMEXPR_NUM_THREADS")
COMING_BACK = 10.0  # seconds to wait for a worker when none is alive
_environment = threading.Lock()


def spawn(sock: socket.socket, config: worker.Config) -> multiprocessing.process.BaseProcess:
    """A worker process. One BLAS thread each: there are as many workers as cores, and sums stay the same everywhere."""
    process = multiprocessing.get_context("spawn").Process(target=worker.main, args=(sock, config), daemon=True)
    with _environment:  # read by the child before it imports NumPy; ours is put back
        before = {name: os.environ.get(name) for name in BLAS}
        os.environ.update(dict.fromkeys(BLAS, "1"))
        try:
            with _deaf():
                process.start()
        finally:
            for name, value in before.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})
    sock.close()
    return process


@contextlib.contextmanager
def _deaf() -> Iterator[None]:
    """What is started inside never hears Ctrl+C, from its first moment: the web process says when to go."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows; there the worker itself begins by not listening
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Link:
    """One worker seen from the web side: its process, its socket, who waits for which answer, which runs it has."""

    def __init__(self) -> None:
        self.process: Any = None
        self.runs: set[str] = set()
        self.running: set[str] = set()
        self.waiting: dict[int, asyncio.Future[pipe.Message]] = {}
        self.alive = False
        self.started = 0.0
        self.writer: asyncio.StreamWriter | None = None

    async def open(self, config: worker.Config) -> asyncio.StreamReader:
        """Start the process; answers the stream of what it says."""
        ours, theirs = socket.socketpair()
        self.process = await asyncio.to_thread(spawn, theirs, config)
        reader, self.writer = await asyncio.open_connection(sock=ours, limit=2**22)
        self.alive, self.started = True, time.monotonic()
        return reader

    def send(self, message: bytes) -> None:
        if not self.alive or self.writer is None:
            raise runner.RunGone("the worker is gone")
        self.writer.write(message)

    def close(self) -> list[str]:
        """Nothing comes any more: everyone who waits is told; answers which runs were here."""
        self.alive = False
        for future in self.waiting.values():
            if not future.done():
                future.set_exception(runner.RunGone("the worker is gone"))
        lost, self.runs, self.running = sorted(self.runs), set(), set()
        self.waiting.clear()
        if self.writer:
            self.writer.close()
        return lost


class Pool:
    """A `runner.Runner` of local processes."""

    def __init__(self, workers: int, config: worker.Config, patience: float = 60.0) -> None:
        self._config = config
        self._patience = patience  # seconds to wait for an answer
        self._links = [Link() for _ in range(workers)]
        self._homes: dict[str, Link] = {}
        self._ids = count(1)
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = False
        self._ready = asyncio.Event()
        self._listener: runner.Listener

    async def start(self, listener: runner.Listener) -> None:
        self._listener = listener
        self._tasks = [asyncio.create_task(self._keep(link)) for link in self._links]
        await asyncio.wait_for(self._ready.wait(), self._patience)

    async def stop(self) -> None:
        self._stopping = True
        alive = [link for link in self._links if link.alive]
        saves = [self._ask(link, {"op": "save", "run": None}) for link in alive]
        await asyncio.gather(*saves, return_exceptions=True)
        for link in self._links:
            link.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def alive(self) -> bool:
        return any(link.alive for link in self._links)

    def processes(self) -> list[int]:
        """The process ids of the workers alive."""
        return [link.process.pid for link in self._links if link.alive]

    # ---- requests ----

    async def create(
        self,
        run: str,
        spec: dict[str, Any],
        blob: bytes | None,
        meta: dict[str, Any],
        moments: Sequence[bytes] = (),
    ) -> dict[str, Any]:
        link = self._homes.get(run) or await self._emptiest()
        self._homes[run] = link
        link.runs.add(run)
        try:
            request = {"op": "create", "run": run, "spec": spec, "meta": meta}
            head, _ = await self._ask(link, request, [] if blob is None else [blob, *moments])
        except BaseException:
            self._forget(run)
            with contextlib.suppress(runner.RunGone):  # it may get that far after we gave up waiting
                link.send(pipe.pack({"id": next(self._ids), "op": "drop", "run": run}))
            raise
        return head["answer"]

    async def command(self, run: str, command: Command) -> dict[str, Any]:
        head, _ = await self._ask(self._home(run), {"op": "command", "run": run, "command": command.to_json()})
        return head["answer"]

    async def query(self, run: str | None, name: str, args: dict[str, Any]) -> bytes:
        link = await self._emptiest() if run is None else self._home(run)
        _, blobs = await self._ask(link, {"op": "query", "run": run, "name": name, "args": args})
        return blobs[0]

    async def save(self, run: str) -> None:
        await self._ask(self._home(run), {"op": "save", "run": run})

    async def drop(self, run: str) -> None:
        if link := self._homes.get(run):
            self._forget(run)
            with contextlib.suppress(runner.RunGone):
                await self._ask(link, {"op": "drop", "run": run})

    async def _ask(self, link: Link, request: dict[str, Any], blobs: list[bytes] | None = None) -> pipe.Message:
        number = next(self._ids)
        future: asyncio.Future[pipe.Message] = asyncio.get_running_loop().create_future()
        link.send(pipe.pack({"id": number, **request}, blobs or []))
        link.waiting[number] = future
        try:
            head, answer = await asyncio.wait_for(future, self._patience)
        except TimeoutError:
            raise runner.Busy(f"no answer within {self._patience:g} seconds") from None
        finally:
            link.waiting.pop(number, None)
        if error := head.get("error"):
            raise _error(error)
        return head, answer

    def _home(self, run: str) -> Link:
        if run not in self._homes:
            raise runner.RunGone(run)
        return self._homes[run]

    async def _emptiest(self) -> Link:
        """The worker with least to do; if all have died, the first to come back."""
        try:
            await asyncio.wait_for(self._ready.wait(), min(self._patience, COMING_BACK))
        except TimeoutError:
            raise runner.Busy("no worker is alive") from None
        alive = [link for link in self._links if link.alive]
        return min(alive, key=lambda link: (len(link.running), len(link.runs)))

    def _forget(self, run: str) -> None:
        if link := self._homes.pop(run, None):
            link.runs.discard(run)
            link.running.discard(run)

    # ---- the workers ----

    async def _keep(self, link: Link) -> None:
        """Keep one worker alive, for as long as the pool lives."""
        wait = 0.0
        while not self._stopping:
            await asyncio.sleep(wait)
            try:
                reader = await link.open(self._config)
                self._ready.set()
                if not self._stopping:  # or it would be listened to for ever: `stop` closed what was open then
                    await self._listen(link, reader)
            except (asyncio.IncompleteReadError, OSError):
                pass
            lost = link.close()
            if not self.alive():
                self._ready.clear()
            for run in lost:
                self._homes.pop(run, None)
            await asyncio.to_thread(_end, link.process)
            if self._stopping:
                break
            log.warning("worker %s died with %d runs; another takes its place", link.process.pid, len(lost))
            self._listener.lost(lost)
            wait = min(2 * wait + 0.1, 5.0) if time.monotonic() - link.started < 5 else 0.0

    async def _listen(self, link: Link, reader: asyncio.StreamReader) -> None:
        say: dict[str, Callable[[Link, dict[str, Any], list[bytes]], None]] = {
            "reply": self._replied, "updates": self._updated, "checkpoint": self._saved,
        }  # fmt: skip
        while True:
            head, blobs = await pipe.read(reader)
            say[head.pop("kind")](link, head, blobs)

    def _replied(self, link: Link, head: dict[str, Any], blobs: list[bytes]) -> None:
        future = link.waiting.get(head["id"])
        if future and not future.done():
            future.set_result((head, blobs))

    def _updated(self, link: Link, head: dict[str, Any], blobs: list[bytes]) -> None:
        for update in worker.unpack_updates(head, blobs):
            if self._homes.get(update.run) is link:
                (link.running.add if update.facts["state"] == "running" else link.running.discard)(update.run)
                self._tell(self._listener.updated, update)

    def _saved(self, link: Link, head: dict[str, Any], blobs: list[bytes]) -> None:
        if self._homes.get(head["run"]) is link:
            self._tell(self._listener.saved, worker.unpack_checkpoint(head, blobs))

    def _tell(self, hear: Callable[[Any], None], what: Any) -> None:
        """A listener that fails must not take the worker's other runs with it."""
        try:
            hear(what)
        except Exception:
            log.exception("what a worker said could not be taken in")


def _end(process: Any) -> None:
    """Wait for a process whose socket is closed; make it go if it does not."""
    if process is None:
        return
    process.join(2)
    if process.exitcode is None:
        process.kill()
        process.join()


def _error(told: dict[str, str]) -> Exception:
    """The exception that a worker's answer stands for."""
    kind = told["kind"]
    if kind == "gone":
        return runner.RunGone(told["message"])
    if kind == "failed":
        return runner.WorkFailed(told["message"])
    return getattr(errors, kind)(told["message"], where=told["where"], fix=told["fix"])
