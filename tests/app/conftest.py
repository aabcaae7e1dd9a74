"""A server inside the test process (its workers are real processes), and one client per owner."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.tools.server import KEY
from tests.tools.waiting import PATIENCE

API = "/api/v1"
SMALL = {
    "data": {"type": "circle", "samples": 60},
    "network": {
        "layers": [
            {"id": "hidden", "type": "dense", "units": 3, "activation": "tanh"},
            {"id": "output", "type": "dense", "units": 1, "activation": "tanh"},
        ]
    },
}


class Run:
    """A run as its owner uses it: `run.put("state", …)`, `run.get("history")`; answers are checked and decoded."""

    def __init__(self, client: TestClient, spec: dict[str, Any], key: str = KEY) -> None:
        self.client, self.headers = client, {"Authorization": f"Bearer {key}"}
        answer = client.post(f"{API}/runs", json=spec, headers=self.headers)
        assert answer.status_code == 201, answer.text
        self.made = answer.json()
        self.id = self.made["id"]
        self.path = f"{API}/runs/{self.id}"

    def call(self, method: str, what: str = "", **args: Any) -> Any:
        path = f"{self.path}/{what}" if what else self.path
        answer = self.client.request(method, path, headers=self.headers | args.pop("headers", {}), **args)
        assert answer.status_code in (200, 204), answer.text
        return answer.json() if answer.content else None

    def get(self, what: str = "", **params: Any) -> Any:
        return self.call("GET", what, params=params)

    def state(self, state: str, **more: Any) -> Any:
        return self.call("PUT", "state", json={"state": state, **more})

    def step(self, unit: str = "epoch", count: int = 1) -> Any:
        return self.state("paused", advance={"unit": unit, "count": count})

    def change(self, **settings: Any) -> Any:
        return self.call("PATCH", "settings", json=settings)

    def edit(self, *edits: tuple[str, str, list[int], float]) -> Any:
        keys = ("layer", "name", "index", "value")
        return self.call("PATCH", "weights", json={"edits": [dict(zip(keys, e, strict=True)) for e in edits]})

    def rows(self) -> list[list[float | None]]:
        """All of its history, page by page: a fast machine makes more rows than a page holds."""
        rows: list[list[float | None]] = []
        while more := self.get("history", after=len(rows), limit=10_000)["rows"]:
            rows += more
        return rows

    def stream(self, query: str = "", **headers: str) -> Any:
        return self.client.websocket_connect(f"{self.path}/stream{query}", headers=headers)


@pytest.fixture(scope="session", autouse=True)
def patience() -> Iterator[None]:
    """However slow the machine is: a step is done when it is answered, and the next worker is waited for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.runs.manager.SETTLE", PATIENCE)
        patch.setattr("app.runs.pool.COMING_BACK", PATIENCE)
        yield


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """One server for all tests here that leave its limits alone."""
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("app"),
        workers=2,
        max_runs_per_key=10_000,
        max_running_per_key=100,
        rate_requests="",
        rate_creations="",
    )
    with TestClient(create_app(settings)) as client:
        yield client


@pytest.fixture
def make(client: TestClient) -> Iterator[Callable[..., Run]]:
    """`make(spec)` gives a run that is deleted after the test."""
    runs: list[Run] = []

    def make_run(spec: dict[str, Any] | None = None, **args: Any) -> Run:
        runs.append(Run(client, SMALL if spec is None else spec, **args))
        return runs[-1]

    yield make_run
    for run in runs:
        client.delete(run.path, headers=run.headers)


@pytest.fixture
def run(make: Callable[..., Run]) -> Run:
    return make()
