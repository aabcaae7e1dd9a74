"""A deleted run is gone at once, for everybody, and does not come back, however slow the database is."""

import threading

from tests.app.conftest import SMALL
from tests.tools.waiting import PATIENCE


def test_nobody_finds_a_run_that_is_being_deleted(client, make, monkeypatch):
    store, asked, go = client.app.state.manager.keeper.store, threading.Event(), threading.Event()
    delete = store.delete

    def slow(run):
        store.writer.do(lambda _: asked.set() or go.wait(PATIENCE))  # the database is busy for a while
        return delete(run)

    monkeypatch.setattr(store, "delete", slow)
    run = make(SMALL)
    run.state("running")
    deleting = threading.Thread(target=lambda: client.delete(run.path, headers=run.headers))
    deleting.start()
    try:
        assert asked.wait(PATIENCE)
        found = [client.get(run.path).status_code, client.get(f"{run.path}/history").status_code]
        found.append(client.put(f"{run.path}/state", json={"state": "running"}, headers=run.headers).status_code)
    finally:
        go.set()
        deleting.join()
    assert found == [404, 404, 404]
    assert client.get(run.path).status_code == 404
    assert run.id not in client.app.state.manager.keeper.feeds
