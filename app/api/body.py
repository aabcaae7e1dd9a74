"""JSON bodies, read with care: no towers of brackets, no numbers of a thousand digits.

NaN and infinities pass here, so that the field they are in can be named; the schemas refuse them.
"""

import json
import re
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.routing import APIRoute
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.headers import route_path
from app.api.problems import mistake, problem

DEEPEST = 32
WRAPPING = 64 * 1024  # bytes around a file: its name, and how it is to be read


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
            known = isinstance(request, StrictRequest)  # perhaps read already
            return await handle(request if known else StrictRequest(request.scope, request.receive))

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


@dataclass(frozen=True)
class Larger:
    """Requests that may be larger than others. path: a pattern that theirs begins with; setting: what it is called.

    passed_on: the body is a file, handed on bit by bit to the disk; else it is all here before anybody sees it.
    """

    method: str
    path: str
    most: int
    setting: str
    passed_on: bool = True

    def suits(self, scope: Scope) -> bool:
        return self.method in ("*", scope["method"]) and re.match(self.path, route_path(scope)) is not None


class BodyLimit:
    """Refuses bodies that are too large before anything reads them, whether or not their length is announced."""

    def __init__(self, app: ASGIApp, most: int, larger: Sequence[Larger] = ()) -> None:
        self.app, self.most, self.larger = app, most, larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        larger = next((kind for kind in self.larger if kind.suits(scope)), None)
        if larger and larger.passed_on:
            await self._file(larger, scope, receive, send)
        else:
            await self._whole(larger.most if larger else self.most, scope, receive, send)

    async def _whole(self, most: int, scope: Scope, receive: Receive, send: Send) -> None:
        """A body that is all here before anybody sees it."""
        pieces, got, more = [], 0, True
        announced = _announced(scope)
        while more and max(announced, got) <= most:
            message = await receive()
            pieces.append(message.get("body", b""))
            got, more = got + len(pieces[-1]), message.get("more_body", False)
        if max(announced, got) > most:
            said = mistake("", f"The body is larger than {most:,} bytes.", "Send less at a time.")
            await problem(413, "too-large", [said])(scope, receive, send)
            return
        waiting = [{"type": "http.request", "body": b"".join(pieces), "more_body": False}]

        async def replay() -> Message:
            return waiting.pop() if waiting else await receive()

        await self.app(scope, replay, send)

    async def _file(self, kind: Larger, scope: Scope, receive: Receive, send: Send) -> None:
        """A body that is counted while it passes."""
        most, got = kind.most + WRAPPING, 0
        said = f"The file is larger than {kind.most:,} bytes ({kind.setting})."
        if _announced(scope) > most:
            await problem(413, "too-large", [mistake("file", said, "Give a smaller file.")])(scope, receive, send)
            return

        async def counted() -> Message:
            nonlocal got
            message = await receive()
            got += len(message.get("body", b""))
            if got > most:
                raise HTTPException(413, said)
            return message

        await self.app(scope, counted, send)


def _announced(scope: Scope) -> int:
    """Bytes that a request says it has; 0 where it does not say."""
    length = Headers(scope=scope).get("content-length", "")
    return int(length) if length.isdecimal() else 0
