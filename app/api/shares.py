"""Sharing: a moment of a run behind a short link, and runs of one's own that go on from there."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from app.api.idempotency import MakingDep, OnceRoute
from app.api.problems import answers
from app.api.run_views import RunCreated
from app.api.share_views import ShareCreate, ShareCreated, ShareList, ShareOpen, ShareView
from app.deps import KeyDep, RunsDep, listing_key
from app.exchange import card
from app.exchange.headline import headline
from app.runs import sharing
from app.store.shares import ShareRecord
from engine.errors import PlaygroundError

router = APIRouter(route_class=OnceRoute)
ShareId = Annotated[str, Path(description="The share's id.", examples=["mS9m6iJr3Jw0"])]


@router.post("/shares", status_code=201, tags=["sharing"], responses=answers(400, 404, 409, 413, 422, 429, 503))
async def create_share(
    body: ShareCreate, runs: RunsDep, new: MakingDep, request: Request, response: Response
) -> ShareCreated:
    """Put a run as it stands behind a short link. What the link shows never changes, whatever becomes of the run.

    The link belongs to the key sent, or to a new one.
    """
    try:
        feed = await runs.find(body.run)
    except PlaygroundError as error:
        error.where = "run"
        raise
    found = await sharing.share(
        runs,
        feed,
        card.draw,
        weights=body.weights,
        at=body.at,
        title=" ".join(body.title.split()),
        days=body.days,
        key=new.key,
    )
    response.headers["Location"] = f"shares/{found.id}"
    return ShareCreated(**shown(found, request).model_dump(), key=new.key)


@router.get("/shares", tags=["sharing"], responses=answers(401))
async def list_shares(runs: RunsDep, key: KeyDep, request: Request) -> ShareList:
    """The links that were made with the key sent, newest first."""
    mine = await sharing.mine(runs, listing_key(key, "Links"))
    return ShareList(shares=[shown(share, request) for share in mine])


@router.get("/shares/{share}", tags=["sharing"], responses=answers(404))
async def get_share(share: ShareId, runs: RunsDep, request: Request) -> ShareView:
    """What is behind a link. Whoever has its id may see it."""
    return shown(await sharing.find(runs, share), request)


@router.delete("/shares/{share}", status_code=204, tags=["sharing"], responses=answers(401, 403, 404, 503))
async def delete_share(share: ShareId, runs: RunsDep, key: KeyDep) -> None:
    """Take a link back. Runs that visitors have opened from it are theirs and stay."""
    await sharing.delete(runs, share, key)


@router.post("/shares/{share}/runs", status_code=201, tags=["sharing"], responses=answers(400, 404, 413, 422, 429, 503))
async def open_share(body: ShareOpen, share: ShareId, runs: RunsDep, new: MakingDep, response: Response) -> RunCreated:
    """Make a run of your own from what was shared. It goes on from there bit for bit, with its optimizer's memory."""
    feed, check = await sharing.open_share(runs, share, body.name, new.key, new.id)
    response.headers["Location"] = f"../../runs/{feed.record.id}"
    return RunCreated.made(feed, new.key, check)


def shown(share: ShareRecord, request: Request) -> ShareView:
    facts = {"title": share.title, "spec": share.spec}
    return ShareView.of(share, str(request.base_url).rstrip("/"), headline(facts))
