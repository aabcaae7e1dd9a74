"""The page behind a short link: the playground with the run that somebody shared, and what previews of it show."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from app.deps import RunsDep, SettingsDep
from app.errors import NotFound
from app.exchange.headline import describe, headline
from app.language import language_of, words
from app.pages.playground import context
from app.runs import sharing
from app.store.shares import ShareRecord
from app.templating import page

router = APIRouter()
CARD_SECONDS = 86400  # what a link shows never changes, but it may be deleted


@dataclass(frozen=True)
class GonePage:
    """A link that leads nowhere."""

    root: str
    embed: bool


@router.get("/s/{share}", name="shared", response_class=HTMLResponse)
async def shared(request: Request, share: str, runs: RunsDep, settings: SettingsDep) -> HTMLResponse:
    """The playground as it was when somebody shared it."""
    try:
        found = await sharing.find(runs, share)
    except NotFound:
        return gone(request)
    return page(request, "pages/playground.html", context(request, facts(request, found), settings.frame_ancestors))


@router.get("/s/{share}/card.png", name="card")
async def card(share: str, runs: RunsDep) -> Response:
    """The picture of a shared run."""
    held = await sharing.contents(runs, share)
    return Response(held.card, media_type="image/png", headers={"Cache-Control": f"public, max-age={CARD_SECONDS}"})


def facts(request: Request, found: ShareRecord) -> dict[str, Any]:
    """What the page's scripts and its head know of a share."""
    base = str(request.base_url).rstrip("/")
    url = f"{base}/s/{found.id}"
    told = {"title": found.title, "spec": found.spec, "epoch": found.epoch, "numbers": found.numbers}
    told |= {"trained": found.trained}
    say = words(language_of(request)).say
    return {
        "id": found.id,
        "spec": found.spec,
        "trained": found.trained,
        "url": url,
        "title": headline(told, say),
        "description": describe(told, say),
        "card": f"{url}/card.png",
        "oembed": f"{base}/oembed?url={quote(url, safe='')}&format=json",
    }


def gone(request: Request, embed: bool = False) -> HTMLResponse:
    """Said in plain words, with a way on."""
    made = page(request, "pages/gone.html", GonePage(request.scope.get("root_path", "").rstrip("/"), embed))
    made.status_code = 404
    return made
