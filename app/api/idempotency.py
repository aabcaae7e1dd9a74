"""Requests that make something, sent twice, make it once: `Idempotency-Key`, kept for a day, also over a restart.

The answer is stored without the key of what was made. Where the server made that key up, it did so from the
Idempotency-Key, which is not stored either, so that only whoever sends it again can have it again.
"""

import asyncio
import base64
import contextlib
import hashlib
import json
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any
from weakref import WeakValueDictionary

from fastapi import Depends, Header, HTTPException, Request, Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import UploadFile

from app.api.body import StrictRequest, StrictRoute, parse
from app.deps import KeyDep, manager_of, own_key
from app.errors import NotFound
from app.runs import groups, keys
from app.runs.manager import Manager
from app.store import answers
from app.store.answers import Answer
from engine.errors import SpecError

SHORTEST, LONGEST = 16, 200
HIDDEN = b"\0"  # stands for the key in a stored answer; JSON has no such byte
MADE = 201


@dataclass(frozen=True)
class Making:
    """What something new is given: the key that may steer it, and its id (None: any)."""

    key: str
    id: str | None = None


class OnceRoute(StrictRoute):
    """Answers a request to make something that was dealt with before as it was answered then."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        if self.status_code != MADE:
            return handle

        async def once(request: Request) -> Response:
            sent = request.headers.get("idempotency-key")
            if sent is None or not SHORTEST <= len(sent) <= LONGEST:  # too short: said where it is declared
                return await handle(request)
            read = StrictRequest(request.scope, request.receive)
            try:
                return await _once(read, sent, handle)
            finally:
                await read.close()

        return once


async def _once(request: Request, sent: str, handle: Callable[[Request], Coroutine[Any, Any, Response]]) -> Response:
    runs = manager_of(request.app)
    given = request.headers.get("authorization", "")
    id = digest("id", sent, given)
    asked = digest("request", request.method, request.url.path, request.url.query, await canonical(request))
    async with lock(request.app, id):  # whoever sends it at the same time waits here
        new = Answer(id, asked, keys.new_id(), secrets.token_urlsafe(16), runs.now())
        known = await asyncio.wrap_future(answers.claim(runs.keeper.store, new))
        if known.request != asked:
            fix = "Use a new Idempotency-Key for every new request; send it again only with the same body."
            raise SpecError("This Idempotency-Key was sent with another request.", where="Idempotency-Key", fix=fix)
        key = _bearer(given) or _derived(known.salt, sent)
        if known.status is not None:
            body = (known.body or b"").replace(HIDDEN, _quoted(key))
            headers = {**(known.headers or {}), "Idempotency-Replayed": "true"}
            return Response(body, known.status, headers, media_type="application/json")
        if known is not new:
            await _undo(runs, known.made)  # the server died over it
        request.state.making = Making(key, known.made)
        try:
            response = await handle(request)
            kept = {name: response.headers[name] for name in ("location",) if name in response.headers}
            body = bytes(response.body).replace(_quoted(key), HIDDEN)
            await asyncio.wrap_future(answers.keep(runs.keeper.store, id, response.status_code, kept, body))
            return response
        except BaseException:
            with contextlib.suppress(SQLAlchemyError):
                await _undo(runs, known.made)
            answers.release(runs.keeper.store, id)
            raise


async def _undo(runs: Manager, made: str) -> None:
    """Remove what a request had begun to make that was never answered: nobody else has heard of it."""
    with contextlib.suppress(NotFound):
        await runs.undo(await runs.find(made))
    with contextlib.suppress(NotFound):
        group = await groups.find(runs, made)
        await groups.undo(runs, made, group.feeds)


def making(
    request: Request,
    key: KeyDep,
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=SHORTEST,
            max_length=LONGEST,
            description="Random characters of yours, such as a UUID. The same request with the same one, within a day, "
            "makes nothing new and is answered as the first was; so it may be sent again when an answer got lost.",
            examples=["0b8d4c1e-6f0d-4d0e-9a53-6d1c5f0e7a11"],
        ),
    ] = None,
) -> Making:
    """The key sent if it will do, else a new one. Raises SpecError."""
    made = own_key(key)
    known: Making | None = getattr(request.state, "making", None)
    return known or Making(made)


MakingDep = Annotated[Making, Depends(making)]


async def canonical(request: Request) -> str:
    """The body as one text for all ways of writing the same JSON, or of a form, whose parts are told by their hash."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        form = await request.form()
        return json.dumps([[name, *await _part(value)] for name, value in form.multi_items()])
    body = await request.body()
    try:
        return json.dumps(parse(body), sort_keys=True)
    except (ValueError, HTTPException):  # not for us: said where it is read
        return body.hex()


async def _part(value: UploadFile | str) -> tuple[str | None, str]:
    """A file's name and the hash of what is in it; for text no name."""
    if isinstance(value, str):
        return None, digest(value)
    found = hashlib.sha256()
    while piece := await value.read(2**20):
        found.update(piece)
    await value.seek(0)
    return value.filename, found.hexdigest()


def lock(app: Any, id: str) -> asyncio.Lock:
    """The lock of this id, shared by all who have it now."""
    if not hasattr(app.state, "once"):
        app.state.once = WeakValueDictionary()
    return app.state.once.setdefault(id, asyncio.Lock())


def digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _bearer(authorization: str) -> str | None:
    kind, _, key = authorization.partition(" ")
    return key.strip() or None if kind.lower() == "bearer" else None


def _derived(salt: str, sent: str) -> str:
    made = hashlib.sha256(f"key\0{salt}\0{sent}".encode("utf-8", "surrogatepass")).digest()
    return base64.urlsafe_b64encode(made[:24]).decode()


def _quoted(key: str) -> bytes:
    """The key as it stands in JSON."""
    return json.dumps(key, ensure_ascii=False).encode("utf-8", "surrogatepass")
