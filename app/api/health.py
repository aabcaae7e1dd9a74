"""For whoever keeps the server alive: does it answer, and can it work."""

from typing import Any

from fastapi import APIRouter, Response
from pydantic import Field

from app.api.problems import SOON
from app.api.views import View
from app.deps import RunsDep

router = APIRouter(tags=["health"])


class Health(View):
    status: str = Field(examples=["ok"])
    """In a word."""


NOT_READY: dict[int | str, dict[str, Any]] = {
    503: {
        "model": Health,
        "description": "No worker is alive, or the database cannot be written.",
        "headers": {"Retry-After": {"description": "Seconds.", "schema": {"type": "string"}}},
    }
}


@router.get("/healthz")
async def healthz() -> Health:
    """The server answers."""
    return Health(status="ok")


@router.get("/readyz", responses=NOT_READY)
async def readyz(runs: RunsDep, response: Response) -> Health:
    """Runs can be trained and kept."""
    if await runs.ready():
        return Health(status="ready")
    response.status_code, response.headers["Retry-After"] = 503, SOON
    return Health(status="not ready")
