"""A server: make runs, find them, check networks, see what there is to learn from."""

import secrets
from collections.abc import Iterator
from typing import Any

from app.client.answers import RunInfo
from app.client.connection import Connection
from app.client.run import Run


class Playground:
    """One server and one key that all runs made here belong to; keep the key to find them again.

    patience: seconds to go on asking while the server is busy or restarts. Closed at the end of a `with`.
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8000",
        key: str | None = None,
        *,
        patience: float = 30.0,
        timeout: float = 90.0,
    ) -> None:
        self.key = key or secrets.token_urlsafe(24)
        self._connection = Connection(url, self.key, patience, timeout)

    def __enter__(self) -> "Playground":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    def create(self, spec: dict[str, Any] | None = None, *, name: str = "") -> Run:
        """A run of an experiment: `data`, `network`, `training`, `seed`; what is left out takes its default.

        Made once, even if the answer is lost on its way and has to be asked for again. Raises NotValid, TooMany.
        """
        made = self._connection.json("POST", "/runs", {**(spec or {}), "name": name}, once=True)
        return Run(self._connection, RunInfo.of(made), made["key"])

    def run(self, id: str, key: str | None = None) -> Run:
        """A run by its id: to watch, and to steer if it belongs to this key or to the one given."""
        return Run(self._connection, RunInfo.of(self._connection.json("GET", f"/runs/{id}")), key)

    def runs(self) -> Iterator[Run]:
        """All runs of this key, newest first."""
        cursor = None
        while True:
            page = self._connection.json("GET", "/runs", params={"cursor": cursor, "limit": 100})
            yield from (Run(self._connection, RunInfo.of(run), self.key) for run in page["runs"])
            if not (cursor := page["next"]):
                return

    def check(self, network: dict[str, Any], data: Any = None, input_shape: list[int] | None = None) -> dict[str, Any]:
        """Shapes and numbers of parameters by layer, and `errors`: what is wrong at which layer."""
        about = {"data": data} if input_shape is None else {"input_shape": input_shape}
        return self._connection.json("POST", "/networks/check", {"network": network, **about})

    def datasets(self) -> list[dict[str, Any]]:
        """Every data set there is, as declared."""
        return self._connection.json("GET", "/datasets")["datasets"]

    def catalogue(self) -> dict[str, Any]:
        """Every part that networks are made of, and the default experiment."""
        return self._connection.json("GET", "/catalogue")
