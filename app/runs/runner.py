"""What the web side asks of whoever computes runs: a pool of processes here, perhaps a cluster elsewhere.

    WorkError
    ├── RunGone    the worker does not have this run (any more): create it again from its checkpoint
    ├── Busy       no answer in time, or no worker alive
    └── WorkFailed a mistake inside the program; the log of the worker has the details

A user's mistake comes back as the engine's own PlaygroundError.
"""

from collections.abc import Sequence
from typing import Any, Protocol

from app.runs.commands import Command
from app.runs.host import Checkpoint, Update


class WorkError(Exception):
    """The work could not be done, through no fault of the user's."""


class RunGone(WorkError):
    """The worker does not have this run."""


class Busy(WorkError):
    """No answer in time, or no worker alive."""


class WorkFailed(WorkError):
    """A mistake inside the program."""


class Listener(Protocol):
    """Who hears what happens to runs. Called in the event loop; must not block."""

    def updated(self, update: Update) -> None: ...

    def saved(self, checkpoint: Checkpoint) -> None: ...

    def lost(self, runs: list[str]) -> None:
        """A worker died with these runs; they have to be created again."""


class Runner(Protocol):
    """Who computes runs. Each run has one place; commands to one run are carried out in the order given."""

    async def start(self, listener: Listener) -> None: ...

    async def stop(self) -> None:
        """Let every run make a last checkpoint (the listener hears of it), then end."""

    async def create(
        self,
        run: str,
        spec: dict[str, Any],
        blob: bytes | None,
        meta: dict[str, Any],
        moments: Sequence[bytes] = (),
    ) -> dict[str, Any]:
        """Take in a run, new or from a checkpoint and the moments of its time line."""

    async def command(self, run: str, command: Command) -> dict[str, Any]: ...

    async def query(self, run: str | None, name: str, args: dict[str, Any]) -> bytes: ...

    async def save(self, run: str) -> None:
        """Make a checkpoint now; the listener has heard of it when this returns."""

    async def drop(self, run: str) -> None: ...

    def alive(self) -> bool:
        """Whether work can be done at the moment."""
