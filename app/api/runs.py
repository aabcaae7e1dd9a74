"""Making, finding and steering runs."""

import base64
import binascii
import json
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response

from app.api.etags import IF_MATCH, TAGGED, etag, expect
from app.api.idempotency import MakingDep, OnceRoute
from app.api.problems import answers
from app.api.run_views import (
    RunCreate,
    RunCreated,
    RunList,
    RunView,
    Settings,
    SettingsChange,
    StateChange,
    WeightEdits,
)
from app.deps import KeyDep, OwnedRunDep, RunDep, RunsDep, listing_key
from engine.errors import SpecError

router = APIRouter(route_class=OnceRoute)
NEXT = "WzE3OTAwMDAwMDAuMCwgImg1WXgwYkMxWmwwbVM5bTZpSnIzSnciXQ=="


@router.post("/runs", status_code=201, tags=["runs"], responses=answers(400, 413, 422, 429, 503))
async def create_run(body: RunCreate, runs: RunsDep, new: MakingDep, response: Response) -> RunCreated:
    """Make a run. It is not training yet: `PUT /runs/{id}/state` starts it.

    What is left out takes its default; an empty object is the experiment of the untouched page. Send a key of your own
    (`Authorization: Bearer` and 20 characters or more) and the run belongs to it; otherwise the answer has a new one.
    """
    spec = body.model_dump(exclude_unset=True)
    feed, check = await runs.create(spec, spec.pop("name", ""), new.key, id=new.id)
    response.headers["Location"] = f"runs/{feed.record.id}"
    return RunCreated.made(feed, new.key, check)


@router.get("/runs", tags=["runs"], responses=answers(401, 422))
async def list_runs(
    runs: RunsDep,
    key: KeyDep,
    limit: Annotated[int, Query(ge=1, le=100, description="At most so many.")] = 20,
    cursor: Annotated[
        str | None, Query(max_length=200, description="`next` of the page before.", examples=[NEXT])
    ] = None,
) -> RunList:
    """The runs that belong to the key sent, newest first."""
    found = await runs.mine(listing_key(key, "Runs"), limit + 1, _decode(cursor) if cursor else None)
    shown = found[:limit]
    following = _encode(shown[-1].created_at, shown[-1].id) if len(found) > limit else None
    return RunList(runs=[RunView.of(record) for record in shown], next=following)


@router.get("/runs/{run}", tags=["runs"], responses=answers(404))
async def get_run(run: RunDep) -> RunView:
    """A run as it stands. Whoever has its id may see it."""
    return RunView.of(run.record)


@router.delete("/runs/{run}", status_code=204, tags=["runs"], responses=answers(401, 403, 404, 503))
async def delete_run(run: OwnedRunDep, runs: RunsDep) -> None:
    """Stop a run and forget it with its history and weights."""
    await runs.delete(run)


@router.put("/runs/{run}/state", tags=["steering"], responses=answers(401, 403, 404, 409, 422, 429, 503))
async def set_state(body: StateChange, run: OwnedRunDep, runs: RunsDep) -> RunView:
    """Start, pause, go on for a while, or reset a run."""
    if body.state == "created":
        await runs.reset(run, body.seed)
    elif body.advance:
        await runs.play(run, body.advance.unit, body.advance.count)
    elif body.state == "running":
        await runs.play(run)
    else:
        await runs.pause(run)
    return RunView.of(run.record)


@router.get("/runs/{run}/settings", tags=["steering"], responses={**TAGGED, **answers(404)})
async def get_settings(run: RunDep, response: Response) -> Settings:
    """What may be changed while the run goes on, as it is now. The header ETag names this version of it."""
    response.headers["ETag"] = etag(run.record.settings)
    return Settings(**run.record.settings)


@router.patch("/runs/{run}/settings", tags=["steering"], responses={**TAGGED, **answers(401, 403, 404, 412, 422, 503)})
async def change_settings(
    body: SettingsChange,
    run: OwnedRunDep,
    runs: RunsDep,
    response: Response,
    if_match: Annotated[str | None, Header(description=IF_MATCH, max_length=1000, examples=["*"])] = None,
) -> Settings:
    """Change some settings. The run goes on from where it is, with the optimizer's memory where it fits."""
    await runs.change(run, body.model_dump(exclude_unset=True), partial(expect, if_match))
    response.headers["ETag"] = etag(run.record.settings)
    return Settings(**run.record.settings)


@router.patch("/runs/{run}/weights", tags=["steering"], responses=answers(401, 403, 404, 422, 503))
async def edit_weights(body: WeightEdits, run: OwnedRunDep, runs: RunsDep) -> RunView:
    """Set single weights and biases by hand: all of those sent, or none."""
    await runs.edit(run, [edit.model_dump() for edit in body.edits])
    return RunView.of(run.record)


def _encode(created_at: float, run: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([created_at, run]).encode()).decode()


def _decode(cursor: str) -> tuple[float, str]:
    try:
        created_at, run = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        return float(created_at), str(run)
    except (binascii.Error, ValueError, TypeError):
        fix = "Send `next` of the page before as it came."
        raise SpecError("This cursor is none of ours.", where="cursor", fix=fix) from None
