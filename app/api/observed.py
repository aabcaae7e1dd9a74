"""Every request is given an id, timed, counted and told to the log: with its route, never with its key."""

import logging
import secrets
import time
from typing import Any

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api import problems
from app.api.headers import route_path
from app.api.metrics import Metrics
from app.api.visitors import address_of

log = logging.getLogger("app.requests")
QUIET = ("/healthz", "/readyz", "/metrics", "/static/")  # told only where everything is


class Observed:
    """Around all that works; what fails unforeseen is answered here, so that this answer too gets its headers."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app, self.metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        id, begun, status = secrets.token_hex(8), time.perf_counter(), 0
        frames = size = 0

        async def seen(message: Message) -> None:
            nonlocal status, frames, size
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = id
            elif message["type"] == "websocket.close":
                status = message.get("code", 1000)
            elif message["type"] == "websocket.send" and message.get("bytes"):
                frames, size = frames + 1, size + len(message["bytes"])
                self.metrics.frames.inc()
                self.metrics.bytes.inc(len(message["bytes"]))
            await send(message)

        with structlog.contextvars.bound_contextvars(request=id):
            try:
                await self.app(scope, receive, seen)
            except Exception as error:
                if scope["type"] == "http" and not status:
                    await problems.failed(Request(scope), error)(scope, receive, seen)
                status = status or 500
                raise
            finally:
                seconds = time.perf_counter() - begun
                self._tell(scope, status, seconds, {"frames": frames, "bytes": size} if frames else {})

    def _tell(self, scope: Scope, status: int, seconds: float, more: dict[str, Any]) -> None:
        route, path = template(scope), route_path(scope)
        if scope["type"] == "http":
            method = scope["method"] if scope["method"] in METHODS else "other"
            self.metrics.seconds.labels(method, route, f"{status}").observe(seconds)
        else:
            method = "WEBSOCKET"
        level = logging.DEBUG if path.startswith(QUIET) else logging.INFO
        about = {"method": method, "route": route, "path": path[:200], "status": status, "ms": round(seconds * 1000, 1)}
        log.log(level, "request", extra={**about, "address": address_of(scope), **more})


METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def template(scope: Scope) -> str:
    """The route a request took, with its names: /api/v1/runs/{run}; there are few of these, however many runs."""
    taken = scope.get("fastapi", {}).get("effective_route_context") or scope.get("route")
    if path := getattr(taken, "path", ""):
        return str(path)
    return "/static" if route_path(scope).startswith("/static/") else "none"
