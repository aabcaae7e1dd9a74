"""The stream of one run to one watcher: hello, then frames and messages as they come; acknowledgements back.

Sending and receiving are two tasks. A watcher that does not read stops its own sending task and nothing else.
"""

import contextlib
import json
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Annotated, Any
from urllib.parse import urlsplit

import anyio
from fastapi import APIRouter, Query, WebSocket, WebSocketDisconnect

from app.deps import SocketRunsDep
from app.runs.mailbox import Closed, Frame, Watcher
from app.runs.view import view
from engine.errors import PlaygroundError
from engine.events import COLUMNS

router = APIRouter()
# Close codes of RFC 6455 and, from 4000 on, our own.
GOING_AWAY, POLICY, BAD_DATA, NO_RUN = 1001, 1008, 1003, 4404
Closing = tuple[int, str]  # code and reason
LONGEST = 1000  # characters of a message from the watcher


@router.websocket("/api/v1/runs/{run}/stream")
async def stream(
    socket: WebSocket,
    run: str,
    runs: SocketRunsDep,
    after: Annotated[int, Query(ge=0)] = 0,
    start: Annotated[int | None, Query(ge=1)] = None,
) -> None:
    """Watch a run. `after`: number of the newest history row already known; `start`: the start that row belongs to."""

    async def watch() -> None:
        feed = await runs.find(run)
        async with runs.watch(feed, after, start) as watcher:
            await socket.send_text(say("hello", run=view(feed.record), manifest=feed.manifest, columns=list(COLUMNS)))
            await both(socket, partial(_send, socket, watcher), partial(receive, socket, watcher.acknowledge))

    await serve(socket, runs.settings.allowed_origins, watch)


async def serve(socket: WebSocket, origins: tuple[str, ...], watch: Callable[[], Awaitable[None]]) -> None:
    """Accept a connection from where it may come and have it served until it breaks; what is wrong is said."""
    if not allowed(socket, origins):
        await socket.close(POLICY, "This page's origin may not watch: see PLAYGROUND_ALLOWED_ORIGINS.")
        return
    try:
        with until_gone():
            await socket.accept()
            await watch()
    except PlaygroundError as error:
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await socket.send_text(say("error", message=error.message, where=error.where, fix=error.fix))
            await socket.close(NO_RUN, error.message[:100])


def allowed(socket: WebSocket, origins: tuple[str, ...]) -> bool:
    """Pages of this server and of the settings' origins may watch; what sends no Origin is a program, not a page."""
    origin = socket.headers.get("origin")
    if origin is None or origin in origins:
        return True
    return urlsplit(origin).netloc == socket.headers.get("host")


def say(type: str, **fields: Any) -> str:
    return json.dumps({"type": type, **fields}, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


async def both(socket: WebSocket, *jobs: Callable[[], Awaitable[Closing | None]]) -> None:
    """Run them until one ends, then close with what it says. A connection that breaks is one way to end.

    Closing comes last, because nothing may be sent after it.
    """
    ends: list[Closing | None] = []
    async with anyio.create_task_group() as group:

        async def run(job: Callable[[], Awaitable[Closing | None]]) -> None:
            with until_gone():
                ends.append(await job())
            group.cancel_scope.cancel()

        for job in jobs:
            group.start_soon(run, job)
    if ends and (end := ends[0]):
        await socket.close(*end)


@contextlib.contextmanager
def until_gone() -> Iterator[None]:
    """What is done with a connection, until it breaks. uvicorn has more than one word for that."""
    try:
        yield
    except (WebSocketDisconnect, OSError):
        pass
    except RuntimeError as error:
        if "ASGI message" not in str(error):
            raise


async def _send(socket: WebSocket, watcher: Watcher) -> Closing:
    try:
        while True:
            item = await watcher.next()
            if isinstance(item, Frame):
                await socket.send_bytes(item.encoded())
            else:
                await socket.send_text(say(item.type, **item.fields))
    except Closed as closed:
        return GOING_AWAY, str(closed)


async def receive(socket: WebSocket, acknowledge: Callable[[int], None]) -> Closing | None:
    """Acknowledgements. Whoever sends anything else does not speak this protocol."""
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return None
        try:
            told = json.loads((message.get("text") or "")[:LONGEST])
            if told["type"] != "ack" or type(told["seq"]) is not int:
                raise ValueError(told)
        except (ValueError, TypeError, KeyError, RecursionError):
            return BAD_DATA, 'Expected {"type": "ack", "seq": …}.'
        acknowledge(told["seq"])
