"""Work that takes seconds of computing, or may go wrong as a whole, done by a process of its own: the server goes on.

A few at the same time; whoever takes too long is killed, and so is no one else.
"""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

import anyio
import anyio.to_process

from app import errors

T = TypeVar("T")
AT_ONCE = 2  # of a kind, each in a process
PATIENCE = 120.0  # seconds for one


class Apart:
    """One for each kind of work. where: the field that a failure is about."""

    def __init__(self, where: str) -> None:
        self._where, self._gate = where, asyncio.Semaphore(AT_ONCE)

    async def do(self, work: Callable[..., T], *args: Any) -> T:
        """What the work gives. Raises what it raises, Overloaded where it takes too long, TooLarge where it breaks."""
        async with self._gate:
            try:
                with anyio.fail_after(PATIENCE):
                    return await anyio.to_process.run_sync(work, *args, cancellable=True)
            except TimeoutError:
                message = f"This took longer than {PATIENCE:g} seconds."
                fix = "Give something smaller, or try again later."
                raise errors.Overloaded(message, where=self._where, fix=fix) from None
            except (anyio.BrokenWorkerProcess, MemoryError):
                message = "This needs more memory than there is."
                raise errors.TooLarge(message, where=self._where, fix="Give something smaller.") from None
