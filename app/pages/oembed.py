"""oEmbed: learning platforms and wikis that are given a link of ours ask here for the frame to show in its place."""

from html import escape
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, HTTPException, Query, Request

from app.deps import RunsDep
from app.errors import NotFound
from app.exchange import card
from app.pages.shared import facts
from app.runs import sharing

router = APIRouter()
WIDTH, HEIGHT = 960, 720
LEAST = 240  # narrower or lower than this nothing can be seen
PROVIDER = "Neural network playground"


@router.get("/oembed", name="oembed")
async def oembed(
    request: Request,
    runs: RunsDep,
    url: Annotated[str, Query(max_length=20_000)],
    format: Annotated[str, Query(max_length=20)] = "json",
    maxwidth: Annotated[int, Query(ge=1, le=100_000)] = WIDTH,
    maxheight: Annotated[int, Query(ge=1, le=100_000)] = HEIGHT,
) -> dict[str, Any]:
    """The rich form of oEmbed 1.0; 404 for links that are not this server's, 501 for other formats than JSON."""
    if format != "json":
        raise HTTPException(501, "This server answers in JSON only: ask with format=json.")
    base = str(request.base_url).rstrip("/")
    path = _path(url, base)
    share = path.removeprefix("/embed").removeprefix("/s/") if "/s/" in path else None
    answer: dict[str, Any] = {"version": "1.0", "type": "rich", "provider_name": PROVIDER, "provider_url": f"{base}/"}
    if share is None:
        parts = urlsplit(url)
        after = (f"?{parts.query}" if parts.query else "") + (f"#{parts.fragment}" if parts.fragment else "")
        source, title = f"{base}/embed/{after}", PROVIDER
    else:
        found = facts(request, await sharing.find(runs, share))
        source, title = f"{base}/embed/s/{share}", found["title"]
        answer |= {"thumbnail_url": found["card"], "thumbnail_width": card.WIDTH, "thumbnail_height": card.HEIGHT}
    width, height = max(LEAST, min(WIDTH, maxwidth)), max(LEAST, min(HEIGHT, maxheight))
    html = (
        f'<iframe src="{escape(source)}" width="{width}" height="{height}" title="{escape(title)}" '
        'style="border:0;max-width:100%" loading="lazy"></iframe>'
    )
    return {**answer, "title": title, "width": width, "height": height, "html": html}


def _path(url: str, base: str) -> str:
    """The path below this server's root of a link to one of its pages. Raises NotFound for any other."""
    ours = urlsplit(base)
    try:
        theirs = urlsplit(url)
    except ValueError:
        theirs = urlsplit("")
    path = theirs.path.removeprefix(ours.path)
    same = theirs.scheme in ("http", "https") and theirs.netloc == ours.netloc and theirs.path.startswith(ours.path)
    steps = path.strip("/").split("/")
    known = steps in ([""], ["embed"]) or (steps[-2:-1] == ["s"] and steps[:-2] in ([], ["embed"]) and steps[-1])
    if not same or not known:
        fix = "Give the link of one of this server's pages: /, /s/…, /embed/… ."
        raise NotFound("This link is not one of this server's.", where="url", fix=fix)
    return path.rstrip("/") or "/"
