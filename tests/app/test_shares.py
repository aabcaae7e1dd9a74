"""Shared runs: what a link shows never changes, goes on bit for bit, expires, and belongs to who made it."""

import io
import json
import re

import numpy as np
import pytest
from PIL import Image

from app.runs import sharing
from engine.experiment import Experiment
from engine.train import Trainer
from tests.app.conftest import API, KEY, SMALL
from tests.app.test_recovery import SPEC, history, step
from tests.tools.server import call
from tests.tools.straight import straight

OTHER = "another-owner-s-key-of-good-length"


def share(run, key=KEY, **body):
    answer = run.client.post(f"{API}/shares", json={"run": run.id, **body}, headers=bearer(key))
    assert answer.status_code == 201, answer.text
    return answer.json()


def bearer(key):
    return {"Authorization": f"Bearer {key}"}


@pytest.fixture
def opened(client):
    """Opens a share; the runs made are deleted after the test."""
    made = []

    def open_share(id, key=OTHER):
        answer = client.post(f"{API}/shares/{id}/runs", json={}, headers=bearer(key))
        assert answer.status_code == 201, answer.text
        made.append((answer.json()["id"], key))
        return answer.json()

    yield open_share
    for run, key in made:
        client.delete(f"{API}/runs/{run}", headers=bearer(key))


def test_a_share_goes_on_bit_for_bit_after_its_run_and_its_server_are_gone(server_factory):
    first = server_factory(workers=1)
    run = call(first, "POST", "/runs", SPEC)["id"]
    step(first, run, 30)
    before = history(first, run)
    weights = call(first, "GET", f"/runs/{run}/weights")
    made = call(first, "POST", "/shares", {"run": run, "title": "Thirty epochs"})
    assert (made["epoch"], made["trained"], made["title"]) == (30, True, "Thirty epochs")
    assert len(made["id"]) == 12
    assert made["numbers"]["test_loss"] == before[-1, 3]
    call(first, "DELETE", f"/runs/{run}")
    first.kill()

    second = server_factory(data_dir=first.data_dir, port=first.port, workers=1)
    assert call(second, "GET", f"/shares/{made['id']}") == {k: v for k, v in made.items() if k != "key"}
    child = call(second, "POST", f"/shares/{made['id']}/runs", {})
    assert (child["epoch"], child["state"]) == (30, "paused")
    assert call(second, "GET", f"/runs/{child['id']}/weights") == weights
    np.testing.assert_array_equal(history(second, child["id"]), before)
    step(second, child["id"], 10)
    np.testing.assert_array_equal(history(second, child["id"]), straight(SPEC, 40))


def test_without_weights_it_is_the_experiment_with_its_settings_as_they_are_now(run, opened):
    run.step("epoch", 3)
    run.change(learning_rate=0.2)
    made = share(run, weights=False)
    assert (made["trained"], made["epoch"], made["update"]) == (False, 0, 0)
    assert set(made["numbers"].values()) == {None}
    child = opened(made["id"])
    assert (child["state"], child["epoch"], child["spec"]["training"]["optimizer"]["learning_rate"]) == (
        "created",
        0,
        0.2,
    )


def test_a_moment_of_the_past_can_be_shared(run, opened):
    run.step("epoch", 8)
    at = run.get("timeline")["moments"][3]
    made = share(run, at=at["update"])
    child = opened(made["id"])
    assert (made["update"], child["update"], child["seq"]) == (at["update"], at["update"], at["seq"])
    assert run.client.get(f"{API}/runs/{child['id']}/weights").json() == run.get("weights", at=at["update"])


def test_what_is_shared_does_not_change_when_the_run_goes_on(run, opened):
    run.step("epoch", 2)
    weights, made = run.get("weights"), share(run)
    run.step("epoch", 2)
    run.edit(("hidden", "kernel", [0, 0], 9.0))
    assert run.client.get(f"{API}/runs/{opened(made['id'])['id']}/weights").json() == weights


def test_every_visitor_has_a_run_of_their_own(run, opened):
    run.step("epoch", 2)
    made = share(run)
    a, b = opened(made["id"], KEY), opened(made["id"], OTHER)
    assert a["id"] != b["id"] != run.id
    assert a["spec"] == b["spec"] == run.get()["spec"]


def test_only_its_maker_can_delete_a_link_and_visitors_keep_their_runs(run, client, opened):
    run.step()
    made = share(run)
    child = opened(made["id"])
    path = f"{API}/shares/{made['id']}"
    assert client.delete(path).status_code == 401
    assert client.delete(path, headers=bearer(OTHER)).status_code == 403
    assert client.delete(path, headers=bearer(KEY)).status_code == 204
    for gone in (client.get(path), client.delete(path, headers=bearer(KEY)), client.post(f"{path}/runs", json={})):
        assert gone.status_code == 404
        assert "expired or was deleted" in gone.json()["detail"]
    assert client.get(f"{API}/runs/{child['id']}").status_code == 200


def test_links_are_listed_for_the_key_that_made_them(run, client):
    key = "a-key-that-makes-two-links-and-no-more"
    ids = [share(run, key, title=title)["id"] for title in ("one", "two")]
    listed = client.get(f"{API}/shares", headers=bearer(key)).json()["shares"]
    assert [(s["id"], s["title"]) for s in listed] == [(ids[1], "two"), (ids[0], "one")]
    assert client.get(f"{API}/shares").status_code == 401
    assert "key" not in json.dumps([list(s) for s in listed])


def test_a_link_is_gone_when_its_time_is_over(run, client, monkeypatch):
    key = "a-key-whose-links-expire-one-day"
    manager = client.app.state.manager
    day, week = (share(run, key, days=days) for days in (1, 7))
    now = manager.now()
    monkeypatch.setattr(manager, "now", lambda: now + 86400 + 60)
    assert client.get(f"{API}/shares/{day['id']}").status_code == 404
    assert client.get(f"/s/{day['id']}").status_code == 404
    assert client.get(f"/s/{day['id']}/card.png").status_code == 404
    assert [s["id"] for s in client.get(f"{API}/shares", headers=bearer(key)).json()["shares"]] == [week["id"]]
    share(run, key)  # sweeps what has expired out of the database
    monkeypatch.undo()
    assert client.get(f"{API}/shares/{day['id']}").status_code == 404
    assert client.get(f"{API}/shares/{week['id']}").status_code == 200


def test_limits_are_named(run, client, monkeypatch):
    settings = client.app.state.manager.settings
    key = "a-key-that-may-make-one-link-alone"
    monkeypatch.setitem(settings.__dict__, "max_shares_per_key", 1)
    share(run, key)
    full = client.post(f"{API}/shares", json={"run": run.id}, headers=bearer(key))
    assert (full.status_code, "keeps 1 links" in full.json()["detail"]) == (429, True)
    monkeypatch.setitem(settings.__dict__, "max_share_bytes", 100)
    large = client.post(f"{API}/shares", json={"run": run.id}, headers=bearer(OTHER))
    assert (large.status_code, large.json()["where"]) == (413, "weights")
    assert "without its weights" in large.json()["fix"]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"run": "no-such-run"}, "run"),
        ({"days": -1}, "days"),
        ({"title": "x" * 201}, "title"),
        ({"weights": "perhaps"}, "weights"),
        ({"until": 3}, "until"),
    ],
)
def test_mistakes_name_their_field(run, client, body, where):
    answer = client.post(f"{API}/shares", json={"run": run.id, **body}, headers=bearer(KEY))
    assert answer.status_code in (404, 422)
    assert answer.json()["where"] == where


def test_a_run_that_has_diverged_is_shared_without_its_weights(make):
    line = {"layers": [{"id": "output", "type": "dense", "units": 1, "activation": "linear"}]}
    run = make(
        {
            "data": {"type": "reg_plane"},
            "network": line,
            "training": {"optimizer": {"type": "sgd", "learning_rate": 100}},
        }
    )
    run.step("epoch", 200)
    assert run.get()["state"] == "diverged"
    refused = run.client.post(f"{API}/shares", json={"run": run.id}, headers=bearer(KEY))
    assert (refused.status_code, "earlier moment" in refused.json()["fix"]) == (422, True)
    assert share(run, weights=False)["trained"] is False


def test_the_page_says_what_a_preview_needs(run, client):
    run.step("epoch", 4)
    made = share(run, title='Four <epochs> & a "quote"')
    html = client.get(f"/s/{made['id']}").text
    said = dict(re.findall(r'<meta (?:property|name)="((?:og|twitter):[\w:]+)" content="([^"]*)"', html))
    assert said["og:title"] == said["twitter:title"] == "Four &lt;epochs&gt; &amp; a &#34;quote&#34;"
    assert said["og:description"].startswith("Epoch 4 · test loss ")
    assert (said["og:url"], said["og:image"]) == (made["url"], made["card_url"])
    assert said["twitter:card"] == "summary_large_image"
    assert 'name="robots" content="noindex"' in html


@pytest.mark.parametrize("kind", ["circle", "blobs", "iris", "digits", "sine"])
def test_the_card_is_a_picture_of_the_run(make, client, kind):
    run = make({"data": {"type": kind}})
    run.step("epoch", 2)
    made = share(run)
    answer = client.get(f"/s/{made['id']}/card.png")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    picture = Image.open(io.BytesIO(answer.content))
    assert picture.size == (1200, 630)
    right = np.asarray(picture.convert("RGB"))[190:550, 770:1130]
    assert len(np.unique(right.reshape(-1, 3), axis=0)) > 3  # a decision, or a course
    assert len(answer.content) < 200_000


def test_the_card_without_weights_is_the_network_alone(run, client):
    made = share(run, weights=False)
    assert Image.open(io.BytesIO(client.get(f"/s/{made['id']}/card.png").content)).size == (1200, 630)


@pytest.mark.parametrize(
    "title", ["two\nlines\tand more", "\N{SNOWMAN} \N{CJK UNIFIED IDEOGRAPH-7DB2}", "w" * 200, "\x07", "<b>&amp;"]
)
def test_any_title_can_be_drawn(run, client, title):
    made = share(run, title=title)
    assert "\n" not in made["title"]
    assert client.get(f"/s/{made['id']}/card.png").status_code == 200
    assert client.get(f"/s/{made['id']}").status_code == 200


def test_long_histories_are_thinned_and_end_with_every_row():
    rows = np.arange(50_000.0)[:, None] * np.ones(9)
    kept = sharing.thinned(rows)
    assert len(kept) <= 1000
    np.testing.assert_array_equal(kept[-sharing.RECENT :], rows[-sharing.RECENT :])
    assert kept[0, 0] == 0
    assert (np.diff(kept[:, 0]) > 0).all()
    np.testing.assert_array_equal(sharing.thinned(rows[:300]), rows[:300])


def test_a_share_of_a_reset_with_another_seed_is_of_that_seed(run, opened):
    run.state("created", seed=77)
    run.step("epoch", 2)
    child = opened(share(run)["id"])
    trainer = Trainer(Experiment.from_json({**SMALL, "seed": 77}))
    for _, _ in zip(range(2), trainer.events(each="epoch"), strict=False):
        pass
    assert child["seed"] == 77
    assert run.client.get(f"{API}/runs/{child['id']}/weights").json() == run.get("weights")
