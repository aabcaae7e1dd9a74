"""Pages for frames, and oEmbed: who may frame them, what they hold, what a learning platform is told."""

import json
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.app.conftest import API


@pytest.fixture
def shared(run, client):
    run.step("epoch", 2)
    return client.post(f"{API}/shares", json={"run": run.id, "title": "Two epochs"}).json()


def test_the_embed_is_the_playground_without_the_pages_own_tools(client, shared):
    for path in ("/embed/", f"/embed/s/{shared['id']}"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "data-embed" in answer.text.split(">", 2)[1]
        assert 'data-view="network"' in answer.text
        assert "x-frame-options" not in answer.headers
    assert client.get("/embed/s/nothing-here").status_code == 404


@pytest.mark.parametrize(
    ("allowed", "header"),
    [
        ("", "frame-ancestors 'self'"),
        ("https://school.example", "frame-ancestors 'self' https://school.example"),
        ("*", "frame-ancestors *"),
    ],
)
def test_who_may_frame_it_is_a_setting_that_page_and_policy_share(tmp_path, allowed, header):
    settings = Settings(data_dir=tmp_path, workers=1, **({"frame_ancestors": allowed} if allowed else {}))
    client = TestClient(create_app(settings))
    answer = client.get("/embed/")
    assert answer.headers["content-security-policy"].endswith(header)
    told = json.loads(answer.text.split('id="ancestors">')[1].split("<")[0])
    assert header == " ".join(["frame-ancestors", *told])
    assert client.get("/").headers["content-security-policy"].endswith("frame-ancestors 'self'")


def test_oembed_of_a_shared_run(client, shared):
    html = client.get(f"/s/{shared['id']}").text
    link = html.split('type="application/json+oembed" href="')[1].split('"')[0].replace("&amp;", "&")
    told = client.get(link.removeprefix("http://testserver")).json()
    assert (told["version"], told["type"], told["title"]) == ("1.0", "rich", "Two epochs")
    assert f'src="{shared["embed_url"]}"' in told["html"]
    assert f'width="{told["width"]}" height="{told["height"]}"' in told["html"]
    assert told["thumbnail_url"] == shared["card_url"]
    assert (told["thumbnail_width"], told["thumbnail_height"]) == (1200, 630)


def test_oembed_keeps_to_the_size_asked_for(client, shared):
    told = client.get("/oembed", params={"url": shared["url"], "maxwidth": 400, "maxheight": 5000}).json()
    assert (told["width"], told["height"]) == (400, 720)


def test_oembed_of_an_experiment_in_an_address(client):
    url = 'http://testserver/embed/?hide=noise,batch#dataset=spiral&x="><script>'
    told = client.get("/oembed", params={"url": url}).json()
    assert "http://testserver/embed/?hide=noise,batch#dataset=spiral" in told["html"]
    assert "<script>" not in told["html"]
    told = client.get("/oembed", params={"url": "http://testserver/#dataset=xor"}).json()
    assert 'src="http://testserver/embed/#dataset=xor"' in told["html"]


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example/s/abc",
        "http://testserver.evil.example/",
        "http://testserver@evil.example/s/abc",
        "http://testserver/api/v1/runs",
        "http://testserver/s/",
        "http://testserver/s/not-there",
        "http://testserver/static/../s/x",
        "javascript:alert(1)",
        "//testserver/",
        "http://[broken",
        "nothing",
    ],
)
def test_oembed_of_anything_else_is_not_found(client, url):
    answer = client.get(f"/oembed?url={quote(url, safe='')}")
    assert answer.status_code == 404
    assert answer.json()["fix"]


def test_oembed_speaks_json_only(client, shared):
    assert client.get("/oembed", params={"url": shared["url"], "format": "xml"}).status_code == 501
    assert client.get("/oembed").status_code == 422
