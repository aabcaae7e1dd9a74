"""The `Runner`: what the web side asks of whoever computes runs, and what it hears. Two of them are here, `pool` and
`inprocess`; a cluster could take their place (docs/adr/0003-runner.md).

A runner has two halves. The *host* (`app.runs.host.Host`) computes: synchronous, without I/O or a clock of its own, the
same object in a thread, a worker process or elsewhere. The *runner* is the web side's half: it decides where a run
lives, carries messages there and back, and keeps the hosts alive. It promises, and tests/app/test_runner_contract.py
holds it to that:

- A run has one place. Requests for it are carried out in the order in which they were made.
- Who asked hears of it last: what a request changed is `updated` before its answer comes. All of that is heard or none:
  where a host is lost and the answer did not come, nothing of what was asked is known, and it may be asked again.
- Every row of history is `updated` once and in order; the rows up to a checkpoint come before it is `saved`.
- From a checkpoint a run goes on as it would have without, bit for bit, in whichever host it is created next.
- A user's mistake comes back as the engine's own PlaygroundError, with what, where and fix, and changes nothing.
- A run that fails takes no other with it. If a host fails as a whole, the listener hears which runs were `lost`, once,
  and over which of them if that is known; whoever waits for an answer gets `RunGone`; then they may be created again.
- After `stop` everything was `saved`, and nothing more is heard.

    WorkError
    ├── RunGone    the runner does not have this run (any more): create it again from its checkpoint
    ├── Busy       no answer in time, or no worker alive
    └── WorkFailed a mistake inside the program; the log of the worker has the details
"""

import logging
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from app.runs.commands import Command
from app.runs.host import Checkpoint, Update

log = logging.getLogger(__name__)


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

    def updated(self, update: Update) -> None:
        """What is new about a run."""

    def saved(self, checkpoint: Checkpoint) -> None:
        """A run can go on from here."""

    def lost(self, runs: list[str], over: str | None) -> None:
        """A host died or got stuck with these runs, while it worked on `over`; they have to be created again."""


class Runner(Protocol):
    """Who computes runs. All methods are called in one event loop, which is also where the listener hears."""

    async def start(self, listener: Listener) -> None:
        """Get ready to compute; runs are created by others."""

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
        """Take in a run, new or from a checkpoint and the moments of its time line; answers `Host.facts`.

        One that is there already is replaced. meta: `Checkpoint.meta`, and `visitor` and `group` for fair turns.
        """

    async def command(self, run: str, command: Command) -> dict[str, Any]:
        """Have it do something; answers `Host.facts`. Raises RunGone, PlaygroundError."""

    async def query(self, run: str | None, name: str, args: dict[str, Any]) -> bytes:
        """The answer to a question that changes nothing; run None: about no run in particular."""

    async def save(self, run: str) -> None:
        """Make a checkpoint now; the listener has heard of it when this returns."""

    async def drop(self, run: str) -> None:
        """Forget a run, if it is there; nothing more is heard of it."""

    def alive(self) -> bool:
        """Whether work can be done at the moment."""


def tell(hear: Callable[..., None], *what: Any) -> None:
    """A listener that fails over one run must not take the others with it."""
    try:
        hear(*what)
    except Exception:
        log.exception("what was said of a run could not be taken in")
