"""The losses of a run: a page of rows as JSON, or all of them as a stream of lines (NDJSON)."""

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from app.api.body import StrictRoute
from app.api.looking import JSON
from app.api.problems import answers
from app.api.run_views import HistoryPage
from app.deps import RunDep, RunsDep
from app.runs.feed import Feed
from app.runs.manager import Manager
from app.runs.queries import listed, text
from engine.errors import LimitError
from engine.events import COLUMNS

router = APIRouter(route_class=StrictRoute, tags=["looking"])
LINES = "application/x-ndjson"
PAGE, MOST = 1000, 10_000  # rows of a page where nothing is said, and at most
AT_ONCE = 4096  # rows read at a time for a stream
HEADERS = {
    "History-Start": {"description": "With lines: the start that the rows belong to.", "schema": {"type": "integer"}},
    "History-Last": {"description": "With lines: number of the last row to come.", "schema": {"type": "integer"}},
}
LINE = {"seq": 1, **dict.fromkeys(COLUMNS, 0.5)}
LINES_RESPONSE: dict[int | str, Any] = {
    200: {"headers": HEADERS, "content": {LINES: {"schema": {"type": "string"}, "example": json.dumps(LINE) + "\n"}}}
}


@router.get("/runs/{run}/history", response_model=HistoryPage, responses={**LINES_RESPONSE, **answers(404, 422)})
async def get_history(
    run: RunDep,
    runs: RunsDep,
    after: Annotated[int, Query(ge=0, le=2**53, description="Number of the last row already known.")] = 0,
    limit: Annotated[
        int | None,
        Query(
            ge=1,
            le=2**53,
            description=f"At most so many rows. A page has {PAGE} where nothing is said, {MOST} at most.",
        ),
    ] = None,
    accept: Annotated[str, Header(description=f"{JSON} or {LINES}.")] = JSON,
) -> Response:
    """The losses so far, row by row; ask again with `after` set to `next` for more.

    With `Accept: application/x-ndjson` all rows from there on, as a stream: each line an object with the row's number
    (`seq`) and its columns. The headers History-Start and History-Last say what to expect: when the run is reset
    meanwhile, the stream ends before the last row.
    """
    if LINES in accept:
        start, last = run.record.start, run.history.last
        if limit is not None:
            last = min(last, after + limit)
        told = {"History-Start": f"{start}", "History-Last": f"{last}"}
        return StreamingResponse(_lines(runs, run, start, after, last), media_type=LINES, headers=told)
    if limit is not None and limit > MOST:
        fix = f"Ask page by page, or for all of them with Accept: {LINES}."
        raise LimitError(f"A page has at most {MOST:,} rows, got {limit:,}.", where="limit", fix=fix)
    start, rows = run.record.start, await runs.history(run, after, limit or PAGE)
    page = {"columns": list(COLUMNS), "start": start, "next": after + len(rows)}
    body = await run_in_threadpool(lambda: text({**page, "rows": listed(rows)}))
    return Response(body, media_type=JSON)


async def _lines(runs: Manager, run: Feed, start: int, after: int, last: int) -> AsyncIterator[bytes]:
    while after < last and run.record.start == start:
        rows = await runs.history(run, after, min(AT_ONCE, last - after))
        if not len(rows) or run.record.start != start:
            return
        yield await run_in_threadpool(_written, after + 1, rows)
        after += len(rows)


def _written(first: int, rows: Any) -> bytes:
    told = (dict(zip(("seq", *COLUMNS), (first + k, *row), strict=True)) for k, row in enumerate(listed(rows)))
    return b"".join(text(line) + b"\n" for line in told)
