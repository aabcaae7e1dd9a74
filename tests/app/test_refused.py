"""What could not be made, because the database could not be written, is not there: at whatever write that begins."""

import sqlite3
from itertools import count

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from app.store.tables import metadata
from tests.app.conftest import API, KEY, SMALL, Run
from tests.tools.waiting import wait

OWNER = {"Authorization": f"Bearer {KEY}"}
TWINS = {"spec": SMALL, "changes": [{}, {"frozen": ["hidden"]}]}


@pytest.fixture
def client(tmp_path, monkeypatch):
    monkeypatch.setattr("app.store.writer.RETRY", 0.02)
    with TestClient(create_app(Settings(data_dir=tmp_path, runner="inprocess", rate_creations=""))) as client:
        yield client


class Disk:
    """`full_after` says how many more statements may write."""

    def __init__(self, store):
        self.full_after = None
        event.listen(store._engine, "before_cursor_execute", self._write)

    def _write(self, connection, cursor, statement, *_):
        if self.full_after is None or statement.startswith("SELECT"):
            return
        self.full_after -= 1
        if self.full_after < 0:
            raise OperationalError(statement, None, sqlite3.OperationalError("database or disk is full"))


def kept(store):
    """How many rows each table has, but for that of answers."""
    with store._engine.connect() as connection:
        names = sorted(set(metadata.tables) - {"answers"})
        return {
            name: connection.execute(select(func.count()).select_from(metadata.tables[name])).scalar() for name in names
        }


@pytest.mark.parametrize("kind", ["run", "fork", "group"])
def test_nothing_is_left_of_what_was_refused_and_the_same_request_may_be_sent_again(client, kind):
    keeper, run = client.app.state.manager.keeper, Run(client, SMALL)
    run.step("epoch", 2)
    keeper.store.writer.flush().result()
    disk, before = Disk(keeper.store), kept(keeper.store)
    made_at, body = {"run": ("runs", SMALL), "fork": (f"runs/{run.id}/fork", {}), "group": ("groups", TWINS)}[kind]
    where = "groups" if kind == "group" else "runs"

    def ask():
        return client.post(f"{API}/{made_at}", json=body, headers=headers)

    for writes in count():
        headers = OWNER | {"Idempotency-Key": f"a-key-of-good-length-{writes}"}
        disk.full_after = writes
        answer = ask()
        disk.full_after = None
        if answer.status_code == 201:
            break
        assert answer.status_code == 503, answer.text
        assert "cannot write to its database" in answer.json()["detail"]
        assert set(keeper.feeds) == {run.id}
        wait(keeper.store.healthy)
        assert kept(keeper.store) == before, f"after {writes} writes"
        again = ask()
        assert again.status_code == 201, again.text
        assert client.delete(f"{API}/{where}/{again.json()['id']}", headers=OWNER).status_code == 204
        assert kept(keeper.store) == before
    assert writes > 3, "the request, what is made, the answer"
