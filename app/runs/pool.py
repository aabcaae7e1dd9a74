"""The local runner: a few worker processes, many runs each, one socket per worker, replaced when they die or get stuck.

A worker's death shows as the end of its socket. Whoever waits for an answer gets `RunGone`, the listener hears which
runs were lost, and over which of them, and a new process takes the place; if that dies soon too, the next waits longer.

A worker that hangs, in an endless loop or stopped, does not answer when asked whether it is there: it is killed, and
the rest goes its usual way. What counts is looks in a row without a sign of life, not seconds: on a machine that was
asleep or is overloaded, whoever looks was so as well.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

from app.runs import pipe, runner, worker
from app.runs.commands import Command
from app.runs.link import Link, end
from engine import errors

log = logging.getLogger(__name__)
ANSWERING = 30.0  # seconds that an answer may take beyond those until a worker counts as stuck
COMING_BACK = 10.0  # seconds to wait for a worker when none is alive
LOOKS = 5  # looks at a silent worker until it counts as stuck
STOPPING = 10.0  # seconds that the last checkpoints may take
STARTING = 60.0  # seconds a worker may take to say its first word
STEADY = 10.0  # seconds a worker has lived when its death is no reason to wait with the next one
LONGEST = 30.0  # seconds to wait for that at most


def wait_after(before: float, lived: float) -> float:
    """Seconds to wait with the next worker, after one that was waited for so long and lived for so long."""
    return 0.0 if lived >= STEADY else min(2 * before + 0.1, LONGEST)


class Pool:
    """A `runner.Runner` of local processes."""

    def __init__(
        self, workers: int, config: worker.Config, stuck_seconds: float = 60.0, patience: float = 60.0 + ANSWERING
    ) -> None:
        self._config = config
        self._interval = stuck_seconds / LOOKS  # seconds between two looks
        self._patience = patience  # seconds to wait for an answer
        self._links = [Link() for _ in range(workers)]
        self._homes: dict[str, Link] = {}
        self._ids = count(1)
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = False
        self._ready = asyncio.Event()  # a worker has come
        self._listener: runner.Listener

    async def start(self, listener: runner.Listener) -> None:
        self._listener = listener
        self._tasks = [asyncio.create_task(self._keep(link)) for link in self._links]
        self._guard = asyncio.create_task(self._look_after())
        await asyncio.wait_for(self._ready.wait(), self._patience)

    async def stop(self) -> None:
        self._stopping = True
        self._guard.cancel()
        alive = [link for link in self._links if link.alive]
        saves = [asyncio.wait_for(self._ask(link, {"op": "save", "run": None}), STOPPING) for link in alive]
        await asyncio.gather(*saves, return_exceptions=True)
        for link in self._links:
            link.close()
        await asyncio.gather(*self._tasks, self._guard, return_exceptions=True)

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
        request = {"op": "command", "run": run, "command": command.to_json()}
        head, _ = await self._ask(self._home(run), request, command.blobs())
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
            async with asyncio.timeout(min(self._patience, COMING_BACK)):
                while not (alive := [link for link in self._links if link.alive]):
                    self._ready.clear()  # whoever came is gone again
                    await self._ready.wait()
        except TimeoutError:
            raise runner.Busy("no worker is alive") from None
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
            link.started = time.monotonic()
            try:
                reader = await link.open(self._config)
                link.silent = -round(STARTING / self._interval)
                self._knock(link)
                self._ready.set()
                if not self._stopping:  # or it would be listened to for ever: `stop` closed what was open then
                    await self._listen(link, reader)
            except (asyncio.IncompleteReadError, OSError) as error:
                log.log(logging.INFO if self._stopping else logging.WARNING, "worker %s is gone: %s", link.pid, error)
            except Exception:  # a mistake of ours must not cost a worker for good
                log.exception("worker %s is given up", link.pid)
            lost, over = link.close(), link.at_work()
            for run in lost:
                self._homes.pop(run, None)
            if not self._stopping and lost:
                log.warning("lost %d runs, while run %s was worked on", len(lost), over)
                runner.tell(self._listener.lost, lost, over if over in lost else None)
            await asyncio.to_thread(end, link.process)
            wait = wait_after(wait, time.monotonic() - link.started)

    async def _look_after(self) -> None:
        """Have workers killed that are stuck; `_keep` sees to the rest."""
        while True:
            await asyncio.sleep(self._interval)
            for link in [link for link in self._links if link.alive]:
                link.silent += 1
                if link.silent > LOOKS:
                    log.warning("worker %s gives no sign of life, it is killed", link.pid)
                    link.process.kill()
                else:
                    self._knock(link)

    def _knock(self, link: Link) -> None:
        """Whoever lives says something."""
        link.send(pipe.pack({"id": next(self._ids), "op": "ping"}))

    async def _listen(self, link: Link, reader: asyncio.StreamReader) -> None:
        say: dict[str, Callable[[Link, dict[str, Any], list[bytes]], None]] = {
            "reply": self._replied, "updates": self._updated, "checkpoint": self._saved,
        }  # fmt: skip
        while True:
            messages = await pipe.read(reader)
            link.silent = 0
            for head, blobs in messages:
                say[head.pop("kind")](link, head, blobs)

    def _replied(self, link: Link, head: dict[str, Any], blobs: list[bytes]) -> None:
        future = link.waiting.get(head["id"])
        if future and not future.done():
            future.set_result((head, blobs))

    def _updated(self, link: Link, head: dict[str, Any], blobs: list[bytes]) -> None:
        for update in worker.unpack_updates(head, blobs):
            if self._homes.get(update.run) is link:
                (link.running.add if update.facts["state"] == "running" else link.running.discard)(update.run)
                runner.tell(self._listener.updated, update)

    def _saved(self, link: Link, head: dict[str, Any], blobs: list[bytes]) -> None:
        if self._homes.get(head["run"]) is link:
            runner.tell(self._listener.saved, worker.unpack_checkpoint(head, blobs))


def _error(told: dict[str, str]) -> Exception:
    """The exception that a worker's answer stands for."""
    kind = told["kind"]
    if kind == "gone":
        return runner.RunGone(told["message"])
    if kind == "failed":
        return runner.WorkFailed(told["message"])
    return getattr(errors, kind)(told["message"], where=told["where"], fix=told["fix"])
