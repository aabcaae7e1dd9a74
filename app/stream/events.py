"""The stream of one run as server-sent events: the same hello, rows and messages, for whoever has no websocket.

A client that cannot say when it has drawn a frame gets them at a fixed pace, and no weights unless it asks.
"""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent

from app.deps import RunDep, RunsDep
from app.runs.mailbox import Closed, Frame
from app.runs.queries import listed
from app.runs.view import view
from engine.events import COLUMNS

router = APIRouter(tags=["looking"])
PACE = 0.1  # seconds between two frames: nothing tells us how fast this client reads


@router.get("/api/v1/runs/{run}/events", response_class=EventSourceResponse)
async def events(
    run: RunDep,
    runs: RunsDep,
    after: Annotated[int, Query(ge=0, le=2**53, description="Number of the last row already known.")] = 0,
    weights: Annotated[bool, Query(description="Send the newest weights too: packed float32, base64.")] = False,
    last_event_id: Annotated[str, Header(description="Sent by browsers that come back: `start-row`.")] = "",
) -> AsyncIterator[ServerSentEvent]:
    """Watch a run by server-sent events: `hello`, `frame` (rows since the last one), `state`, `note`, `reset`, `end`.

    Every row of history comes exactly once; the id of a frame is its start and its last row.
    """
    start = None
    if (
        (came := last_event_id.split("-"))
        and len(came) == 2
        and all(part.isascii() and part.isdigit() for part in came)
    ):
        start, after = (int(part[:16]) for part in came)
    async with runs.watch(run, after, start) as watcher:
        yield _event("hello", {"run": view(run.record), "manifest": run.manifest, "columns": list(COLUMNS)})
        try:
            while True:
                item = await watcher.next()
                if not isinstance(item, Frame):
                    yield _event(item.type, item.fields)
                    continue
                watcher.acknowledge(item.head["seq"])
                rows = item.arrays["history"]
                told = {**item.head, "rows": listed(rows)}
                if weights and "weights" in item.arrays:
                    told["weights"] = base64.b64encode(item.arrays["weights"].tobytes()).decode()
                yield _event("frame", told, f"{item.head['start']}-{item.head['first'] + len(rows) - 1}")
                await asyncio.sleep(PACE)
        except Closed as closed:
            yield _event("end", {"message": str(closed)})


def _event(name: str, data: dict[str, Any], id: str | None = None) -> ServerSentEvent:
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return ServerSentEvent(event=name, raw_data=text, id=id)
