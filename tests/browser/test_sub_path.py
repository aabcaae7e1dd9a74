"""The page under a sub-path of a site, behind a proxy: it loads, trains, and its address stays there."""

import pytest

from app.language import CHINESE, COOKIE
from tests.browser.playground import Playground
from tests.tools.proxy import Proxy
from tests.tools.server import RunningServer


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sub")
    with RunningServer(folder, workers=1, root_path="/play") as server, Proxy(server.port, "/play") as proxy:
        yield proxy.url


def test_the_page_loads_and_trains_below_the_prefix(page, shown):
    asked, failed = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("response", lambda answer: failed.append(answer.url) if answer.status >= 400 else None)
    playground = Playground(page, shown).open()
    playground.play()
    playground.until("p.run.epoch > 2")
    playground.pause()
    assert failed == playground.faults == []
    site = shown.removesuffix("/play")
    assert [url for url in asked if url.startswith(site) and not url.startswith(f"{shown}/")] == []
    assert page.url.startswith(f"{shown}/")


def test_the_choice_of_a_language_holds_below_the_prefix_only(page, shown):
    playground = Playground(page, shown).open()
    with page.expect_navigation():
        page.get_by_role("combobox", name="Language").select_option(CHINESE.code)
    playground.ready()
    assert page.locator("html").get_attribute("lang") == CHINESE.tag
    (cookie,) = (one for one in page.context.cookies() if one["name"] == COOKIE)
    assert (cookie["path"], cookie["sameSite"], cookie["value"]) == ("/play/", "Lax", CHINESE.code)
    assert playground.faults == []
