"""The application, put together: the only file that knows all others. Importing it does nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.staticfiles import StaticFiles

import app.api
import app.pages
import app.stream.events
import app.stream.group
import app.stream.socket
from app.api import docs, health, openapi, problems
from app.api.body import BodyLimit
from app.api.headers import SecurityHeaders
from app.paths import resource
from app.runs.keeper import Keeper
from app.runs.limits import Limits
from app.runs.manager import Manager
from app.runs.pool import Pool
from app.runs.worker import Config
from app.settings import Settings
from app.store.store import Store
from engine.datasets import files


def create_app(settings: Settings) -> FastAPI:
    """A server with these settings. Its workers and its database are opened when it starts, not before."""

    @asynccontextmanager
    async def lifespan(made: FastAPI) -> AsyncIterator[None]:
        files.set_folder(settings.data_dir / "datasets")
        store = await asyncio.to_thread(Store, settings.database)
        keeper = Keeper(store, Pool(settings.workers, worker_config(settings)), settings.idle_seconds)
        made.state.manager = Manager(settings, keeper)
        await keeper.start()
        try:
            yield
        finally:
            await keeper.stop()

    made = FastAPI(
        title="Neuron playground",
        version="1",
        summary="Assemble a neural network from parts, train it, watch it learn.",
        description=openapi.DESCRIPTION,
        openapi_url="/api/v1/openapi.json",
        openapi_tags=openapi.TAGS,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    made.state.settings = settings
    made.add_middleware(BodyLimit, most=settings.max_request_bytes)
    made.add_middleware(SecurityHeaders)
    if settings.allowed_origins:
        made.add_middleware(
            CORSMiddleware,
            allow_origins=settings.allowed_origins,
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type"],
            expose_headers=["Location", "Retry-After"],
        )
    problems.install(made)
    streams = (app.stream.socket.router, app.stream.events.router, app.stream.group.router)
    for router in (app.api.router, health.router, docs.router, *streams, app.pages.router):
        made.include_router(router)
    made.mount("/static", StaticFiles(directory=resource("static")), name="static")
    openapi.install(made)
    return made


async def farewell(made: FastAPI) -> None:
    """Tell everyone who watches that the server stops, and let them go."""
    if hasattr(made.state, "manager"):
        await made.state.manager.keeper.farewell()


def worker_config(settings: Settings) -> Config:
    """What of the settings concerns the workers."""
    return Config(
        frames_per_second=settings.frames_per_second,
        checkpoint_seconds=settings.checkpoint_seconds,
        datasets=str(settings.data_dir / "datasets"),
        limits=Limits(
            max_parameters=settings.max_parameters,
            max_samples=settings.max_samples,
            max_dataset_bytes=settings.max_dataset_bytes,
            max_epochs=settings.max_epochs,
            max_moments=settings.max_timeline_moments,
            max_timeline_bytes=settings.max_timeline_bytes,
            max_explained=settings.max_explained,
            max_surface_work=settings.max_surface_work,
        ),
    )
