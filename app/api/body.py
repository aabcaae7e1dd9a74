"""JSON bodies, read with care: no towers of brackets, no numbers of a thousand digits.

NaN and infinities pass here, so that the field they are in can be named; the schemas refuse them.
"""

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.routing import APIRoute
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.problems import mistake, problem

DEEPEST = 32


class StrictRequest(Request):
    """A request whose JSON is not deeper than anything here needs."""

    async def json(self) -> Any:
        text = await self.body()
        if not hasattr(self, "_strict"):
            self._strict = parse(text)
        return self._strict


class StrictRoute(APIRoute):
    """Hands its endpoint a StrictRequest."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def strict(request: Request) -> Response:
            return await handle(StrictRequest(request.scope, request.receive))

        return strict


def parse(text: bytes) -> Any:
    """Raises json.JSONDecodeError, or HTTPException where the text is not for us."""
    try:
        found = json.loads(text)
    except json.JSONDecodeError:
        raise
    except (ValueError, RecursionError):
        raise HTTPException(400, "The body is not readable: not UTF-8, too deep, or a number too long.") from None
    level, depth = [found], 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise HTTPException(400, f"The body is nested deeper than {DEEPEST} levels.")
        level = [
            inner
            for value in level
            for inner in (value.values() if isinstance(value, dict) else value if isinstance(value, list) else ())
            if isinstance(inner, dict | list)
        ]
    return found


class BodyLimit:
    """Refuses bodies that are too large before anything reads them, whether or not their length is announced."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self.app, self.most = app, most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "")
        body, more = b"", not (announced.isdigit() and int(announced) > self.most)
        too_large = not more
        while more and not too_large:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
            too_large = len(body) > self.most
        if too_large:
            said = mistake("", f"The body is larger than {self.most:,} bytes.", "Send less at a time.")
            await problem(413, "too-large", [said])(scope, receive, send)
            return
        waiting = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Message:
            return waiting.pop() if waiting else await receive()

        await self.app(scope, replay, send)
