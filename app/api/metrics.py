"""Numbers for Prometheus at `/metrics`: requests by route, frames and watchers, runs by state, workers, memory."""

from collections.abc import Iterable
from typing import Any

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from app.deps import MetricsReader
from app.runs.overview import Overview, overview

router = APIRouter(tags=["health"])
SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60)


class Metrics:
    """Counters of one server; two servers in one process have two."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry(auto_describe=False)
        about: Any = {"registry": self.registry, "namespace": "playground"}
        self.seconds: Any = Histogram(
            "request_seconds", "Time to answer.", ("method", "route", "status"), buckets=SECONDS, **about
        )
        self.frames: Any = Counter("frames_sent", "Binary frames sent to watchers.", **about)
        self.bytes: Any = Counter("frame_bytes_sent", "Their bytes.", **about)

    def page(self, found: Overview) -> bytes:
        """All of it, in Prometheus' text format."""
        now = CollectorRegistry(auto_describe=False)
        now.register(Now(found))  # type: ignore[arg-type]
        return generate_latest(self.registry) + generate_latest(now)


class Now:
    """What is looked up when somebody asks rather than counted."""

    def __init__(self, found: Overview) -> None:
        self.found = found

    def collect(self) -> Iterable[Metric]:
        found = self.found
        yield _by("runs", "Runs in the database, as last saved.", "state", found.stored)
        yield _by("live_runs", "Runs in memory.", "state", found.live)
        yield _by("open_streams", "Streams open.", "kind", {"watchers": found.watchers})
        yield _by("workers_alive", "Worker processes.", "", {"": len(found.workers)})
        deaths = CounterMetricFamily("playground_worker_restarts", "Workers that died or got stuck and were replaced.")
        deaths.add_metric([], found.restarts)
        yield deaths
        memory = {"web": found.memory} | {f"worker{k}": w.memory for k, w in enumerate(found.workers)}
        yield _by("memory_bytes", "Resident memory.", "process", {k: v for k, v in memory.items() if v is not None})
        refused = CounterMetricFamily("playground_refused", "Refused as too much.", labels=["what"])
        for what, count in found.refused.items():
            refused.add_metric([what], count)
        yield refused
        yield _by("database_bytes", "Size of the database's file.", "", {"": found.database_bytes or 0})
        yield _by("start_time_seconds", "When the server was started, in seconds since 1970.", "", {"": found.started})


def _by(name: str, text: str, label: str, values: dict[str, Any]) -> Metric:
    family = GaugeMetricFamily(f"playground_{name}", text, labels=[label] if label else [])
    for value, number in values.items():
        family.add_metric([value] if label else [], number)
    return family


@router.get("/metrics", response_class=Response, include_in_schema=False)
async def read_metrics(request: Request, _: MetricsReader) -> Response:
    """For Prometheus. Open, unless the server has an admin token: then it is asked for."""
    state = request.app.state
    found = await overview(state.manager, state.limiter.refused, most=0)
    return Response(state.metrics.page(found), media_type=CONTENT_TYPE_LATEST)
