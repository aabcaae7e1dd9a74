"""One worker process as the web side has it: started, spoken to over a socket, ended."""

import asyncio
import contextlib
import logging
import multiprocessing
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from typing import Any

from app.runs import pipe, runner, worker

log = logging.getLogger(__name__)
BLAS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "NUMEXPR_NUM_THREADS")
NOTE = 64  # characters; a run's id has fewer
_spawn = multiprocessing.get_context("spawn")
_environment = threading.Lock()


def spawn(sock: socket.socket, config: worker.Config, note: Any = None) -> multiprocessing.process.BaseProcess:
    """A worker process. One BLAS thread each: there are as many workers as cores, and sums stay the same everywhere."""
    process = _spawn.Process(target=worker.main, args=(sock, config, note), daemon=True)
    if sys.platform != "win32":
        from multiprocessing import resource_tracker

        # It comes with the first worker otherwise, and on its way makes that one listen to Ctrl+C again.
        resource_tracker.ensure_running()
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


def end(process: Any) -> None:
    """Wait for a process whose socket is closed; make it go if it does not."""
    if process is None:
        return
    process.join(2)
    if process.exitcode is None:
        process.kill()
        process.join()


class Link:
    """A worker's process, its socket, who waits for which answer, which runs it has, and how long it is silent."""

    def __init__(self) -> None:
        self.process: Any = None
        self.runs: set[str] = set()
        self.running: set[str] = set()
        self.waiting: dict[int, asyncio.Future[pipe.Message]] = {}
        self.alive = False
        self.started = 0.0  # when it was last begun to start it
        self.silent = 0  # looks at it since it last said something
        self.writer: asyncio.StreamWriter | None = None
        self._note = _spawn.RawArray("c", NOTE)  # shared with the process: the run it works on

    async def open(self, config: worker.Config) -> asyncio.StreamReader:
        """Start the process; answers the stream of what it says."""
        ours, theirs = socket.socketpair()
        self._note.value = b""
        self.process = await asyncio.to_thread(spawn, theirs, config, self._note)
        reader, self.writer = await asyncio.open_connection(sock=ours, limit=2**22)
        self.alive = True
        return reader

    @property
    def pid(self) -> int | None:
        return self.process and self.process.pid

    def send(self, message: bytes) -> None:
        if not self.alive or self.writer is None:
            raise runner.RunGone("the worker is gone")
        self.writer.write(message)

    def at_work(self) -> str | None:
        """The run that the process works on, or worked on when it died."""
        return self._note.value.decode() or None

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
