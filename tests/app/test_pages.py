"""Lists page by page and history line by line: complete, in order, nothing twice, whatever is added meanwhile."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from engine.events import COLUMNS
from tests.app.conftest import API, SMALL

LINES = {"Accept": "application/x-ndjson"}


def test_history_as_lines_is_the_history(run):
    run.step("epoch", 7)
    rows = run.get("history")["rows"]
    answer = run.client.get(f"{run.path}/history", headers=LINES)
    assert answer.headers["content-type"].split(";")[0] == "application/x-ndjson"
    assert (answer.headers["history-start"], answer.headers["history-last"]) == ("1", "8")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert lines == [{"seq": k, **dict(zip(COLUMNS, row, strict=True))} for k, row in enumerate(rows, 1)]


def test_history_as_lines_begins_after_and_ends_with_what_was_asked(run):
    run.step("epoch", 9)

    def seqs(**params):
        answer = run.client.get(f"{run.path}/history", params=params, headers=LINES)
        return [json.loads(line)["seq"] for line in answer.text.splitlines()]

    assert seqs(after=3, limit=4) == [4, 5, 6, 7]
    assert seqs(after=8) == [9, 10]
    assert seqs(after=10) == seqs(after=10**9) == []


def test_a_history_longer_than_memory_holds_comes_whole(make):
    run = make({**SMALL, "training": {"batch_size": 30}})
    count = 20_000
    run.step("batch", count)
    while run.get()["state"] == "running":  # asking is a wait: each answer comes from the worker's own turn
        run.get("evaluation")
    last = run.get()["seq"]
    answer = run.client.get(f"{run.path}/history", headers=LINES)
    assert [json.loads(line)["seq"] for line in answer.text.splitlines()] == list(range(1, last + 1))
    assert last > 10_000


ACTIONS = st.lists(st.one_of(st.just("add"), st.just("page"), st.integers(0, 50)), max_size=14)


def test_pages_of_runs_are_stable_while_runs_come_and_go(tmp_path):
    """Whatever happens between two pages: each run that was there all along is shown once, newest first."""
    with TestClient(create_app(Settings(data_dir=tmp_path, runner="inprocess", max_runs_per_key=10_000))) as client:

        @settings(max_examples=12, suppress_health_check=list(HealthCheck))
        @given(st.integers(1, 8), st.integers(1, 4), ACTIONS, st.integers(0, 10**18))
        def check(at_first, limit, actions, owner):
            headers = {"Authorization": f"Bearer owner-{owner:020}"}

            def add():
                return client.post(f"{API}/runs", json=SMALL, headers=headers).json()["id"]

            for old in client.get(f"{API}/runs?limit=100", headers=headers).json()["runs"]:
                client.delete(f"{API}/runs/{old['id']}", headers=headers)
            there = [add() for _ in range(at_first)]
            all_along, seen, cursor = set(there), [], None

            def page():
                params = {"limit": limit} | ({"cursor": cursor} if cursor else {})
                found = client.get(f"{API}/runs", params=params, headers=headers).json()
                seen.extend(run["id"] for run in found["runs"])
                return found["next"]

            cursor = page()
            for action in actions:
                if cursor is None:
                    break
                if action == "add":
                    there.append(add())
                elif action == "page":
                    cursor = page()
                elif there:
                    gone = there.pop(action % len(there))
                    client.delete(f"{API}/runs/{gone}", headers=headers)
                    all_along.discard(gone)
            while cursor:
                cursor = page()
            assert len(seen) == len(set(seen))
            assert all_along <= set(seen)
            assert [id for id in reversed(seen) if id in all_along] == [id for id in there if id in all_along]

        check()
