"""The application, put together: the only file that knows all others. Importing it does nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.staticfiles import StaticFiles
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

import app.api
import app.pages
import app.stream.events
import app.stream.group
import app.stream.socket
from app.api import docs, health, metrics, openapi, problems
from app.api.body import BodyLimit, Larger
from app.api.headers import SecurityHeaders
from app.api.metrics import Metrics
from app.api.observed import Observed
from app.api.prefix import Prefix
from app.api.visitors import Limiter, Visitors
from app.paths import resource
from app.runs.inprocess import InProcess
from app.runs.keeper import Keeper
from app.runs.limits import Limits
from app.runs.manager import Manager
from app.runs.pool import ANSWERING, Pool
from app.runs.runner import Runner
from app.runs.worker import Config
from app.settings import Settings
from app.store.store import Store
from engine.datasets import files


def create_app(settings: Settings) -> FastAPI:
    """A server with these settings. Its workers and its database are opened when it starts, not before."""

    @asynccontextmanager
    async def lifespan(made: FastAPI) -> AsyncIterator[None]:
        files.set_folder(settings.datasets)
        store = await asyncio.to_thread(Store, settings.database)
        keeper = Keeper(store, make_runner(settings), settings.idle_seconds)
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
        generate_unique_id_function=lambda route: route.name,
        lifespan=lifespan,
    )
    made.state.settings, made.state.metrics = settings, Metrics()
    made.state.limiter = Limiter(settings.rate_requests, settings.rate_creations, settings.max_streams_per_address)
    guard(made, settings)
    problems.install(made)
    streams = (app.stream.socket.router, app.stream.events.router, app.stream.group.router)
    for router in (app.api.router, health.router, metrics.router, docs.router, *streams, app.pages.router):
        made.include_router(router)
    made.mount("/static", StaticFiles(directory=resource("static")), name="static")
    openapi.install(made)
    return made


def guard(made: FastAPI, settings: Settings) -> None:
    """What every request goes through, from the innermost to the outermost."""
    made.add_middleware(BodyLimit, most=settings.max_request_bytes, larger=larger_bodies(settings))
    made.add_middleware(Visitors, limiter=made.state.limiter)
    if settings.allowed_origins:
        made.add_middleware(
            CORSMiddleware,
            allow_origins=settings.allowed_origins,
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "If-Match", "Last-Event-ID"],
            expose_headers=[
                "Location",
                "Retry-After",
                "ETag",
                "History-Last",
                "Run-Epoch",
                "Run-Update",
                "X-Request-Id",
            ],
        )
    made.add_middleware(Observed, metrics=made.state.metrics)
    made.add_middleware(SecurityHeaders, frame_ancestors=settings.frame_ancestors)
    made.add_middleware(Prefix)
    if settings.trusted_proxies:
        made.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.trusted_proxies))


def larger_bodies(settings: Settings) -> tuple[Larger, ...]:
    """Where more may be sent than elsewhere: files."""
    models = settings.max_model_bytes
    return (
        Larger("*", "/api/v1/datasets/uploads", settings.max_dataset_bytes, "max_dataset_bytes"),
        Larger("PUT", r"/api/v1/runs/[^/]+/weights$", models, "max_model_bytes"),
        Larger("POST", r"/api/v1/import/onnx$", models * 4 // 3 + 4, "max_model_bytes", passed_on=False),
    )


async def farewell(made: FastAPI) -> None:
    """Tell everyone who watches that the server stops, and let them go."""
    if hasattr(made.state, "manager"):
        await made.state.manager.keeper.farewell()


def make_runner(settings: Settings) -> Runner:
    """Who computes runs."""
    config = worker_config(settings)
    if settings.runner == "inprocess":
        return InProcess(config)
    return Pool(settings.workers, config, settings.stuck_seconds, patience=settings.stuck_seconds + ANSWERING)


def worker_config(settings: Settings) -> Config:
    """What of the settings concerns the workers."""
    return Config(
        frames_per_second=settings.frames_per_second,
        checkpoint_seconds=settings.checkpoint_seconds,
        datasets=str(settings.datasets),
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
