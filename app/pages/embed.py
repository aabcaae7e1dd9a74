"""The playground to be shown in a frame of another site's page: an experiment in the address, or a shared run.

What is hidden and locked stands in the address too, and is carried out by the page's scripts.
"""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.deps import RunsDep, SettingsDep
from app.errors import NotFound
from app.pages.playground import context
from app.pages.shared import facts, gone
from app.runs import sharing
from app.templating import page

router = APIRouter(prefix="/embed")


@router.get("/", name="embed", response_class=HTMLResponse)
def embed(request: Request, settings: SettingsDep) -> HTMLResponse:
    """An experiment, described after the # or the ? as in the page's own address."""
    return page(request, "pages/embed.html", context(request, ancestors=settings.frame_ancestors))


@router.get("/s/{share}", name="embed_shared", response_class=HTMLResponse)
async def embed_shared(request: Request, share: str, runs: RunsDep, settings: SettingsDep) -> HTMLResponse:
    """A shared run."""
    try:
        found = await sharing.find(runs, share)
    except NotFound:
        return gone(request, embed=True)
    return page(request, "pages/embed.html", context(request, facts(request, found), settings.frame_ancestors))
