"""The stream of a group: one frame for all its runs, so that twenty of them are no more to a watcher than one.

Each run is watched as in its own stream; whatever is new of any of them goes into the next frame, whose arrays are
named `<member>.history` and `<member>.weights`. Frames are acknowledged as there.
"""

import asyncio
import contextlib
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, WebSocket

from app.deps import SocketRunsDep
from app.runs import groups
from app.runs.mailbox import ROWS, WINDOW, Closed, Frame, Said, Watcher
from app.runs.view import view
from app.stream.socket import GOING_AWAY, Closing, both, receive, say, serve
from app.wire import encode
from engine.events import COLUMNS

router = APIRouter()


@router.websocket("/api/v1/groups/{group}/stream")
async def stream(
    socket: WebSocket,
    group: str,
    runs: SocketRunsDep,
    after: Annotated[str, Query(max_length=2000)] = "",
    start: Annotated[str, Query(max_length=2000)] = "",
) -> None:
    """Watch a group. `after`: of each run the number of the newest row known, separated by commas; `start` likewise."""

    async def watch() -> None:
        async with contextlib.AsyncExitStack() as stack:
            found = await groups.find(runs, group)
            known, starts = numbers(after), numbers(start)
            watchers = {}
            for feed in found.feeds:
                member = feed.record.member or 0
                place = runs.watch(feed, known.get(member, 0), starts.get(member))
                watchers[member] = await stack.enter_async_context(place)
            told = [{"member": m, "run": view(w.feed.record), "manifest": w.feed.manifest} for m, w in watchers.items()]
            about = {"id": found.record.id, "name": found.record.name, "changes": found.record.changes}
            await socket.send_text(say("hello", group=about, members=told, columns=list(COLUMNS)))
            mail = Mail(watchers, 1 / runs.settings.frames_per_second)
            await both(socket, partial(_send, socket, mail), partial(receive, socket, mail.acknowledge))

    await serve(socket, runs.settings.allowed_origins, watch)


def numbers(text: str) -> dict[int, int]:
    """'5,,9' → {0: 5, 2: 9}; what is no number is passed over."""
    return {k: int(n) for k, n in enumerate(text.split(",")) if n.isdigit() and len(n) < 16}


class Mail:
    """What a watcher of a group gets next, and which of its frames are not acknowledged."""

    def __init__(self, watchers: dict[int, Watcher], pause: float) -> None:
        self.watchers, self._pause = watchers, pause
        self._news = asyncio.Event()
        for watcher in watchers.values():
            watcher.news = self._news
            watcher.most_rows = max(256, ROWS // len(watchers))
        self._seq = 0
        self._sent: dict[int, list[tuple[Watcher, int]]] = {}

    def acknowledge(self, seq: int) -> None:
        """The watcher has drawn frame `seq` and those before it."""
        for number in [n for n in self._sent if n <= seq]:
            for watcher, own in self._sent.pop(number):
                watcher.acknowledge(own)
        self._news.set()

    async def next(self) -> tuple[list[str], bytes | None]:
        """The next messages and the next frame, as soon as there is either. Raises Closed when no run is left."""
        while True:
            self._news.clear()
            said: list[str] = []
            frames: dict[int, Frame] = {}
            for member, watcher in list(self.watchers.items()):
                try:
                    while isinstance(item := await watcher.poll(frames=len(self._sent) < WINDOW), Said):
                        said.append(say(item.type, member=member, **item.fields))
                except Closed as closed:
                    del self.watchers[member]
                    if not self.watchers:
                        raise
                    said.append(say("gone", member=member, message=str(closed)))
                    continue
                if item is not None:
                    frames[member] = item
            if said or frames:
                return said, self._frame(frames) if frames else None
            await self._news.wait()
            await asyncio.sleep(self._pause)  # so that runs that report one by one share a frame

    def _frame(self, frames: dict[int, Frame]) -> bytes:
        self._seq += 1
        self._sent[self._seq] = [(self.watchers[member], frame.seq) for member, frame in frames.items()]
        members = [{**frame.shared.head, "member": member} for member, frame in frames.items()]
        arrays = {f"{m}.{name}": array for m, frame in frames.items() for name, array in frame.arrays.items()}
        return encode({"seq": self._seq, "members": members}, arrays)


async def _send(socket: WebSocket, mail: Mail) -> Closing:
    try:
        while True:
            said, frame = await mail.next()
            for message in said:
                await socket.send_text(message)
            if frame:
                await socket.send_bytes(frame)
    except Closed as closed:
        return GOING_AWAY, str(closed)
