"""The stream of one run to one watcher: hello, then frames and messages as they come; acknowledgements back.

Sending and receiving are two tasks. A watcher that does not read stops its own sending task and nothing else.
"""

import contextlib
import json
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Any
from urllib.parse import urlsplit

import anyio
from fastapi import APIRouter, Query, WebSocket, WebSocketDisconnect

from app.deps import SocketRunsDep
from app.runs.mailbox import Closed, Frame, Watcher
from app.runs.view import view
from app.stream.wire import encode
from engine.errors import PlaygroundError
from engine.events import COLUMNS

router = APIRouter()
# Close codes of RFC 6455 and, from 4000 on, our own.
GOING_AWAY, POLICY, BAD_DATA, NO_RUN = 1001, 1008, 1003, 4404
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
    if not allowed(socket, runs.settings.allowed_origins):
        await socket.close(POLICY, "This page's origin may not watch: see PLAYGROUND_ALLOWED_ORIGINS.")
        return
    await socket.accept()
    try:
        feed = await runs.find(run)
        async with runs.watch(feed, after, start) as watcher:
            await socket.send_text(say("hello", run=view(feed.record), manifest=feed.manifest, columns=list(COLUMNS)))
            await both(partial(_send, socket, watcher), partial(receive, socket, watcher.acknowledge))
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


async def both(*jobs: Callable[[], Awaitable[None]]) -> None:
    """Run them until one ends. A connection that breaks is one way to end."""
    async with anyio.create_task_group() as group:

        async def run(job: Callable[[], Awaitable[None]]) -> None:
            with contextlib.suppress(WebSocketDisconnect, OSError):
                await job()
            group.cancel_scope.cancel()

        for job in jobs:
            group.start_soon(run, job)


async def _send(socket: WebSocket, watcher: Watcher) -> None:
    try:
        while True:
            item = await watcher.next()
            if isinstance(item, Frame):
                await socket.send_bytes(encode(item.head, item.arrays))
            else:
                await socket.send_text(say(item.type, **item.fields))
    except Closed as closed:
        await socket.close(GOING_AWAY, str(closed))


async def receive(socket: WebSocket, acknowledge: Callable[[int], None]) -> None:
    """Acknowledgements. Whoever sends anything else does not speak this protocol."""
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        try:
            told = json.loads((message.get("text") or "")[:LONGEST])
            if told["type"] != "ack" or type(told["seq"]) is not int:
                raise ValueError(told)
        except (ValueError, TypeError, KeyError, RecursionError):
            await socket.close(BAD_DATA, 'Expected {"type": "ack", "seq": …}.')
            return
        acknowledge(told["seq"])
