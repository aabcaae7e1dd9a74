"""Threads that work through lists of calls side by side: NumPy leaves Python's lock while it computes.

Between two jobs a thread waits at a lock, which costs nothing and is the quickest way to wake it; it ends with its
crew. What is computed does not depend on how many there are: `engine.batch` cuts the work the same way for any number.
"""

import threading
import weakref
from collections.abc import Iterable, Sequence
from contextvars import Context, copy_context

import numpy as np

from engine.builder import Call, run

BUFFER = 1024  # numbers at a time: with NumPy's 8192, values in short runs are copied together before they are used


class Crew:
    """`size` threads, the caller's included; the others start when there is something to share."""

    def __init__(self, size: int = 1) -> None:
        self.size = size
        self._helpers: list[_Helper] = []
        weakref.finalize(self, _dismiss, self._helpers)

    def split(self, tasks: int) -> list[range]:
        """Which of so many tasks each thread gets: neighbours, in order."""
        threads = max(1, min(self.size, tasks))
        return [range(tasks * k // threads, tasks * (k + 1) // threads) for k in range(threads)]

    def share(self, tasks: Sequence[Iterable[Call]]) -> list[list[Call]]:
        """Independent tasks as one list of calls for each thread, for `run`."""
        return [[call for k in numbers for call in tasks[k]] for numbers in self.split(len(tasks))]

    def run(self, shares: Sequence[Iterable[Call]]) -> None:
        """Work through the lists at the same time. An error in one is raised here, when all have come to an end."""
        usual = np.setbufsize(BUFFER)
        try:
            self._run(shares)
        finally:
            np.setbufsize(usual)

    def _run(self, shares: Sequence[Iterable[Call]]) -> None:
        while len(self._helpers) < len(shares) - 1:
            self._helpers.append(_Helper())
        busy = self._helpers[: len(shares) - 1]
        for helper, calls in zip(busy, shares[1:], strict=True):
            helper.start(calls)
        try:
            run(shares[0])
        finally:
            for helper in busy:
                helper.done.acquire()
        for helper in busy:
            if helper.error is not None:
                raise helper.error


class _Helper:
    """One thread, and the two locks that say when there is a job and when it is done."""

    def __init__(self) -> None:
        self.ready, self.done = threading.Lock(), threading.Lock()
        self.ready.acquire()
        self.done.acquire()
        self.job: tuple[Context, Iterable[Call]] | None = None
        self.error: BaseException | None = None
        threading.Thread(target=self._work, name="crew", daemon=True).start()

    def start(self, calls: Iterable[Call] | None) -> None:
        """Begin with these calls, under the caller's NumPy settings. None: the end."""
        self.job = None if calls is None else (copy_context(), calls)
        self.ready.release()

    def _work(self) -> None:
        while True:
            self.ready.acquire()
            if self.job is None:
                return
            context, calls = self.job
            self.error = None
            try:
                context.run(run, calls)
            except BaseException as error:
                self.error = error
            self.job = context = calls = None  # type: ignore[assignment]  # a waiting thread keeps nothing alive
            self.done.release()


def _dismiss(helpers: list[_Helper]) -> None:
    for helper in helpers:
        helper.start(None)
