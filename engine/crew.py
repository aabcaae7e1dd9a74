"""A crew: processes that work through lists of calls side by side, on arrays that they share.

Threads would wait for Python's lock between any two calls. A helper is a fork of this process, made when a job first
runs: it has every list and buffer already. What one member writes and another one reads has to lie in memory from
`Crew.zeros`; all else is a member's own. Members meet at semaphores and try them for a moment before they sleep, since
waking costs more than most phases take. What is computed does not depend on how many there are: `engine.batch` cuts
the work the same way for any number. Where processes can not fork safely, one does all the work.
"""

import gc
import mmap
import multiprocessing
import os
import signal
import sys
import warnings
import weakref
from collections.abc import Sequence
from typing import Any, NamedTuple, NoReturn

import numpy as np

from engine.builder import Array, Call, run, zeros

BUFFER = 1024  # numbers at a time: with NumPy's 8192, values in short runs are copied together before they are used
TRIES = 20_000  # at a semaphore before sleeping there: about two milliseconds
PATIENCE = 0.5  # seconds between two looks whether the others are alive
FORKS = sys.platform.startswith("linux")  # elsewhere the systems' own libraries do not bear it


class Phase(NamedTuple):
    """Calls that the caller makes alone, and then one list of calls for each member, all at the same time."""

    alone: list[Call]
    shares: list[list[Call]]


class Crew:
    """`size` processes, the caller's included."""

    def __init__(self, size: int = 1) -> None:
        self.size = size if FORKS else 1

    def zeros(self, shape: int | tuple[int, ...], dtype: Any) -> Array:
        """An array of zeros that all members see."""
        if self.size == 1:
            return zeros(shape, dtype)
        count = int(np.prod(shape))
        memory = mmap.mmap(-1, max(1, count * np.dtype(dtype).itemsize))
        return np.frombuffer(memory, dtype, count).reshape(shape)

    def split(self, tasks: int) -> list[range]:
        """Which of so many tasks each member gets: neighbours, in order."""
        members = max(1, min(self.size, tasks))
        return [range(tasks * k // members, tasks * (k + 1) // members) for k in range(members)]

    def share(self, tasks: Sequence[Sequence[Call]]) -> list[list[Call]]:
        """Independent tasks as one list of calls for each member."""
        return [[call for k in numbers for call in tasks[k]] for numbers in self.split(len(tasks))]


class Job:
    """Phases to be worked through again and again; helpers start with the first `run` and end with the job.

    An error in one member is raised by `run`; the next `run` begins with new helpers.
    """

    def __init__(self, phases: Sequence[Phase]) -> None:
        self._phases = phases
        self._members = max(len(phase.shares) for phase in phases)
        self._helpers: list[_Helper] = []
        self._calls: list[Call] = []
        weakref.finalize(self, _dismiss, self._helpers)

    def run(self) -> None:
        """Work through all phases once."""
        usual = np.setbufsize(BUFFER)
        try:
            if not self._calls:
                self._start()
            run(self._calls)
        except BaseException:
            self._calls = []
            _dismiss(self._helpers)
            raise
        finally:
            np.setbufsize(usual)

    def _start(self) -> None:
        for member in range(1, self._members):
            shares = [phase.shares[member] for phase in self._phases if member < len(phase.shares)]
            self._helpers.append(_Helper(shares))
        for alone, shares in self._phases:
            busy = self._helpers[: len(shares) - 1]
            self._calls += alone
            self._calls += [(helper.begin.release,) for helper in busy]
            self._calls += shares[0]
            self._calls += [(helper.wait,) for helper in busy]


class _Helper:
    """One forked process, and the two semaphores that say when there is something to do and when it is done."""

    def __init__(self, shares: Sequence[list[Call]]) -> None:
        fork = multiprocessing.get_context("fork")
        self.begin, self.done = fork.Semaphore(0), fork.Semaphore(0)
        self.message = mmap.mmap(-1, 4096)  # what went wrong, if something did
        parent = os.getpid()
        with warnings.catch_warnings():
            # from 3.12 on Python warns where other threads run; a helper needs none of their locks
            warnings.simplefilter("ignore", DeprecationWarning)
            self.pid = os.fork()
        if self.pid == 0:
            self._serve(shares, parent)

    def wait(self) -> None:
        """Until the helper is done with the phase. Raises RuntimeError where it died."""
        if _tried(self.done):
            return
        while not self.done.acquire(True, PATIENCE):
            if os.waitpid(self.pid, os.WNOHANG)[0]:
                self.pid = 0
                reason = self.message.read().rstrip(b"\0").decode(errors="replace") or "it was ended from outside"
                raise RuntimeError(f"A helping process ended: {reason}.")

    def end(self) -> None:
        """Stop the process."""
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self.pid = 0

    def _serve(self, shares: Sequence[list[Call]], parent: int) -> NoReturn:
        """The helper's life. It never returns into what it was forked from."""
        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            gc.disable()  # what the parent made is the parent's to collect
            while True:
                for share in shares:
                    if not _tried(self.begin):
                        while not self.begin.acquire(True, PATIENCE):
                            if os.getppid() != parent:
                                os._exit(0)
                    run(share)
                    self.done.release()
        except BaseException as error:
            self.message.write(f"{type(error).__name__}: {error}".encode()[:4096])
        finally:
            os._exit(1)


def _tried(semaphore: Any) -> bool:
    """Whether it could be had within a moment."""
    acquire = semaphore.acquire
    return any(acquire(False) for _ in range(TRIES))


def _dismiss(helpers: list[_Helper]) -> None:
    while helpers:
        helpers.pop().end()
