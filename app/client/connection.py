"""One HTTP connection to a server: JSON in and out, errors as exceptions, patience where it is safe to ask again."""

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2

from app.client.errors import PlaygroundError, Unavailable, Unreachable, from_answer

SAFE = ("GET", "HEAD", "PUT", "DELETE")  # the same twice as once; a POST is so with an Idempotency-Key


class Connection:
    """Requests below `/api/v1` of one server. patience: seconds to go on asking while it is busy or restarts."""

    def __init__(self, url: str, key: str, patience: float, timeout: float) -> None:
        self.key, self.patience = key, patience
        self._client = httpx2.Client(base_url=f"{url.rstrip('/')}/api/v1", timeout=timeout)

    def close(self) -> None:
        self._client.close()

    def json(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """The answer's JSON; None where it has no body."""
        answer = self.send(method, path, body, **more)
        return answer.json() if answer.content else None

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        params: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        key: str | None = None,
        once: bool = False,
        file: bytes | None = None,
    ) -> httpx2.Response:
        """One request, asked again while the server is busy, if that is safe. once: make something, but only once.
        file: sent as a form has it, instead of JSON.

        Raises PlaygroundError.
        """
        told = self._headers(key) | (headers or {})
        if once:
            told["Idempotency-Key"] = str(uuid.uuid4())
        given: dict[str, Any] = {} if body is None else {"json": body}
        given |= {} if file is None else {"files": {"file": ("file", file)}}
        asked = {name: value for name, value in (params or {}).items() if value is not None}
        end, wait = time.monotonic() + self.patience, 0.1
        while True:
            try:
                answer = self._client.request(method, path, params=asked, headers=told, **given)
                check(answer)
                return answer
            except Unavailable as error:
                if error.status != 503:
                    raise
                pause = error.retry_after if error.retry_after is not None else wait
                lost: PlaygroundError = error
            except httpx2.TransportError as error:
                lost, pause = unreachable(self._client, error), wait
            if not (once or method in SAFE) or time.monotonic() + pause > end:
                raise lost
            time.sleep(pause)
            wait = min(2 * wait, 2.0)

    @contextmanager
    def stream(
        self, path: str, *, params: dict[str, Any] | None = None, accept: str, timeout: Any = None
    ) -> Iterator[httpx2.Response]:
        """An answer that is read bit by bit, with no limit to the time between two."""
        try:
            headers = self._headers(None) | {"Accept": accept}
            with self._client.stream("GET", path, params=params, headers=headers, timeout=timeout) as answer:
                if answer.status_code >= 400:
                    answer.read()
                check(answer)
                yield answer
        except httpx2.TransportError as error:
            raise unreachable(self._client, error) from None

    def _headers(self, key: str | None) -> dict[str, str]:
        return {"Authorization": f"Bearer {key or self.key}"}


def check(answer: httpx2.Response) -> None:
    """Raises PlaygroundError where the server refused."""
    if answer.status_code < 400:
        return
    try:
        problem = answer.json()
    except json.JSONDecodeError:
        problem = None
    raise from_answer(answer.status_code, problem, answer.headers.get("retry-after"))


def unreachable(client: httpx2.Client, error: httpx2.TransportError) -> Unreachable:
    place, why = str(client.base_url).removesuffix("/api/v1/"), str(error) or type(error).__name__
    return Unreachable(f"No answer from {place}: {why}.", fix="Is the server running? Start it with: playground serve")
