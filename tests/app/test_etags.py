"""Two people at the settings of one run: who changes what has changed since is told so, and nothing is overwritten."""

import threading
from concurrent.futures import ThreadPoolExecutor

from tests.app.conftest import KEY


def change(run, match, **settings):
    headers = run.headers | ({"If-Match": match} if match else {})
    return run.client.patch(f"{run.path}/settings", json=settings, headers=headers)


def test_the_tag_changes_with_the_settings_and_only_with_them(run):
    def tag():
        return run.client.get(f"{run.path}/settings").headers["etag"]

    first = tag()
    run.step()
    assert tag() == first
    changed = change(run, first, learning_rate=0.5)
    assert changed.status_code == 200
    assert changed.headers["etag"] == tag() != first
    assert change(run, tag(), learning_rate=0.03).headers["etag"] == first


def test_a_stale_tag_changes_nothing_and_says_what_to_do(run):
    stale = run.client.get(f"{run.path}/settings").headers["etag"]
    run.change(learning_rate=0.5)
    answer = change(run, stale, learning_rate=0.1)
    assert answer.status_code == 412
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.json()["where"], answer.json()["title"]) == ("If-Match", "Changed meanwhile")
    assert "Read them again" in answer.json()["fix"]
    assert run.get("settings")["learning_rate"] == 0.5


def test_without_a_tag_or_with_a_star_the_last_one_wins(run):
    for match in (None, "*"):
        assert change(run, match, learning_rate=0.2).status_code == 200


def test_of_many_at_once_with_the_same_tag_one_gets_through(run):
    tag = run.client.get(f"{run.path}/settings").headers["etag"]
    gate = threading.Barrier(8)

    def one(k):
        gate.wait()
        return change(run, tag, learning_rate=(k + 1) / 10).status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(one, range(8))) == [200] + 7 * [412]


def test_a_stranger_is_told_that_it_is_not_theirs_and_not_whether_it_has_changed(run):
    headers = {"Authorization": f"Bearer {KEY[::-1]}", "If-Match": '"0"'}
    assert run.client.patch(f"{run.path}/settings", json={}, headers=headers).status_code == 403
