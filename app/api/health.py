"""For whoever keeps the server alive: does it answer, and can it work."""

from fastapi import APIRouter, Response

from app.deps import RunsDep

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The server answers."""
    return {"status": "ok"}


@router.get("/readyz", responses={503: {"description": "No worker is alive, or the database cannot be written."}})
async def readyz(runs: RunsDep, response: Response) -> dict[str, str]:
    """Runs can be trained and kept."""
    ready = await runs.ready()
    response.status_code = 200 if ready else 503
    return {"status": "ready" if ready else "not ready"}
