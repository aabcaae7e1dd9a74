"""What any worker can do is done by another where one is lost meanwhile: making a run, asking in general."""

import pytest

from app.runs.runner import RunGone
from tests.app.conftest import API, SMALL


@pytest.fixture
def dying(client, monkeypatch):
    """`dying("create", 1)`: the first so many times the worker is lost over it."""
    runner = client.app.state.manager.keeper.runner

    def die(name, times):
        work, lost = getattr(runner, name), []

        async def first_lost(*args, **more):
            if len(lost) < times:
                lost.append(args)
                raise RunGone("the worker is gone")
            return await work(*args, **more)

        monkeypatch.setattr(runner, name, first_lost)
        return lost

    return die


def test_a_run_is_made_and_goes_on_although_a_worker_was_lost(make, dying):
    lost = dying("create", 1)
    run = make()
    assert len(lost) == 1
    assert run.step("epoch", 2)["epoch"] == 2


def test_a_fork_too(make, dying, client):
    parent = make()
    parent.step("epoch", 3)
    lost = dying("create", 1)
    fork = client.post(f"{parent.path}/fork", json={}, headers=parent.headers)
    assert (fork.status_code, fork.json()["seq"], len(lost)) == (201, 4, 1)
    client.delete(f"{API}/runs/{fork.json()['id']}", headers=parent.headers)


def test_a_question_about_no_run_is_asked_again(client, dying):
    lost = dying("query", 1)
    answer = client.post(f"{API}/networks/check", json=SMALL)
    assert (answer.status_code, len(lost)) == (200, 1)


def test_where_every_worker_is_lost_over_it_the_answer_says_so(client, dying):
    dying("create", 2)
    answer = client.post(f"{API}/runs", json=SMALL)
    assert answer.status_code == 503
    assert "lost" in answer.json()["detail"]
