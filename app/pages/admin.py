"""The page for whoever runs the server: runs, workers, memory and load at a glance. Plain HTML, to be loaded anew."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.deps import AdminOnly, RunsDep
from app.language import language_of, words
from app.runs.overview import Overview, overview
from app.templating import page

router = APIRouter()
Say = Callable[[str], str]  # a sentence in the reader's language


@dataclass(frozen=True)
class AdminPage:
    """What the template may name. facts: label and value, in the order of the page."""

    facts: list[tuple[str, str]]
    found: Overview
    at: str


@router.get("/admin", name="admin", response_class=HTMLResponse)
async def admin(request: Request, runs: RunsDep, allowed: AdminOnly) -> HTMLResponse:
    """The overview; the browser asks for the token as a password."""
    found = await overview(runs, request.app.state.limiter.refused)
    now = datetime.now(UTC)
    say = words(language_of(request)).say
    context = AdminPage(facts(found, now, say), found, f"{now:%Y-%m-%d %H:%M:%S} UTC")
    return page(request, "pages/admin.html", context, headers={"Cache-Control": "no-store"})


def facts(found: Overview, now: datetime, _: Say) -> list[tuple[str, str]]:
    """The overview in words."""
    up = now.timestamp() - found.started
    started = f"{datetime.fromtimestamp(found.started, UTC):%Y-%m-%d %H:%M} UTC"
    load = ", ".join(f"{n:.1f}" for n in found.load) or "–"
    database = size(found.database_bytes, _)
    return [
        (_("Running since"), _("{time}, {hours} hours").format(time=started, hours=f"{up / 3600:.1f}")),
        (_("Runs kept"), counts(found.stored, _)),
        (_("Runs in memory"), counts(found.live, _)),
        (_("Owners with runs in memory"), f"{found.owners}"),
        (_("Streams open"), f"{found.watchers}"),
        (_("Workers replaced since the start"), f"{found.restarts}"),
        (_("Memory of the web process"), size(found.memory, _)),
        (_("Memory of the workers"), size(sum(worker.memory or 0 for worker in found.workers), _)),
        (_("Load of the machine"), _("{load} on {cores} cores").format(load=load, cores=found.cores)),
        (
            _("Database"),
            f"{database}; {found.problem}" if found.problem else _("{size}; can be written").format(size=database),
        ),
        (_("Refused as too much"), counts(found.refused, _)),
    ]


def counts(by: dict[str, int], _: Say) -> str:
    """{"paused": 3, "running": 1} → "4: 3 paused, 1 running"."""
    return f"{sum(by.values())}: " + ", ".join(f"{n} {_(name)}" for name, n in sorted(by.items())) if by else "0"


def size(bytes: int | None, _: Say) -> str:
    return _("not known") if bytes is None else f"{bytes / 2**20:,.1f} MB"
