"""For whoever runs the server: what it is doing, as numbers. The page for people is `/admin`."""

from dataclasses import asdict

from fastapi import APIRouter, Request
from pydantic import Field

from app.api.problems import answers
from app.api.views import View
from app.deps import AdminOnly, RunsDep
from app.runs.overview import overview

router = APIRouter(tags=["health"])


class WorkerView(View):
    pid: int = Field(examples=[4711])
    """The process."""
    memory: int | None = Field(examples=[60_000_000])
    """Bytes; null where the system does not say."""


class LiveRun(View):
    id: str = Field(examples=["h5Yx0bC1Zl0mS9m6iJr3Jw"])
    """The run's id."""
    name: str = Field(examples=["Circle with four neurons"])
    """What its owner calls it."""
    state: str = Field(examples=["running"])
    """created, running, paused, finished, diverged or failed."""
    epoch: int = Field(examples=[120])
    """Epochs done."""
    update: int = Field(examples=[3000])
    """Updates made."""
    rows: int = Field(examples=[121])
    """Rows of its history."""
    watchers: int = Field(examples=[1])
    """Streams open to it."""
    owner: str = Field(examples=["9f86d081"])
    """First signs of a hash of its owner's key: the same for the runs of one owner."""
    idle: float = Field(examples=[0.5])
    """Seconds since somebody asked about it."""


class OverviewView(View):
    started: float = Field(examples=[1_790_000_000.0])
    """When the server was started, in seconds since 1970."""
    stored: dict[str, int] = Field(examples=[{"paused": 12}])
    """Runs in the database, by state as last saved."""
    live: dict[str, int] = Field(examples=[{"running": 3}])
    """Runs in memory, by state."""
    watchers: int = Field(examples=[3])
    """Streams open to runs."""
    owners: int = Field(examples=[2])
    """Keys that runs in memory belong to."""
    workers: list[WorkerView]
    """Processes that train and are alive."""
    restarts: int = Field(examples=[0])
    """Workers that died or got stuck and were replaced."""
    memory: int | None = Field(examples=[120_000_000])
    """Bytes that the web process has."""
    load: list[float] = Field(examples=[[1.5, 1.2, 0.9]])
    """The machine's load over 1, 5 and 15 minutes."""
    cores: int = Field(examples=[2])
    """Cores of the machine."""
    database_bytes: int | None = Field(examples=[4_000_000])
    """Size of the SQLite file; null for another database."""
    problem: str = Field(examples=[""])
    """Why the database cannot be written; empty when all is well."""
    refused: dict[str, int] = Field(examples=[{"requests": 0}])
    """What was refused as too much, since the start."""
    runs: list[LiveRun]
    """Up to 100 runs in memory; those that train come first."""


@router.get("/admin/overview", responses=answers(401, 404))
async def read_overview(request: Request, runs: RunsDep, _: AdminOnly) -> OverviewView:
    """Runs, workers, memory and load. Needs the admin token, as Bearer; on a server without one, this is not there."""
    return OverviewView(**asdict(await overview(runs, request.app.state.limiter.refused)))
